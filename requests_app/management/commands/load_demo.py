"""Loads the demo into an empty database, and names one sign-in per role."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit import actors
from audit.models import Event
from requests_app.demo import cast
from requests_app.demo.story import Story
from requests_app.models import Role, User


class Command(BaseCommand):
    help = "Load the demo into an empty database (local trial only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="say nothing if something is there already"
        )
        parser.add_argument(
            "--show-sign-ins", action="store_true", help="only print one sign-in per role"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["show_sign_ins"]:
            self.show_sign_ins()
            return
        if not settings.LOCAL:
            raise CommandError(
                "The demo has a password that everybody knows, so it loads in the local trial only "
                "(`make run`), never where DATABASE_URL is set."
            )
        if Event.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError(
                "The database has a trail already; the demo loads into an empty one only. "
                "For a new trial stop the server and move the folder .local/ away."
            )
        story = Story(actors.command("load_demo"))
        with transaction.atomic():
            made = story.tell()
        story.close_too_early()
        self.stdout.write(f"Demo loaded: {made} requests of the last 90 days.")

    def show_sign_ins(self) -> None:
        present = set(User.objects.values_list("username", flat=True))
        people = [person for person in cast.PEOPLE if person.username in present]
        if not people:
            self.stdout.write("No demo people here: sign in with your own account.")
            return
        self.stdout.write(f"Sign in with the password {cast.PASSWORD} as")
        for person in people:
            role = Role(person.role).label
            self.stdout.write(f"  {person.username:<8}{role:<16}{person.display_name}")
        self.stdout.write("Roles that do not work with customers see pseudonyms instead of names.")
