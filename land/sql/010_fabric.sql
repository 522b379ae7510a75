-- The parcel fabric: geometry derived from shared boundary points, and the guards that nobody gets round.

-- The polygon of a ring of boundary point ids; 0 stands before each hole. NULL where a point does not exist.
CREATE OR REPLACE FUNCTION land_ring_polygon(ring bigint[]) RETURNS geometry
LANGUAGE sql STABLE AS $$
    WITH corners AS (
        SELECT corner.id, corner.place, count(*) FILTER (WHERE corner.id = 0) OVER (ORDER BY corner.place) AS part
        FROM unnest(ring) WITH ORDINALITY AS corner(id, place)
    ), lines AS (
        SELECT corners.part, ST_MakeLine(point.geom ORDER BY corners.place) AS line, bool_and(point.id IS NOT NULL) AS whole
        FROM corners LEFT JOIN boundary_point AS point ON point.id = corners.id
        WHERE corners.id <> 0
        GROUP BY corners.part
    ), rings AS (
        SELECT part, CASE WHEN ST_NPoints(line) >= 3 THEN ST_AddPoint(line, ST_StartPoint(line)) END AS line, whole FROM lines
    )
    SELECT CASE WHEN bool_and(whole AND line IS NOT NULL) THEN ST_MakePolygon(
        (array_agg(line ORDER BY part))[1], coalesce((array_agg(line ORDER BY part))[2:], '{}')
    ) END
    FROM rings
$$;

-- A new version takes its geometry from its ring and its recorded time from the clock, whatever the writer says.
CREATE OR REPLACE FUNCTION land_derive_parcel() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.geom := land_ring_polygon(NEW.ring);
    IF NEW.geom IS NULL THEN
        PERFORM halong_refuse('parcel_ring_of_known_points',
            'Each ring of a parcel has three or more boundary points, and each of them exists.', NEW.ring::text);
    END IF;
    NEW.recorded_from := now();
    NEW.recorded_to := NULL;
    RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS parcel_derived ON land_parcel;
CREATE TRIGGER parcel_derived BEFORE INSERT ON land_parcel
FOR EACH ROW WHEN (current_user <> 'halong_loader') EXECUTE FUNCTION land_derive_parcel();

-- A version is closed, once, and otherwise never changed or removed.
CREATE OR REPLACE FUNCTION land_refuse_rewriting() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    -- The last is a generated column, which a BEFORE trigger does not see yet.
    may_change constant text[] := '{valid_to,recorded_to,area_m2}';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.recorded_to IS NULL
           AND (to_jsonb(OLD) - may_change) = (to_jsonb(NEW) - may_change)
           AND (OLD.valid_to IS NULL OR OLD.valid_to IS NOT DISTINCT FROM NEW.valid_to) THEN
            RETURN NEW;
        END IF;
    END IF;
    PERFORM halong_refuse('parcel_versions_are_only_closed',
        'A version of a parcel is closed and followed by a new one, never changed or removed.', OLD.identifier);
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS parcel_only_closed ON land_parcel;
CREATE TRIGGER parcel_only_closed BEFORE UPDATE OR DELETE ON land_parcel
FOR EACH ROW EXECUTE FUNCTION land_refuse_rewriting();

-- No overlap, no bow-tie, no geometry apart from its ring: one set-based check per statement, for an editor's one
-- parcel and the loader's hundred thousand alike. First the place is locked, then looked at: under READ COMMITTED
-- each query here sees what the last holder of the lock has committed.
CREATE OR REPLACE FUNCTION land_guard_parcels() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    fault record;
BEGIN
    PERFORM halong_lock_place('land_parcel', (
        SELECT ST_Extent(geom) FROM changed WHERE valid_to IS NULL AND recorded_to IS NULL
    ));

    IF halong_is_loader() THEN
        -- Statistics of the rows just loaded: without them each is compared with all (10 000 rows: 30 s).
        PERFORM halong_analyze('land_parcel');
        SELECT changed.identifier INTO fault FROM changed LEFT JOIN (
            SELECT id, ST_MakePolygon((array_agg(line ORDER BY part))[1], coalesce((array_agg(line ORDER BY part))[2:], '{}')) AS polygon
            FROM (
                SELECT corners.id, corners.part,
                       ST_AddPoint(ST_MakeLine(point.geom ORDER BY corners.place), (array_agg(point.geom ORDER BY corners.place))[1]) AS line
                FROM (
                    SELECT changed.id, corner.place, corner.id AS point_id,
                           cardinality(array_positions(changed.ring[:corner.place::integer], 0)) AS part
                    FROM changed, unnest(changed.ring) WITH ORDINALITY AS corner(id, place)
                    WHERE corner.id <> 0
                ) AS corners JOIN boundary_point AS point ON point.id = corners.point_id
                GROUP BY corners.id, corners.part
            ) AS lines GROUP BY id
        ) AS derived ON derived.id = changed.id
        WHERE derived.polygon IS NULL OR NOT ST_OrderingEquals(derived.polygon, changed.geom)
        LIMIT 1;
        IF FOUND THEN
            PERFORM halong_refuse('parcel_geometry_is_that_of_its_ring',
                'The geometry of a parcel is that of its ring of boundary points.', fault.identifier);
        END IF;
    END IF;

    SELECT identifier, ST_IsValidReason(geom) AS reason INTO fault FROM changed
    WHERE NOT ST_IsValid(geom) OR NOT ST_IsPolygonCCW(geom) LIMIT 1;
    IF FOUND THEN
        PERFORM halong_refuse('parcel_ring_is_simple',
            'The ring of a parcel runs counter-clockwise and does not meet itself.',
            fault.identifier || ': ' || fault.reason);
    END IF;

    SELECT one.identifier, other.identifier AS neighbour, shared.area INTO fault
    FROM changed AS one
    JOIN land_parcel AS other ON other.geom && one.geom
        AND other.valid_to IS NULL AND other.recorded_to IS NULL AND other.id <> one.id
        AND (other.id < one.id OR other.id NOT IN (SELECT id FROM changed))
        AND ST_Relate(other.geom, one.geom, '2********')
    CROSS JOIN LATERAL (
        SELECT ST_Area(piece) AS area, ST_Perimeter(piece) AS length FROM ST_Intersection(one.geom, other.geom) AS piece
    ) AS shared
    WHERE one.valid_to IS NULL AND one.recorded_to IS NULL
        AND shared.area > 1e-4 AND shared.area / shared.length > 5e-4
    LIMIT 1;
    IF FOUND THEN
        PERFORM halong_refuse('parcels_do_not_overlap', 'Two parcels do not overlap.',
            format('%s, %s: %s m²', fault.identifier, fault.neighbour, round(fault.area::numeric, 4)), '0.0001 m²');
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS parcels_guarded ON land_parcel;
CREATE TRIGGER parcels_guarded AFTER INSERT ON land_parcel
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION land_guard_parcels();

-- Reopening a closed version is refused above, so updates need no look at their neighbours.

-- A moved boundary point moves every parcel in force that uses it: each gets a new version.
CREATE OR REPLACE FUNCTION land_follow_points() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    WITH closed AS (
        UPDATE land_parcel SET recorded_to = now()
        WHERE valid_to IS NULL AND recorded_to IS NULL AND ring && (SELECT array_agg(id) FROM moved)
        RETURNING *
    )
    INSERT INTO land_parcel (identifier, commune_id, sheet, number, land_use_id, legal_area_m2, ring, valid_from, version, source)
    SELECT identifier, commune_id, sheet, number, land_use_id, legal_area_m2, ring, valid_from, version + 1, source
    FROM closed;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS parcels_follow_points ON boundary_point;
CREATE TRIGGER parcels_follow_points AFTER UPDATE ON boundary_point
REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION land_follow_points();

-- A point that a parcel in force uses stays.
CREATE OR REPLACE FUNCTION land_keep_used_points() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM land_parcel WHERE ring && (SELECT array_agg(id) FROM removed)
               AND valid_to IS NULL AND recorded_to IS NULL) THEN
        PERFORM halong_refuse('boundary_point_in_use_stays', 'A boundary point that a parcel uses cannot be removed.');
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS used_points_stay ON boundary_point;
CREATE TRIGGER used_points_stay AFTER DELETE ON boundary_point
REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION land_keep_used_points();

-- Data versions of the layer.
DROP TRIGGER IF EXISTS parcels_touched ON land_parcel;
CREATE TRIGGER parcels_touched AFTER INSERT OR UPDATE ON land_parcel
FOR EACH ROW WHEN (current_user <> 'halong_loader') EXECUTE FUNCTION halong_touch_row('parcels');
DROP TRIGGER IF EXISTS parcels_loaded ON land_parcel;
CREATE TRIGGER parcels_loaded AFTER INSERT ON land_parcel
FOR EACH STATEMENT WHEN (current_user = 'halong_loader') EXECUTE FUNCTION halong_touch_layer('parcels');
-- What the layer shows beside the parcels themselves: names of land uses and communes.
DROP TRIGGER IF EXISTS parcels_see_land_uses ON land_landuse;
CREATE TRIGGER parcels_see_land_uses AFTER UPDATE ON land_landuse
FOR EACH STATEMENT EXECUTE FUNCTION halong_touch_layer('parcels');
DROP TRIGGER IF EXISTS parcels_see_communes ON places_commune;
CREATE TRIGGER parcels_see_communes AFTER UPDATE ON places_commune
FOR EACH STATEMENT EXECUTE FUNCTION halong_touch_layer('parcels');
