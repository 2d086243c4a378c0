-- What the latest runs have found out about each table: up to when dead rows are gone, which are
-- left, and why.

-- +goose Up
CREATE TABLE {schema}.table_states (
    name text PRIMARY KEY,
    title text NOT NULL,
    relation oid,
    fingerprint text,
    accepted text,
    rule text,
    watermark timestamptz,
    completed_at timestamptz,
    completed_by bigint,
    deleted bigint NOT NULL DEFAULT 0,
    locked bigint NOT NULL DEFAULT 0,
    referenced bigint NOT NULL DEFAULT 0,
    undeletable bigint NOT NULL DEFAULT 0,
    refusal text,
    failed_at timestamptz,
    failed_by bigint,
    error text,
    work_ms bigint,
    stopped jsonb,
    held_at timestamptz,
    held_by bigint,
    held_fingerprint text,
    held text,
    matched bigint,
    worst text,
    worst_left bigint
);
REVOKE ALL ON TABLE {schema}.table_states FROM PUBLIC;

COMMENT ON TABLE {schema}.table_states IS 'What the latest runs said of each table. Only replicas write here.';
COMMENT ON COLUMN {schema}.table_states.name IS 'The table as it is configured, title as the database knows it.';
COMMENT ON COLUMN {schema}.table_states.matched IS 'How many tables a pattern matched, worst is the worst of them. NULL of a single table.';
COMMENT ON COLUMN {schema}.table_states.fingerprint IS 'That of the rules under which a run completed last.';
COMMENT ON COLUMN {schema}.table_states.accepted IS 'That of rules which a run since then may delete by: they were confirmed, or would not delete much.';
COMMENT ON COLUMN {schema}.table_states.work_ms IS 'How long the statements of that run took, without rests, in milliseconds.';
COMMENT ON COLUMN {schema}.table_states.stopped IS 'Where a run was capped since then: the next one goes on there.';
COMMENT ON COLUMN {schema}.table_states.completed_by IS 'The run that completed last, failed_by the one that failed, held_by the one that held the table.';

CREATE VIEW {schema}.tables AS
WITH model AS (
    -- If replicas disagree, the leader's tables count.
    SELECT beat.tables
    FROM {schema}.replicas AS replica
    JOIN {schema}.heartbeats AS beat ON beat.replica = replica.replica
    ORDER BY replica.leader DESC, replica.started_at, replica.replica
    LIMIT 1
), configured AS (
    SELECT entry.name, entry.fingerprint
    FROM model, jsonb_to_recordset(model.tables) AS entry (name text, fingerprint text)
)
SELECT
    coalesce(state.name, configured.name) AS name,
    state.title AS table_name,
    CASE WHEN EXISTS (SELECT FROM model) THEN configured.name IS NOT NULL END AS configured,
    state.rule,
    CASE
        WHEN EXISTS (SELECT FROM model) AND configured.fingerprint IS DISTINCT FROM state.fingerprint THEN NULL
        WHEN state.matched IS NOT NULL OR EXISTS (
            SELECT
            FROM pg_class AS class
            JOIN pg_namespace AS space ON space.oid = class.relnamespace
            WHERE class.oid = state.relation AND space.nspname || '.' || class.relname = state.title)
        THEN state.watermark
    END AS watermark,
    state.completed_at AS last_success,
    state.completed_by AS last_run,
    state.deleted,
    state.locked,
    state.referenced,
    state.undeletable,
    nullif(concat_ws('; ',
        CASE WHEN state.locked > 0 THEN state.locked || ' locked by the application, which the next run takes' END,
        CASE WHEN state.referenced > 0 THEN state.referenced || ' referred to by rows of other tables' END,
        CASE WHEN state.undeletable > 0 THEN state.undeletable || ' cannot be deleted' || coalesce(': ' || state.refusal, '') END
    ), '') AS why,
    state.failed_at,
    state.error,
    CASE WHEN hold.stands THEN state.held_at END AS held_at,
    CASE WHEN hold.stands THEN state.held_by END AS held_by,
    CASE WHEN hold.stands THEN state.held END AS held,
    state.matched,
    state.worst,
    state.worst_left
FROM configured
FULL JOIN {schema}.table_states AS state ON state.name = configured.name
CROSS JOIN LATERAL (
    -- Once the rule is changed back, or to a third one, the next run decides.
    SELECT NOT EXISTS (SELECT FROM model) OR configured.fingerprint = state.held_fingerprint AS stands
) AS hold;

COMMENT ON VIEW {schema}.tables IS 'Every configured table, and what the latest runs said of it.';
COMMENT ON COLUMN {schema}.tables.configured IS 'Whether the replicas that run purge it; NULL while none runs.';
COMMENT ON COLUMN {schema}.tables.rule IS 'Which rows are dead, in words, as of the latest run.';
COMMENT ON COLUMN {schema}.tables.watermark IS
    'Every row is gone that was dead by then and has not been changed since, but for those left. NULL: no run has proven that under these rules.';
COMMENT ON COLUMN {schema}.tables.last_success IS 'When a run went through the whole table last.';
COMMENT ON COLUMN {schema}.tables.deleted IS 'Of that run; so are the rows that it left, and why.';
COMMENT ON COLUMN {schema}.tables.matched IS
    'Of a pattern: how many tables it matched. Everything else of it is about all of them: sums, and what is proven of each.';
COMMENT ON COLUMN {schema}.tables.worst IS
    'One of them: that failed, else with the most rows left, else with the most rows deleted.';
COMMENT ON COLUMN {schema}.tables.worst_left IS 'Dead rows that are left in that one.';
COMMENT ON COLUMN {schema}.tables.error IS 'Why the table failed in a run since then.';
COMMENT ON COLUMN {schema}.tables.held IS
    'Why a run since then deleted nothing of the table, and how to confirm that it may: the rule has changed, and would delete much.';

-- +goose Down
DROP VIEW {schema}.tables;
DROP TABLE {schema}.table_states;
