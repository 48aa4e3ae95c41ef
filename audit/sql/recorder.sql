-- The recorder's database half. Idempotent: run again after every migration (audit/triggers.py).
-- {app_role} is replaced by the quoted name of the role the application serves with.
-- Every function pins its search_path and names schemas in full: a caller's temporary table
-- must never stand in for the trail.

CREATE OR REPLACE FUNCTION public.audit_is_apply_worker() RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT EXISTS (SELECT FROM pg_stat_get_subscription(NULL) WHERE pid = pg_backend_pid())
$body$;

-- Opens an event and, unless arm (27) is 'f', makes it the event of every versioned write that follows
-- in this transaction. This is the application's door: what it says comes in one list, in the order
-- of audit_open's sentence below and of audit/opening.py, because a call with this many arguments
-- takes longer to parse than the event to insert.
-- For a row yet to be inserted, 28 and 29 name its table and key column: its key is taken here, and the
-- INSERT that follows finds it by currval. 30 says which other fact that key also is.
CREATE OR REPLACE FUNCTION public.audit_open_listed(said text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    event_id bigint;
BEGIN
    IF said[28] <> '' THEN
        IF NOT has_table_privilege(session_user, said[28], 'INSERT') THEN
            RAISE EXCEPTION 'permission denied: % may not insert into %', session_user, said[28]
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        said[4] := nextval(pg_get_serial_sequence(said[28], said[29]));
        CASE said[30]
            WHEN 'support_request_id' THEN said[6] := said[4];
            WHEN 'entity_id' THEN said[7] := said[4];
            ELSE NULL;
        END CASE;
    END IF;
    INSERT INTO public.audit_event (
        kind, outcome, subject_type, subject_id, subject_label, support_request_id, entity_id,
        actor_kind, actor_id, actor_label, actor_role, on_behalf_of_id, on_behalf_of_label,
        cause_kind, cause_id, cause_label, cause_version, channel, address, user_agent, session,
        sign_in_method, reason, correlation_id, occurred_at, detail, recorded_at, txid, salt,
        database_user, database_address, database_application)
    VALUES (
        said[1], said[2], said[3], said[4], said[5], said[6]::bigint, said[7]::bigint,
        said[8], said[9], coalesce(nullif(said[10], ''), session_user), said[11], said[12], said[13],
        said[14], said[15], said[16], said[17], said[18], said[19]::inet, said[20], said[21],
        said[22], said[23], said[24], said[25]::timestamptz, said[26]::jsonb,
        clock_timestamp(), pg_current_xact_id()::text::bigint,
        uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
        session_user, inet_client_addr(), current_setting('application_name'))
    RETURNING id INTO event_id;
    IF said[27] = 't' AND said[2] = 'done' THEN
        PERFORM set_config('audit.event', event_id::text, true);
    END IF;
    RETURN event_id;
END
$body$;

-- The same for people and scripts: each fact by its name, and only those there are.
CREATE OR REPLACE FUNCTION public.audit_open(
    kind text,
    actor_label text DEFAULT '',
    reason text DEFAULT '',
    subject_type text DEFAULT '',
    subject_id text DEFAULT '',
    subject_label text DEFAULT '',
    support_request_id bigint DEFAULT NULL,
    entity_id bigint DEFAULT NULL,
    outcome text DEFAULT 'done',
    actor_kind text DEFAULT 'outside',
    actor_id text DEFAULT '',
    actor_role text DEFAULT '',
    on_behalf_of_id text DEFAULT '',
    on_behalf_of_label text DEFAULT '',
    cause_kind text DEFAULT '',
    cause_id text DEFAULT '',
    cause_label text DEFAULT '',
    cause_version text DEFAULT '',
    channel text DEFAULT 'sql',
    address inet DEFAULT NULL,
    user_agent text DEFAULT '',
    session text DEFAULT '',
    sign_in_method text DEFAULT '',
    correlation_id text DEFAULT '',
    occurred_at timestamptz DEFAULT NULL,
    detail jsonb DEFAULT '{}',
    arm boolean DEFAULT true
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN public.audit_open_listed(ARRAY[
        kind, outcome, subject_type, subject_id, subject_label, support_request_id::text,
        entity_id::text, actor_kind, actor_id, actor_label, actor_role, on_behalf_of_id,
        on_behalf_of_label, cause_kind, cause_id, cause_label, cause_version, channel, address::text,
        user_agent, session, sign_in_method, reason, correlation_id,
        to_jsonb(occurred_at) #>> '{}',  -- ISO 8601 whatever the session's DateStyle
        detail::text, CASE WHEN arm THEN 't' ELSE 'f' END]);
END
$body$;

-- Fires for sessions of any other role than the application's, and for those that do not even call
-- themselves casetrail (psql, say, with the application's own password): what such a session says
-- of the actor is only a claim, and what the database knows is set whatever it says. Sessions of
-- the application can insert through audit_open alone, which sets the same.
CREATE OR REPLACE FUNCTION public.audit_stamp() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF current_setting('session_replication_role') = 'replica' AND public.audit_is_apply_worker() THEN
        RETURN new;
    END IF;
    new.recorded_at := clock_timestamp();
    new.txid := pg_current_xact_id()::text::bigint;
    new.salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
    new.database_user := session_user;
    new.database_address := inet_client_addr();
    new.database_application := current_setting('application_name');
    new.actor_kind := 'outside';
    new.actor_id := '';
    new.actor_label := coalesce(nullif(new.actor_label, ''), session_user);
    new.actor_role := '';
    new.on_behalf_of_id := '';
    new.on_behalf_of_label := '';
    new.channel := 'sql';
    new.address := NULL;
    new.user_agent := '';
    new.session := '';
    new.sign_in_method := '';
    RETURN new;
END
$body$;

CREATE OR REPLACE FUNCTION public.audit_refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF tg_op = 'UPDATE' AND public.audit_erases(tg_table_name) THEN
        RETURN NULL;  -- audit_keep_version judges each row
    END IF;
    RAISE EXCEPTION '% on % is refused: the trail is append-only', tg_op, tg_table_name
        USING ERRCODE = 'restrict_violation',
              HINT = 'A correction is a new row that points back to the old one.';
END
$body$;

CREATE OR REPLACE FUNCTION public.audit_refuse_truncate() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RAISE EXCEPTION 'TRUNCATE on % is refused: its rows are versioned', tg_table_name
        USING ERRCODE = 'restrict_violation',
              HINT = 'TRUNCATE leaves no versions. Delete the rows inside a recording, if they may be deleted at all.';
END
$body$;

CREATE OR REPLACE FUNCTION public.audit_refuse_insert() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    -- The first copy of a logical subscription fires statement triggers, too.
    IF current_setting('session_replication_role') = 'replica' AND public.audit_is_apply_worker() THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'INSERT on % is refused: only the database writes versions', tg_table_name
        USING ERRCODE = 'restrict_violation',
              HINT = 'Write the live row inside a recording; its version follows by itself.';
END
$body$;

-- The columns a version copies: every column of the live table but the excluded ones.
CREATE OR REPLACE FUNCTION public.audit_columns(live regclass, excluded text[]) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT array_agg(attname::text ORDER BY attnum)
    FROM pg_attribute
    WHERE attrelid = live AND attnum > 0 AND NOT attisdropped AND NOT attname = ANY (excluded)
$body$;

-- The event of one support request, where the open one names another or none: a change of a request
-- stands in that request's trail, whatever else it was part of. One per request and open event. Where
-- the row names no entity, the request's is the one of its first event.
CREATE OR REPLACE FUNCTION public.audit_event_of(opened bigint, request bigint, entity bigint)
RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    own bigint;
BEGIN
    SELECT id INTO own FROM public.audit_event
    WHERE support_request_id = request AND id > opened
      AND cause_kind = 'event' AND cause_id = opened::text
      AND subject_type = '' AND kind = cause_label  -- made here, and no act of its own
      AND txid = pg_current_xact_id()::text::bigint
    ORDER BY id DESC LIMIT 1;
    IF FOUND THEN
        RETURN own;
    END IF;
    INSERT INTO public.audit_event (
        kind, outcome, subject_type, subject_id, subject_label, support_request_id, entity_id,
        actor_kind, actor_id, actor_label, actor_role, on_behalf_of_id, on_behalf_of_label,
        cause_kind, cause_id, cause_label, cause_version, channel, address, user_agent, session,
        sign_in_method, reason, correlation_id, occurred_at, detail, recorded_at, txid, salt,
        database_user, database_address, database_application)
    SELECT kind, outcome, '', '', '', request,
        coalesce(
            entity,
            (SELECT first.entity_id FROM public.audit_event AS first
             WHERE first.support_request_id = request AND first.entity_id IS NOT NULL
             ORDER BY first.id LIMIT 1),
            entity_id),
        actor_kind, actor_id, actor_label, actor_role, on_behalf_of_id, on_behalf_of_label,
        'event', opened::text, kind, '', channel, address, user_agent, session,
        sign_in_method, reason, correlation_id, occurred_at, '{}', clock_timestamp(), txid,
        uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
        database_user, database_address, database_application
    FROM public.audit_event WHERE id = opened
    RETURNING id INTO own;
    RETURN own;
END
$body$;

-- The body of the writer of one table. The check generates it again and compares.
-- root names the column that holds the support request's key, if the table has one. By it, and by the
-- entity, a row is found and shown for ever: once set they stay, as the key does. Null may be filled.
CREATE OR REPLACE FUNCTION public.audit_writer_source(
    live regclass, version regclass, excluded text[], root text)
RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    names text[] := public.audit_columns(live, excluded);
    missing text;
    target text;
    own_event text := '';
    key text[] := ARRAY(
        SELECT attname::text FROM pg_index JOIN pg_attribute ON attrelid = indrelid
        AND attnum = ANY (indkey) WHERE indrelid = live AND indisprimary);
    lasting text[] := ARRAY(
        SELECT name FROM unnest(names) AS name
        WHERE name IN (root, 'entity_id') AND NOT name = ANY (key));
    own_place text := '';
BEGIN
    SELECT string_agg(name, ', ') INTO missing FROM unnest(names) AS name
    WHERE NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = version AND attname = name
                      AND attnum > 0 AND NOT attisdropped);
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'the version table % lacks column(s) % of %', version, missing, live
            USING HINT = 'Give the version table the same column in the same migration.';
    END IF;
    SELECT string_agg(attname, ', ') INTO missing FROM pg_attribute
    WHERE attrelid = live AND attnum > 0 AND NOT attisdropped
      AND attgenerated NOT IN ('', 's');
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'virtual generated column(s) % of % cannot be versioned', missing, live
            USING HINT = 'Make the column a stored generated column.';
    END IF;
    SELECT format('%I.%I', nspname, relname) INTO target
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE pg_class.oid = version;
    IF root <> '' THEN
        own_event := format($own$
    IF changed.%1$I IS NOT NULL AND opened.support_request_id IS DISTINCT FROM changed.%1$I THEN
        opened.id := public.audit_event_of(opened.id, changed.%1$I, %2$s);
    END IF;$own$,
            root,
            CASE WHEN 'entity_id' = ANY (names) THEN 'changed.entity_id' ELSE 'NULL' END);
    END IF;
    IF lasting <> '{}' THEN
        own_place := format($place$
        IF %s THEN
            RAISE EXCEPTION '%% of a row in %% never changes once it is set', %L, tg_table_name
                USING ERRCODE = 'restrict_violation',
                      HINT = 'Its trail is found by it. Insert another row instead.';
        END IF;$place$,
            (SELECT string_agg(format('old.%1$I IS NOT NULL AND old.%1$I IS DISTINCT FROM new.%1$I',
                                      name), ' OR ')
             FROM unnest(lasting) AS name),
            array_to_string(lasting, ' or '));
    END IF;
    RETURN format($writer$
DECLARE
    opened record;
    changed record;
BEGIN
    IF current_setting('session_replication_role') = 'replica' AND public.audit_is_apply_worker() THEN
        RETURN NULL;
    END IF;
    IF tg_op = 'UPDATE' THEN
        IF old *= new THEN
            RETURN NULL;
        END IF;
        IF %s THEN
            RAISE EXCEPTION 'the key of a row in %% never changes', tg_table_name
                USING ERRCODE = 'restrict_violation',
                      HINT = 'Its trail is found by its key. Insert another row instead.';
        END IF;%s
        changed := new;
    ELSIF tg_op = 'INSERT' THEN
        changed := new;
    ELSE
        changed := old;
    END IF;
    SELECT id, actor_kind, actor_id, reason, support_request_id INTO opened
    FROM public.audit_event
    WHERE id = nullif(current_setting('audit.event', true), '')::bigint
      AND txid = pg_current_xact_id()::text::bigint
      AND recorded_at >= transaction_timestamp()
      AND outcome = 'done';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unrecorded change: %% on %% has no event in this transaction',
                        tg_op, tg_table_name
            USING ERRCODE = 'check_violation',
                  HINT = 'Open one first: recording(...) in Python, SELECT audit_open(...) in SQL.'
                         ' Before COPY in a recording, ask for its id.';
    END IF;%s
    INSERT INTO %s (%s, history_date, history_type, history_change_reason, history_user_id,
                    event_id, salt)
    VALUES (%s, clock_timestamp(),
            CASE tg_op WHEN 'INSERT' THEN '+' WHEN 'UPDATE' THEN '~' ELSE '-' END,
            opened.reason,
            CASE WHEN opened.actor_kind = 'user' THEN opened.actor_id::bigint END,
            opened.id, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
    RETURN NULL;
END
$writer$,
        (SELECT string_agg(format('old.%1$I IS DISTINCT FROM new.%1$I', name), ' OR ')
         FROM unnest(key) AS name),
        own_place,
        own_event,
        target,
        (SELECT string_agg(quote_ident(name), ', ') FROM unnest(names) AS name),
        (SELECT string_agg('changed.' || quote_ident(name), ', ') FROM unnest(names) AS name));
END
$body$;

CREATE OR REPLACE FUNCTION public.audit_writer_name(live regclass) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT 'audit_write_' || left(relname, 43) || '_' || left(md5(relname), 6)
    FROM pg_class WHERE oid = live
$body$;

-- Puts one trigger on a table, always firing, whatever the session says of its replication role.
CREATE OR REPLACE FUNCTION public.audit_put_trigger(target regclass, name text, definition text)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    qualified text;
BEGIN
    SELECT format('%I.%I', nspname, relname) INTO qualified
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE pg_class.oid = target;
    EXECUTE format('CREATE OR REPLACE TRIGGER %I %s', name, replace(definition, '{table}', qualified));
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', qualified, name);
END
$body$;

-- Makes a table append-only: nothing that is in it changes or goes.
CREATE OR REPLACE FUNCTION public.audit_guard(target regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM public.audit_put_trigger(target, 'audit_guard',
        'BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT'
        ' EXECUTE FUNCTION public.audit_refuse_change()');
END
$body$;

-- Notes, as the comment of each column of a version table, in which versions it was recorded
-- (audit/columns.py reads it): "recorded in versions 1-17, 40-". A column that came later was not
-- empty before, and one that the live table has lost is not empty since.
CREATE OR REPLACE FUNCTION public.audit_note_columns(version regclass, names text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    title CONSTANT text := 'recorded in versions ';
    is_new CONSTANT boolean := NOT EXISTS (
        SELECT FROM pg_description
        WHERE objoid = version AND classoid = 'pg_class'::regclass AND objsubid > 0
          AND description LIKE title || '%');
    newest bigint;
    noted record;
    note text;
BEGIN
    EXECUTE format('SELECT coalesce(max(history_id), 0) FROM %s', version) INTO newest;
    FOR noted IN
        SELECT attname, attname::text = ANY (names) AS is_recorded,
               col_description(attrelid, attnum) AS words
        FROM pg_attribute WHERE attrelid = version AND attnum > 0 AND NOT attisdropped
    LOOP
        note := CASE
            WHEN coalesce(noted.words, '') NOT LIKE title || '%' THEN
                CASE WHEN noted.is_recorded
                     THEN title || CASE WHEN is_new THEN 1 ELSE newest + 1 END || '-' END
            WHEN noted.is_recorded AND noted.words NOT LIKE '%-' THEN
                noted.words || ', ' || newest + 1 || '-'
            WHEN NOT noted.is_recorded AND noted.words LIKE '%-' THEN
                noted.words || newest
        END;
        IF note IS NOT NULL THEN
            EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', version, noted.attname, note);
        END IF;
    END LOOP;
END
$body$;

-- Installs or refreshes everything one versioned table needs, from the catalog as it stands now.
CREATE OR REPLACE FUNCTION public.audit_install(
    live regclass, version regclass, excluded text[] DEFAULT '{}', root text DEFAULT '')
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    writer text := public.audit_writer_name(live);
BEGIN
    EXECUTE format('CREATE OR REPLACE FUNCTION public.%I() RETURNS trigger LANGUAGE plpgsql'
                   ' SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS %L',
                   writer, public.audit_writer_source(live, version, excluded, root));
    EXECUTE format('REVOKE ALL ON FUNCTION public.%I() FROM PUBLIC', writer);
    PERFORM public.audit_put_trigger(live, 'audit_write',
        format('AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION public.%I()',
               writer));
    PERFORM public.audit_put_trigger(live, 'audit_no_truncate',
        'BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse_truncate()');
    PERFORM public.audit_guard(version);
    PERFORM public.audit_put_trigger(version, 'audit_no_insert',
        'BEFORE INSERT ON {table} FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)'
        ' EXECUTE FUNCTION public.audit_refuse_insert()');
    PERFORM public.audit_put_trigger(version, 'audit_keep',
        'BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION public.audit_keep_version()');
    PERFORM public.audit_note_columns(version, public.audit_columns(live, excluded));
END
$body$;

-- Functions of these names with other arguments are of an earlier release: what this text has just
-- made has the age of this transaction.
DO $body$
DECLARE
    outdated regprocedure;
BEGIN
    FOR outdated IN
        SELECT oid::regprocedure FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND age(xmin) > 0
          AND proname LIKE 'audit\_%' AND proname NOT LIKE 'audit\_write\_%'
    LOOP
        EXECUTE format('DROP FUNCTION %s', outdated);
    END LOOP;
END
$body$;
