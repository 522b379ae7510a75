-- What was changed, from which document and what came of what: only ever added to.
CREATE OR REPLACE FUNCTION land_refuse_forgetting() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM halong_refuse('parcel_changes_stay', 'A change of parcels and its lineage stay as they were recorded.');
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS changes_stay ON land_parcelchange;
CREATE TRIGGER changes_stay BEFORE UPDATE OR DELETE ON land_parcelchange
FOR EACH ROW EXECUTE FUNCTION land_refuse_forgetting();
DROP TRIGGER IF EXISTS descents_stay ON land_descent;
CREATE TRIGGER descents_stay BEFORE UPDATE OR DELETE ON land_descent
FOR EACH ROW EXECUTE FUNCTION land_refuse_forgetting();

-- A document that a change rests on keeps what names it.
CREATE OR REPLACE FUNCTION land_keep_document() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM land_parcelchange WHERE document_id = OLD.id) THEN
        PERFORM halong_refuse('document_of_a_change_stays', 'A document that a change rests on stays as it is.', OLD.number);
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

DROP TRIGGER IF EXISTS documents_stay ON land_sourcedocument;
CREATE TRIGGER documents_stay BEFORE UPDATE OR DELETE ON land_sourcedocument
FOR EACH ROW EXECUTE FUNCTION land_keep_document();
