"""The lists of the admin site as tables: their names, how they are sorted, where rows lead."""

from __future__ import annotations

import pytest
from django.urls import reverse

from requests_app.models import Role
from tests.audit.desk import Desk, as_role, new_desk
from tests.markup import Element, main_of

pytestmark = pytest.mark.django_db

LIST = "/admin/requests_app/supportrequest/"


@pytest.fixture
def desk() -> Desk:
    return new_desk()


def table(desk: Desk, query: str = "") -> Element:
    page = as_role(desk, Role.AUDITOR).get(f"{LIST}{query}").content.decode()
    return next(
        each for each in main_of(page).inside() if each.attributes.get("id") == "result_list"
    )


def sorting(shown: Element) -> dict[str, str | None]:
    headings = (each for each in shown.inside() if each.attributes.get("scope") == "col")
    return {each.text: each.attributes.get("aria-sort") for each in headings}


def test_a_list_says_what_it_is_of_and_in_which_zone(desk: Desk) -> None:
    [caption] = [each for each in table(desk).inside() if each.tag == "caption"]

    assert caption.text == "Support requests; times in UTC"


def test_a_heading_says_how_the_list_is_sorted_and_turns_it_around(desk: Desk) -> None:
    up, down = table(desk, "?o=1"), table(desk, "?o=-1")

    assert sorting(up)["Subject ↑"] == "ascending"
    assert sorting(down)["Subject ↓"] == "descending"
    assert sorting(up)["Number"] == "none"
    assert sorting(up)["Change history"] is None
    [turn] = [each for each in up.inside() if each.tag == "a" and each.text == "Subject ↑"]
    assert turn.link() == "?o=-1"


def test_each_row_has_a_heading_and_leads_to_its_change_history(desk: Desk) -> None:
    shown = table(desk)
    rows = [each for each in shown.inside() if each.tag == "tr"][1:]
    headings = [each for each in shown.inside() if each.attributes.get("scope") == "row"]
    [row] = [each.parent for each in headings if each.text == desk.request.number]
    assert row is not None
    links = [each for each in row.inside() if each.tag == "a"]
    [link] = [each for each in links if each.text.startswith("Changes of")]

    assert [each.parent for each in headings] == rows
    assert desk.request.number in link.text
    assert link.link() == reverse(
        "admin:requests_app_supportrequest_history", args=[desk.request.pk]
    )
    assert as_role(desk, Role.AUDITOR).get(link.link() or "").status_code == 200
