-- One of Halong's databases: extensions and rights.
SET client_min_messages = warning;

CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Only a database that is ours is closed to everybody else.
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC; REVOKE ALL ON SCHEMA public FROM PUBLIC', datname)
  FROM pg_database
 WHERE datname = current_database() AND pg_get_userbyid(datdba) = 'halong_owner' \gexec

SELECT format('GRANT CONNECT, TEMPORARY, CREATE ON DATABASE %I TO halong_owner', current_database()) \gexec
SELECT format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO halong_app, halong_loader', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO halong_render', current_database()) \gexec
GRANT USAGE, CREATE ON SCHEMA public TO halong_owner;
GRANT USAGE ON SCHEMA public TO halong_app, halong_loader, halong_render;
