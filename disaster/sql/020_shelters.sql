-- Data versions of the shelters' layer: changes are few, so each is one of the whole layer.
DROP TRIGGER IF EXISTS shelters_touched ON disaster_shelter;
CREATE TRIGGER shelters_touched AFTER INSERT OR UPDATE OR DELETE ON disaster_shelter
FOR EACH STATEMENT EXECUTE FUNCTION halong_touch_layer('shelters');
-- The layer shows the commune's name.
DROP TRIGGER IF EXISTS shelters_see_communes ON places_commune;
CREATE TRIGGER shelters_see_communes AFTER UPDATE ON places_commune
FOR EACH STATEMENT EXECUTE FUNCTION halong_touch_layer('shelters');
