"""The check finds each thing that weakens the trail, and finds nothing where all is well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, models, transaction
from django.test.utils import isolate_apps

from audit import checks, roles
from audit.versions import Versioned
from tests.audit import sessions
from tests.recorder_models.models import Parent, Tag

LIVE, VERSION = "recorder_models_parent", "recorder_models_historicalparent"
APP = "{app}"
BODY = "RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS"
PASSING = "'BEGIN RETURN new; END'"

# What somebody with the owner's rights could do, and the sentence that names it.
TAMPERINGS = {
    "a disabled trigger": (
        f"ALTER TABLE {LIVE} DISABLE TRIGGER audit_write",
        f"the trigger audit_write of {LIVE} does not always fire",
    ),
    "a trigger that obeys the session": (
        f"ALTER TABLE {LIVE} ENABLE TRIGGER audit_no_truncate",
        f"the trigger audit_no_truncate of {LIVE} does not always fire",
    ),
    "a dropped writer": (
        f"DROP TRIGGER audit_write ON {LIVE}",
        f"{LIVE} lacks the trigger audit_write",
    ),
    "a dropped guard of versions": (
        f"DROP TRIGGER audit_guard ON {VERSION}",
        f"{VERSION} lacks the trigger audit_guard",
    ),
    "a dropped guard of events": (
        "DROP TRIGGER audit_guard ON audit_event",
        "audit_event lacks the trigger audit_guard",
    ),
    "a dropped guard of the journal": (
        "DROP TRIGGER finance_keep ON finance_journalline",
        "finance_journalline lacks the trigger finance_keep",
    ),
    "a guard of the journal that no longer waits for the end": (
        "DROP TRIGGER finance_whole ON finance_journalline;"
        " CREATE TRIGGER finance_whole AFTER INSERT ON finance_journalline FOR EACH ROW"
        " EXECUTE FUNCTION public.finance_judge_whole_entry();"
        " ALTER TABLE finance_journalline ENABLE ALWAYS TRIGGER finance_whole",
        "the trigger finance_whole of finance_journalline is not the recorder's",
    ),
    "a guard of the journal that says yes": (
        f"CREATE OR REPLACE FUNCTION public.finance_judge_line() {BODY} {PASSING}",
        "function finance_judge_line differs from the recorder's own, or stands beside another",
    ),
    "a dropped stamp": (
        "DROP TRIGGER audit_stamp ON audit_event",
        "audit_event lacks the trigger audit_stamp",
    ),
    "a trigger for fewer acts": (
        f"DROP TRIGGER audit_guard ON {VERSION}; CREATE TRIGGER audit_guard BEFORE TRUNCATE ON"
        f" {VERSION} EXECUTE FUNCTION audit_refuse_change();"
        f" ALTER TABLE {VERSION} ENABLE ALWAYS TRIGGER audit_guard",
        f"the trigger audit_guard of {VERSION} is not the recorder's",
    ),
    "a trigger for fewer rows": (
        f"CREATE OR REPLACE TRIGGER audit_write AFTER INSERT OR UPDATE OR DELETE ON {LIVE}"
        " FOR EACH ROW WHEN (pg_trigger_depth() > 9) EXECUTE FUNCTION {writer}();"
        f" ALTER TABLE {LIVE} ENABLE ALWAYS TRIGGER audit_write",
        f"the trigger audit_write of {LIVE} is not the recorder's",
    ),
    "a trigger for fewer columns": (
        f"DROP TRIGGER audit_guard ON {VERSION}; CREATE TRIGGER audit_guard BEFORE UPDATE OF salt"
        f" OR DELETE OR TRUNCATE ON {VERSION} EXECUTE FUNCTION audit_refuse_change();"
        f" ALTER TABLE {VERSION} ENABLE ALWAYS TRIGGER audit_guard",
        f"the trigger audit_guard of {VERSION} is not the recorder's",
    ),
    "a column that says no more since when it is recorded": (
        f"COMMENT ON COLUMN {VERSION}.name IS 'a name'",
        f"{VERSION}.name does not say in which versions it was recorded",
    ),
    "an unknown trigger": (
        f"CREATE TRIGGER mine BEFORE UPDATE ON {LIVE} FOR EACH ROW"
        " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        f"{LIVE} has the unknown trigger mine",
    ),
    "a rewrite rule": (
        f"CREATE RULE mine AS ON DELETE TO {LIVE} DO INSTEAD NOTHING",
        f"{LIVE} has the rewrite rule mine",
    ),
    "another body of the writer": (
        f"CREATE OR REPLACE FUNCTION {{writer}}() {BODY} {PASSING}",
        f"the writer of {LIVE} does not fit its table: run migrate",
    ),
    "a writer with the caller's rights": (
        "ALTER FUNCTION {writer}() SECURITY INVOKER",
        f"the writer of {LIVE} is not SECURITY DEFINER with a pinned search_path",
    ),
    "a writer that follows the caller's path": (
        "ALTER FUNCTION {writer}() RESET search_path",
        f"the writer of {LIVE} is not SECURITY DEFINER with a pinned search_path",
    ),
    "another stamp": (
        f"CREATE OR REPLACE FUNCTION audit_stamp() {BODY} {PASSING}",
        "function audit_stamp differs from the recorder's own, or stands beside another",
    ),
    "a second function of the same name": (
        "CREATE FUNCTION audit_open(kind bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        "function audit_open differs from the recorder's own, or stands beside another",
    ),
    "a function that follows the caller's path": (
        "ALTER FUNCTION audit_stamp() RESET search_path",
        "function audit_stamp does not pin its search_path",
    ),
    "an installer with the owner's rights": (
        "ALTER FUNCTION audit_guard(regclass) SECURITY DEFINER",
        "function audit_guard runs with other rights than the recorder gave it",
    ),
    "a function for everybody": (
        "GRANT EXECUTE ON FUNCTION audit_install TO PUBLIC",
        "function audit_install may be called by every role",
    ),
    "a missing function": (
        "DROP FUNCTION audit_refuse_insert() CASCADE",
        "function audit_refuse_insert is missing",
    ),
    "a column without its version column": (
        f"ALTER TABLE {LIVE} ADD extra integer",
        f"{VERSION} lacks column(s) extra of {LIVE}",
    ),
    "a column the writer does not know": (
        f"ALTER TABLE {LIVE} ADD extra integer; ALTER TABLE {VERSION} ADD extra integer",
        f"the writer of {LIVE} does not fit its table: run migrate",
    ),
    "a missing version table": (f"DROP TABLE {VERSION}", f"table {VERSION} is missing"),
    "row security": (
        f"ALTER TABLE {VERSION} ENABLE ROW LEVEL SECURITY",
        f"{VERSION} has row security, which hides rows",
    ),
    "a child table": (
        f"CREATE TABLE mine () INHERITS ({LIVE})",
        f"{LIVE} has child tables, whose rows no trigger sees",
    ),
    "an unlogged table": (
        f"ALTER TABLE {VERSION} SET UNLOGGED",
        f"{VERSION} is not logged, and lost when the server stops hard",
    ),
    "a right on the trail": (
        f"GRANT INSERT, DELETE ON {VERSION} TO {APP}",
        f"the application's role {APP} has DELETE, INSERT on {VERSION}",
    ),
    "a right on one column of the trail": (
        f"GRANT UPDATE (reason) ON audit_event TO {APP}",
        f"the application's role {APP} has UPDATE on audit_event",
    ),
    "a right of everybody on the trail": (
        "GRANT INSERT ON audit_event TO PUBLIC",
        f"the application's role {APP} has INSERT on audit_event",
    ),
    "a right to delete what is never deleted": (
        f"GRANT DELETE ON requests_app_supportrequest TO {APP}",
        f"the application's role {APP} has DELETE on requests_app_supportrequest",
    ),
    "a right to put triggers on a live table": (
        f"GRANT TRIGGER ON {LIVE} TO {APP}",
        f"the application's role {APP} has TRIGGER on {LIVE}",
    ),
    "a right to create": (
        f"GRANT CREATE ON SCHEMA public TO {APP}",
        f"the application's role {APP} may create tables: revoke it from PUBLIC",
    ),
}


@pytest.fixture
def as_owner(committed: str) -> Iterator[None]:
    """The owner's session, in a transaction that is undone."""
    with roles.as_owner(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def writer() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_writer_name(%s::regclass)", [LIVE])
        return str(cursor.fetchone()[0])


def test_a_healthy_database_has_no_problems(committed: str) -> None:
    assert checks.problems(connection) == []


def test_the_owner_finds_no_problems_either(as_owner: None) -> None:
    assert checks.problems(connection) == []


@pytest.mark.parametrize(("statement", "sentence"), TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_tampering_is_found_and_named(statement: str, sentence: str, as_owner: None) -> None:
    app = roles.app_role()
    run(statement.replace("{app}", app).replace("{writer}", writer()))

    assert sentence.replace("{app}", app) in checks.problems(connection)


@pytest.mark.parametrize(("power", "words"), [
    ("owner", "the owner"),
    ("superuser", "a superuser"),
])  # fmt: skip
def test_serving_with_a_role_that_could_disarm_the_triggers_is_found(
    power: str, words: str, as_owner: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = sessions.name_of("owner") if power == "owner" else superuser_name()
    monkeypatch.setitem(settings.DATABASES["default"], "USER", role)

    [problem] = checks.rights_problems(connection)

    assert problem.startswith(f"the application's role {role} is {words}: it could disarm")


def superuser_name() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolsuper LIMIT 1")
        return str(cursor.fetchone()[0])


def of(model: Any) -> list[str]:
    return [problem for problem, _hint in checks.model_problems(model)]


@isolate_apps("tests.recorder_models", "audit")
def test_multi_table_inheritance_is_refused() -> None:
    class Grandparent(Parent):
        versions = Versioned()

        class Meta:
            app_label = "recorder_models"

    assert of(Grandparent) == ["multi-table inheritance cannot be versioned"]


@isolate_apps("tests.recorder_models", "audit")
def test_an_automatic_through_table_is_refused() -> None:
    class Labelled(models.Model):
        tags = models.ManyToManyField(Tag, related_name="+")
        history = Versioned()

        class Meta:
            app_label = "recorder_models"

    assert of(Labelled) == ["the automatic through table of tags cannot be versioned"]


@isolate_apps("tests.recorder_models", "audit")
def test_a_column_that_every_version_has_is_refused() -> None:
    class Salted(models.Model):
        salt = models.TextField()
        history = Versioned()

        class Meta:
            app_label = "recorder_models"

    assert of(Salted) == ["salt has the name of a column every version has"]


@isolate_apps("tests.recorder_models", "audit")
def test_a_foreign_key_whose_action_changes_a_versioned_row_is_refused() -> None:
    class Kept(models.Model):
        history = Versioned()

        class Meta:
            app_label = "recorder_models"

    class Pointing(models.Model):
        kept = models.ForeignKey(Kept, models.CASCADE, related_name="+")
        tag = models.ForeignKey(Tag, models.SET_NULL, null=True, related_name="+")
        history = Versioned()

        class Meta:
            app_label = "recorder_models"

    assert of(Pointing) == [
        "kept points to a model that is never deleted, but does not say PROTECT",
        "tag would be changed by a deletion elsewhere",
    ]


def test_the_products_own_models_can_all_be_versioned() -> None:
    assert checks.versioned_models(None) == []
