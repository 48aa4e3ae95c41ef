"""The library's reading interface on our version tables gives the answers that the library's own
reading code gives on the same rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory
from simple_history import signals, utils
from simple_history.middleware import HistoryRequestMiddleware
from simple_history.models import is_historic, to_historic

from audit.actors import Actor
from audit.recording import recording
from requests_app.models import User
from tests import factories
from tests.audit.stories import (
    MAKERS,
    MOMENT,
    TEXTS,
    Story,
    by_library,
    hearing,
    library,
    rows_of,
    told,
    values,
)
from tests.recorder_models.models import Parent


@pytest.fixture(params=MAKERS, ids=lambda model: model.__name__)
def story(request: pytest.FixtureRequest, ana: Actor, ben: Actor) -> Story:
    return told(request.param, ana, ben)


def test_the_manager_of_a_row_reads_its_versions_newest_first(story: Story) -> None:
    ids = [version.history_id for version in story.row.history.all()]

    assert ids == [version.history_id for version in library(story, story.row).all()]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == story.row.history.count() == 3


def test_the_manager_of_the_model_reads_the_versions_of_all_rows(story: Story) -> None:
    ours = story.model.history.filter(id__in=rows_of(story)).values_list("history_id", flat=True)
    theirs = library(story).filter(id__in=rows_of(story)).values_list("history_id", flat=True)

    assert list(ours) == list(theirs)
    assert len(ours) == 4


def test_versions_can_be_filtered_by_any_field_and_by_the_librarys(story: Story) -> None:
    assert story.row.history.filter(history_type="+").get() == story.versions[0]
    assert list(story.row.history.filter(history_user_id=int(story.ben.id))) == [
        story.versions[2],
        story.versions[1],
    ]
    assert story.row.history.filter(**{TEXTS[story.model]: "Second"}).get() == story.versions[1]
    assert story.row.history.filter(history_change_reason__startswith="Third").count() == 1
    assert story.row.history.first() == story.row.history.latest() == story.versions[2]
    assert story.row.history.last() == story.row.history.earliest() == story.versions[0]


def test_the_most_recent_version_comes_as_an_instance(story: Story) -> None:
    ours, theirs = story.row.history.most_recent(), library(story, story.row).most_recent()

    assert type(ours) is story.model
    assert values(ours) == values(theirs) == values(story.model.objects.get(pk=story.row.pk))


def test_the_most_recent_version_needs_a_row(story: Story) -> None:
    with pytest.raises(TypeError, match=r"Can't use most_recent\(\) without"):
        story.model.history.most_recent()
    with pytest.raises(story.model.DoesNotExist, match="has no historical record"):
        story.model(pk=-1).history.most_recent()


def test_the_librarys_helpers_find_the_manager_and_the_model(story: Story) -> None:
    assert utils.get_history_model_for_model(story.model) is story.model.history.model
    assert utils.get_history_manager_for_model(story.row).count() == 3
    assert utils.get_history_manager_from_history(story.versions[0]).count() == 3


def test_a_row_as_of_a_moment(story: Story) -> None:
    ours = story.row.history.as_of(story.between)
    theirs = library(story, story.row).as_of(story.between)

    assert type(ours) is story.model
    assert values(ours) == values(theirs)
    assert getattr(ours, TEXTS[story.model]) == "Second"


def test_all_rows_as_of_a_moment(story: Story) -> None:
    ours = story.model.history.as_of(story.between).filter(id__in=rows_of(story))
    theirs = library(story).as_of(story.between).filter(id__in=rows_of(story))

    assert {row.pk: values(row) for row in ours} == {row.pk: values(row) for row in theirs}
    assert len(ours) == 2


def test_rows_as_of_a_moment_can_be_narrowed_and_counted_like_any_queryset(story: Story) -> None:
    text = TEXTS[story.model]
    then = story.model.history.as_of(story.between).filter(id__in=rows_of(story))

    assert then.filter(**{text: "Second"}).get().pk == story.row.pk
    assert then.exclude(**{text: "Second"}).get().pk == story.other.pk
    assert then.count() == 2
    assert then.order_by("id").values_list(text, flat=True)[0] == "Second"


def test_before_its_creation_a_row_was_not_there(story: Story) -> None:
    before = story.versions[0].history_date - MOMENT

    with pytest.raises(story.model.DoesNotExist, match="had not yet been created"):
        story.row.history.as_of(before)
    assert not story.model.history.as_of(before).filter(pk=story.row.pk).exists()


def test_after_its_deletion_a_row_is_not_there(ana: Actor) -> None:
    with recording("parent.changed", by=ana):
        parent = Parent.objects.create(name="deletable")
    key = parent.pk
    with recording("parent.changed", by=ana):
        parent.delete()
    parent.pk = key
    deletion = parent.history.first()

    assert (deletion.history_type, deletion.name) == ("-", "deletable")
    assert deletion.instance.name == "deletable"
    with pytest.raises(Parent.DoesNotExist, match="had already been deleted"):
        parent.history.as_of(deletion.history_date)
    assert not Parent.history.as_of(deletion.history_date).filter(pk=key).exists()
    assert Parent.history.as_of(deletion.history_date - MOMENT).get(pk=key).name == "deletable"
    assert Parent.history.filter(id=key).as_instances().count() == 1
    assert Parent.history.filter(id=key).latest_of_each().get() == deletion


def test_the_newest_version_of_each_row(story: Story) -> None:
    mine = story.model.history.filter(id__in=rows_of(story))
    theirs = library(story).filter(id__in=rows_of(story)).latest_of_each()

    assert set(mine.latest_of_each()) == set(theirs)
    assert len(mine.latest_of_each()) == 2


def test_versions_come_as_instances(story: Story) -> None:
    ours = story.row.history.as_instances().order_by("history_id")
    theirs = library(story, story.row).as_instances().order_by("history_id")

    assert [values(row) for row in ours] == [values(row) for row in theirs]
    assert {type(row) for row in ours} == {story.model}
    assert ours.filter(pk=story.row.pk).count() == 3


def test_an_instance_knows_the_version_and_the_moment_it_came_from(story: Story) -> None:
    then = story.row.history.as_of(story.between)

    assert is_historic(then)
    assert to_historic(then) == story.versions[1]
    assert to_historic(then)._as_of == story.between
    assert not is_historic(story.row)
    several = story.model.history.as_of(story.between).filter(pk=story.row.pk)
    assert to_historic(several[0])._as_of == story.between


def test_an_as_of_chain_follows_plain_foreign_keys_step_by_step(ana: Actor) -> None:
    customer = factories.customer(name="Old name")
    request = factories.support_request(entity=customer.entity, customer=customer)
    then = request.history.first().history_date
    with recording("parent.changed", by=ana):
        customer.name = "New name"
        customer.save()

    before = request.history.as_of(then)

    assert before.customer.name == "New name"
    assert before.customer.history.as_of(then).name == "Old name"


def test_a_version_leads_to_the_ones_before_and_after_it(story: Story) -> None:
    first, second, third = story.versions
    earlier, later = by_library(story, "prev_record"), by_library(story, "next_record")

    for version in story.versions:
        assert version.prev_record == earlier.fget(version)
        assert version.next_record == later.fget(version)
    assert (first.prev_record, first.next_record) == (None, second)
    assert (third.prev_record, third.next_record) == (second, None)


def test_a_version_becomes_the_row_it_was(story: Story) -> None:
    second = story.versions[1]

    assert values(second.instance) == values(by_library(story, "instance").fget(second)) | values(
        second.instance
    )
    assert getattr(second.instance, TEXTS[story.model]) == "Second"
    assert values(second.history_object) == values(second.instance)
    assert second.instance.pk == story.row.pk
    assert second.instance_type is story.model


def test_a_version_says_who_why_and_how(story: Story) -> None:
    first, second, _ = story.versions

    assert first.history_user == User.objects.get(pk=story.ana.id)
    assert second.history_user == User.objects.get(pk=story.ben.id)
    assert first.history_change_reason == "It came in"
    assert [version.history_type for version in story.versions] == ["+", "~", "~"]
    assert first.get_history_type_display() == "Created"
    assert str(second) == f"{second.history_object} as of {second.history_date}"


def test_a_version_leads_to_its_event(story: Story) -> None:
    event = story.versions[2].event

    assert (event.actor_id, event.reason) == (story.ben.id, "Third thoughts")


def test_a_version_tells_its_tracked_fields(story: Story) -> None:
    tracked = story.model.history.model.tracked_fields

    assert tracked == story.model._versioned.fields_included(story.model)
    assert {field.attname for field in tracked} == {
        field.attname for field in story.model._meta.concrete_fields
    }


def test_a_version_has_an_address_in_the_admin(story: Story) -> None:
    second = story.versions[1]

    assert second.revert_url() == by_library(story, "revert_url")(second)
    assert second.revert_url().endswith(f"/{story.row.pk}/history/{second.history_id}/")


def test_two_versions_can_be_compared(story: Story) -> None:
    _, second, third = story.versions
    text = TEXTS[story.model]

    delta = third.diff_against(second)

    assert delta.changed_fields == [text]
    assert [(change.field, change.old, change.new) for change in delta.changes] == [
        (text, "Second", "Third")
    ]
    assert (delta.old_record, delta.new_record) == (second, third)
    assert third.diff_against(second, excluded_fields=[text]).changes == []
    assert third.diff_against(second, included_fields=["id"]).changes == []
    assert third.diff_against(third).changes == []


def test_a_comparison_can_show_related_rows(ana: Actor) -> None:
    request = factories.support_request()
    customer = factories.customer(entity=request.entity)
    with recording("parent.changed", by=ana):
        request.customer = customer
        request.save()
    newer, older = request.history.all()[:2]

    plain = newer.diff_against(older)
    as_objects = newer.diff_against(older, foreign_keys_are_objs=True)

    assert [(change.field, change.new) for change in plain.changes] == [("customer", customer.pk)]
    assert as_objects.changes[0].new == customer


def test_versions_of_different_models_cannot_be_compared(story: Story) -> None:
    user_version = User.history.first()

    with pytest.raises(TypeError, match="unsupported type"):
        story.versions[0].diff_against(user_version)


def test_the_default_person_is_whom_the_library_would_find(story: Story) -> None:
    version_model = story.model.history.model
    person = User.objects.get(pk=story.ana.id)
    request = RequestFactory().get("/")
    request.user = person
    found: list[Any] = []

    HistoryRequestMiddleware(
        lambda _: found.append(version_model.get_default_history_user(story.row))
    )(request)
    story.row._history_user = User.objects.get(pk=story.ben.id)
    found.append(version_model.get_default_history_user(story.row))

    assert [user.pk for user in found] == [int(story.ana.id), int(story.ben.id)]
    del story.row._history_user
    assert version_model.get_default_history_user(story.row) is None


def test_a_saved_version_is_announced(story: Story) -> None:
    setattr(story.row, TEXTS[story.model], "Fourth")
    with (
        hearing(signals.post_create_historical_record, story.model) as heard,
        recording("parent.changed", by=story.ana, reason="Why not"),
    ):
        story.row.save()

    [message] = heard
    newest = story.row.history.first()
    assert message["instance"] is story.row
    assert message["history_instance"] == newest
    assert message["history_date"] == newest.history_date
    assert message["history_user"].pk == int(story.ana.id)
    assert message["history_change_reason"] == "Why not"
    assert message["using"] == "default"


def test_where_nobody_listens_no_query_is_spent(
    story: Story, django_assert_num_queries: Any
) -> None:
    setattr(story.row, TEXTS[story.model], "Fourth")
    with recording("parent.changed", by=story.ana), django_assert_num_queries(1):
        story.row.save(force_update=True)


def test_a_deletion_is_announced(ana: Actor) -> None:
    with recording("parent.changed", by=ana):
        parent = Parent.objects.create(name="deletable")
    with (
        hearing(signals.post_create_historical_record, Parent) as heard,
        recording("parent.changed", by=ana),
    ):
        parent.delete()

    assert [message["history_instance"].history_type for message in heard] == ["-"]
