"""The activity log of one actor: acts, looks, searches, exports, signing in and out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from audit.access import access
from audit.event_filters import EventFilter
from audit.models import Event, EventQuerySet
from audit.timeline import COUNTED, count

EVERYTHING, FAILED_SIGN_INS = "everything", "failed"


LOOKS, SEARCHES = ("*.viewed", "*.view_denied"), ("*searched",)
EXPORTS, SIGN_INS = ("*exported", "*export_fetched", "*export_asked"), ("session.*",)
PARTS = {
    EVERYTHING: EventFilter("Everything"),
    "acts": EventFilter("Acts", without=(*LOOKS, *SEARCHES, *EXPORTS, *SIGN_INS)),
    "looks": EventFilter("Looks", LOOKS),
    "searches": EventFilter("Searches", SEARCHES),
    "exports": EventFilter("Exports", EXPORTS),
    "sign_ins": EventFilter("Signing in and out", SIGN_INS),
    "refused": EventFilter("Refused or failed", outcomes=("denied", "failed")),
    FAILED_SIGN_INS: EventFilter("Failed sign-ins under this name"),
}


@dataclass(frozen=True)
class Activity:
    kind: str
    id: str
    newest: Event
    seen: EventQuerySet

    @classmethod
    def of(cls, seen: EventQuerySet, kind: str, actor_id: str) -> Activity | None:
        """None where the actor did nothing that may be seen."""
        newest = seen.of_actor(kind, actor_id).last()
        return cls(kind, actor_id, newest, seen) if newest is not None else None

    @property
    def own(self) -> EventQuerySet:
        return self.seen.of_actor(self.kind, self.id)

    def part(self, name: str) -> EventQuerySet:
        if name == FAILED_SIGN_INS:
            return self.failed_sign_ins()
        return self.own.filter(PARTS[name].condition)

    def failed_sign_ins(self) -> EventQuerySet:
        """Of nobody who was signed in, so they are no acts of this person: of their name alone."""
        failed = access().failed_sign_ins(self.id) if self.kind == "user" else Event.objects.none()
        return failed & self.seen

    def counts(self) -> dict[str, int]:
        """By part, among the newest events that are counted; one query, and one for failures."""
        newest = self.own.reverse().values("pk")[: COUNTED + 1]
        grouped = Event.objects.order_by().filter(pk__in=newest)
        kinds: Counter[tuple[str, str]] = Counter()
        for kind, outcome, some in grouped.values_list("kind", "outcome").annotate(Count("pk")):
            kinds[kind, outcome] += some
        found = {
            name: sum(some for key, some in kinds.items() if part.holds(*key))
            for name, part in PARTS.items()
        }
        return found | {FAILED_SIGN_INS: count(self.failed_sign_ins())}
