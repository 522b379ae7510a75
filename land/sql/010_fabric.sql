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

CREATE OR REPLACE FUNCTION land_next_corners_around_holes(ring bigint[]) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(CASE WHEN id = 0 THEN 0 ELSE coalesce(next, first) END ORDER BY place)
    FROM (
        SELECT id, place, lead(id) OVER one_ring AS next, first_value(id) OVER one_ring AS first
        FROM (
            SELECT id, place, count(*) FILTER (WHERE id = 0) OVER (ORDER BY place) AS part
            FROM unnest(ring) WITH ORDINALITY AS corner(id, place)
        ) AS corners
        WINDOW one_ring AS (PARTITION BY part, id = 0 ORDER BY place)
    ) AS corners
$$;

-- Corner by corner the next one of its ring, so that `unnest(ring, land_next_corners(ring))` are the directed sides of
-- a parcel; 0 stays 0.
CREATE OR REPLACE FUNCTION land_next_corners(ring bigint[]) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN 0 = ANY (ring) THEN land_next_corners_around_holes(ring) ELSE ring[2:] || ring[1] END
$$;

-- No overlap, no bow-tie, no geometry apart from its ring: one set-based check per statement, for an editor's one
-- parcel and the loader's thousands alike. First the place is locked, then looked at: under READ COMMITTED
-- each query here sees what the last holder of the lock has committed.
CREATE OR REPLACE FUNCTION land_guard_parcels() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    fault record;
    rim bigint[];
    all_pairs boolean := false;
BEGIN
    PERFORM halong_lock_place('land_parcel', (
        SELECT ST_Extent(geom) FROM changed WHERE valid_to IS NULL AND recorded_to IS NULL
    ));

    IF halong_is_loader() THEN
        -- Without statistics each new row would be compared with all (10 000 rows: 30 s).
        PERFORM halong_analyze_grown('boundary_point'), halong_analyze_grown('land_parcel');
        -- Parcel by parcel (OFFSET 0 keeps it so): joined as a whole, the planner may read all points for each batch.
        SELECT changed.identifier INTO fault
        FROM changed CROSS JOIN LATERAL (
            SELECT CASE WHEN 0 = ANY (changed.ring) THEN land_ring_polygon(changed.ring) ELSE (
                SELECT CASE WHEN count(*) > 3 AND bool_and(point.id IS NOT NULL)
                       THEN ST_MakePolygon(ST_MakeLine(point.geom ORDER BY corner.place)) END
                FROM unnest(changed.ring || changed.ring[1]) WITH ORDINALITY AS corner(id, place)
                LEFT JOIN boundary_point AS point ON point.id = corner.id
            ) END AS polygon OFFSET 0
        ) AS derived
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

    -- The parcels of the statement that have a side which the opposite side of a neighbour does not take away. Only
    -- pairs with one of these, or with a parcel from outside the statement, are looked at, and nothing is missed:
    -- every ring is simple with its inside on the left, as was just checked, so the number of parcels that cover a
    -- place changes only where sides are left, and by how many are left, whatever the parcels between. Suppose that
    -- two or more parcels of the statement cover some place. Take the edge of all such places at a point that is no
    -- corner: to its left lie two or more, to its right fewer, so a side runs there, inside on the left, that no
    -- opposite one takes away. Its parcel is found here, and it overlaps the other that lies to the left. So where no
    -- parcel found here overlaps another, no two of the statement do: also for a sheet stacked on itself (its
    -- outermost sides are left, twice) and a parcel inside another (all of its sides are). A side that two parcels
    -- share only in part, or between points of different ids, counts as left; that costs time, nothing else.
    SELECT coalesce(array_agg(DISTINCT parcel), '{}') INTO rim FROM (
        SELECT array_agg(changed.id) AS parcels
        FROM changed, unnest(changed.ring, land_next_corners(changed.ring)) AS side(corner, next)
        WHERE changed.valid_to IS NULL AND changed.recorded_to IS NULL AND corner <> 0
        GROUP BY least(corner, next), greatest(corner, next)
        HAVING sum(sign(next - corner)) <> 0
    ) AS sides, unnest(parcels) AS parcel;

    LOOP
        SELECT one.identifier, other.identifier AS neighbour, shared.area,
               other.id IN (SELECT id FROM changed) AS inside,
               shared.area > 1e-4 AND shared.area / shared.length > 5e-4 AS grave
        INTO fault
        FROM changed AS one
        JOIN land_parcel AS other ON other.geom && one.geom
            AND other.valid_to IS NULL AND other.recorded_to IS NULL AND other.id <> one.id
            AND (other.id NOT IN (SELECT id FROM changed)
                 OR CASE WHEN all_pairs THEN other.id < one.id ELSE one.id IN (SELECT unnest(rim)) END)
            AND ST_Relate(other.geom, one.geom, '2********')
        CROSS JOIN LATERAL (
            SELECT ST_Area(piece) AS area, ST_Perimeter(piece) AS length
            FROM ST_Intersection(one.geom, other.geom) AS piece
        ) AS shared
        WHERE one.valid_to IS NULL AND one.recorded_to IS NULL
        ORDER BY grave DESC, inside DESC
        LIMIT 1;
        IF fault.grave THEN
            PERFORM halong_refuse('parcels_do_not_overlap', 'Two parcels do not overlap.',
                format('%s, %s: %s m²', fault.identifier, fault.neighbour, round(fault.area::numeric, 4)), '0.0001 m²');
        END IF;
        -- Overlaps too small to be refused could ring a larger one, and the argument above knows no tolerance.
        EXIT WHEN all_pairs OR fault.inside IS NOT TRUE;
        all_pairs := true;
    END LOOP;
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
