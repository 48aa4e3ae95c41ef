-- One batch of a large data set. Its requests are worked on side by side, a step of each in turn, so
-- their trails lie as mixed on the disk as those of real work. Every event comes through audit_open and
-- every version through the triggers: this writes only live rows, as the application's own role.
-- The batch is described by the transaction-local setting casetrail.dataset, as JSON (dataset.py).
DO $body$
DECLARE
    told CONSTANT jsonb := current_setting('casetrail.dataset');
    outer_event CONSTANT text := coalesce(current_setting('audit.event', true), '');
    entity CONSTANT bigint := told ->> 'entity';
    currency CONSTANT text := told ->> 'currency';
    numbers CONSTANT text[] := ARRAY(SELECT jsonb_array_elements_text(told -> 'numbers'));
    amount CONSTANT int := cardinality(numbers);
    starts CONSTANT timestamptz := told ->> 'starts';
    ends CONSTANT timestamptz := told ->> 'ends';
    themes CONSTANT jsonb[] := ARRAY(SELECT jsonb_array_elements(told -> 'themes'));
    agents CONSTANT jsonb[] := ARRAY(SELECT jsonb_array_elements(told -> 'agents'));
    -- Half of all customers raise one request; a few raise dozens.
    buyers CONSTANT int := greatest(amount / 4, 1);
    customers bigint[];
    -- The requests under way, each at its place: what the next step needs to know of them.
    keys bigint[];
    labels text[];
    statuses text[];
    holders text[];
    resting_at timestamptz[];
    steps int[];
    agent jsonb;
    theme jsonb;
    place int;
    key bigint;
    verb text;
    chance float8;
    is_busy boolean;
BEGIN
    PERFORM setseed((told ->> 'seed')::float8);

    FOR place IN 1..buyers LOOP
        key := nextval(pg_get_serial_sequence('requests_app_customer', 'id'));
        agent := agents[1 + floor(random() * cardinality(agents))];
        PERFORM audit_open(
            kind => 'customer.added', subject_type => 'requests_app.customer',
            subject_id => key::text, subject_label => 'Customer ' || key, entity_id => entity,
            actor_kind => 'user', actor_id => agent ->> 'id', actor_label => agent ->> 'label',
            actor_role => agent ->> 'role', channel => 'demo', occurred_at => starts);
        INSERT INTO requests_app_customer (id, entity_id, name, email, phone, reference, is_active)
        VALUES (key, entity, 'Customer ' || key, 'customer' || key || '@customers.example', '',
                'D-' || key, true);
        customers[place] := key;
    END LOOP;

    FOR place IN 1..amount LOOP
        key := nextval(pg_get_serial_sequence('requests_app_supportrequest', 'id'));
        agent := agents[1 + floor(random() * cardinality(agents))];
        theme := themes[1 + floor(random() * cardinality(themes))];
        chance := random();
        resting_at[place] := starts + (ends - starts) * place / amount;
        labels[place] := numbers[place] || ' · ' || replace(theme ->> 'subject', '{order}', key::text);
        PERFORM audit_open(
            kind => 'request.opened', subject_type => 'requests_app.supportrequest',
            subject_id => key::text, subject_label => labels[place], support_request_id => key,
            entity_id => entity, actor_kind => 'user', actor_id => agent ->> 'id',
            actor_label => agent ->> 'label', actor_role => agent ->> 'role', channel => 'demo',
            address => '192.0.2.17', occurred_at => resting_at[place]);
        INSERT INTO requests_app_supportrequest (
            id, entity_id, number, source, source_number, channel, subject, description, status,
            priority, category, customer_id, invoice_reference, claimed_amount, claimed_currency,
            received_at, resolution, resolution_note, custom, requested_remedy)
        VALUES (
            key, entity, numbers[place], '', '', (ARRAY['mail', 'mail', 'portal', 'phone'])[
                1 + floor(random() * 4)],
            replace(theme ->> 'subject', '{order}', key::text),
            repeat(replace(theme ->> 'complaint', '{order}', key::text) || E'\n\n',
                   1 + floor(random() * 4)::int),
            'new', (ARRAY['normal', 'normal', 'low', 'high'])[1 + floor(random() * 4)],
            theme ->> 'category', customers[1 + floor(buyers * random() * random())],
            CASE WHEN chance < 0.4 THEN 'INV-' || key ELSE '' END,
            CASE WHEN chance < 0.4 THEN round((10 + 900 * random())::numeric, 2) END,
            CASE WHEN chance < 0.4 THEN currency ELSE '' END,
            resting_at[place] - interval '3 minutes', '', '', '{}', theme ->> 'remedy');
        keys[place] := key;
        statuses[place] := 'new';
        holders[place] := '';
        -- Lengths of trails: log-normal, half of them below 14 steps, one in a hundred above 85.
        steps[place] := least(500, greatest(1, exp(
            ln(14) + 0.8 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))));
    END LOOP;

    LOOP
        is_busy := false;
        FOR place IN 1..amount LOOP
            CONTINUE WHEN steps[place] = 0;
            is_busy := true;
            steps[place] := steps[place] - 1;
            chance := random();
            -- A request ends resolved and closed, but for one in ten, which still waits.
            verb := CASE
                WHEN statuses[place] = 'new' THEN
                    CASE WHEN chance < 0.8 THEN 'taken' ELSE 'viewed' END
                WHEN statuses[place] = 'closed' OR statuses[place] = 'resolved' AND steps[place] > 1 THEN
                    CASE WHEN chance < 0.4 THEN 'reopened' ELSE 'viewed' END
                WHEN statuses[place] = 'resolved' THEN 'closed'
                WHEN steps[place] <= 1 AND chance < 0.9 THEN 'resolved'
                WHEN chance < 0.42 THEN 'viewed'
                WHEN chance < 0.77 THEN 'replied'
                WHEN chance < 0.9 THEN 'priority_changed'
                WHEN chance < 0.96 THEN 'taken'
                ELSE 'resolved'
            END;
            agent := agents[1 + floor(random() * cardinality(agents))];
            theme := themes[1 + floor(random() * cardinality(themes))];
            IF verb = 'taken' AND holders[place] = agent ->> 'id' THEN
                verb := 'viewed';  -- who holds it already does not take it again
            END IF;
            resting_at[place] := least(
                now(), resting_at[place] - ln(1 - random()) * interval '7 hours');
            PERFORM audit_open(
                kind => 'request.' || verb, subject_type => 'requests_app.supportrequest',
                subject_id => keys[place]::text, subject_label => labels[place],
                support_request_id => keys[place], entity_id => entity, actor_kind => 'user',
                actor_id => agent ->> 'id', actor_label => agent ->> 'label',
                actor_role => agent ->> 'role', channel => 'demo', address => '192.0.2.17',
                occurred_at => resting_at[place],
                reason => CASE verb
                    WHEN 'resolved' THEN theme ->> 'note'
                    WHEN 'reopened' THEN 'The customer writes that the same thing happened again.'
                    WHEN 'priority_changed' THEN 'Second message from this customer in a week.'
                    ELSE ''
                END);
            CASE verb
                WHEN 'viewed' THEN
                    NULL;
                WHEN 'replied' THEN
                    INSERT INTO requests_app_message (
                        support_request_id, kind, author_id, author_label, body, written_at)
                    VALUES (
                        keys[place], 'reply', (agent ->> 'id')::bigint, agent ->> 'label',
                        theme ->> 'answer', resting_at[place]);
                WHEN 'priority_changed' THEN
                    UPDATE requests_app_supportrequest
                    SET priority = CASE priority WHEN 'normal' THEN 'high' WHEN 'high' THEN 'critical'
                                                 WHEN 'critical' THEN 'normal' ELSE 'normal' END
                    WHERE id = keys[place];
                WHEN 'taken' THEN
                    UPDATE requests_app_supportrequest
                    SET status = 'in_progress', assignee_id = (agent ->> 'id')::bigint
                    WHERE id = keys[place];
                    statuses[place] := 'in_progress';
                    holders[place] := agent ->> 'id';
                WHEN 'resolved' THEN
                    UPDATE requests_app_supportrequest
                    SET status = 'resolved', resolution = theme ->> 'resolution',
                        resolution_note = theme ->> 'note', root_cause = theme ->> 'root_cause'
                    WHERE id = keys[place];
                    statuses[place] := 'resolved';
                WHEN 'closed' THEN
                    UPDATE requests_app_supportrequest SET status = 'closed' WHERE id = keys[place];
                    statuses[place] := 'closed';
                WHEN 'reopened' THEN
                    UPDATE requests_app_supportrequest
                    SET status = 'in_progress', resolution = '', resolution_note = '',
                        root_cause = ''
                    WHERE id = keys[place];
                    statuses[place] := 'in_progress';
            END CASE;
        END LOOP;
        EXIT WHEN NOT is_busy;
    END LOOP;

    PERFORM set_config('audit.event', outer_event, true);  -- later writes are none of these events'
END
$body$;
