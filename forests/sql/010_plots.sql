-- Plots are valid polygons on the province's part of the legal grid.
CREATE OR REPLACE FUNCTION forests_guard_plots() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    fault record;
BEGIN
    SELECT code, ST_IsValidReason(geom) AS reason INTO fault FROM changed
    WHERE NOT ST_IsValid(geom) OR ST_IsEmpty(geom) LIMIT 1;
    IF FOUND THEN
        PERFORM halong_refuse('forest_plot_is_a_valid_polygon', 'A forest plot is a valid polygon.',
            fault.code || ': ' || fault.reason);
    END IF;
    SELECT code INTO fault FROM changed
    WHERE NOT geom @ ST_MakeEnvelope(330000, 2270000, 600000, 2420000, 5899) LIMIT 1;
    IF FOUND THEN
        PERFORM halong_refuse('forest_plot_inside_the_grid',
            'A forest plot lies inside the province''s part of EPSG:5899 (easting first).', fault.code);
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS plots_guarded_on_insert ON forests_forestplot;
CREATE TRIGGER plots_guarded_on_insert AFTER INSERT ON forests_forestplot
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION forests_guard_plots();
DROP TRIGGER IF EXISTS plots_guarded_on_update ON forests_forestplot;
CREATE TRIGGER plots_guarded_on_update AFTER UPDATE ON forests_forestplot
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION forests_guard_plots();

DROP TRIGGER IF EXISTS plots_touched ON forests_forestplot;
CREATE TRIGGER plots_touched AFTER INSERT OR UPDATE OR DELETE ON forests_forestplot
FOR EACH ROW WHEN (current_user <> 'halong_loader') EXECUTE FUNCTION halong_touch_row('forest_plots');
DROP TRIGGER IF EXISTS plots_loaded ON forests_forestplot;
CREATE TRIGGER plots_loaded AFTER INSERT ON forests_forestplot
FOR EACH STATEMENT WHEN (current_user = 'halong_loader') EXECUTE FUNCTION halong_touch_layer('forest_plots');
-- What the layer shows beside the plots themselves: names of conditions and communes.
DROP TRIGGER IF EXISTS plots_see_conditions ON forests_forestcondition;
CREATE TRIGGER plots_see_conditions AFTER UPDATE ON forests_forestcondition
FOR EACH STATEMENT EXECUTE FUNCTION halong_touch_layer('forest_plots');
DROP TRIGGER IF EXISTS plots_see_communes ON places_commune;
CREATE TRIGGER plots_see_communes AFTER UPDATE ON places_commune
FOR EACH STATEMENT EXECUTE FUNCTION halong_touch_layer('forest_plots');
