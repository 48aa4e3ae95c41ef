"""Says what would be due when, and computes due dates again by the levels and calendars of now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db.models import QuerySet
from django.utils import timezone

from audit import actors, moments
from requests_app import calendars, clock, promising, services
from requests_app.management.lengthy import USAGE, LengthyCommand, Reached
from requests_app.models import Entity, ServiceLevel, SupportRequest

CHUNK = 500


class Command(LengthyCommand):
    help = (
        "Preview due dates, or compute those of open requests again. Ends with 0 when it is done, "
        "2 when it could not start, 130 when it was interrupted; the same command does the rest."
    )
    unit = "requests"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
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
        parser.add_argument(
            "--dry-run", action="store_true", help="say how many would change; change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        entities = list(chosen(options["entity"]))
        if options["preview"]:
            for entity in entities:
                self.preview(entity)
            return
        if not (options["reason"].strip() or options["dry_run"]):
            told = "Say why with --reason: it goes on record with every request."
            raise CommandError(told, returncode=USAGE)
        keys = list(running(entities).values_list("pk", flat=True))
        with self.progress(options, len(keys)) as reached:
            changed = self.recompute(keys, options, reached)
        if options["dry_run"]:
            line = f"{len(keys)} open requests looked at; {changed} would get other dates."
        else:
            line = f"{len(keys)} open requests looked at; {changed} changed, each on its trail."
        outcome = {"requests": len(keys), "changed": changed, "dry_run": options["dry_run"]}
        self.told(options, outcome, line)

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

    def recompute(self, keys: list[int], options: dict[str, Any], reached: Reached) -> int:
        by, changed = actors.command("due"), 0
        for start in range(0, len(keys), CHUNK):
            rows = SupportRequest.objects.filter(pk__in=keys[start : start + CHUNK]).order_by("pk")
            for place, row in enumerate(rows, start=start + 1):
                changed += services.would_recompute(row)
                if not options["dry_run"]:
                    services.recompute(support_request=row, by=by, reason=options["reason"])
                reached(place)
        return changed


def chosen(code: str) -> QuerySet[Entity]:
    entities = Entity.objects.filter(is_active=True)
    if not code:
        return entities
    found = entities.filter(code=code.upper())
    if not found:
        raise CommandError(f"There is no entity {code}.", returncode=USAGE)
    return found


def running(entities: list[Entity]) -> QuerySet[SupportRequest]:
    rows = SupportRequest.objects.running().filter(entity__in=entities, due_from__isnull=False)
    return rows.order_by("pk")
