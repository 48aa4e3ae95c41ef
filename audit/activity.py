"""The activity log of one actor: acts, looks, searches, exports, signing in and out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q

from audit.access import access
from audit.models import Event, EventQuerySet
from audit.timeline import COUNTED, count

EVERYTHING, FAILED_SIGN_INS = "everything", "failed"


@dataclass(frozen=True)
class Part:
    """Events whose kind begins or ends so, of these outcomes; ``is_rest`` takes all others."""

    label: str
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    is_rest: bool = False

    @property
    def condition(self) -> Q:
        if self.is_rest:
            return ~any_of(PARTS[name].kinds for name in LOOKING)
        return self.kinds & (Q(outcome__in=self.outcome) if self.outcome else Q())

    @property
    def kinds(self) -> Q:
        named = [Q(kind__startswith=words) for words in self.starts]
        return any_of([*named, *(Q(kind__endswith=words) for words in self.ends)])

    def holds(self, kind: str, outcome: str) -> bool:
        """The same of one event."""
        if self.is_rest:
            return not any(PARTS[name].holds_kind(kind) for name in LOOKING)
        return self.holds_kind(kind) and (not self.outcome or outcome in self.outcome)

    def holds_kind(self, kind: str) -> bool:
        if not (self.starts or self.ends):
            return True
        return kind.startswith(self.starts or ("\0",)) or kind.endswith(self.ends or ("\0",))


def any_of(conditions: object) -> Q:
    found = Q()
    for condition in conditions:  # type: ignore[attr-defined]
        found |= condition
    return found


LOOKING = ("looks", "searches", "exports", "sign_ins")
PARTS = {
    EVERYTHING: Part("Everything"),
    "acts": Part("Acts", is_rest=True),
    "looks": Part("Looks", ends=(".viewed", ".view_denied")),
    "searches": Part("Searches", ends=("searched",)),
    "exports": Part("Exports", ends=("exported", "export_fetched", "export_asked")),
    "sign_ins": Part("Signing in and out", starts=("session.",)),
    "refused": Part("Refused or failed", outcome=("denied", "failed")),
    FAILED_SIGN_INS: Part("Failed sign-ins under this name"),
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
