-- What must never be false of the journal, whoever writes: finance/guards.py puts these functions
-- on its tables. A refusal is a check_violation, so that Django raises IntegrityError.
-- A subscriber that applies a replicated journal steps aside: it was judged where it was written.
-- That is asked in two steps, since the application may not call what the second one calls.

CREATE OR REPLACE FUNCTION public.finance_judge_entry() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    held record;
BEGIN
    IF current_setting('session_replication_role') = 'replica' THEN
        IF public.audit_is_apply_worker() THEN
            RETURN new;
        END IF;
    END IF;
    -- Locked against closing until this transaction ends.
    SELECT status, year, month INTO held FROM public.finance_period
    WHERE id = new.period_id FOR SHARE;
    IF held.status NOT IN ('open', 'closing') THEN
        RAISE EXCEPTION 'the period of entry % is closed', new.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_entry_in_open_period',
                  HINT = 'Post it in an open period, or let two people reopen this one.';
    END IF;
    IF held.year <> extract(year FROM new.posting_date)
       OR held.month <> extract(month FROM new.posting_date) OR new.year <> held.year THEN
        RAISE EXCEPTION 'entry % is posted on a day outside of its period', new.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_entry_day_in_period';
    END IF;
    IF EXISTS (SELECT FROM public.finance_journalentry
               WHERE id = new.reverses_id AND reverses_id IS NOT NULL) THEN
        RAISE EXCEPTION 'entry % would reverse a reversal', new.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_entry_reverses_no_reversal',
                  HINT = 'Post the entry anew.';
    END IF;
    RETURN new;
END
$body$;

CREATE OR REPLACE FUNCTION public.finance_judge_line() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    posted date;
    taxable boolean;
BEGIN
    IF current_setting('session_replication_role') = 'replica' THEN
        IF public.audit_is_apply_worker() THEN
            RETURN new;
        END IF;
    END IF;
    SELECT posting_date INTO posted FROM public.finance_journalentry WHERE id = new.entry_id;
    SELECT is_taxable INTO taxable FROM public.finance_account
    WHERE id = new.account_id AND is_postable
      AND posted BETWEEN coalesce(starts_on, '-infinity') AND coalesce(ends_on, 'infinity');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'line % is on an account that takes no entries on %', new.position, posted
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_line_account_takes_it';
    END IF;
    IF new.cost_centre_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM public.finance_costcentre WHERE id = new.cost_centre_id
        AND posted BETWEEN coalesce(starts_on, '-infinity') AND coalesce(ends_on, 'infinity')) THEN
        RAISE EXCEPTION 'line % is on a cost centre that is not in use on %', new.position, posted
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_line_cost_centre_in_use';
    END IF;
    IF new.tax_code_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM public.finance_taxcode WHERE id = new.tax_code_id
        AND (taxable OR account_id = new.account_id)
        AND posted BETWEEN coalesce(starts_on, '-infinity') AND coalesce(ends_on, 'infinity')) THEN
        RAISE EXCEPTION 'line % has a tax code that its account does not take on %', new.position, posted
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_line_tax_code_fits';
    END IF;
    RETURN new;
END
$body$;

-- Fires for entries and for lines, at the end of the transaction: a line that comes later makes
-- more of them than the entry says it has.
CREATE OR REPLACE FUNCTION public.finance_judge_whole_entry() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    whole record;
    held record;
BEGIN
    IF current_setting('session_replication_role') = 'replica' THEN
        IF public.audit_is_apply_worker() THEN
            RETURN NULL;
        END IF;
    END IF;
    SELECT * INTO whole FROM public.finance_journalentry
    WHERE id = CASE TG_TABLE_NAME WHEN 'finance_journalentry' THEN (to_jsonb(new) ->> 'id')::bigint
                                  ELSE (to_jsonb(new) ->> 'entry_id')::bigint END;
    SELECT count(*) AS lines, coalesce(sum(base_debit), 0) = coalesce(sum(base_credit), 0) AS even,
           count(DISTINCT base_currency) = 1 AS one_base
    INTO held FROM public.finance_journalline WHERE entry_id = whole.id;
    IF held.lines <> whole.line_count THEN
        RAISE EXCEPTION 'entry % has % lines where it says %', whole.number, held.lines, whole.line_count
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_entry_has_its_lines',
                  HINT = 'A posted entry takes no more lines. Reverse it, or post another one.';
    END IF;
    IF NOT held.even OR NOT held.one_base OR EXISTS (
        SELECT FROM public.finance_journalline WHERE entry_id = whole.id
        GROUP BY currency HAVING sum(debit) <> sum(credit)) THEN
        RAISE EXCEPTION 'the debits and credits of entry % differ', whole.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_entry_balances';
    END IF;
    IF TG_TABLE_NAME <> 'finance_journalentry' THEN
        RETURN NULL;
    END IF;
    IF whole.sequence > 1 AND NOT EXISTS (
        SELECT FROM public.finance_journalentry
        WHERE entity_id = whole.entity_id AND journal = whole.journal AND year = whole.year
          AND sequence = whole.sequence - 1) THEN
        RAISE EXCEPTION 'entry % leaves a gap before it', whole.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_entry_leaves_no_gap';
    END IF;
    IF whole.reverses_id IS NOT NULL AND EXISTS (
        (SELECT position, account_id, cost_centre_id, tax_code_id, project, partner_id, customer_id,
                currency, debit, credit, base_debit, base_credit
         FROM public.finance_journalline WHERE entry_id = whole.id)
        EXCEPT
        (SELECT position, account_id, cost_centre_id, tax_code_id, project, partner_id, customer_id,
                currency, credit, debit, base_credit, base_debit
         FROM public.finance_journalline WHERE entry_id = whole.reverses_id)) THEN
        RAISE EXCEPTION 'entry % is not its original with the sides changed', whole.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_entry_reverses_exactly';
    END IF;
    IF whole.reverses_id IS NOT NULL AND whole.line_count <> (
        SELECT line_count FROM public.finance_journalentry WHERE id = whole.reverses_id) THEN
        RAISE EXCEPTION 'entry % does not reverse all lines of its original', whole.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_entry_reverses_exactly';
    END IF;
    RETURN NULL;
END
$body$;

CREATE OR REPLACE FUNCTION public.finance_refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF current_setting('session_replication_role') = 'replica' THEN
        IF public.audit_is_apply_worker() THEN
            RETURN coalesce(new, old);
        END IF;
    END IF;
    RAISE EXCEPTION 'what was posted is never changed or deleted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_is_never_changed',
              HINT = 'Reverse the entry by another one.';
END
$body$;
