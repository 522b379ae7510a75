-- History is only ever added to, whoever connects.
CREATE OR REPLACE FUNCTION actions_refuse_rewriting() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM halong_refuse('history_is_only_added_to', 'History is only added to: a record cannot be changed or removed.');
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS history_is_only_added_to ON actions_record;
CREATE TRIGGER history_is_only_added_to BEFORE UPDATE OR DELETE ON actions_record
FOR EACH STATEMENT EXECUTE FUNCTION actions_refuse_rewriting();

DROP TRIGGER IF EXISTS history_is_never_emptied ON actions_record;
CREATE TRIGGER history_is_never_emptied BEFORE TRUNCATE ON actions_record
FOR EACH STATEMENT EXECUTE FUNCTION actions_refuse_rewriting();
