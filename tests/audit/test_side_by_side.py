"""The comparison of two versions in two columns: the switch, the table, and its words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Engine

from audit.diffs import FieldSpec, changes, side_by_side
from audit.recording import recording
from requests_app import services
from requests_app.models import Entity, SupportRequest, User
from tests import factories
from tests.audit.test_diff_components import LIBRARIES
from tests.pages import signed_in

TEMPLATES = Path(__file__).parents[2] / "templates"
MINUS = "\u2212"
NOTE = FieldSpec("note", "Note", "long_text")
OLD = "".join(f"Line {n} of the letter.\n" for n in range(20))
NEW = OLD.replace("Line 9 of", "Line nine of")


@pytest.fixture
def worked_on(entity: Entity, agent: User) -> SupportRequest:
    opened = factories.support_request(entity=entity, description=OLD)
    by = factories.actor(agent)
    services.change_priority(support_request=opened, priority="high", by=by)
    with recording("request.updated", by=by, subject=opened):
        opened.description = NEW
        opened.save()
    return opened


def path(support_request: SupportRequest, query: str = "") -> str:
    return f"/compare/requests_app.supportrequest/{support_request.pk}/{query}"


def version_ids(support_request: SupportRequest) -> list[int]:
    return list(support_request.history.order_by("history_id").values_list("history_id", flat=True))


def current(html: str) -> list[str]:
    return re.findall(r'aria-current="true">([^<]+)<', html.partition("<main")[2])


def rendered(before: Any, after: Any, *fields: FieldSpec, **options: Any) -> str:
    [pair] = side_by_side(changes(before, after, fields, **options))
    template = Engine(dirs=[TEMPLATES], libraries=LIBRARIES).get_template(
        "components/change_split.html"
    )
    inputs = {"change": pair.change, "lines": pair.lines, "height": pair.height}
    return template.render(Context(inputs))


def cells(html: str) -> list[str]:
    """What each cell shows, with single spaces."""
    found = re.findall(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", cell).split()) for cell in found]


# the switch


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?view=inline", "?view=", "?view=split%00", "?view=SPLIT"])
def test_the_view_is_inline_unless_the_other_one_is_asked_for(
    query: str, worked_on: SupportRequest, agent: User
) -> None:
    html = signed_in(agent).get(path(worked_on, query)).content.decode()
    assert current(html) == ["Changed fields", "Inline"]
    assert "<table" not in html


@pytest.mark.django_db
def test_the_switch_keeps_what_else_was_chosen(worked_on: SupportRequest, agent: User) -> None:
    first, _, newest = version_ids(worked_on)
    query = f"from={first}&to={newest}&fields=all"
    client = signed_in(agent)
    there = client.get(path(worked_on, f"?{query}")).content.decode()
    assert f'href="?{query}&view=split"'.replace("&", "&amp;") in there
    back = client.get(path(worked_on, f"?{query}&view=split")).content.decode()
    assert f'href="?{query}"'.replace("&", "&amp;") in back
    assert current(back) == ["All fields", "Side by side"]


@pytest.mark.django_db
def test_other_versions_are_shown_side_by_side_too(worked_on: SupportRequest, agent: User) -> None:
    html = signed_in(agent).get(path(worked_on, "?view=split")).content.decode()
    first, _, newest = version_ids(worked_on)
    assert '<input type="hidden" name="view" value="split">' in html
    assert f'href="?view=split&amp;from={first}&amp;to={newest}"' in html


@pytest.mark.django_db
def test_the_switch_is_offered_only_where_there_are_two_sides(
    worked_on: SupportRequest, agent: User
) -> None:
    first, _, newest = version_ids(worked_on)
    client = signed_in(agent)
    for query in (f"?to={first}", f"?from={newest}&to={newest}"):
        html = client.get(path(worked_on, f"{query}&view=split")).content.decode()
        assert "Side by side" not in html
        assert "<table" not in html
        assert "views__inline" not in html


# the columns


@pytest.mark.django_db
def test_each_column_is_headed_by_its_version(worked_on: SupportRequest, agent: User) -> None:
    html = signed_in(agent).get(path(worked_on, "?view=split")).content.decode()
    field, older, newer = cells(html)[:3]
    assert field == "Field"
    assert re.fullmatch(r"From: .+ · Priority changed · Ana Reyes", older)
    assert re.fullmatch(r"To: .+ · Updated at the source · Ana Reyes", newer)


@pytest.mark.django_db
def test_both_views_are_there_for_the_width_to_choose_from(
    worked_on: SupportRequest, agent: User
) -> None:
    html = signed_in(agent).get(path(worked_on, "?view=split")).content.decode()
    assert html.count('class="views__split"') == html.count('class="views__inline"') == 1
    assert "style=" not in html.partition("<main")[2]


@pytest.mark.django_db
def test_swapped_versions_swap_their_sides(worked_on: SupportRequest, agent: User) -> None:
    _, older, newer = version_ids(worked_on)
    query = f"?view=split&from={newer}&to={older}"
    shown = cells(signed_in(agent).get(path(worked_on, query)).content.decode())
    assert shown[2].endswith("Priority changed · Ana Reyes")
    changed = shown.index(f"Line removed: {MINUS}nine of the letter.")
    assert shown[changed + 1] == "Line added: +9 of the letter."


@pytest.mark.django_db
def test_two_columns_take_no_more_queries(
    worked_on: SupportRequest, agent: User, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(agent)
    client.get(path(worked_on))
    with django_assert_max_num_queries(15):
        assert client.get(path(worked_on, "?view=split&fields=all")).status_code == 200


def test_lines_of_a_long_text_stand_opposite_each_other_with_marked_words() -> None:
    shown = cells(rendered({"note": "pay 10\nkept\n"}, {"note": "pay 20\nkept\n"}, NOTE))
    assert shown == ["Note", f"pay removed: {MINUS}10", "pay added: +20", "kept", "kept"]


def test_folded_lines_open_without_script_in_both_columns() -> None:
    html = rendered({"note": OLD}, {"note": NEW}, NOTE)
    folds = re.findall(r"<details.*?</details>", html, re.DOTALL)
    assert [fold.count("Line 0 of the letter.") for fold in folds] == [2, 0]
    assert "<summary>6 unchanged lines</summary>" in folds[0]


def test_the_field_is_the_heading_of_all_its_rows() -> None:
    html = rendered({"note": "a\nb\nc\n"}, {"note": "A\nb\nc\n"}, NOTE)
    assert 'scope="rowgroup" rowspan="4"' in html
    assert html.count("<tr>") == html.count("</tr>") == 4
    assert cells(html)[-1] == "only upper and lower case changed"


def test_short_values_stand_in_their_columns() -> None:
    money = FieldSpec("a", "Amount", "money", currency="EUR")
    shown = cells(rendered({"a": 1250}, {"a": 1350}, money))
    assert shown == ["Amount", "removed: EUR 1,250", "added: EUR 1,350 (+100)"]
    assert cells(rendered({"a": None}, {"a": "x"}, FieldSpec("a", "A"))) == [
        "A",
        "not set",
        "added: x",
    ]


def test_rows_of_json_stand_where_they_were() -> None:
    data = FieldSpec("a", "Data", "json")
    shown = cells(rendered({"a": {"b": 1, "c": 1}}, {"a": {"b": 2, "d": 1}}, data))
    assert shown == [
        "Data",
        *("b removed: 1", "b added: 2"),
        *(f"{MINUS} c removed: 1", ""),
        *("", "+ d added: 1"),
    ]


def test_hostile_text_is_shown_as_text() -> None:
    hostile = "</td><script>alert(1)</script>{{ 7|add:7 }} \u202e&amp;\n"
    html = rendered({"note": "old\n"}, {"note": hostile}, FieldSpec("note", hostile, "long_text"))
    assert "<script>" not in html
    assert "\u202e" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:7 }} [U+202E]&amp;amp;") == 2
