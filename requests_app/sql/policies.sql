-- What must never be false of approval policies, limits and delegations, whoever writes:
-- requests_app/guards.py puts these functions on their tables. A refusal is a check_violation, so
-- that Django raises IntegrityError. A subscriber that applies a replicated change steps aside.

CREATE OR REPLACE FUNCTION public.requests_judge_policy() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    fixed text[] := ARRAY['id', 'entity_id', 'version', 'currency', 'copied_from_id', 'drafted_by_id'];
    changed text[];
BEGIN
    IF current_setting('session_replication_role') = 'replica' THEN
        IF public.audit_is_apply_worker() THEN
            RETURN coalesce(new, old);
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a version of a policy is never deleted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_policy_stays',
                  HINT = 'Decline it.';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF new.status <> 'draft' THEN
            RAISE EXCEPTION 'a policy begins as a draft'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_policy_begins_as_draft';
        END IF;
        IF EXISTS (SELECT FROM public.requests_app_approvalpolicy
                   WHERE id = new.copied_from_id AND entity_id <> new.entity_id) THEN
            RAISE EXCEPTION 'a policy is drafted from one of its own entity'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'policy_part_is_of_its_entity';
        END IF;
        RETURN new;
    END IF;
    SELECT coalesce(array_agg(key), '{}') INTO changed FROM jsonb_each(to_jsonb(new))
    WHERE value IS DISTINCT FROM to_jsonb(old) -> key;
    IF old.status <> 'draft' THEN
        fixed := fixed || ARRAY['window_days', 'note', 'edits', 'editors', 'proposed_by_id'];
    END IF;
    IF old.status NOT IN ('draft', 'proposed') THEN
        fixed := fixed || ARRAY['starts_at', 'decided_by_id', 'decided_at'];
    END IF;
    IF changed && fixed OR (old.status = 'proposed' AND new.status <> 'in_force'
                            AND 'starts_at' = ANY (changed)) THEN
        RAISE EXCEPTION 'version % of the policy is %, so this of it never changes', old.version, old.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_policy_is_never_changed',
                  HINT = 'Draft a new version.';
    END IF;
    IF new.status <> old.status AND (old.status, new.status) NOT IN (
        ('draft', 'proposed'), ('draft', 'declined'), ('proposed', 'in_force'),
        ('proposed', 'declined'), ('in_force', 'superseded')) THEN
        RAISE EXCEPTION 'a policy that is % never becomes %', old.status, new.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_policy_goes_forward';
    END IF;
    IF new.status = 'in_force' AND new.decided_by_id = ANY (new.editors) THEN
        RAISE EXCEPTION 'who wrote on version % does not approve it', new.version
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_policy_approved_by_another';
    END IF;
    IF old.status = 'draft' AND new.status = 'proposed' AND NOT EXISTS (
        SELECT FROM public.requests_app_policyrule rule
        WHERE policy_id = new.id AND kinds = '{}' AND conditions = '{}' AND minimum = 0
          AND maximum IS NULL AND priority = (
              SELECT max(priority) FROM public.requests_app_policyrule WHERE policy_id = new.id)
          AND EXISTS (SELECT FROM public.requests_app_policystep
                      WHERE rule_id = rule.id AND number IS NOT NULL)) THEN
        RAISE EXCEPTION 'version % leaves cases without a rule', new.version
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_policy_takes_everything',
                  HINT = 'Its last rule must take all that no other takes, and have a step.';
    END IF;
    RETURN new;
END
$body$;

CREATE OR REPLACE FUNCTION public.requests_judge_policy_part() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    held record;
    part jsonb := to_jsonb(coalesce(new, old));
BEGIN
    IF current_setting('session_replication_role') = 'replica' THEN
        IF public.audit_is_apply_worker() THEN
            RETURN coalesce(new, old);
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a rule of a policy is never deleted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_policy_stays',
                  HINT = 'Take it out of the draft.';
    END IF;
    IF TG_OP = 'UPDATE' AND (
        part -> 'policy_id' IS DISTINCT FROM to_jsonb(old) -> 'policy_id'
        OR part -> 'rule_id' IS DISTINCT FROM to_jsonb(old) -> 'rule_id') THEN
        RAISE EXCEPTION 'a rule stays with its policy, and a step with its rule'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_policy_is_never_changed';
    END IF;
    -- Locked against being proposed until this transaction ends.
    SELECT status, version, entity_id, currency INTO held FROM public.requests_app_approvalpolicy
    WHERE id = CASE TG_TABLE_NAME
        WHEN 'requests_app_policyrule' THEN (part ->> 'policy_id')::bigint
        ELSE (SELECT policy_id FROM public.requests_app_policyrule
              WHERE id = (part ->> 'rule_id')::bigint) END
    FOR SHARE;
    IF held.status IS DISTINCT FROM 'draft' THEN
        RAISE EXCEPTION 'version % of the policy is %, so its rules never change', held.version, held.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_policy_is_never_changed',
                  HINT = 'Draft a new version.';
    END IF;
    IF held.entity_id <> (part ->> 'entity_id')::bigint OR held.currency <> part ->> 'currency' THEN
        RAISE EXCEPTION 'a rule is of the entity and the currency of its policy'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'policy_part_is_of_its_entity';
    END IF;
    RETURN new;
END
$body$;

-- A limit may end, and a delegation may be revoked, once; nothing else of them changes.
CREATE OR REPLACE FUNCTION public.requests_keep_powers() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    may text[] := CASE TG_TABLE_NAME WHEN 'requests_app_approvallimit' THEN ARRAY['ends_on']
                                     ELSE ARRAY['revoked_at', 'revoked_by_id'] END;
BEGIN
    IF current_setting('session_replication_role') = 'replica' THEN
        IF public.audit_is_apply_worker() THEN
            RETURN coalesce(new, old);
        END IF;
    END IF;
    IF TG_OP = 'DELETE' OR to_jsonb(new) - may <> to_jsonb(old) - may THEN
        RAISE EXCEPTION 'what somebody might approve is never changed or deleted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'powers_are_never_changed',
                  HINT = 'End it, and give another one.';
    END IF;
    IF TG_TABLE_NAME = 'requests_app_delegation' AND to_jsonb(old) ->> 'revoked_at' IS NOT NULL
       AND to_jsonb(new) <> to_jsonb(old) THEN
        RAISE EXCEPTION 'a delegation is revoked once'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'powers_are_never_changed';
    END IF;
    RETURN new;
END
$body$;
