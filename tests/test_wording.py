"""What people read is ours: no message of the framework, no stray point, no word that says the
opposite of what a button does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core import validators
from django.urls import get_resolver

from requests_app import services
from requests_app.models import Customer, Entity, SupportRequest, User
from requests_app.queue import bulk
from tests import factories
from tests.pages import address, signed_in, text, whole

THEIRS = re.compile(
    r"This field is required|Enter a |Ensure this value|Null characters|Select a valid choice"
    r"|The submitted file"
)
OURS = ("requests_app.", "finance.", "audit.", "config.")


def every(form: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    for each in form.__subclasses__():
        yield each
        yield from every(each)


def test_no_field_of_a_form_speaks_with_the_words_of_the_framework() -> None:
    assert get_resolver().url_patterns  # by them every view and its forms are imported
    found = {}
    for form in every(forms.BaseForm):
        if not form.__module__.startswith(OURS):
            continue
        for name, field in getattr(form, "base_fields", {}).items():
            said = [*field.error_messages.items()]
            said += [("validator", getattr(each, "message", "")) for each in field.validators]
            theirs = [code for code, words in said if THEIRS.search(str(words))]
            if theirs:
                found[f"{form.__qualname__}.{name}"] = theirs
    assert found == {}


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        (forms.CharField(), "", "Fill this in."),
        (forms.EmailField(), "nobody", "Give a whole e-mail address"),
        (forms.CharField(max_length=3), "four", "Write at most 3 characters; these are 4."),
        (forms.CharField(), "a\x00b", "a character in it that nobody sees"),
    ],
)
def test_a_field_says_what_to_do(field: forms.Field, typed: str, told: str) -> None:
    made = type(field)(**({"max_length": 3} if "3" in told else {}))
    with pytest.raises(forms.ValidationError, match=re.escape(told)):
        made.clean(typed)
    assert validators.EmailValidator.message


@pytest.mark.django_db
class TestOnPages:
    @pytest.fixture
    def opened(self, entity: Entity) -> SupportRequest:
        known = factories.customer(entity=entity, name="Harbor", email="ap@harbor.example")
        return factories.support_request(entity=entity, customer=known)

    def test_the_order_is_offered_as_an_act(self, opened: SupportRequest, agent: User) -> None:
        assert "Show newest first" in text(signed_in(agent).get(address(opened)))

    def test_which_version_of_a_promise_counts_is_no_part_of_the_story(
        self, opened: SupportRequest, agent: User
    ) -> None:
        from audit.recording import recording

        with recording("record.changed", by=factories.TESTER, subject=opened):
            opened.service_level_version, opened.category = 2, "Rooms"
            opened.save()
        shown = text(signed_in(agent).get(whole(opened)))
        assert "Rooms" in shown
        assert "ersion of the service level" not in shown

    @pytest.mark.parametrize("typed", ["27", "000027", "number:27"])
    def test_the_end_of_a_number_finds_its_request(
        self, typed: str, entity: Entity, agent: User
    ) -> None:
        from requests_app import numbering

        numbering.next_numbers(entity, "R", 26)
        wanted = factories.support_request(entity=entity, subject="Cold ovens")
        assert wanted.number.endswith("-000027")
        assert "Cold ovens" in text(signed_in(agent).get("/requests/", {"q": typed}))

    @pytest.mark.parametrize("typed", ["27", "000027"])
    def test_the_trail_finds_a_request_by_the_end_of_its_number(
        self, typed: str, entity: Entity
    ) -> None:
        from requests_app import numbering

        numbering.next_numbers(entity, "R", 26)
        wanted = factories.support_request(entity=entity)
        auditor = signed_in(factories.person("auditor", entity))
        shown = text(auditor.get("/trail/", {"request": typed}))
        assert wanted.number in shown

    def test_ticked_rows_are_counted_and_tinted(self, opened: SupportRequest, agent: User) -> None:
        html = signed_in(agent).get("/requests/").content.decode()
        assert '<output class="bulk__ticked" data-ticked hidden>' in html
        assert "js/ticked" in html
        css = (Path(settings.BASE_DIR) / "static/css/components.css").read_text()
        assert "tr:has(> .table__tick input:checked) { background:" in css

    def test_what_is_resolved_is_not_mine_to_do(self, opened: SupportRequest, agent: User) -> None:
        by, client = factories.actor(agent), signed_in(agent)
        services.take(support_request=opened, by=by)
        start = client.get("/requests/start/").headers["Location"]
        assert opened.number in text(client.get(start))
        services.resolve(support_request=opened, resolution="fixed", note="Done", by=by)
        assert opened.number not in text(client.get(start))
        assert opened.number in text(client.get("/requests/", {"status": "open"}))


@pytest.mark.parametrize(
    ("slug", "count", "said"),
    [
        ("assign", 1, "Assign 1 request"), ("assign", 2, "Assign 2 requests"),
        ("change-priority", 2, "Change the priority of 2 requests"),
    ],
)  # fmt: skip
def test_a_button_for_many_says_how_many(slug: str, count: int, said: str) -> None:
    row = SupportRequest(pk=1, entity=Entity(pk=1), customer=Customer(pk=1))
    steps = [bulk.Step(row, "a", "b", "") for _ in range(count)]
    assert bulk.Plan(bulk.ACTS[slug], None, steps).button == said


def test_no_point_stands_between_a_mail_and_what_can_be_downloaded_of_it() -> None:
    template = (Path(settings.BASE_DIR) / "templates/requests_app/mail_state.html").read_text()
    lines = [line for line in template.splitlines() if "moment }}" in line or "<a href" in line]
    assert [line for line in lines if re.search(r"(moment \}\}|</span>)\.", line)] == []
    assert template.count("Download the mail") == 2


def test_the_readme_says_where_mail_goes() -> None:
    readme = (Path(settings.BASE_DIR) / "README.md").read_text()
    assert "`.local/worker.log`" in readme
