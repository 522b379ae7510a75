-- The overview that stands for parcels at small scales: square cells, each what the parcel in force at its middle is.

-- The cells whose middle lies in a place of EPSG:5899; the sizes are those of the layer's declaration (`land/layers.py`).
CREATE OR REPLACE FUNCTION land_cells(place geometry) RETURNS TABLE (size_m smallint, "column" integer, "row" integer)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 2 AS $$
    SELECT size, east, north
    FROM unnest('{50,100,200,400,800}'::smallint[]) AS size,
         generate_series(ceil(ST_XMin(place) / size - 0.5)::integer, floor(ST_XMax(place) / size - 0.5)::integer) AS east,
         generate_series(ceil(ST_YMin(place) / size - 0.5)::integer, floor(ST_YMax(place) / size - 0.5)::integer) AS north
    WHERE ST_Intersects(place, ST_SetSRID(ST_Point((east + 0.5) * size, (north + 0.5) * size), 5899))
$$;

-- What is drawn of a cell: 2 % of its side wider to each side, so that no seam shows between two.
CREATE OR REPLACE FUNCTION land_cell_square(size_m smallint, "column" integer, "row" integer) RETURNS geometry
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ST_MakeEnvelope(("column" - 0.02) * size_m, ("row" - 0.02) * size_m,
                           ("column" + 1.02) * size_m, ("row" + 1.02) * size_m, 5899)
$$;

-- Cells of the parcels that a statement closed or added are sampled anew from the parcels in force: whatever the order in
-- which the two triggers come, the last finds the truth. On a border between two parcels the older row counts.
CREATE OR REPLACE FUNCTION land_sample_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched record;
BEGIN
    IF halong_is_loader() AND TG_OP = 'INSERT' THEN
        -- Nothing in force lay where these lie, as the guard has seen.
        INSERT INTO land_parcelcell (size_m, "column", "row", commune_id, land_use_id, geom)
        SELECT cell.size_m, cell."column", cell."row", commune_id, land_use_id,
               land_cell_square(cell.size_m, cell."column", cell."row")
        FROM changed, land_cells(changed.geom) AS cell
        WHERE valid_to IS NULL AND recorded_to IS NULL
        ORDER BY changed.id
        ON CONFLICT DO NOTHING;
        RETURN NULL;
    END IF;
    -- Cell by cell: joined as a whole the planner, who knows nothing of `changed`, reads the register for each edit (1.5
    -- million parcels: 2 s). A parcel has a cell or two, most lots have none.
    FOR touched IN SELECT DISTINCT found.* FROM changed, land_cells(changed.geom) AS found LOOP
        DELETE FROM land_parcelcell AS known
        WHERE known.size_m = touched.size_m AND known."column" = touched."column" AND known."row" = touched."row";
        INSERT INTO land_parcelcell (size_m, "column", "row", commune_id, land_use_id, geom)
        SELECT touched.size_m, touched."column", touched."row", parcel.commune_id, parcel.land_use_id,
               land_cell_square(touched.size_m, touched."column", touched."row")
        FROM (
            -- OFFSET 0: by place; for the first by number the planner would walk through all of them.
            SELECT id, commune_id, land_use_id FROM land_parcel
            WHERE valid_to IS NULL AND recorded_to IS NULL
                AND ST_Intersects(geom, ST_SetSRID(
                    ST_Point((touched."column" + 0.5) * touched.size_m, (touched."row" + 0.5) * touched.size_m), 5899))
            OFFSET 0
        ) AS parcel
        ORDER BY parcel.id
        LIMIT 1
        ON CONFLICT (size_m, "column", "row") DO UPDATE
            SET commune_id = EXCLUDED.commune_id, land_use_id = EXCLUDED.land_use_id;
    END LOOP;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS parcels_sampled ON land_parcel;
CREATE TRIGGER parcels_sampled AFTER INSERT ON land_parcel
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION land_sample_changed();
DROP TRIGGER IF EXISTS closed_parcels_sampled ON land_parcel;
CREATE TRIGGER closed_parcels_sampled AFTER UPDATE ON land_parcel
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION land_sample_changed();

-- A register that was there before the overview.
INSERT INTO land_parcelcell (size_m, "column", "row", commune_id, land_use_id, geom)
SELECT cell.size_m, cell."column", cell."row", commune_id, land_use_id,
       land_cell_square(cell.size_m, cell."column", cell."row")
FROM land_parcel, land_cells(geom) AS cell
WHERE valid_to IS NULL AND recorded_to IS NULL AND NOT EXISTS (SELECT FROM land_parcelcell)
ORDER BY land_parcel.id
ON CONFLICT DO NOTHING;
