-- Erasing: the only change that what was recorded admits. A declared column of one row loses its
-- value, in the row and in all its versions, under an open event that says why; what it was is kept
-- as a length and a commitment (audit_erasure). Every rule stands in a trigger, so that the owner's
-- own hand, too, clears nothing that this does not record.
-- {erasable} is replaced by the columns that models declare (Versioned(erasable=...)).

CREATE OR REPLACE FUNCTION public.audit_erasable(
    OUT live text, OUT version text, OUT key text, OUT names text[]) RETURNS SETOF record
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT * FROM (VALUES {erasable}) AS declared (live, version, key, names)
$body$;

-- The open event of this transaction, if it is one that erases and says why; else null.
CREATE OR REPLACE FUNCTION public.audit_erasing_event() RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT id FROM public.audit_event
    WHERE id = nullif(current_setting('audit.event', true), '')::bigint
      AND txid = pg_current_xact_id()::text::bigint
      AND recorded_at >= transaction_timestamp()
      AND outcome = 'done' AND reason <> ''
      AND (kind LIKE '%.redacted' OR kind LIKE '%.erased')
$body$;

-- HMAC-SHA-256 with a key of 32 bytes; padding says which of its two pads.
CREATE OR REPLACE FUNCTION public.audit_padded(secret bytea, padding integer) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    padded bytea := decode(repeat(lpad(to_hex(padding), 2, '0'), 64), 'hex');
BEGIN
    FOR place IN 0..octet_length(secret) - 1 LOOP
        padded := set_byte(padded, place, get_byte(secret, place) # padding);
    END LOOP;
    RETURN padded;
END
$body$;

-- The salt of each of these fields, by name: HMAC-SHA-256(salt of the row, name of the field). After
-- an erasure the row has no salt of its own any more, only those of the fields that remain, as JSON.
CREATE OR REPLACE FUNCTION public.audit_field_salts(salt bytea, names text[]) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    inner_pad bytea;
    outer_pad bytea;
BEGIN
    IF octet_length(salt) <> 32 THEN
        RETURN (SELECT coalesce(jsonb_object_agg(key, value), '{}')
                FROM jsonb_each(convert_from(salt, 'UTF8')::jsonb) WHERE key = ANY (names));
    END IF;
    inner_pad := public.audit_padded(salt, 54);
    outer_pad := public.audit_padded(salt, 92);
    RETURN (SELECT coalesce(jsonb_object_agg(name, encode(
                sha256(outer_pad || sha256(inner_pad || convert_to(name, 'UTF8'))), 'hex')), '{}')
            FROM unnest(names) AS name);
END
$body$;

-- SHA-256 over the field's name and value, each after its length, and the field's salt: who has all
-- three can prove what stood there; the hash alone tells nothing, once the salt is gone.
CREATE OR REPLACE FUNCTION public.audit_commitment(salt bytea, name text, value bytea) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $body$
    SELECT encode(sha256(
        int4send(octet_length(convert_to(name, 'UTF8'))) || convert_to(name, 'UTF8')
        || int8send(octet_length(value)) || value
        || decode(public.audit_field_salts(salt, ARRAY[name]) ->> name, 'hex')), 'hex')
$body$;

-- Before an erasure is noted: only under an event that erases, and of a declared column.
CREATE OR REPLACE FUNCTION public.audit_check_erasure() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF current_setting('session_replication_role') = 'replica' AND public.audit_is_apply_worker() THEN
        RETURN new;
    END IF;
    IF new.event_id IS NULL OR new.event_id IS DISTINCT FROM public.audit_erasing_event() THEN
        RAISE EXCEPTION 'unrecorded erasure: no event in this transaction erases, with a reason'
            USING ERRCODE = 'check_violation',
                  HINT = 'Open one of a kind that ends with .redacted or .erased, with a reason.';
    END IF;
    IF NOT EXISTS (SELECT FROM public.audit_erasable() AS declared
                   WHERE live = new.table_name AND new.column_name = ANY (names)) THEN
        RAISE EXCEPTION '% of % is not declared erasable', new.column_name, new.table_name
            USING ERRCODE = 'restrict_violation',
                  HINT = 'Versioned(erasable=...) names the columns that may be cleared.';
    END IF;
    RETURN new;
END
$body$;

-- Of a version, an erasure may clear the columns it has noted; their salts go with them. Everything
-- else stays byte for byte.
CREATE OR REPLACE FUNCTION public.audit_keep_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    before jsonb;
    after jsonb;
    cleared text[];
BEGIN
    IF current_setting('session_replication_role') = 'replica' AND public.audit_is_apply_worker() THEN
        RETURN new;
    END IF;
    SELECT array_agg(column_name) INTO cleared
    FROM public.audit_erasure JOIN public.audit_erasable() AS declared ON live = table_name
    WHERE version = tg_table_name AND version_id = old.history_id
      AND event_id = public.audit_erasing_event();
    before := to_jsonb(old) - 'salt';
    after := to_jsonb(new) - 'salt';
    IF cleared IS NULL OR before - cleared IS DISTINCT FROM after - cleared
       OR EXISTS (SELECT FROM unnest(cleared) AS name WHERE after ->> name NOT IN ('', '\x')) THEN
        RAISE EXCEPTION 'UPDATE on % is refused: the trail is append-only', tg_table_name
            USING ERRCODE = 'restrict_violation',
                  HINT = 'Only audit_erase clears a value, of a declared column.';
    END IF;
    new.salt := convert_to(public.audit_field_salts(old.salt, ARRAY(
        SELECT name FROM jsonb_object_keys(before - cleared) AS name
        WHERE name NOT IN ('history_id', 'history_date', 'history_type', 'history_change_reason',
                           'history_user_id', 'event_id')))::text, 'UTF8');
    RETURN new;
END
$body$;

-- Whether the open event has noted erasures in versions of this table.
CREATE OR REPLACE FUNCTION public.audit_erases(version_table name) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN EXISTS (
        SELECT FROM public.audit_erasure
        JOIN public.audit_erasable() AS declared ON declared.live = table_name
        WHERE declared.version = version_table AND version_id IS NOT NULL
          AND event_id = public.audit_erasing_event());
END
$body$;

-- Clears these columns of one row and of all its versions. Returns how many values it cleared.
CREATE OR REPLACE FUNCTION public.audit_erase(target text, row_key text, columns text[])
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    opened bigint := public.audit_erasing_event();
    declared record;
    field record;
    row_salt bytea;
    cleared bigint := 0;
    counted bigint;
    of_row text;
    place record;
    emptied text;
    in_row text;
    in_versions text;
BEGIN
    SELECT * INTO declared FROM public.audit_erasable() AS known WHERE known.live = target;
    IF NOT FOUND OR columns = '{}' OR NOT columns <@ declared.names THEN
        RAISE EXCEPTION '% of % is not declared erasable', array_to_string(columns, ', '), target
            USING ERRCODE = 'restrict_violation',
                  HINT = 'Versioned(erasable=...) names the columns that may be cleared.';
    END IF;
    of_row := format('%I = %L', declared.key, row_key);
    EXECUTE format('SELECT FROM public.%I WHERE %s FOR UPDATE', target, of_row);
    EXECUTE format('SELECT salt FROM public.%I WHERE %s ORDER BY history_id DESC LIMIT 1',
                   declared.version, of_row) INTO row_salt;
    IF row_salt IS NULL THEN
        RAISE EXCEPTION 'there is no row % of %', row_key, target USING ERRCODE = 'no_data_found';
    END IF;
    FOR field IN
        SELECT attname AS name, atttypid = 'bytea'::regtype AS is_bytes,
               EXISTS (SELECT FROM pg_attribute AS copied
                       WHERE copied.attrelid = format('public.%I', declared.version)::regclass
                         AND copied.attname = own.attname AND NOT copied.attisdropped) AS is_copied
        FROM pg_attribute AS own
        WHERE attrelid = format('public.%I', target)::regclass AND attname = ANY (columns)
    LOOP
        FOR place IN
            SELECT * FROM (VALUES (target, 'NULL::bigint', '$4', true),
                                  (declared.version, 'history_id', 'salt', field.is_copied))
                AS places (name, version_id, salt, is_there) WHERE is_there
        LOOP
            EXECUTE format(
                'INSERT INTO public.audit_erasure (event_id, table_name, row_key, version_id,'
                ' column_name, unit, size, commitment, erased_at)'
                ' SELECT $1, $2, $3, %1$s, %2$L, %3$L, length(%2$I),'
                ' public.audit_commitment(%4$s, %2$L, %5$s), clock_timestamp()'
                ' FROM public.%6$I WHERE %7$s AND length(%2$I) > 0',
                place.version_id, field.name,
                CASE WHEN field.is_bytes THEN 'bytes' ELSE 'characters' END, place.salt,
                format(CASE WHEN field.is_bytes THEN '%I' ELSE 'convert_to(%I, ''UTF8'')' END,
                       field.name),
                place.name, of_row)
            USING opened, target, row_key, row_salt;
            GET DIAGNOSTICS counted = ROW_COUNT;
            cleared := cleared + counted;
        END LOOP;
        emptied := format('%1$I = substr(%1$I, 1, 0)', field.name);
        in_row := concat_ws(', ', in_row, emptied);
        IF field.is_copied THEN
            in_versions := concat_ws(', ', in_versions, emptied);
        END IF;
    END LOOP;
    IF cleared = 0 THEN
        RETURN 0;
    END IF;
    IF in_versions IS NOT NULL THEN
        EXECUTE format(
            'UPDATE public.%I SET %s WHERE %s AND history_id IN (SELECT version_id'
            ' FROM public.audit_erasure WHERE event_id = $1 AND table_name = $2 AND row_key = $3)',
            declared.version, in_versions, of_row)
        USING opened, target, row_key;
    END IF;
    EXECUTE format('UPDATE public.%I SET %s WHERE %s', target, in_row, of_row);
    RETURN cleared;
END
$body$;
