-- Rules of land law are entered and closed: what was judged by one can be judged again.
CREATE OR REPLACE FUNCTION land_keep_rule() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'demo' THEN
            PERFORM halong_refuse('land_rules_are_only_closed', 'A rule is closed, never changed or removed.', OLD.id::text);
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.effective_to IS NOT NULL
       OR to_jsonb(OLD) - 'effective_to' IS DISTINCT FROM to_jsonb(NEW) - 'effective_to' THEN
        PERFORM halong_refuse('land_rules_are_only_closed', 'A rule is closed, never changed or removed.', OLD.id::text);
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS rules_stay ON land_landrule;
CREATE TRIGGER rules_stay BEFORE UPDATE OR DELETE ON land_landrule
FOR EACH ROW EXECUTE FUNCTION land_keep_rule();
