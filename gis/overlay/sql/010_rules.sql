-- Rules of overlaps are entered and closed: what was judged by one can be judged again.
CREATE OR REPLACE FUNCTION halong_keep_overlap_rule() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.effective_to IS NOT NULL
       OR to_jsonb(OLD) - 'effective_to' IS DISTINCT FROM to_jsonb(NEW) - 'effective_to' THEN
        PERFORM halong_refuse('overlap_rules_are_only_closed', 'A rule is closed, never changed or removed.', OLD.id::text);
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS rules_stay ON overlay_overlaprule;
CREATE TRIGGER rules_stay BEFORE UPDATE OR DELETE ON overlay_overlaprule
FOR EACH ROW EXECUTE FUNCTION halong_keep_overlap_rule();
