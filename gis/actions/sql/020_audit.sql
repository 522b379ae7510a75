-- The audit of rows: whoever writes to an audited table, by whatever way, leaves an entry in a chain of hashes.
--
-- Entries wait until the transaction commits and are chained then, chain after chain in sorted order: a chain is locked
-- for the commit alone, and two editors never wait for each other crosswise. There is a chain for each sheet of a commune
-- and day. What has no sheet of its own (points, documents, drafts) stands in that of the parcels of its transaction.

CREATE OR REPLACE FUNCTION halong_audit_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM halong_refuse('audit_is_only_added_to', 'The audit is only added to: nothing of it is changed or removed.');
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS audit_is_only_added_to ON actions_auditentry;
CREATE TRIGGER audit_is_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON actions_auditentry
FOR EACH STATEMENT EXECUTE FUNCTION halong_audit_refuse();
DROP TRIGGER IF EXISTS anchors_are_only_added_to ON actions_auditanchor;
CREATE TRIGGER anchors_are_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON actions_auditanchor
FOR EACH STATEMENT EXECUTE FUNCTION halong_audit_refuse();

-- What an entry says, as the bytes that are hashed after the hash before it. `gis.actions.audit` has the same words: it
-- believes no function of the database.
CREATE OR REPLACE FUNCTION halong_audit_content(entry actions_auditentry) RETURNS bytea
LANGUAGE sql STABLE AS $$
    SELECT convert_to(jsonb_build_array(
        entry.commune, entry.sheet, entry.day, entry.place, extract(epoch FROM entry.at), entry.actor_id,
        entry.actor_name, entry.action, entry.role, entry.address, entry.record_table, entry.record, entry.verb,
        entry.before, entry.after
    )::text, 'UTF8')
$$;

CREATE OR REPLACE FUNCTION halong_audit_wait(
    of_table text, of_record text, deed text, old_row jsonb, new_row jsonb, of_commune text, of_sheet integer
) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO actions_auditpending (
        at, actor_id, actor_name, action, role, address, record_table, record, verb, before, after, commune, sheet
    )
    SELECT now(), (told->>'user')::bigint, coalesce(told->>'name', ''), coalesce(told->>'action', ''), session_user,
           coalesce(told->>'address', host(inet_client_addr()), ''), of_table, of_record, deed, old_row, new_row,
           coalesce(of_commune, ''), of_sheet
    FROM (SELECT nullif(current_setting('halong.audit', true), '')::jsonb AS told) AS told
$$;

-- Each row that a statement writes. Of a new row what it is, of others what they were too.
CREATE OR REPLACE FUNCTION halong_audit_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    present jsonb := coalesce(new_row, old_row);
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN
        RAISE EXCEPTION 'Only the tables of the schema public are audited.';
    END IF;
    IF old_row IS DISTINCT FROM new_row THEN
        PERFORM halong_audit_wait(TG_TABLE_NAME, present->>'id', lower(TG_OP), old_row, new_row,
            present->>'commune_id', (present->>'sheet')::integer);
    END IF;
    RETURN NULL;
END $$;

-- One entry for each sheet (or another group of rows) of a bulk load: how many rows, which, and their digest.
-- Arguments: the columns that the digest is of, the columns that make a group.
CREATE OR REPLACE FUNCTION halong_audit_load() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
BEGIN
    IF TG_TABLE_SCHEMA <> 'public' THEN
        RAISE EXCEPTION 'Only the tables of the schema public are audited.';
    END IF;
    EXECUTE halong_audit_statement('loaded', TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[1]);
    RETURN NULL;
END $$;

-- The statement that makes entries for the rows of *source*, a table or the rows of a statement, which are *of_table*'s.
CREATE OR REPLACE FUNCTION halong_audit_statement(source text, of_table text, columns text, keys text) RETURNS text
LANGUAGE sql AS $$
    SELECT format(
        'SELECT halong_audit_wait(%L, min(id) || ''-'' || max(id), ''load'', NULL, jsonb_build_object('
        ' ''rows'', count(*), ''first'', min(id), ''last'', max(id), ''group'', ROW(%s)::text, ''digest'','
        ' encode(sha256(convert_to(string_agg(ROW(%s)::text, E''\n'' ORDER BY id), ''UTF8'')), ''hex'')), %s)'
        ' FROM %I AS loaded GROUP BY %s',
        of_table, keys, columns, CASE keys WHEN 'commune_id, sheet' THEN keys ELSE 'NULL, NULL' END, source, keys
    )
$$;

-- A table that is emptied: what was said of its rows before says nothing of those that follow.
CREATE OR REPLACE FUNCTION halong_audit_emptied() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_SCHEMA = 'public' THEN
        PERFORM halong_audit_wait(TG_TABLE_NAME, '', 'truncate', NULL, NULL, NULL, NULL);
    END IF;
    RETURN NULL;
END $$;

-- Today in the province, or where that is anchored already (a clock was set back) the day after.
CREATE OR REPLACE FUNCTION halong_audit_day() RETURNS date
LANGUAGE plpgsql AS $$
DECLARE
    today date := (clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
    anchored date;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('audit'), today - date '2000-01-01');
    SELECT max(day) INTO anchored FROM actions_auditanchor;
    RETURN greatest(today, anchored + 1);
END $$;

-- At the end of the transaction: what waits goes into its chains.
CREATE OR REPLACE FUNCTION halong_audit_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    today date;
    home_commune text;
    home_sheet integer;
    chain record;
    waiting record;
    head record;
    entry actions_auditentry;
BEGIN
    IF TG_RELID <> 'actions_auditpending'::regclass OR NOT EXISTS (SELECT FROM actions_auditpending WHERE id = NEW.id) THEN
        RETURN NULL;
    END IF;
    today := halong_audit_day();
    SELECT commune, sheet INTO home_commune, home_sheet FROM actions_auditpending
    ORDER BY sheet IS NULL, commune = '', commune, sheet LIMIT 1;
    FOR chain IN
        SELECT CASE WHEN sheet IS NULL THEN home_commune ELSE commune END AS commune,
               coalesce(sheet, home_sheet, 0) AS sheet, array_agg(id ORDER BY id) AS ids
        FROM actions_auditpending GROUP BY 1, 2 ORDER BY 1, 2
    LOOP
        INSERT INTO actions_auditchain (commune, sheet, day, length, head)
        VALUES (chain.commune, chain.sheet, today, 0, '') ON CONFLICT DO NOTHING;
        SELECT * INTO head FROM actions_auditchain
        WHERE commune = chain.commune AND sheet = chain.sheet AND day = today FOR UPDATE;
        FOR waiting IN SELECT * FROM actions_auditpending WHERE id = ANY (chain.ids) ORDER BY id LOOP
            entry := NULL;
            entry.commune := chain.commune;
            entry.sheet := chain.sheet;
            entry.day := today;
            entry.place := head.length + 1;
            entry.at := waiting.at;
            entry.actor_id := waiting.actor_id;
            entry.actor_name := waiting.actor_name;
            entry.action := waiting.action;
            entry.role := waiting.role;
            entry.address := waiting.address;
            entry.record_table := waiting.record_table;
            entry.record := waiting.record;
            entry.verb := waiting.verb;
            entry.before := waiting.before;
            entry.after := waiting.after;
            entry.previous := head.head;
            entry.hash := sha256(head.head || halong_audit_content(entry));
            entry.id := nextval(pg_get_serial_sequence('actions_auditentry', 'id'));
            INSERT INTO actions_auditentry SELECT (entry).*;
            head.length := entry.place;
            head.head := entry.hash;
        END LOOP;
        UPDATE actions_auditchain SET length = head.length, head = head.head WHERE id = head.id;
    END LOOP;
    DELETE FROM actions_auditpending;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS audit_chained ON actions_auditpending;
CREATE CONSTRAINT TRIGGER audit_chained AFTER INSERT ON actions_auditpending
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION halong_audit_chain();
ALTER TABLE actions_auditpending ENABLE ALWAYS TRIGGER audit_chained;

-- One row over the heads of all chains of each day that is over and has none yet, chained to that of the day before.
CREATE OR REPLACE FUNCTION halong_anchor_audit() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET datestyle = 'ISO' AS $$
DECLARE
    last actions_auditanchor;
    of_day date;
    today constant date := (clock_timestamp() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
    made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('audit'), -1);
    SELECT * INTO last FROM actions_auditanchor ORDER BY day DESC LIMIT 1;
    SELECT coalesce(last.day + 1, min(day)) INTO of_day FROM actions_auditchain;
    WHILE of_day < today LOOP
        PERFORM pg_advisory_xact_lock(hashtext('audit'), of_day - date '2000-01-01');
        INSERT INTO actions_auditanchor (day, chains, entries, heads, previous, hash, made_at)
        SELECT of_day, chains, entries, heads, previous,
               sha256(previous || convert_to(format('%s %s %s ', of_day, chains, entries), 'UTF8') || heads), now()
        FROM (
            SELECT count(*) AS chains, coalesce(sum(length), 0) AS entries, coalesce(last.hash, '') AS previous,
                   sha256(convert_to(coalesce(string_agg(
                       format('%s/%s %s %s', commune, sheet, length, encode(head, 'hex')), E'\n'
                       ORDER BY commune COLLATE "C", sheet), ''), 'UTF8')) AS heads
            FROM actions_auditchain WHERE day = of_day
        ) AS heads
        RETURNING * INTO last;
        of_day := of_day + 1;
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;

-- What writes as the owner is not for others to call, nor to hang on tables of their own.
REVOKE EXECUTE ON FUNCTION halong_audit_row(), halong_audit_load(), halong_audit_emptied(), halong_audit_chain() FROM PUBLIC;

-- Audit a table from now on: its triggers, and entries for the rows that it holds already. *columns*: what the digest of
-- a load is of; *keys*: what groups the rows of a load. Triggers that fire for every role, in replication too.
CREATE OR REPLACE FUNCTION halong_audit_table(audited text, columns text, keys text) RETURNS void
LANGUAGE plpgsql SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
BEGIN
    EXECUTE format('DROP TRIGGER IF EXISTS audited ON %1$I; DROP TRIGGER IF EXISTS audited_inserts ON %1$I;'
        ' DROP TRIGGER IF EXISTS audited_loads ON %1$I; DROP TRIGGER IF EXISTS audited_emptying ON %1$I;'
        ' CREATE TRIGGER audited AFTER UPDATE OR DELETE ON %1$I FOR EACH ROW EXECUTE FUNCTION halong_audit_row();'
        ' CREATE TRIGGER audited_inserts AFTER INSERT ON %1$I FOR EACH ROW WHEN (current_user <> ''halong_loader'')'
        ' EXECUTE FUNCTION halong_audit_row();'
        ' CREATE TRIGGER audited_loads AFTER INSERT ON %1$I REFERENCING NEW TABLE AS loaded FOR EACH STATEMENT'
        ' WHEN (current_user = ''halong_loader'') EXECUTE FUNCTION halong_audit_load(%2$L, %3$L);'
        ' CREATE TRIGGER audited_emptying AFTER TRUNCATE ON %1$I FOR EACH STATEMENT'
        ' EXECUTE FUNCTION halong_audit_emptied();'
        ' ALTER TABLE %1$I ENABLE ALWAYS TRIGGER audited; ALTER TABLE %1$I ENABLE ALWAYS TRIGGER audited_inserts;'
        ' ALTER TABLE %1$I ENABLE ALWAYS TRIGGER audited_loads; ALTER TABLE %1$I ENABLE ALWAYS TRIGGER audited_emptying',
        audited, columns, keys);
    IF NOT EXISTS (SELECT FROM actions_auditentry WHERE record_table = audited) THEN
        EXECUTE halong_audit_statement(audited, audited, columns, keys);
    END IF;
END $$;
