-- Compiling a plan (jit, on by default) costs more than the short queries of maps and guards take: 0.3 s for each
-- statement that closes a parcel. For whoever connects, QGIS and psql too; where only an administrator of the server may
-- set it, he does (docs/operators.md).
DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'The database is not ours to configure: set jit = off.';
END $$;
