"""Everything public that the library gives a history, by name: a release that brings more is
noticed here, and the contract's tests grow with it."""

from __future__ import annotations

from collections.abc import Iterable

from simple_history.manager import HistoricalQuerySet, HistoryManager
from simple_history.models import HistoricalChanges, HistoricalRecords

from tests.recorder_models.models import Parent


def public(names: Iterable[str]) -> set[str]:
    return {name for name in names if not name.startswith("_")}


def own_names(cls: type) -> set[str]:
    """What the library defines, itself or anew, on a class and its bases; not what Django does."""
    bases = [base for base in cls.__mro__ if base.__module__.startswith("simple_history")]
    return public(name for base in bases for name in vars(base))


def test_the_manager_has_no_name_we_do_not_know() -> None:
    assert own_names(HistoryManager) == {
        "as_of", "bulk_history_create", "get_queryset", "get_super_queryset", "most_recent",
    }  # fmt: skip


def test_the_queryset_has_no_name_we_do_not_know() -> None:
    assert own_names(HistoricalQuerySet) == {"as_instances", "filter", "latest_of_each"}


def test_the_changes_between_versions_have_no_name_we_do_not_know() -> None:
    assert own_names(HistoricalChanges) == {"diff_against"}


def test_the_library_adds_nothing_to_a_version_that_we_do_not_know() -> None:
    given = HistoricalRecords.get_extra_fields(Parent._versioned, Parent, {})

    assert public(given) == {
        "get_default_history_user", "history_change_reason", "history_date", "history_id",
        "history_object", "history_type", "history_user", "history_user_id", "instance",
        "instance_type", "next_record", "prev_record", "revert_url",
    }  # fmt: skip
