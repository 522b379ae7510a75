-- Data versions of what lies around the province.
DO $$
DECLARE
    of record;
BEGIN
    FOR of IN SELECT * FROM (VALUES
        ('places_placelabel', 'place_labels'), ('places_land', 'coast'),
        ('places_countryborder', 'country_borders'), ('places_provinceoutline', 'province')
    ) AS shown (kept, layer) LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS layer_touched ON %I', of.kept);
        EXECUTE format('CREATE TRIGGER layer_touched AFTER INSERT OR UPDATE OR DELETE ON %I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION halong_touch_layer(%L)', of.kept, of.layer);
    END LOOP;
END $$;
