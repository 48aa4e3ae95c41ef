"""Puts steps into the database: one event per source row, with the versions its change makes."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DataError, connections, models, transaction

from audit.actors import Actor, Cause, Origin
from audit.models import Event
from audit.opening import Facts
from audit.recording import Act
from requests_app import numbering
from requests_app.importing.source.ahead import Places
from requests_app.importing.source.layout import Layout
from requests_app.importing.source.profiles import Profile
from requests_app.importing.source.tracking import Step
from requests_app.importing.statements import Statement, Statements
from requests_app.models import Customer, Entity, ImportRun, SupportRequest

CHANNEL = "import"
# Where an event's detail holds the digest of its source row: what is there is not written again.
DIGEST = "row_digest"
ORDER = "source_order"
# The first key of the advisory locks of imports; the second is the entity, the run, or a hash of
# entity and profile.
BATCHES, RUNS, STARTS = 0x1A906, 0x1A907, 0x1A908
LONGEST_ACTOR = 200


@dataclass
class Written:
    """What became of a batch; the database's reason stands with each rejected step."""

    imported: int = 0
    skipped: int = 0
    rejected: list[tuple[Step, str]] = field(default_factory=list)

    def __add__(self, other: Written) -> Written:
        return Written(
            self.imported + other.imported,
            self.skipped + other.skipped,
            self.rejected + other.rejected,
        )


def limits(profile: Profile) -> dict[str, int]:
    """The longest text the database takes, by column of the source."""
    free = [each for each in profile.fields if each.values is None]
    return {
        profile.actor: LONGEST_ACTOR,
        profile.number: _longest(SupportRequest, "source_number"),
        profile.customer: _longest(Customer, "reference"),
        **{each.column: _longest(SupportRequest, each.name) for each in free},
    }


def requests_of(
    entity: Entity, profile: Profile, steps: Iterable[Step], using: str
) -> models.QuerySet[SupportRequest]:
    """The requests of these steps that are here already."""
    numbers = {step.row.number for step in steps}
    # Saying that no number is empty lets the database use its index of imported requests.
    return SupportRequest.objects.using(using).filter(
        ~models.Q(source_number=""), entity=entity, source=profile.name, source_number__in=numbers
    )


@dataclass
class Trail:
    """The source rows that stand in the trail of some requests: their digests, those that earlier
    runs wrote by the request's key, and the highest order number by the same."""

    digests: set[str] = field(default_factory=set)
    earlier: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    highest: dict[int, int] = field(default_factory=dict)


def trail_of(requests: Iterable[SupportRequest], using: str, run_id: int | None = None) -> Trail:
    keys = [each.pk for each in requests]
    events = Event.objects.using(using).filter(support_request_id__in=keys, channel=CHANNEL)
    trail = Trail()
    for key, cause_id, digest, order in events.values_list(
        "support_request_id", "cause_id", f"detail__{DIGEST}", f"detail__{ORDER}"
    ):
        trail.digests.add(digest)
        trail.highest[key] = max(order, trail.highest.get(key, order))
        if cause_id != str(run_id):
            trail.earlier[key].add(digest)
    return trail


def late_rows(
    steps: Sequence[Step], requests: Mapping[str, SupportRequest], trail: Trail, places: Places
) -> set[str]:
    """The digests of new rows that come after a later row of their request was written.

    Later is what the file has further on; of rows that it does not show, those with a higher order
    number than all that it has shown. What this run wrote itself lies behind.
    """
    fresh = [
        (step, requests[step.row.number].pk)
        for step in steps
        if step.row.number in requests and step.digest not in trail.digests
    ]
    earlier = trail.earlier.keys() & {key for _, key in fresh}
    last = {key: places.last(trail.earlier[key]) for key in earlier}
    return {
        step.digest
        for step, key in fresh
        if last.get(key, 0) > step.row.line or trail.highest.get(key, step.reached) > step.reached
    }


@dataclass(frozen=True)
class Batch:
    """What the rows of one transaction refer to, and by their digests which of them changes
    nothing because it came late and which is taken whole."""

    requests: dict[str, SupportRequest]
    customers: dict[str, Customer]
    late: set[str]
    whole: set[str]


class Writer:
    """Writes the steps of one run, in the order they come."""

    def __init__(
        self, run: ImportRun, layout: Layout, places: Places, using: str = DEFAULT_DB_ALIAS
    ) -> None:
        self._entity, self._run_id = run.entity, run.pk
        self._layout, self._places = layout, places
        self._profile = layout.profile
        self._using = using
        self._cause = Cause("import", str(run.pk), str(run), run.profile_version)
        changing = [each.name for each in self._profile.fields]
        self._statements = Statements([*changing, "customer", "custom"], using)
        # After a row that changed nothing here, because the database refused it or it came late,
        # the next row of that request is taken whole.
        self._unsettled: set[str] = set()

    def write(self, steps: Sequence[Step]) -> Written:
        """One transaction for all. If the database cannot take a value, halves are tried until its
        row is found: that one is rejected and all others are written."""
        try:
            with transaction.atomic(using=self._using):
                return self._write(steps)
        except DataError as error:
            if len(steps) == 1:
                self._unsettled.add(steps[0].row.number)
                reason = str(error).splitlines()[0]
                return Written(rejected=[(steps[0], f"the database refused it: {reason}")])
        middle = len(steps) // 2
        return self.write(steps[:middle]) + self.write(steps[middle:])

    def _write(self, steps: Sequence[Step]) -> Written:
        with connections[self._using].cursor() as cursor:
            # One batch at a time per entity: two imports never make the same request twice.
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [BATCHES, self._entity.pk])
        found = requests_of(self._entity, self._profile, steps, self._using)
        locked = found.order_by("pk").select_related("customer").select_for_update(of=("self",))
        requests = {each.source_number: each for each in locked}
        trail = trail_of(requests.values(), self._using, self._run_id)
        fresh = [step for step in steps if step.digest not in trail.digests]
        late = late_rows(steps, requests, trail, self._places)
        customers = self._customers(step for step in fresh if step.digest not in late)
        requests |= self._new_requests(fresh, requests)
        whole, unsettled = self._settle(steps, late)
        batch = Batch(requests, customers, late, whole)
        # Made while it sends: the server works on the rows before.
        self._statements.send(self._statement(step, batch) for step in fresh)
        self._unsettled = unsettled
        return Written(imported=len(fresh), skipped=len(steps) - len(fresh))

    def _settle(self, steps: Iterable[Step], late: set[str]) -> tuple[set[str], set[str]]:
        """Which of these are taken whole, and which requests are unsettled after them."""
        whole: set[str] = set()
        unsettled = set(self._unsettled)
        for step in steps:
            if step.digest in late:
                unsettled.add(step.row.number)
            elif step.row.number in unsettled:
                whole.add(step.digest)
                unsettled.remove(step.row.number)
        return whole, unsettled

    def _new_requests(
        self, fresh: Iterable[Step], known: dict[str, SupportRequest]
    ) -> dict[str, SupportRequest]:
        """Requests that are not here yet, with key and number, in the order of the file."""
        first: dict[str, Step] = {}
        for step in fresh:
            if step.row.number not in known:
                first.setdefault(step.row.number, step)
        if not first:
            return {}
        keys = self._keys(SupportRequest, len(first))
        numbers = numbering.next_numbers(self._entity, "R", len(first), using=self._using)
        return {
            step.row.number: SupportRequest(
                pk=key,
                entity=self._entity,
                number=number,
                source=self._profile.name,
                source_number=step.row.number,
                channel=CHANNEL,
                subject=step.row.number,
                received_at=step.row.received or step.row.time.at,
            )
            for step, key, number in zip(first.values(), keys, numbers, strict=True)
        }

    def _customers(self, fresh: Iterable[Step]) -> dict[str, Customer]:
        """The customers these steps name, by reference; those not here yet with their new key."""
        named = [self._layout.customer(step.row) for step in fresh]
        wanted = list(dict.fromkeys(reference for reference in named if reference is not None))
        of_entity = Customer.objects.using(self._using).filter(entity=self._entity)
        # Of several with one reference the oldest is meant, as in every run before.
        found = of_entity.filter(reference__in=wanted).order_by("-pk")
        known = {each.reference: each for each in found}
        missing = [reference for reference in wanted if reference not in known]
        keys = self._keys(Customer, len(missing))
        return known | {
            reference: Customer(pk=key, entity=self._entity, name=reference, reference=reference)
            for key, reference in zip(keys, missing, strict=True)
        }

    def _keys(self, model: type[models.Model], count: int) -> list[int]:
        with connections[self._using].cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [model._meta.db_table, count],
            )
            return [key for (key,) in cursor.fetchall()]

    def _statement(self, step: Step, batch: Batch) -> Statement:
        row = batch.requests[step.row.number]
        is_new = row._state.adding
        is_late = step.digest in batch.late
        differs = not is_late and self._apply(step, row, batch)
        facts = self._facts(step, row, is_new=is_new, is_late=is_late)
        if is_late:
            return self._statements.noting(facts)
        customer = _still_to_write(row.customer)
        if is_new:
            row._state.adding = False
            return self._statements.opening(facts, row, customer)
        if differs:
            return self._statements.updating(facts, row, customer)
        return self._statements.noting(facts)

    def _apply(self, step: Step, row: SupportRequest, batch: Batch) -> bool:
        """Puts what the source changed into the row and says whether that made a difference.

        Only what changed: what people did here meanwhile to other fields stays.
        """
        whole = row._state.adding or step.digest in batch.whole
        places = range(len(step.row.cells)) if whole else step.changed
        found, custom = self._layout.values(step.row, places)
        values: dict[str, Any] = {**found, "custom": row.custom | custom}
        if "customer" in found:
            reference = found["customer"]
            values["customer"] = None if reference is None else batch.customers[reference]
        differs = {name: value for name, value in values.items() if getattr(row, name) != value}
        for name, value in differs.items():
            setattr(row, name, value)
        return bool(differs)

    def _facts(self, step: Step, row: SupportRequest, *, is_new: bool, is_late: bool) -> Facts:
        kind = "request.updated"
        if is_new:
            # A request that was under way when the log began gets no invented creation.
            kind = "request.opened" if step.logged_creation else "request.first_seen"
        name = step.row.actor
        actor = Actor("import", name, name, cause=self._cause, origin=Origin(channel=CHANNEL))
        detail = self._detail(step, is_new=is_new)
        if is_late:
            # What it says was overtaken by what stands here already.
            detail["arrived_late"] = True
        # Its cause is the run; no recording is open around it.
        return Act(kind, actor, row, "", detail, step.row.time.at).facts(None)

    def _detail(self, step: Step, *, is_new: bool) -> dict[str, Any]:
        """What the source says beside the values, and what is odd about the row."""
        row = step.row
        detail: dict[str, Any] = {
            DIGEST: step.digest,
            "source_line": row.line,
            ORDER: row.order,
        }
        if step.order_step > 1:
            detail["updates_lost_before"] = step.order_step - 1
        elif step.order_step < 1:
            detail["order_repeated" if step.order_step == 0 else "order_backward"] = True
        if step.time_back:
            detail["time_backward"] = True
        if row.time.doubt:
            detail["time_doubt"] = row.time.doubt
        if is_new and row.received is None:
            detail["received_at_from"] = self._profile.time
        if step.last and row.back_filled:
            names = self._layout.back_filled
            detail["claimed_at_the_end"] = dict(zip(names, row.back_filled, strict=True))
        return detail


def _still_to_write(customer: Customer | None) -> Customer | None:
    """The customer, for the first statement that names a new one."""
    if customer is None or not customer._state.adding:
        return None
    customer._state.adding = False
    return customer


def _longest(model: type[models.Model], name: str) -> int:
    length: int | None = getattr(model._meta.get_field(name), "max_length", None)
    return length or sys.maxsize
