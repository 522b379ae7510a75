-- Waste dumps are valid polygons on the province's part of the legal grid.
CREATE OR REPLACE FUNCTION mines_guard_dump() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT ST_IsValid(NEW.geom) OR ST_IsEmpty(NEW.geom) THEN
        PERFORM halong_refuse('waste_dump_is_a_valid_polygon', 'The outline of a waste dump is a valid polygon.',
            NEW.code || ': ' || ST_IsValidReason(NEW.geom));
    END IF;
    IF NOT NEW.geom @ ST_MakeEnvelope(330000, 2270000, 600000, 2420000, 5899) THEN
        PERFORM halong_refuse('waste_dump_inside_the_grid',
            'A waste dump lies inside the province''s part of EPSG:5899 (easting first).', NEW.code);
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS dump_guarded ON mines_wastedump;
CREATE TRIGGER dump_guarded BEFORE INSERT OR UPDATE ON mines_wastedump
FOR EACH ROW EXECUTE FUNCTION mines_guard_dump();

DROP TRIGGER IF EXISTS dumps_touched ON mines_wastedump;
CREATE TRIGGER dumps_touched AFTER INSERT OR UPDATE OR DELETE ON mines_wastedump
FOR EACH ROW EXECUTE FUNCTION halong_touch_row('waste_dumps');
-- The layer shows the commune's name and the licence's number.
DROP TRIGGER IF EXISTS dumps_see_communes ON places_commune;
CREATE TRIGGER dumps_see_communes AFTER UPDATE ON places_commune
FOR EACH STATEMENT EXECUTE FUNCTION halong_touch_layer('waste_dumps');
DROP TRIGGER IF EXISTS dumps_see_concessions ON mines_concession;
CREATE TRIGGER dumps_see_concessions AFTER UPDATE ON mines_concession
FOR EACH STATEMENT EXECUTE FUNCTION halong_touch_layer('waste_dumps');
