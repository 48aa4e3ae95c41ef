-- One event and one version per turn, by the doors that everything goes through. The row and the
-- turns are told by the setting casetrail.bench (long_trail.py); the table is written into the text.
DO $body$
DECLARE
    told CONSTANT jsonb := current_setting('casetrail.bench');
    row_id CONSTANT bigint := told ->> 'row';
    request CONSTANT bigint := told ->> 'request';
    entity CONSTANT bigint := told ->> 'entity';
    persons CONSTANT bigint[] := ARRAY(
        SELECT value::bigint FROM jsonb_array_elements_text(told -> 'persons'));
    customers CONSTANT bigint[] := ARRAY(
        SELECT value::bigint FROM jsonb_array_elements_text(told -> 'customers'));
    statuses CONSTANT text[] := ARRAY[
        'new', 'in_progress', 'waiting_customer', 'resolved', 'closed'];
    who bigint;
BEGIN
    FOR turn IN (told ->> 'first')::int..(told ->> 'last')::int LOOP
        who := persons[1 + turn % cardinality(persons)];
        PERFORM audit_open(
            kind => 'bench.changed', subject_type => '{label}', subject_id => row_id::text,
            subject_label => 'A long trail', actor_kind => 'user', actor_id => who::text,
            actor_label => (SELECT display_name FROM requests_app_user WHERE id = who),
            actor_role => 'Agent', channel => 'demo', reason => 'Turn ' || turn,
            support_request_id => request, entity_id => entity);
        UPDATE {table}
        SET status = statuses[1 + turn % cardinality(statuses)],
            assignee_id = persons[1 + turn / 2 % cardinality(persons)],
            customer_id = customers[1 + turn / 7 % cardinality(customers)],
            claimed_amount = 100 + turn / 3
        WHERE id = row_id;
    END LOOP;
END
$body$;
