-- Helpers that guards of every domain call.

-- Whether the bulk loader writes: its row guards are replaced by one set-based guard per statement.
CREATE OR REPLACE FUNCTION halong_is_loader() RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT current_user = 'halong_loader' $$;

-- Refuse a change by the guard `rule` (SQLSTATE HL001). The message is for psql and QGIS; the service has its
-- own words for each rule (`gis.actions.guards`) and shows what was measured beside the limit.
CREATE OR REPLACE FUNCTION halong_refuse(
    rule text, message text, measured text DEFAULT NULL, "limit" text DEFAULT NULL
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'HL001',
        MESSAGE = message,
        CONSTRAINT = rule,
        DETAIL = jsonb_build_object('measured', measured, 'limit', "limit")::text;
END $$;

-- Serialise writers over a place: locks the 1 km cells (EPSG:5899) that the box covers, in sorted order,
-- until the transaction ends. Writers of different places do not meet. A box of more than 400 cells, or
-- the bulk loader, locks the whole fabric instead, which the others hold in shared mode.
CREATE OR REPLACE FUNCTION halong_lock_place(fabric text, place box2d) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    whole constant integer := hashtext(fabric);
    cells bigint;
BEGIN
    IF place IS NULL THEN
        RETURN;
    END IF;
    cells := (floor(ST_XMax(place) / 1000) - floor(ST_XMin(place) / 1000) + 1)
           * (floor(ST_YMax(place) / 1000) - floor(ST_YMin(place) / 1000) + 1);
    IF cells > 400 OR halong_is_loader() THEN
        PERFORM pg_advisory_xact_lock(whole, 0);
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(whole, 0);
    PERFORM pg_advisory_xact_lock(whole, cell) FROM (
        SELECT (x::bigint * 100000 + y)::integer AS cell
        FROM generate_series(floor(ST_XMin(place) / 1000)::integer, floor(ST_XMax(place) / 1000)::integer) AS x,
             generate_series(floor(ST_YMin(place) / 1000)::integer, floor(ST_YMax(place) / 1000)::integer) AS y
        ORDER BY cell
    ) AS sorted;
END $$;

-- Whether a viewer's areas ('' none, '*' the province, else commune codes joined by commas) hold a commune.
-- The one shape of every row predicate; PostgreSQL inlines it.
CREATE OR REPLACE FUNCTION halong_in_areas(areas text, commune text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT areas = '*' OR (areas <> '' AND commune = ANY (string_to_array(areas, ',')))
$$;

-- ANALYZE a table as its owner; guards of bulk loads ask for it before they look at what was just loaded.
CREATE OR REPLACE FUNCTION halong_analyze(loaded regclass) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('ANALYZE %s', loaded);
END $$;

-- The same, where it never happened or the table has doubled since: for loads in many statements. ANALYZE counts
-- outside the transaction, so both are looked at: after a load that failed there are counts, but no statistics.
CREATE OR REPLACE FUNCTION halong_analyze_grown(loaded regclass) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF pg_relation_size(loaded) > 2 * (SELECT relpages::bigint FROM pg_class WHERE oid = loaded) * current_setting('block_size')::bigint
       OR NOT EXISTS (
           SELECT FROM pg_stats JOIN pg_class ON relname = tablename AND relnamespace::regnamespace::text = schemaname
           WHERE pg_class.oid = loaded
       ) THEN
        EXECUTE format('ANALYZE %s', loaded);
    END IF;
END $$;

-- A text as it is compared when nobody types diacritics: lower case, without marks, đ as d. Needs no extension, so
-- that it is truly immutable; `gis.database.folding.fold` does the same.
CREATE OR REPLACE FUNCTION halong_fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(regexp_replace(translate(normalize(value, NFD), 'Đđ', 'Dd'), '[\u0300-\u036f]+', '', 'g'))
$$;
