"""Measures writing: create, update, three objects in one act, four processes at once, bytes."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable

from django.db import connection

from bench import crowd
from bench.columns import (
    AUDITLOG,
    COLUMNS,
    OWN,
    PGHISTORY,
    PLAIN,
    REVERSION,
    SIMPLE_HISTORY,
    Column,
)
from bench.desk import Desk
from bench.report import IS_QUICK, Spread, Target, heading, ratios, say

# A round is a block of acts, done by one column after the other.
ROUNDS, BLOCK, TICKETS = (12, 10, 200) if IS_QUICK else (60, 20, 1000)
CROWD_ROUNDS, CROWD_BLOCK = (3, 50) if IS_QUICK else (8, 150)
SIZED_ROUNDS, SIZED_UPDATES = (2, 150) if IS_QUICK else (8, 250)
LIMITS = {
    "create": {SIMPLE_HISTORY: 0.8},
    "update": {SIMPLE_HISTORY: 0.85, AUDITLOG: 0.65, REVERSION: 0.65, PGHISTORY: 1.15},
}

Figures = dict[str, list[float]]
Act = Callable[[Column, int], None]


def set_durability(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET synchronous_commit TO {word}")


def measure(open_desk: Desk, acts_of: Callable[[Desk], Act], rounds: int) -> Figures:
    """Seconds per act, by column and round: the middle one of a block, which a pause of the
    machine does not move. A block runs on by itself, as in a process that has that library alone;
    the columns take turns in a new order each round."""
    figures: Figures = {column.name: [] for column in COLUMNS}
    for _ in range(rounds):
        act = acts_of(open_desk)
        seconds: Figures = {column.name: [] for column in COLUMNS}
        gc.collect()
        gc.disable()
        for column in open_desk.chance.sample(COLUMNS, len(COLUMNS)):
            for number in range(BLOCK):
                start = time.perf_counter()
                act(column, number)
                seconds[column.name].append(time.perf_counter() - start)
        gc.enable()
        for name, figure in seconds.items():
            figures[name].append(statistics.median(figure))
    return figures


def creating(open_desk: Desk) -> Act:
    tickets = [open_desk.new_ticket() for _ in range(BLOCK)]
    persons = {person.pk: person for person in open_desk.persons}

    def act(column: Column, number: int) -> None:
        change, values = tickets[number]
        made = column.create(persons[change.person], change.reason, values)
        open_desk.keys[column.name].append(made.pk)

    return act


def updating(open_desk: Desk, count: int = 1) -> Act:
    changes = [open_desk.change(count) for _ in range(BLOCK)]
    persons = {person.pk: person for person in open_desk.persons}

    def act(column: Column, number: int) -> None:
        change = changes[number]
        keys = open_desk.keys_of(column, change)
        column.update(persons[change.person], change.reason, keys, change.values)

    return act


def changing_three(open_desk: Desk) -> Act:
    return updating(open_desk, 3)


def show(title: str, figures: Figures, *, more_is_better: bool = False) -> None:
    heading(title)
    say(f"{'':<16}{'ratio to plain (quartiles)':<32}{'casetrail to it (quartiles)':<32}median")
    for column in COLUMNS:
        mine = figures[column.name]
        to_plain, own = ratios(mine, figures[PLAIN]), ratios(figures[OWN], mine)
        middle = Spread.of(mine).median
        unit = f"{middle:8.0f} per s" if more_is_better else f"{middle * 1000:8.3f} ms"
        say(f"{column.name:<16}{to_plain!s:<32}{own!s:<32}{unit}")


def judge(act: str, durability: str, figures: Figures) -> list[Target]:
    found = []
    for peer, limit in LIMITS.get(act, {}).items():
        spread = ratios(figures[OWN], figures[peer])
        name = f"{act}, synchronous_commit {durability}, casetrail to {peer}"
        found.append(Target(name, spread.median, limit, spread.quartiles))
    return found


def measure_acts(open_desk: Desk, durability: str) -> list[Target]:
    set_durability(durability)
    targets = []
    acts = {"create": creating, "update": updating, "three objects in one act": changing_three}
    for act, acts_of in acts.items():
        figures = measure(open_desk, acts_of, ROUNDS)
        show(f"{act}: {ROUNDS} rounds of {BLOCK}, synchronous_commit {durability}", figures)
        targets += judge(act, durability, figures)
    return targets


def measure_crowd(open_desk: Desk) -> None:
    """Four processes update tickets of their own, one column at a time."""
    figures: Figures = {column.name: [] for column in COLUMNS}
    with crowd.at_work() as workers:
        for number in range(CROWD_ROUNDS + 1):
            work = [
                [open_desk.change(share=(n, crowd.SIZE)) for _ in range(CROWD_BLOCK)]
                for n in range(crowd.SIZE)
            ]
            for column in open_desk.chance.sample(COLUMNS, len(COLUMNS)):
                seconds = workers.do(open_desk, column, work)
                if number:  # the first round warms the new connections
                    figures[column.name].append(crowd.SIZE * CROWD_BLOCK / seconds)
    title = f"{crowd.SIZE} processes at once, updates: {CROWD_ROUNDS} rounds of {CROWD_BLOCK} each"
    show(f"{title}, synchronous_commit off", figures, more_is_better=True)


def measure_bytes(open_desk: Desk) -> None:
    """What the same updates leave behind, round by round."""
    record: Figures = {column.name: [] for column in COLUMNS}
    log: Figures = {column.name: [] for column in COLUMNS}
    persons = {person.pk: person for person in open_desk.persons}
    for _ in range(SIZED_ROUNDS):
        changes = [open_desk.change() for _ in range(SIZED_UPDATES)]
        for column in COLUMNS:
            size, logged = sizes(column)
            for change in changes:
                keys = open_desk.keys_of(column, change)
                column.update(persons[change.person], change.reason, keys, change.values)
            size_after, logged_after = sizes(column)
            record[column.name].append((size_after - size) / SIZED_UPDATES)
            log[column.name].append((logged_after - logged) / SIZED_UPDATES)
    heading(f"bytes per update: {SIZED_ROUNDS} rounds of {SIZED_UPDATES}")
    titles = "record with its indexes", "casetrail to it", "all that was logged", "casetrail to it"
    say(f"{'':<16}" + "".join(f"{title:<28}" for title in titles))
    for column in COLUMNS:
        shown = [f"{column.name:<16}"]
        for kept in (record, log):
            mine = kept[column.name]
            shown += [f"{Spread.of(mine).median:<28.0f}", f"{ratio_to(kept, column):<28}"]
        say("".join(shown))


def ratio_to(kept: Figures, column: Column) -> str:
    """Casetrail's bytes to a column's; plain Django keeps no record."""
    mine = kept[column.name]
    return str(ratios(kept[OWN], mine)).strip() if all(mine) else "none"


def sizes(column: Column) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(pg_total_relation_size(name::regclass)), 0)::bigint,"
            " pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"
            " FROM unnest(%s::text[]) AS name",
            [list(column.tables)],
        )
        row: tuple[int, int] = cursor.fetchone()
        return row


def check_truth(open_desk: Desk) -> list[Target]:
    """Did each column record every change, with the right person, reason and values?"""
    heading("What each column says was done, held against what was done")
    targets = []
    for column in COLUMNS:
        expected = open_desk.expected_of(column)
        recorded = sorted(column.recorded(), key=lambda row: row[0])
        right = sum(mine == theirs for mine, theirs in zip(recorded, expected, strict=False))
        say(f"{column.name:<16}{right} of {len(expected)} right; {len(recorded)} recorded")
        if column.name != PLAIN:
            wrong = len(expected) - right + abs(len(recorded) - len(expected))
            targets.append(Target(f"wrong or missing records of {column.name}", wrong, 0))
    return targets


def run() -> list[Target]:
    set_durability("off")
    open_desk = Desk.open()
    measure(open_desk, creating, TICKETS // BLOCK)  # also warms what comes after
    measure(open_desk, updating, 10)
    targets = measure_acts(open_desk, "off")
    measure_crowd(open_desk)
    measure_bytes(open_desk)
    targets += measure_acts(open_desk, "on")
    return targets + check_truth(open_desk)
