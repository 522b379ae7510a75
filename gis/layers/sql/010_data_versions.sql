-- Data versions of layers, kept by triggers so that psql and QGIS are seen too.

-- Note that `layer` changed at `place` (any SRID): one row per zoom-10 cell of its box, one row for the whole
-- layer (cell -1, -1) where the box covers more than 64 cells or no place is given.
CREATE OR REPLACE FUNCTION halong_touch(layer_name text, place geometry DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    side constant double precision := 40075016.685578488 / 1024;
    half constant double precision := 20037508.342789244;
    box box2d;
    x0 integer; x1 integer; y0 integer; y1 integer;
BEGIN
    IF place IS NOT NULL AND NOT ST_IsEmpty(place) THEN
        box := ST_Transform(ST_Envelope(place), 3857)::box2d;
        x0 := floor((ST_XMin(box) + half) / side); x1 := floor((ST_XMax(box) + half) / side);
        y0 := floor((half - ST_YMax(box)) / side); y1 := floor((half - ST_YMin(box)) / side);
    END IF;
    IF x0 IS NULL OR (x1 - x0 + 1) * (y1 - y0 + 1) > 64 THEN
        INSERT INTO layers_touch (layer, x, y) VALUES (layer_name, -1, -1);
        RETURN;
    END IF;
    INSERT INTO layers_touch (layer, x, y)
    SELECT layer_name, x, y FROM generate_series(x0, x1) AS x, generate_series(y0, y1) AS y;
END $$;

-- Row trigger for a table with the geometry column `geom`; argument: the layer's name.
CREATE OR REPLACE FUNCTION halong_touch_row() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM halong_touch(TG_ARGV[0], OLD.geom);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM halong_touch(TG_ARGV[0], NEW.geom);
    END IF;
    RETURN NULL;
END $$;

-- Statement trigger, for the bulk loader and for tables whose changes are few: the whole layer.
CREATE OR REPLACE FUNCTION halong_touch_layer() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM halong_touch(TG_ARGV[0]);
    RETURN NULL;
END $$;
