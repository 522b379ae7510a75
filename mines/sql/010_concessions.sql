-- The area of a concession is the polygon of its corners in the order of their numbers; checked when the
-- transaction commits, so that a table of corners may be entered one by one.
CREATE OR REPLACE FUNCTION mines_derive_area(concession bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    area geometry;
    licence text;
BEGIN
    SELECT ST_MakePolygon(ST_AddPoint(line, ST_StartPoint(line))) INTO area
    FROM (SELECT ST_MakeLine(geom ORDER BY number) AS line, count(*) AS corners
          FROM mines_concessioncorner WHERE concession_id = concession) AS outline
    WHERE corners >= 3;
    SELECT licence_number INTO licence FROM mines_concession WHERE id = concession;
    IF area IS NOT NULL AND NOT ST_IsValid(area) THEN
        PERFORM halong_refuse('concession_corners_make_a_simple_polygon',
            'The corners of a concession, in the order of their numbers, make a polygon that does not meet itself.',
            licence || ': ' || ST_IsValidReason(area));
    END IF;
    IF area IS NOT NULL AND NOT area @ ST_MakeEnvelope(330000, 2270000, 600000, 2420000, 5899) THEN
        PERFORM halong_refuse('concession_inside_the_grid',
            'A concession lies inside the province''s part of EPSG:5899 (easting first).', licence);
    END IF;
    UPDATE mines_concession SET geom = area WHERE id = concession AND geom IS DISTINCT FROM area;
END $$;

CREATE OR REPLACE FUNCTION mines_follow_corners() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM mines_derive_area(OLD.concession_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM mines_derive_area(NEW.concession_id);
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS area_follows_corners ON mines_concessioncorner;
CREATE CONSTRAINT TRIGGER area_follows_corners AFTER INSERT OR UPDATE OR DELETE ON mines_concessioncorner
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mines_follow_corners();

-- Nobody writes an area that its corners do not make.
CREATE OR REPLACE FUNCTION mines_refuse_other_area() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() = 1 AND NEW.geom IS DISTINCT FROM (CASE WHEN TG_OP = 'UPDATE' THEN OLD.geom END) THEN
        PERFORM halong_refuse('concession_area_is_that_of_its_corners',
            'The area of a concession is that of its corners: change those.', NEW.licence_number);
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS area_only_from_corners ON mines_concession;
CREATE TRIGGER area_only_from_corners BEFORE INSERT OR UPDATE OF geom ON mines_concession
FOR EACH ROW EXECUTE FUNCTION mines_refuse_other_area();

DROP TRIGGER IF EXISTS concessions_touched ON mines_concession;
CREATE TRIGGER concessions_touched AFTER INSERT OR UPDATE OR DELETE ON mines_concession
FOR EACH ROW EXECUTE FUNCTION halong_touch_row('mining_concessions');
-- The layer shows the commune's name.
DROP TRIGGER IF EXISTS concessions_see_communes ON places_commune;
CREATE TRIGGER concessions_see_communes AFTER UPDATE ON places_commune
FOR EACH STATEMENT EXECUTE FUNCTION halong_touch_layer('mining_concessions');
