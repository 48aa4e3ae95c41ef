"""Moments in differences are in the zone of the page; UTC stands in the element, and in exports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from audit.diffs import changes
from audit.diffs.fields import FieldSpec
from audit.templatetags.differences import after_shown, old_to_new
from audit.versions import version_model
from requests_app import services
from requests_app.models import Entity, SupportRequest, User
from tests import factories, promises
from tests.pages import body, signed_in, text, whole

pytestmark = pytest.mark.django_db

DUE = datetime(2031, 7, 1, 13, 30, 5, tzinfo=UTC)
LOCAL, MACHINE = "1 Jul 2031, 19:00:05 IST", "2031-07-01T13:30:05.000000Z"


@pytest.fixture
def auditor(entity: Entity) -> User:
    return factories.person("auditor", entity, time_zone="Asia/Kolkata")


@pytest.fixture
def promised(entity: Entity) -> SupportRequest:
    promises.office(entity)
    found = factories.support_request(entity=entity)
    services.change_due_date(
        support_request=found, due_at=DUE, by=factories.TESTER, reason="Agreed"
    )
    return found


def addresses(promised: SupportRequest) -> dict[str, str]:
    newest = version_model(SupportRequest).objects.filter(id=promised.pk).latest("history_id")
    compare = f"/compare/requests_app.supportrequest/{promised.pk}/?to={newest.pk}"
    return {
        "timeline": whole(promised),
        "event": f"/events/{newest.event_id}/",
        "compare": compare,
        "side by side": f"{compare}&view=sides",
        "trail": "/trail/?kind=request.due_date_changed",
        "admin": f"/admin/requests_app/supportrequest/{promised.pk}/history/",
    }


@pytest.mark.parametrize("page", ["timeline", "event", "compare", "side by side", "trail", "admin"])
def test_a_page_tells_them_in_its_zone_which_it_names(
    page: str, promised: SupportRequest, auditor: User
) -> None:
    html = signed_in(auditor).get(addresses(promised)[page]).content.decode()
    assert LOCAL in html
    assert f'<time datetime="{MACHINE}"' in html
    assert "2031-07-01 13:30:05 UTC</" not in html
    assert html.count("All times on this page are in") == 1
    assert "Asia/Kolkata" in html


def test_who_asks_for_utc_gets_utc(promised: SupportRequest, auditor: User) -> None:
    client = signed_in(auditor)
    client.cookies["zone"] = "utc"
    assert "1 Jul 2031, 13:30:05 UTC" in text(client.get(addresses(promised)["event"]))


@pytest.mark.parametrize("form", ["txt", "json"])
def test_a_copy_says_them_in_utc(form: str, promised: SupportRequest, auditor: User) -> None:
    base, _, query = addresses(promised)["compare"].partition("?")
    copied = body(signed_in(auditor).get(f"{base}difference.{form}?{query}")).decode()
    assert "2031-07-01 13:30:05 UTC" in copied
    assert "IST" not in copied


def changed(before: Any, after: Any) -> Any:
    spec = FieldSpec("at", "At", "datetime")
    [found] = changes({"at": before}, {"at": after}, [spec])
    return found


def test_moments_within_one_second_are_told_apart() -> None:
    shown = old_to_new(changed(DUE, DUE + timedelta(microseconds=7)))
    assert "13:30:05.000000 UTC" in shown
    assert "13:30:05.000007 UTC" in shown


@pytest.mark.parametrize("value", [DUE.replace(tzinfo=None), DUE.replace(year=9999)])
def test_what_not_every_zone_can_say_stands_as_it_was_recorded(value: datetime) -> None:
    change = changed(None, value)
    assert after_shown(change) == change.after
