-- Rights: shares that sum to one, rows that are closed and followed.

-- Shares are fractions and are summed as such: a third thrice is one.
CREATE OR REPLACE FUNCTION land_guard_shares() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    held bigint := CASE TG_TABLE_NAME WHEN 'land_right' THEN (to_jsonb(NEW) ->> 'id')::bigint
                                      ELSE (to_jsonb(NEW) ->> 'right_id')::bigint END;
    share record;
    above numeric := 0;
    below numeric := 1;
    divisor numeric;
BEGIN
    -- Whoever adds a share to the same right waits here and then counts with it.
    PERFORM 1 FROM land_right WHERE id = held FOR UPDATE;
    FOR share IN SELECT numerator, denominator FROM land_share WHERE right_id = held LOOP
        above := above * share.denominator + share.numerator * below;
        below := below * share.denominator;
        divisor := gcd(above, below);
        above := div(above, divisor);
        below := div(below, divisor);
    END LOOP;
    IF above <> below THEN
        PERFORM halong_refuse('shares_sum_to_one', 'The shares of a right sum to one.', above || '/' || below, '1');
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS shares_sum_to_one ON land_share;
CREATE CONSTRAINT TRIGGER shares_sum_to_one AFTER INSERT ON land_share
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION land_guard_shares();
DROP TRIGGER IF EXISTS right_has_shares ON land_right;
CREATE CONSTRAINT TRIGGER right_has_shares AFTER INSERT ON land_right
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION land_guard_shares();

CREATE OR REPLACE FUNCTION land_refuse_new_shares() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM halong_refuse('shares_stay', 'Shares are never changed or removed: a new version of the right has new ones.');
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS shares_stay ON land_share;
CREATE TRIGGER shares_stay BEFORE UPDATE OR DELETE ON land_share
FOR EACH ROW EXECUTE FUNCTION land_refuse_new_shares();

-- A right or restriction is closed, once, and otherwise never changed or removed.
CREATE OR REPLACE FUNCTION land_refuse_rewriting_rights() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    may_change constant text[] := '{recorded_to,ended_by_id,ended_with_id}';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.recorded_to IS NULL AND NEW.recorded_to IS NOT NULL
           AND (to_jsonb(OLD) - may_change) = (to_jsonb(NEW) - may_change) THEN
            RETURN NEW;
        END IF;
    END IF;
    PERFORM halong_refuse('rights_are_only_closed',
        'A right or restriction is closed and followed by a new row, never changed or removed.', OLD.id::text);
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS rights_only_closed ON land_right;
CREATE TRIGGER rights_only_closed BEFORE UPDATE OR DELETE ON land_right
FOR EACH ROW EXECUTE FUNCTION land_refuse_rewriting_rights();
DROP TRIGGER IF EXISTS restrictions_only_closed ON land_restriction;
CREATE TRIGGER restrictions_only_closed BEFORE UPDATE OR DELETE ON land_restriction
FOR EACH ROW EXECUTE FUNCTION land_refuse_rewriting_rights();

-- A new row takes its recorded time from the clock.
CREATE OR REPLACE FUNCTION land_date_rights() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.recorded_from := now();
    NEW.recorded_to := NULL;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS rights_dated ON land_right;
CREATE TRIGGER rights_dated BEFORE INSERT ON land_right FOR EACH ROW EXECUTE FUNCTION land_date_rights();
DROP TRIGGER IF EXISTS restrictions_dated ON land_restriction;
CREATE TRIGGER restrictions_dated BEFORE INSERT ON land_restriction FOR EACH ROW EXECUTE FUNCTION land_date_rights();

ALTER TABLE land_party DROP CONSTRAINT IF EXISTS party_name_is_nfc;
ALTER TABLE land_party ADD CONSTRAINT party_name_is_nfc CHECK (name IS NFC NORMALIZED);
