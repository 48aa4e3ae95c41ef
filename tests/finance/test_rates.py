"""Exchange rates come from a file, whole or not at all, and are never edited."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit.models import Event
from finance.models import ExchangeRate
from finance.roles import FinanceRefused
from finance.services import rates
from finance.services.rates import Imported
from tests import factories

pytestmark = pytest.mark.django_db
NO_RATE = "Line 2: A rate is more than zero and has at most 12 decimal places."
HEAD = "day,base,quoted,rate\n"
TWO = HEAD + "2026-09-14,EUR,USD,1.0854\n2026-09-15,EUR,USD,1.09\n"


def imported(text: str, source: str = "ECB") -> Imported:
    return rates.import_rates(content=text.encode(), source=source, by=factories.TESTER)


def test_a_file_is_imported_exactly_and_as_one_event() -> None:
    assert imported(TWO) == Imported(rows=2, added=2)

    assert ExchangeRate.objects.get(day=date(2026, 9, 14)).rate == Decimal("1.0854")
    event = Event.objects.get(kind="exchange_rate.imported")
    assert (event.detail["source"], event.detail["rows"], event.detail["added"]) == ("ECB", 2, 2)
    assert ExchangeRate.history.filter(event_id=event.pk).count() == 2


def test_the_same_file_again_adds_nothing_and_is_no_event() -> None:
    imported(TWO)
    before = Event.objects.count()

    assert imported(TWO) == Imported(rows=2, added=0)
    assert Event.objects.count() == before


def test_new_rows_of_a_longer_file_are_added() -> None:
    imported(TWO)

    assert imported(TWO + "2026-09-16,EUR,USD,1.1\n") == Imported(rows=3, added=1)


def test_a_rate_that_stands_otherwise_refuses_the_whole_file() -> None:
    imported(TWO)

    with pytest.raises(FinanceRefused, match="EUR/USD 2026-09-15 of ECB stands with another rate"):
        imported(HEAD + "2026-09-16,EUR,USD,1.1\n2026-09-15,EUR,USD,1.2\n")

    assert ExchangeRate.objects.count() == 2
    assert Event.objects.latest("id").outcome == "denied"


def test_another_source_may_say_otherwise() -> None:
    imported(TWO)

    assert imported(HEAD + "2026-09-15,EUR,USD,1.2\n", "Bank").added == 1


@pytest.mark.parametrize(("rows", "sentence"), [
    ("2026-09-31,EUR,USD,1.1", "Line 2: “2026-09-31” is no day. Give it like 2026-09-15."),
    ("2026-09-15,Eur,USD,1.1",
     "Line 2: “Eur” is no currency. Give three letters, for example USD."),
    ("2026-09-15,USD,USD,1", "Line 2: The two currencies are the same."),
    ("2026-09-15,EUR,USD,one", "Line 2: “one” is no rate. Give it in digits, for example 1.0854."),
    ("2026-09-15,EUR,USD,0", NO_RATE),
    ("2026-09-15,EUR,USD,-1", NO_RATE),
    ("2026-09-15,EUR,USD,NaN", NO_RATE),
    ("2026-09-15,EUR,USD,1e-13",
     NO_RATE),
    ("2026-09-15,EUR,USD", "Line 2: “None” is no rate. Give it in digits, for example 1.0854."),
    ("2026-09-15,EUR,USD,1\n2026-09-15,EUR,USD,2",
     "Line 3: EUR/USD 2026-09-15 stands twice in the file, with two rates."),
])  # fmt: skip
def test_a_wrong_line_is_named_and_nothing_is_added(rows: str, sentence: str) -> None:
    with pytest.raises(FinanceRefused) as refused:
        imported(HEAD + rows + "\n")

    assert str(refused.value) == sentence
    assert not ExchangeRate.objects.exists()


@pytest.mark.parametrize(("content", "sentence"), [
    (b"", "The first line must name day, base, quoted, rate. There is no column day."),
    (b"day,base,rate\n", "The first line must name day, base, quoted, rate. There is no column "
                         "quoted."),
    (b"\xff\xfe\x00", "The file is no UTF-8 text. Save it as CSV in UTF-8."),
    (b"x" * (rates.MOST_BYTES + 1), "The file is larger than 10 MB. Split it by year."),
])  # fmt: skip
def test_what_is_no_such_file_is_said(content: bytes, sentence: str) -> None:
    with pytest.raises(FinanceRefused) as refused:
        rates.import_rates(content=content, source="ECB", by=factories.TESTER)

    assert str(refused.value) == sentence


@pytest.mark.parametrize("source", ["", "  ", "x" * 61])
def test_a_source_has_a_name(source: str) -> None:
    with pytest.raises(FinanceRefused, match="Name who published the rates"):
        imported(TWO, source)


@pytest.mark.parametrize("role", ["agent", "lead", "executive", "treasurer", "auditor"])
def test_only_who_keeps_accounts_imports(role: str) -> None:
    by = factories.actor(factories.person(role, factories.entity()))

    with pytest.raises(FinanceRefused, match="needs the role accountant or controller"):
        rates.import_rates(content=TWO.encode(), source="ECB", by=by)


def test_the_rate_of_a_day_is_the_newest_until_then() -> None:
    imported(TWO)

    def on(day: int) -> Decimal | None:
        found = rates.rate_on("EUR", "USD", date(2026, 9, day), "ECB")
        return found.rate if found is not None else None

    assert (on(13), on(14), on(15), on(20)) == (
        None, Decimal("1.0854"), Decimal("1.09"), Decimal("1.09"),
    )  # fmt: skip


def test_the_command_says_how_many_it_added(tmp_path: Path) -> None:
    path, out = tmp_path / "rates.csv", StringIO()
    path.write_text(TWO)

    call_command("import_rates", str(path), source="ECB", stdout=out)
    call_command("import_rates", str(path), source="ECB", json=True, stdout=out)

    assert out.getvalue().splitlines()[0] == "2 of 2 rates added."
    assert json.loads(out.getvalue().splitlines()[1]) == {"rows": 2, "added": 0}


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_rates", str(tmp_path / "none.csv"), source="ECB")
    path = tmp_path / "rates.csv"
    path.write_text(HEAD + "never,EUR,USD,1")
    with pytest.raises(CommandError, match="Line 2"):
        call_command("import_rates", str(path), source="ECB")
