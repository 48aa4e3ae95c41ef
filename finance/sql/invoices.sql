-- What must never be false of invoices, whoever writes: finance/guards.py puts these functions on
-- its tables. A refusal is a check_violation, so that Django raises IntegrityError.
-- A subscriber that applies a replicated row steps aside: it was judged where it was written.

-- An invoice stays as it was issued: only its status moves, and a void or written-off one stays so.
CREATE OR REPLACE FUNCTION public.finance_keep_invoice() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF current_setting('session_replication_role') = 'replica' THEN
        IF public.audit_is_apply_worker() THEN
            RETURN coalesce(new, old);
        END IF;
    END IF;
    IF TG_OP = 'DELETE' OR to_jsonb(new) - 'status' <> to_jsonb(old) - 'status' THEN
        RAISE EXCEPTION 'invoice % stays as it was issued', old.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_stays_as_issued',
                  HINT = 'Void it and enter another one, or credit it.';
    END IF;
    IF old.status = 'void' AND new.status <> 'void' THEN
        RAISE EXCEPTION 'invoice % is void and stays so', old.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_void_stays_void',
                  HINT = 'Enter another one.';
    END IF;
    IF new.status = 'void' AND old.status <> 'void' AND 0 <> (
        SELECT coalesce(sum(amount), 0) FROM public.finance_invoicepayment
        WHERE invoice_id = new.id) THEN
        RAISE EXCEPTION 'invoice % has payments and cannot be void', old.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_void_is_unpaid',
                  HINT = 'Reverse them first, or credit the invoice.';
    END IF;
    RETURN new;
END
$body$;

-- Fires for invoices and for lines, at the end of the transaction: a line that comes later makes
-- more of them than the invoice says it has.
CREATE OR REPLACE FUNCTION public.finance_judge_whole_invoice() RETURNS trigger
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
    SELECT * INTO whole FROM public.finance_invoice
    WHERE id = CASE TG_TABLE_NAME WHEN 'finance_invoice' THEN (to_jsonb(new) ->> 'id')::bigint
                                  ELSE (to_jsonb(new) ->> 'invoice_id')::bigint END;
    SELECT count(*) AS lines, coalesce(sum(net + tax), 0) AS gross
    INTO held FROM public.finance_invoiceline WHERE invoice_id = whole.id;
    IF held.lines <> whole.line_count THEN
        RAISE EXCEPTION 'invoice % has % lines where it says %', whole.number, held.lines, whole.line_count
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_has_its_lines',
                  HINT = 'An issued invoice takes no more lines. Enter another one.';
    END IF;
    IF held.gross <= 0 THEN
        RAISE EXCEPTION 'invoice % charges nothing', whole.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_charges_something';
    END IF;
    RETURN NULL;
END
$body$;

-- Before a payment is written. The invoice is locked against becoming void meanwhile.
CREATE OR REPLACE FUNCTION public.finance_judge_payment() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    held text;
    turned record;
BEGIN
    IF current_setting('session_replication_role') = 'replica' THEN
        IF public.audit_is_apply_worker() THEN
            RETURN new;
        END IF;
    END IF;
    SELECT status INTO held FROM public.finance_invoice WHERE id = new.invoice_id FOR SHARE;
    IF held = 'void' THEN
        RAISE EXCEPTION 'a void invoice takes no payments'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_payment_of_a_standing_invoice';
    END IF;
    IF new.reverses_id IS NOT NULL THEN
        SELECT invoice_id, amount INTO turned FROM public.finance_invoicepayment
        WHERE id = new.reverses_id;
        IF turned.invoice_id <> new.invoice_id OR turned.amount <> -new.amount THEN
            RAISE EXCEPTION 'a reversed payment is turned whole, on its own invoice'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_payment_reverses_exactly';
        END IF;
    END IF;
    RETURN new;
END
$body$;

-- At the end of the transaction: nobody took out more than came in.
CREATE OR REPLACE FUNCTION public.finance_judge_paid() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF current_setting('session_replication_role') = 'replica' THEN
        IF public.audit_is_apply_worker() THEN
            RETURN NULL;
        END IF;
    END IF;
    IF 0 > (SELECT sum(amount) FROM public.finance_invoicepayment
            WHERE invoice_id = new.invoice_id) THEN
        RAISE EXCEPTION 'the payments of an invoice are below zero'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_payments_not_below_zero';
    END IF;
    RETURN NULL;
END
$body$;

CREATE OR REPLACE FUNCTION public.finance_refuse_change_of_invoice() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF current_setting('session_replication_role') = 'replica' THEN
        IF public.audit_is_apply_worker() THEN
            RETURN coalesce(new, old);
        END IF;
    END IF;
    RAISE EXCEPTION 'lines and payments of an invoice are never changed or deleted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_is_never_changed',
              HINT = 'Reverse the payment, or credit the invoice.';
END
$body$;
