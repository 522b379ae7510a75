-- The source that a storm is followed by: the one with most fixes; a compilation's only where no other tells of it.
CREATE OR REPLACE FUNCTION disaster_track_source(of_storm bigint) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT source FROM disaster_stormfix WHERE storm_id = of_storm
        GROUP BY source ORDER BY source LIKE 'IBTrACS%', count(*) DESC, source LIMIT 1), '')
$$;

-- The track of a storm: through the fixes of that source in order of time (two sources would make a zigzag). A step of
-- more than 180° of longitude crosses the antimeridian: then the line is drawn in 0…360° and cut at 180°.
CREATE OR REPLACE FUNCTION disaster_track(of_storm bigint) RETURNS geometry
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN count(*) < 2 THEN NULL
        WHEN max(ST_X(position)) - min(ST_X(position)) > 180
        THEN ST_Multi(ST_WrapX(ST_MakeLine(ST_ShiftLongitude(position) ORDER BY time), 180, -360))
        ELSE ST_Multi(ST_MakeLine(position ORDER BY time)) END
    FROM disaster_stormfix
    WHERE storm_id = of_storm AND source = (SELECT disaster_track_source(of_storm))
$$;

CREATE OR REPLACE FUNCTION disaster_follow_fixes() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE disaster_storm SET track = disaster_track(id), track_source = disaster_track_source(id)
    WHERE id IN (SELECT storm_id FROM changed);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION disaster_follow_corrected_fixes() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE disaster_storm SET track = disaster_track(id), track_source = disaster_track_source(id)
    WHERE id IN (SELECT storm_id FROM before UNION SELECT storm_id FROM after);
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS track_follows_new_fixes ON disaster_stormfix;
CREATE TRIGGER track_follows_new_fixes AFTER INSERT ON disaster_stormfix
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION disaster_follow_fixes();
DROP TRIGGER IF EXISTS track_follows_corrected_fixes ON disaster_stormfix;
CREATE TRIGGER track_follows_corrected_fixes AFTER UPDATE ON disaster_stormfix
REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION disaster_follow_corrected_fixes();
DROP TRIGGER IF EXISTS track_follows_removed_fixes ON disaster_stormfix;
CREATE TRIGGER track_follows_removed_fixes AFTER DELETE ON disaster_stormfix
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION disaster_follow_fixes();

-- The marker of an asset is its newest position; a late one is kept and moves nothing.
CREATE OR REPLACE FUNCTION disaster_follow_positions() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE disaster_rescueasset AS asset SET position = newest.position, positioned_at = newest.time
    FROM (SELECT DISTINCT ON (asset_id) asset_id, time, position FROM changed ORDER BY asset_id, time DESC) AS newest
    WHERE asset.id = newest.asset_id AND (asset.positioned_at IS NULL OR asset.positioned_at < newest.time);
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS marker_follows_positions ON disaster_assetposition;
CREATE TRIGGER marker_follows_positions AFTER INSERT ON disaster_assetposition
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION disaster_follow_positions();
