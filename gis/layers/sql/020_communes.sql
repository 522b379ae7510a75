-- Data versions of the communes' layer.
DROP TRIGGER IF EXISTS outlines_touched ON places_communeoutline;
CREATE TRIGGER outlines_touched AFTER INSERT OR UPDATE OR DELETE ON places_communeoutline
FOR EACH ROW EXECUTE FUNCTION halong_touch_row('communes');
-- The layer shows what the commune is called.
DROP TRIGGER IF EXISTS outlines_see_communes ON places_commune;
CREATE TRIGGER outlines_see_communes AFTER UPDATE ON places_commune
FOR EACH STATEMENT EXECUTE FUNCTION halong_touch_layer('communes');
