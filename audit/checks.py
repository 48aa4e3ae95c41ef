"""Finds what weakens the trail: models that cannot be versioned, triggers and rights that differ
from what the recorder would install."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core import checks
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from audit import guards, roles, triggers
from audit.triggers import ERASURE_TABLE, EVENT_TABLE, Pair
from audit.versions import OWN_COLUMNS

# tgtype bits: row 1, before 2, insert 4, delete 8, update 16, truncate 32.
EXPECTED = {
    "audit_write": 1 | 4 | 8 | 16,
    "audit_no_truncate": 2 | 32,
    "audit_guard": 2 | 8 | 16 | 32,
    "audit_no_insert": 2 | 4,
    "audit_stamp": 1 | 2 | 4,
    "audit_keep": 1 | 2 | 16,
    "audit_check_erasure": 1 | 2 | 4,
}
NOT_NESTED = "((pg_trigger_depth() = 0))"


def versioned_models(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[checks.Error]:
    """System check: refuses what the recorder could not represent."""
    found = []
    for model in apps.get_models():
        if hasattr(model, "_versioned") and not model._meta.proxy:
            found += [
                checks.Error(problem, hint=hint, obj=model, id="audit.E001")
                for problem, hint in model_problems(model)
            ]
    return found


def model_problems(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    options = model._meta
    if options.parents:
        yield "multi-table inheritance cannot be versioned", "Inherit from an abstract model."
    if isinstance(options.pk, models.CompositePrimaryKey):
        yield "a composite primary key cannot be versioned", "Give the table one key column."
    for m2m in options.local_many_to_many:
        through: Any = m2m.remote_field.through
        if through._meta.auto_created:
            yield (
                f"the automatic through table of {m2m.name} cannot be versioned",
                "Name a through model and version that.",
            )
    fields: list[Any] = list(options.local_fields)
    for field in fields:
        if isinstance(field, models.GeneratedField) and not vars(field)["db_persist"]:
            yield (
                f"virtual generated column {field.name} cannot be versioned",
                "Use db_persist=True.",
            )
        if field.column in OWN_COLUMNS:
            yield f"{field.name} has the name of a column every version has", "Rename the field."
        yield from relation_problems(field)
    erasable = getattr(model, "_versioned", None)
    for name in erasable.erasable if erasable is not None else ():
        if not isinstance(
            options.get_field(name), models.CharField | models.TextField | models.BinaryField
        ):
            yield f"{name} is neither text nor bytes, so it cannot be erasable", "Leave it out."


def relation_problems(field: Any) -> Iterator[tuple[str, str]]:
    """A foreign key may not let one row's deletion change another that is versioned."""
    if not isinstance(field, models.ForeignKey):
        return
    target = getattr(field.remote_field.model, "_versioned", None)
    undeletable = target is not None and "delete" not in target.allow
    if undeletable and field.remote_field.on_delete is not models.PROTECT:
        yield (
            f"{field.name} points to a model that is never deleted, but does not say PROTECT",
            "Use on_delete=models.PROTECT.",
        )
    if field.remote_field.on_delete in (models.SET_NULL, models.SET_DEFAULT):
        yield (
            f"{field.name} would be changed by a deletion elsewhere",
            "Use on_delete=models.PROTECT and deactivate the other row.",
        )


def problems(connection: BaseDatabaseWrapper) -> list[str]:
    """Everything that weakens the trail in this database, in sentences; empty when all is well."""
    return trigger_problems(connection) + rights_problems(connection)


def trigger_problems(connection: BaseDatabaseWrapper) -> list[str]:
    found = list(function_problems(connection))
    if found:
        return found  # the rest is judged by these functions
    found += table_problems(connection, EVENT_TABLE, {"audit_guard": "", "audit_stamp": ""})
    with connection.cursor() as cursor:
        if ERASURE_TABLE not in connection.introspection.table_names(cursor):
            return [*found, f"table {ERASURE_TABLE} is missing"]
    found += table_problems(
        connection, ERASURE_TABLE, {"audit_guard": "", "audit_check_erasure": ""}
    )
    for pair in triggers.pairs():
        found += pair_problems(connection, pair)
    return found


def function_problems(connection: BaseDatabaseWrapper) -> Iterator[str]:
    wanted = triggers.function_bodies(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, array_agg(prosrc), bool_and(proowner = relowner),"
            " bool_and('search_path=pg_catalog, pg_temp' = ANY (coalesce(proconfig, '{}'))),"
            " bool_and(prosecdef = (proname = ANY (%s))),"
            " bool_or(has_function_privilege('public', pg_proc.oid, 'EXECUTE'))"
            " FROM pg_proc, pg_class WHERE pronamespace = 'public'::regnamespace"
            " AND proname = ANY (%s) AND pg_class.oid = %s::regclass GROUP BY proname",
            [list(triggers.DEFINERS), list(wanted), EVENT_TABLE],
        )
        present = {name: facts for name, *facts in cursor}
    for name, body in wanted.items():
        if name not in present:
            yield f"function {name} is missing"
            continue
        bodies, is_owned, is_pinned, has_its_rights, is_public = present[name]
        if bodies != [body]:
            yield f"function {name} differs from the recorder's own, or stands beside another"
        elif not is_owned:
            yield f"function {name} belongs to another role than the trail"
        elif not is_pinned:
            yield f"function {name} does not pin its search_path"
        elif not has_its_rights:
            yield f"function {name} runs with other rights than the recorder gave it"
        elif is_public:
            yield f"function {name} may be called by every role"


def pinned(config: list[str] | None) -> bool:
    return config is not None and "search_path=pg_catalog, pg_temp" in config


def pair_problems(connection: BaseDatabaseWrapper, pair: Pair) -> list[str]:
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
    absent = [table for table in (pair.live, pair.version) if table not in present]
    if absent:
        return [f"table {table} is missing" for table in absent]
    found = [*writer_problems(connection, pair), *note_problems(connection, pair)]
    found += table_problems(
        connection,
        pair.live,
        {"audit_write": writer_name(connection, pair), "audit_no_truncate": ""}
        | {guard.name: guard.function for guard in guards.of(pair.live)},
    )
    return found + table_problems(
        connection, pair.version, {"audit_guard": "", "audit_no_insert": "", "audit_keep": ""}
    )


def note_problems(connection: BaseDatabaseWrapper, pair: Pair) -> Iterator[str]:
    """Each column that is copied says since when (audit/columns.py)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass"
            " AND attname = ANY (public.audit_columns(%s::regclass, %s))"
            " AND coalesce(col_description(attrelid, attnum), '')"
            " !~ '^recorded in versions ([0-9]+-[0-9]+, )*[0-9]+-$' ORDER BY attnum",
            [pair.version, pair.live, list(pair.excluded)],
        )
        for (name,) in cursor.fetchall():
            yield f"{pair.version}.{name} does not say in which versions it was recorded"


def writer_name(connection: BaseDatabaseWrapper, pair: Pair) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.audit_writer_name(%s::regclass)", [pair.live])
        return str(cursor.fetchone()[0])


def writer_problems(connection: BaseDatabaseWrapper, pair: Pair) -> Iterator[str]:
    """Columns and body of the writer: the body is generated again and compared."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(public.audit_columns(%s::regclass, %s)) AS name"
            " EXCEPT SELECT attname FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [pair.live, list(pair.excluded), pair.version],
        )
        missing = sorted(row[0] for row in cursor.fetchall())
        if missing:
            yield f"{pair.version} lacks column(s) {', '.join(missing)} of {pair.live}"
            return
        cursor.execute(
            "SELECT prosrc = public.audit_writer_source(%s::regclass, %s::regclass, %s, %s),"
            " prosecdef, proconfig FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " AND proname = public.audit_writer_name(%s::regclass)",
            [pair.live, pair.version, list(pair.excluded), pair.root, pair.live],
        )
        row = cursor.fetchone()
    if row is None:
        yield f"the writer of {pair.live} is missing"
    elif not row[0]:
        yield f"the writer of {pair.live} does not fit its table: run migrate"
    elif not row[1] or not pinned(row[2]):
        yield f"the writer of {pair.live} is not SECURITY DEFINER with a pinned search_path"


def table_problems(
    connection: BaseDatabaseWrapper, table: str, wanted: dict[str, str]
) -> list[str]:
    """Missing, disabled, retargeted and unknown triggers of one table, and rewrite rules on it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled, tgtype, proname,"
            " pronamespace = 'public'::regnamespace AND tgattr::text = '' AND tgnargs = 0,"
            " tgdeferrable AND tginitdeferred,"
            " coalesce(substring(pg_get_triggerdef(pg_trigger.oid) FROM ' WHEN (.*) EXECUTE '), '')"
            " FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE tgrelid = %s::regclass AND NOT tgisinternal",
            [table],
        )
        present = {name: (mode, facts) for name, mode, *facts in cursor}
        cursor.execute("SELECT rulename FROM pg_rewrite WHERE ev_class = %s::regclass", [table])
        rules = [row[0] for row in cursor.fetchall()]
    functions = {
        "audit_guard": "audit_refuse_change",
        "audit_no_truncate": "audit_refuse_truncate",
        "audit_no_insert": "audit_refuse_insert",
        "audit_stamp": "audit_stamp",
        "audit_keep": "audit_keep_version",
        "audit_check_erasure": "audit_check_erasure",
    }
    conditions = {
        "audit_no_insert": NOT_NESTED,
        "audit_stamp": f"({triggers.outside(connection)})",
    }
    found = [f"{table} {problem}" for problem in shape_problems(connection, table)]
    found += [f"{table} has the rewrite rule {rule}" for rule in rules]
    found += [
        f"{table} has the unknown trigger {name}" for name in sorted(set(present) - set(wanted))
    ]
    for name, special in wanted.items():
        if name not in present:
            found.append(f"{table} lacks the trigger {name}")
            continue
        mode, facts = present[name]
        if mode != "A":
            found.append(f"the trigger {name} of {table} does not always fire")
        function = special or functions[name]
        guard = guards.find(table, name)
        kind, is_deferred = (guard.kind, guard.is_deferred) if guard else (EXPECTED[name], False)
        if facts != [kind, function, True, is_deferred, conditions.get(name, "")]:
            found.append(f"the trigger {name} of {table} is not the recorder's")
    return found


def shape_problems(connection: BaseDatabaseWrapper, table: str) -> Iterator[str]:
    """What would show other rows than the triggers saw, lose them, or let another role in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relowner = e.relowner, c.relpersistence = 'p', NOT c.relrowsecurity,"
            " NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = c.oid)"
            " FROM pg_class AS c, pg_class AS e"
            " WHERE c.oid = %s::regclass AND e.oid = %s::regclass",
            [table, EVENT_TABLE],
        )
        is_as_it_should_be = cursor.fetchone()
    sentences = (
        "belongs to another role than the trail",
        "is not logged, and lost when the server stops hard",
        "has row security, which hides rows",
        "has child tables, whose rows no trigger sees",
    )
    yield from (text for text, good in zip(sentences, is_as_it_should_be, strict=True) if not good)


def rights_problems(connection: BaseDatabaseWrapper) -> list[str]:
    """Rights of the application's role that would let it past the recorder."""
    app = roles.app_role()
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN rolsuper THEN 'a superuser'"
            " WHEN pg_has_role(oid, (SELECT relowner FROM pg_class WHERE oid = %s::regclass),"
            " 'MEMBER') THEN 'the owner' WHEN rolcreaterole THEN 'a maker of roles' END"
            " FROM pg_roles WHERE rolname = %s",
            [EVENT_TABLE, app],
        )
        power = cursor.fetchone()[0]
        if power:
            return [
                f"the application's role {app} is {power}: it could disarm the triggers. "
                "Serve with a role of its own (see docs/configuration.md)"
            ]
        cursor.execute(
            "SELECT has_schema_privilege(%s, 'public', 'CREATE'),"
            " has_database_privilege(%s, current_database(), 'TEMPORARY')",
            [app, app],
        )
        for may, what in zip(
            cursor.fetchone(), ("create tables", "create temporary tables"), strict=True
        ):
            if may:
                found.append(f"the application's role {app} may {what}: revoke it from PUBLIC")
    return found + [
        f"the application's role {app} has {extra} on {table}"
        for table, extra in extra_rights(connection, app)
    ]


def extra_rights(connection: BaseDatabaseWrapper, app: str) -> list[tuple[str, str]]:
    """Rights on the trail and versioned tables, whole or on a column, that grant() never gives."""
    allowed = dict.fromkeys(triggers.trail_tables(connection), frozenset[str]())
    for pair in triggers.pairs():
        allowed |= {pair.live: pair.allow, pair.version: frozenset()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, string_agg(verb, ', ' ORDER BY verb) FROM unnest(%s::text[]) AS name,"
            " unnest(ARRAY['INSERT','UPDATE','DELETE','TRUNCATE','TRIGGER','REFERENCES']) AS verb"
            " WHERE (has_table_privilege(%s, to_regclass(name)::oid, verb)"
            " OR verb IN ('INSERT','UPDATE','REFERENCES')"
            " AND has_any_column_privilege(%s, to_regclass(name)::oid, verb))"
            " AND NOT name || ' ' || verb = ANY (%s) GROUP BY name ORDER BY name",
            [
                list(allowed),
                app,
                app,
                [f"{table} {verb.upper()}" for table, verbs in allowed.items() for verb in verbs],
            ],
        )
        return list(cursor.fetchall())
