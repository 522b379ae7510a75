-- What was reported, by how its words begin, typed without diacritics (see `gis.layers.base.Search.many`).
CREATE INDEX IF NOT EXISTS incident_words ON disaster_incident
USING gin (to_tsvector('simple'::regconfig, halong_fold(text)));
