"""Says what would be due when, and computes due dates again by the levels and calendars of now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audit import actors, moments
from requests_app import calendars, clock, promising, services
from requests_app.models import Entity, ServiceLevel, SupportRequest

CHUNK = 500


class Command(BaseCommand):
    help = "Preview due dates, or compute those of open requests again."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--preview", action="store_true", help="say when a request opened now would be due"
        )
        what.add_argument(
            "--recompute", action="store_true",
            help="give open requests the dates of the levels and calendars of now; dates set by "
            "hand stay",
        )  # fmt: skip
        parser.add_argument("--entity", default="", help="code of one entity; all without it")
        parser.add_argument("--reason", default="", help="why, for the record of each request")

    def handle(self, *args: Any, **options: Any) -> None:
        entities = Entity.objects.filter(is_active=True)
        if options["entity"]:
            entities = entities.filter(code=options["entity"].upper())
            if not entities:
                raise CommandError(f"There is no entity {options['entity']}.")
        if options["preview"]:
            for entity in entities:
                self.preview(entity)
            return
        if not options["reason"].strip():
            raise CommandError("Say why with --reason: it goes on record with every request.")
        changed = sum(self.recompute(entity, options["reason"]) for entity in entities)
        self.stdout.write(f"{changed} open requests looked at; what changed is on their trails.")

    def preview(self, entity: Entity) -> None:
        calendar = clock.calendar_in_use(entity.pk)
        levels = ServiceLevel.objects.filter(entity=entity, is_active=True)
        self.stdout.write(f"{entity}: {calendar or 'no calendar'}")
        for found in promising.previews(calendar, levels, timezone.now()):
            self.stdout.write(f"  {found.label:<9} {self.words(found, calendar)}")

    def words(self, found: promising.Preview, calendar: Any) -> str:
        if found.due_at is None or found.first_response_due_at is None:
            return "no due date"
        zone = calendars.working_time(calendar).zone
        due, answer = (
            moments.exact(each, zone) for each in (found.due_at, found.first_response_due_at)
        )
        return f"due {due}, first response by {answer}"

    def recompute(self, entity: Entity, reason: str) -> int:
        by, count = actors.command("due"), 0
        running = SupportRequest.objects.running().filter(entity=entity, due_from__isnull=False)
        keys = list(running.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(keys), CHUNK):
            for row in SupportRequest.objects.filter(pk__in=keys[start : start + CHUNK]):
                services.recompute(support_request=row, by=by, reason=reason)
                count += 1
        return count
