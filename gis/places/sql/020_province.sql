-- The outline of the province follows those of its communes, but for corners of less than 20 m: it is drawn in every tile
-- and picture at once, and the outlines that the ministry publishes have 120 000 corners.
CREATE OR REPLACE FUNCTION places_renew_province() RETURNS void
LANGUAGE sql AS $$
    LOCK TABLE places_provinceoutline IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM places_provinceoutline;
    INSERT INTO places_provinceoutline (id, geom, schematic, source)
    SELECT 1, ST_Multi(ST_SimplifyPreserveTopology(ST_Union(geom), 20)), bool_or(schematic), left(string_agg(DISTINCT source, '; '), 400)
    FROM places_communeoutline WHERE valid_to IS NULL HAVING count(*) > 0;
$$;

-- Once a transaction, when it ends: an import renews one commune after another, and a union costs seconds where outlines
-- are finely drawn. What is noted here is empty again before the transaction is over.
CREATE OR REPLACE FUNCTION places_province_is_old() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('halong.province_is_old', true) IS DISTINCT FROM 'yes' THEN
        PERFORM set_config('halong.province_is_old', 'yes', true);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION places_province_is_renewed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('halong.province_is_old', true) = 'yes' THEN
        PERFORM set_config('halong.province_is_old', '', true);
        PERFORM places_renew_province();
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION places_province_is_emptied() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM places_provinceoutline;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS outlines_age_province ON places_communeoutline;
CREATE TRIGGER outlines_age_province BEFORE INSERT OR UPDATE OR DELETE ON places_communeoutline
FOR EACH STATEMENT EXECUTE FUNCTION places_province_is_old();
DROP TRIGGER IF EXISTS outlines_renew_province ON places_communeoutline;
CREATE CONSTRAINT TRIGGER outlines_renew_province AFTER INSERT OR UPDATE OR DELETE ON places_communeoutline
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION places_province_is_renewed();
DROP TRIGGER IF EXISTS outlines_emptied ON places_communeoutline;
CREATE TRIGGER outlines_emptied AFTER TRUNCATE ON places_communeoutline
FOR EACH STATEMENT EXECUTE FUNCTION places_province_is_emptied();

-- A database whose communes were loaded before there was this outline.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM places_provinceoutline) THEN
        PERFORM places_renew_province();
    END IF;
END $$;
