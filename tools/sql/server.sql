-- Halong's roles and databases, for psql. Running it again changes nothing.
SET client_min_messages = warning;

SELECT format('CREATE ROLE %I', role)
  FROM unnest(ARRAY['halong_owner', 'halong_app', 'halong_loader', 'halong_render']) AS role
 WHERE role NOT IN (SELECT rolname FROM pg_roles) \gexec

ALTER ROLE halong_owner LOGIN CREATEDB PASSWORD :'halong_owner';
ALTER ROLE halong_app LOGIN PASSWORD :'halong_app';
ALTER ROLE halong_loader LOGIN PASSWORD :'halong_loader';
ALTER ROLE halong_render LOGIN PASSWORD :'halong_render';

ALTER ROLE halong_owner SET search_path = public;
ALTER ROLE halong_app SET search_path = public;
ALTER ROLE halong_loader SET search_path = public;
ALTER ROLE halong_render SET search_path = public;
ALTER ROLE halong_render SET default_transaction_read_only = on;
-- Compiling the query of a tile or picture takes longer than the query.
ALTER ROLE halong_app SET jit = off;
ALTER ROLE halong_render SET jit = off;
ALTER ROLE halong_render SET statement_timeout = '15s';

-- Who is no superuser must be a member of a role to create its database.
SELECT 'GRANT halong_owner TO CURRENT_USER'
 WHERE NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) \gexec

-- The template is copied by the tests: the owner needs no superuser for the extensions then.
SELECT format('CREATE DATABASE %I OWNER halong_owner TEMPLATE template0 ENCODING ''UTF8''', name)
  FROM unnest(ARRAY[:'database', 'halong_template']) AS name
 WHERE name NOT IN (SELECT datname FROM pg_database) \gexec
