-- Outlines are valid polygons in the province's part of the legal grid.
CREATE OR REPLACE FUNCTION places_guard_outline() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT ST_IsValid(NEW.geom) OR ST_IsEmpty(NEW.geom) THEN
        PERFORM halong_refuse('outline_is_a_valid_polygon', 'The outline of a commune is a valid polygon.',
            NEW.commune_id || ': ' || ST_IsValidReason(NEW.geom));
    END IF;
    IF NOT NEW.geom @ ST_MakeEnvelope(330000, 2270000, 600000, 2420000, 5899) THEN
        PERFORM halong_refuse('outline_inside_the_grid',
            'An outline lies inside the province''s part of EPSG:5899 (easting first).', NEW.commune_id);
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS outline_guarded ON places_communeoutline;
CREATE TRIGGER outline_guarded BEFORE INSERT OR UPDATE ON places_communeoutline
FOR EACH ROW EXECUTE FUNCTION places_guard_outline();
