"""Faults put into the recorder on purpose. Each takes away one guarantee; a test must notice."""

from __future__ import annotations

from dataclasses import dataclass

SQL = "audit/sql/recorder.sql"
ERASING_SQL = "audit/sql/erasing.sql"
MATRIX = "tests/audit/test_bypass_matrix.py"
OUTSIDE = "tests/audit/test_bypass_outside.py"
RECORDING = "tests/audit/test_recording.py"
ORDER = "tests/audit/test_recording_order.py"
EDGES = "tests/audit/test_recording_edges.py"
BELONGING = "tests/audit/test_belonging.py"
CHECKS = "tests/audit/test_checks.py"
SCHEMA = "tests/audit/test_schema.py"
TIMELINE = "tests/audit/test_timeline.py"
SERVICES = "tests/requests_app/test_services.py"
PAST = "tests/requests_app/test_past.py"
ERASING = "tests/audit/test_erasing.py"
REDACTING = "tests/requests_app/test_redacting.py"


@dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    before: str
    after: str
    caught_by: tuple[str, ...]


MUTANTS = (
    Mutant(
        "an event of another transaction is accepted", SQL,
        "      AND txid = pg_current_xact_id()::text::bigint\n", "", (EDGES,),
    ),
    Mutant(
        "a change without an event is let through", SQL,
        "        RAISE EXCEPTION 'unrecorded change: %% on %% has no event in this transaction',",
        "        RETURN NULL;\n        RAISE EXCEPTION 'unrecorded: %% %%',", (MATRIX,),
    ),
    Mutant(
        "deletions leave no version", SQL,
        "format('AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW",
        "format('AFTER INSERT OR UPDATE ON {table} FOR EACH ROW", (MATRIX,),
    ),
    Mutant(
        "an update that changes nothing leaves a version", SQL,
        "        IF old *= new THEN", "        IF false THEN", (MATRIX, RECORDING),
    ),
    Mutant(
        "any update counts as unchanged", SQL,
        "        IF old *= new THEN", "        IF true THEN", (MATRIX,),
    ),
    Mutant(
        "versions may be inserted by hand", SQL,
        "'BEFORE INSERT ON {table} FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)'",
        "'BEFORE INSERT ON {table} FOR EACH STATEMENT WHEN (false)'",
        (MATRIX, OUTSIDE),
    ),
    Mutant(
        "the trail may be truncated", SQL,
        "'BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT'",
        "'BEFORE UPDATE OR DELETE ON {table} FOR EACH STATEMENT'", (MATRIX, CHECKS),
    ),
    Mutant(
        "live tables may be truncated", SQL,
        "RAISE EXCEPTION 'TRUNCATE on % is refused: its rows are versioned', tg_table_name",
        "RETURN NULL; RAISE EXCEPTION '%', tg_table_name", (OUTSIDE,),
    ),
    Mutant(
        "triggers fire only as the origin", SQL,
        "ENABLE ALWAYS TRIGGER", "ENABLE TRIGGER", (CHECKS,),
    ),
    Mutant(
        "another role may act as a person", "audit/triggers.py",
        "SESSION_USER <> {app}::name", "SESSION_USER = 'nobody'::name", (EDGES,),
    ),
    Mutant(
        "psql may act as the application", "audit/triggers.py",
        "!~~ 'casetrail%'::text", "!~~ '%'::text", (OUTSIDE,),
    ),
    Mutant(
        "a change under another event is missing from its request's trail", SQL,
        "    IF root <> '' THEN", "    IF false THEN", (EDGES,),
    ),
    Mutant(
        "a part may move to another request", SQL,
        "        WHERE name IN (root, 'entity_id') AND NOT name = ANY (key));",
        "        WHERE false);", (BELONGING,),
    ),
    Mutant(
        "the past shows a part before it was put to its request", "audit/versions.py",
        "history_id__in=found, **filters)", "history_id__in=found)", (BELONGING,),
    ),
    Mutant(
        "an act that was not done carries changes", SQL,
        "      AND outcome = 'done';", ";", (EDGES,),
    ),
    Mutant(
        "what comes after the commit counts as a failure", "audit/recording.py",
        "        self.is_committed = True", "        pass", (EDGES,),
    ),
    Mutant(
        "the caller says when it was recorded", SQL,
        "        clock_timestamp(), pg_current_xact_id()::text::bigint,\n",
        "        coalesce(said[25]::timestamptz, clock_timestamp()),"
        " pg_current_xact_id()::text::bigint,\n",
        ("tests/requests_app/test_demo.py",),
    ),
    Mutant(
        "an inner event waits for its first statement", "audit/recording.py",
        "            self.opening.now()  # else", "            pass  # else",
        ("tests/audit/test_opening.py",),
    ),
    Mutant(
        "a subject numbered otherwise than its event says passes", "audit/recording.py",
        "        self.opening.check_key()\n", "", ("tests/audit/test_opening.py",),
    ),
    Mutant(
        "asking for the id afterwards opens an event", "audit/recording.py",
        "self.opening.event_id if self.is_over else self.opening.now()", "self.opening.now()",
        ("tests/audit/test_opening_edges.py",),
    ),
    Mutant(
        "the key of a new subject goes with any statement", "audit/opening.py",
        "self.subject is None or CURRENT_KEY in sql", "True",
        ("tests/audit/test_opening.py",),
    ),
    Mutant(
        "an inner event stays in force after its block", "audit/recording.py",
        "            restore(self.outer, self.using)", "            pass", (RECORDING,),
    ),
    Mutant(
        "a refused act is not recorded", "audit/recording.py",
        "opened.unwritten.append(Unwritten(unsuccessful(opened.facts, error), event_id))", "pass",
        (SERVICES, RECORDING),
    ),
    Mutant(
        "a refusal goes with the transaction around it", "audit/unwritten.py",
        "    if not is_in_transaction(connection):", "    if True:", (RECORDING,),
    ),
    Mutant(
        "a refusal within a longer transaction is forgotten", "audit/unwritten.py",
        "            write(kept.acts, using)", "            pass",
        ("tests/audit/test_recording_edges.py",),
    ),
    Mutant(
        "a nested act names no cause", "audit/recording.py",
        "    if outer is None or by.cause.kind:", "    if True:", (RECORDING,),
    ),
    Mutant(
        "the row is not locked before the event", "audit/recording.py",
        "        if locked and subject is not None:", "        if False:", (ORDER,),
    ),
    Mutant(
        "a plain save is named before its row is locked", "audit/implied.py",
        "before=lock_and_name if is_lockable else None", "before=None", (ORDER,),
    ),
    Mutant(
        "a renewed hash brings back an old password", "requests_app/people.py",
        "            event.discard()\n        person.set_password(raw)",
        "            pass\n        person.set_password(raw)", (ORDER,),
    ),
    Mutant(
        "reasons are optional", "audit/recording.py",
        "        if described.needs_reason and not self.reason.strip():", "        if False:",
        (SERVICES,),
    ),
    Mutant(
        "the application may delete requests", "audit/versions.py",
        '        allow: Iterable[str] = ("insert", "update"),',
        '        allow: Iterable[str] = ("insert", "update", "delete"),',
        (MATRIX, "tests/audit/test_rights.py"),
    ),
    Mutant(
        "a version column may be dropped", "audit/losses.py",
        "    elif isinstance(operation, migrations.RemoveField):", "    elif False:", (SCHEMA,),
    ),
    Mutant(
        "a version column may be retyped", "audit/losses.py",
        "        if column_type(before) != column_type(operation.field):", "        if False:",
        (SCHEMA,),
    ),
    Mutant(
        "migrations do not refresh triggers", "audit/schema.py",
        "                if tables:\n", "                if False:\n",
        (f"{SCHEMA}::test_an_app_whose_first_models_need_two_migrations_is_detected_whole",),
    ),
    Mutant(
        "a tampered writer is not noticed", "audit/checks.py",
        "    elif not row[0]:", "    elif False:", (CHECKS,),
    ),
    Mutant(
        "unknown triggers are not noticed", "audit/checks.py",
        "for name in sorted(set(present) - set(wanted))", "for name in ()", (CHECKS,),
    ),
    Mutant(
        "a version is compared with a later one", "audit/pairs.py",
        "older.history_id < version.history_id", "older.history_id > version.history_id",
        (TIMELINE,),
    ),
    Mutant(
        "names are those of today", "audit/names.py",
        "history_date <= wanted.moment", "history_date <= now()", (TIMELINE,),
    ),
    Mutant(
        "an event shows rows of entities that its reader may not see", "audit/seen.py",
        "if (row.model, row.version_id) not in hidden]", "]",
        ("tests/requests_app/test_reading.py",),
    ),
    Mutant(
        "the past shows what came later", "audit/versions.py",
        "history_date__lte=moment)", "history_date__gte=moment)", (PAST,),
    ),
    Mutant(
        "numbers skip", "requests_app/numbering.py",
        "DO UPDATE SET last = requests_app_numberseries.last + excluded.last",
        "DO UPDATE SET last = requests_app_numberseries.last + excluded.last + 1", (SERVICES,),
    ),
    Mutant(
        "anybody may work on any request", "requests_app/services/acting.py",
        "        refuse(why_not_person(support_request, by))\n", "", (SERVICES,),
    ),
    Mutant(
        "a form from before a change overwrites it", "audit/standing.py",
        "    if now != seen:\n", "    if now.version < seen.version:\n",
        ("tests/requests_app/test_acts.py",),
    ),
    Mutant(
        "a request may be opened for a customer of another entity",
        "requests_app/services/opening.py",
        "    refuse(why_not_customer(customer, entity))\n", "",
        ("tests/requests_app/test_entities.py",),
    ),
    Mutant(
        "any event erases", ERASING_SQL,
        "      AND (kind LIKE '%.redacted' OR kind LIKE '%.erased')\n", "", (ERASING,),
    ),
    Mutant(
        "an erasure may change what it did not note", ERASING_SQL,
        " OR before - cleared IS DISTINCT FROM after - cleared\n", "\n", (ERASING,),
    ),
    Mutant(
        "an erasure may put another text there", ERASING_SQL,
        "WHERE after ->> name NOT IN ('', '\\x')", "WHERE false", (ERASING,),
    ),
    Mutant(
        "what no model declares may be noted as erased", ERASING_SQL,
        "WHERE live = new.table_name AND new.column_name = ANY (names)", "WHERE true", (ERASING,),
    ),
    Mutant(
        "the salt of what was erased stays", ERASING_SQL,
        "jsonb_object_keys(before - cleared) AS name", "jsonb_object_keys(before) AS name",
        (REDACTING,),
    ),
    Mutant(
        "a redacted file keeps its bytes", "requests_app/services/redacting.py",
        "lambda: storage.destroy(attachment.storage_key)", "lambda: None", (REDACTING,),
    ),
    Mutant(
        "a file that was changed is given out", "requests_app/storage.py",
        "    if digest.hexdigest() != sha256:\n", "    if False:\n",
        ("tests/requests_app/test_pages_files.py",),
    ),
    Mutant(
        "a file is let in when the scanner fails", "requests_app/scanning.py",
        "        raise ScannerFailed(type(error).__name__) from error", "        return Verdict()",
        ("tests/requests_app/test_attaching.py",),
    ),
)  # fmt: skip
