-- Data versions of the communes' layer.
DROP TRIGGER IF EXISTS outlines_touched ON places_communeoutline;
CREATE TRIGGER outlines_touched AFTER INSERT OR UPDATE OR DELETE ON places_communeoutline
FOR EACH ROW EXECUTE FUNCTION halong_touch_row('communes');
