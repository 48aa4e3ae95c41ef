"""`manage.py first_administrator`: the one account that nobody inside could have made."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit import actors
from audit.recording import Refusal
from requests_app import people
from requests_app.accounts import tasks
from requests_app.models import Entity


class Command(BaseCommand):
    help = "Add an entity and its first administrator, and print a link to set the password."

    def add_arguments(self, parser: CommandParser) -> None:
        for name, told in (
            ("entity", "its code, 2 to 8 capitals or digits"), ("name", "its legal name"),
            ("currency", "ISO 4217"), ("username", "for signing in"),
            ("display-name", "as it stands in the trail"), ("email", "of the administrator"),
        ):  # fmt: skip
            parser.add_argument(f"--{name}", required=True, help=told)

    def handle(self, *args: Any, **given: Any) -> None:
        if Entity.objects.exists():
            raise CommandError("There is an entity already. Its administrators add people.")
        by = actors.command("first_administrator")
        try:
            with transaction.atomic():
                entity = people.add_entity(
                    by=by, code=given["entity"], name=given["name"], currency=given["currency"]
                )
                person = people.add_person(
                    by=by, username=given["username"], display_name=given["display_name"],
                    email=given["email"],
                )  # fmt: skip
                people.grant_role(
                    by=by, person=person, entity=entity, role="administrator",
                    reason="First administrator",
                )  # fmt: skip
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{person} administers {entity}. Set the password at:")
        self.stdout.write(tasks.link_for(person))
