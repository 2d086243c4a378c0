-- The history, for any tool. Arguments and output are JSON that anyone may have inserted, so every cast
-- here returns NULL where it fails: one odd job must not make the whole view fail.

-- +goose Up
-- When the schema was created. Ticks before that get no run.
CREATE TABLE {schema}.installation (
    created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO {schema}.installation DEFAULT VALUES;

-- +goose StatementBegin
CREATE FUNCTION {schema}.timestamptz_or_null(value text) RETURNS timestamptz
LANGUAGE plpgsql
STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Not `now`, which is another instant for each reader, nor `infinity`, which cannot be
    -- subtracted.
    RETURN CASE WHEN value ~ '^[0-9]{4}-' THEN value::timestamptz END;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END;
$$;

CREATE FUNCTION {schema}.bigint_or_null(value jsonb) RETURNS bigint
LANGUAGE plpgsql
IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN value::bigint;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END;
$$;

CREATE FUNCTION {schema}.sum_or_null(value jsonb, path jsonpath) RETURNS bigint
LANGUAGE plpgsql
IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT sum(number::numeric)::bigint FROM jsonb_path_query(value, path) AS number);
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END;
$$;

CREATE FUNCTION {schema}.record_end() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.metadata := jsonb_set(NEW.metadata, '{output}',
        ((NEW.metadata -> 'output') - 'progress') || CASE NEW.state
            WHEN 'cancelled' THEN '{"outcome":"cancelled"}'::jsonb
            WHEN 'discarded' THEN '{"outcome":"failed"}'::jsonb
            ELSE '{}'::jsonb
        END);
    RETURN NEW;
END;
$$;

CREATE FUNCTION {schema}.forget_canceller() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.metadata := NEW.metadata - 'siltgate:cancelled_by';
    RETURN NEW;
END;
$$;

-- Says in words which other run has the turn, or goes on in a moment. A later migration makes the
-- turn's table, which only replicas may read.
CREATE FUNCTION {schema}.run_with_turn(job_id bigint) RETURNS text
LANGUAGE plpgsql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT
            CASE
                WHEN {schema}.timestamptz_or_null(holder.args ->> 'tick') IS NULL
                THEN format('run %s, asked for by hand', holder.id)
                ELSE format('run %s of the tick at %s', holder.id, {schema}.timestamptz_or_null(holder.args ->> 'tick') AT TIME ZONE 'UTC')
            END
        FROM {schema}.turn
        JOIN {schema}.river_job AS holder ON holder.id = turn.job_id
        WHERE holder.id <> run_with_turn.job_id
            AND (holder.state = 'running' OR holder.finalized_at IS NULL AND turn.reserved_until > now()));
END;
$$;

-- Reports whether the replica that took a run up does not run any more. A later migration makes the table of
-- replicas.
CREATE FUNCTION {schema}.replica_is_gone(name text) RETURNS boolean
LANGUAGE plpgsql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN NOT EXISTS (SELECT FROM {schema}.replicas AS running WHERE running.replica = replica_is_gone.name);
END;
$$;
-- +goose StatementEnd

-- The view calls these functions with its reader's rights, whatever default privileges say.
GRANT EXECUTE ON FUNCTION
    {schema}.timestamptz_or_null(text), {schema}.bigint_or_null(jsonb), {schema}.sum_or_null(jsonb, jsonpath),
    {schema}.run_with_turn(bigint), {schema}.replica_is_gone(text)
    TO PUBLIC;

-- A run that is cancelled while it waits, or discarded when it is rescued, has no replica to record its
-- end. Without this trigger its output would still say that it is running. It would also keep its
-- progress, and a retry would go on from there, although a retry is a new run.
CREATE TRIGGER siltgate_record_end
    BEFORE UPDATE ON {schema}.river_job
    FOR EACH ROW
    WHEN (
        NEW.kind = 'token_cleanup'
        AND NEW.state IN ('cancelled', 'completed', 'discarded')
        AND jsonb_typeof(NEW.metadata -> 'output') = 'object'
        AND NEW.metadata -> 'output' ? 'progress'
    )
    EXECUTE FUNCTION {schema}.record_end();

-- A retry keeps the metadata. If the run is then cancelled in River UI, nobody says who did it: least of all may
-- the row name whoever cancelled it before.
CREATE TRIGGER siltgate_forget_canceller
    BEFORE UPDATE OF state ON {schema}.river_job
    FOR EACH ROW
    WHEN (OLD.finalized_at IS NOT NULL AND NEW.finalized_at IS NULL AND NEW.metadata ? 'siltgate:cancelled_by')
    EXECUTE FUNCTION {schema}.forget_canceller();

CREATE VIEW {schema}.runs AS
SELECT
    job.id,
    job.state::text AS state,
    CASE WHEN scheduled.tick IS NULL THEN 'manual' ELSE 'schedule' END AS trigger,
    scheduled.tick,
    job.args ->> 'requested_by' AS requested_by,
    job.args ->> 'reason' AS reason,
    coalesce(job.args -> 'dry_run' = 'true', false) AS dry_run,
    CASE
        WHEN jsonb_typeof(job.args -> 'tables') = 'array'
        THEN ARRAY(SELECT jsonb_array_elements_text(job.args -> 'tables'))
    END AS tables,
    job.attempt::integer AS attempt,
    job.attempted_by[cardinality(job.attempted_by)] AS replica,
    job.created_at,
    run.started_at,
    job.finalized_at AS finished_at,
    make_interval(secs => took.ms / 1000.0) AS duration,
    took.ms AS duration_ms,
    {schema}.bigint_or_null(run.output -> 'deleted') AS deleted,
    {schema}.sum_or_null(run.output, '$.tables[*].found ? (@.type() == "number")') AS found,
    {schema}.sum_or_null(run.output, '$.tables[*].referenced ? (@.type() == "number")') AS referenced,
    nullif(
        ARRAY(SELECT warning #>> '{}' FROM jsonb_path_query(run.output, '$.tables[*].warnings[*] ? (@.type() == "string")') AS warning),
        '{}'
    ) AS warnings,
    CASE
        WHEN run.output ->> 'outcome' IS NOT NULL
            AND NOT (run.output ->> 'outcome' = 'running' AND job.state IN ('cancelled', 'discarded'))
        THEN run.output ->> 'outcome'
        WHEN job.state = 'cancelled' THEN 'cancelled'
        WHEN job.state = 'discarded' THEN 'failed'
    END AS outcome,
    CASE
        WHEN job.state <> 'completed'
        THEN job.errors[cardinality(job.errors)] ->> 'error'
    END AS error,
    run.output,
    CASE
        WHEN jsonb_typeof(run.output #> '{pace,duty}') = 'number'
        THEN CASE
            WHEN (run.output #>> '{pace,duty}')::numeric BETWEEN 0 AND 1
            THEN round((run.output #>> '{pace,duty}')::numeric, 6)::double precision
        END
    END AS duty,
    {schema}.timestamptz_or_null(run.output #>> '{pace,finish_by}') AS finish_by,
    CASE WHEN job.finalized_at IS NULL THEN {schema}.timestamptz_or_null(run.output #>> '{pace,forecast}') END AS forecast,
    CASE
        WHEN job.finalized_at IS NOT NULL THEN NULL
        WHEN job.state = 'retryable'
        THEN format('its next attempt at %s', date_trunc('second', job.scheduled_at AT TIME ZONE 'UTC'))
        WHEN job.state = 'scheduled' AND NOT job.metadata ? 'snoozes'
        THEN format('its time, %s', date_trunc('second', job.scheduled_at AT TIME ZONE 'UTC'))
        -- A replica that has just been started may have taken a run up before it said that it runs.
        WHEN job.state = 'running'
            AND job.attempted_at < now() - interval '1 minute'
            AND {schema}.replica_is_gone(job.attempted_by[cardinality(job.attempted_by)])
        THEN format('a replica to go on with it: %s does not run any more', job.attempted_by[cardinality(job.attempted_by)])
        ELSE coalesce(
            {schema}.run_with_turn(job.id),
            nullif(run.output #>> '{pace,waiting_for}', ''),
            CASE
                WHEN job.state = 'running' THEN NULL
                WHEN EXISTS (SELECT FROM {schema}.river_queue AS queue WHERE queue.name = 'default' AND queue.paused_at IS NOT NULL)
                THEN 'paused'
                ELSE 'a replica to take it up'
            END)
    END AS waiting_for,
    CASE WHEN job.state = 'cancelled' THEN job.metadata ->> 'siltgate:cancelled_by' END AS cancelled_by
FROM {schema}.river_job AS job
-- Anyone may have written what a job says of itself.
LEFT JOIN {schema}.ticks AS scheduled ON scheduled.job_id = job.id
CROSS JOIN LATERAL (
    SELECT
        job.metadata -> 'output' AS output,
        -- A run begins when it reads its cutoff. If it never did, it began when it was tried.
        coalesce(
            {schema}.timestamptz_or_null(job.metadata -> 'output' ->> 'cutoff'),
            CASE WHEN job.attempt > 0 AND isfinite(job.attempted_at) THEN job.attempted_at END
        ) AS started_at
) AS run
CROSS JOIN LATERAL (
    SELECT CASE WHEN milliseconds BETWEEN 0 AND 1e12 THEN milliseconds::bigint END AS ms
    FROM coalesce(
        {schema}.bigint_or_null(run.output -> 'duration_ms')::numeric,
        CASE WHEN isfinite(job.finalized_at) THEN extract(epoch FROM job.finalized_at - run.started_at)::numeric * 1000 END
    ) AS milliseconds
) AS took
WHERE job.kind = 'token_cleanup';

COMMENT ON VIEW {schema}.runs IS 'Every run that is kept: waiting, running and ended, by schedule and by hand.';
COMMENT ON COLUMN {schema}.runs.duration IS 'Time spent working; NULL while it is not known.';
COMMENT ON COLUMN {schema}.runs.duration_ms IS 'The same in milliseconds.';
COMMENT ON COLUMN {schema}.runs.waiting_for IS 'What a run waits for, times in UTC; NULL of one that works or has ended.';
COMMENT ON COLUMN {schema}.runs.cancelled_by IS 'The role that cancelled the run by cancel_token_cleanup().';
COMMENT ON COLUMN {schema}.runs.duty IS 'Share of its time that the run spends deleting, or did at its end.';
COMMENT ON COLUMN {schema}.runs.finish_by IS 'When a scheduled run is to be done; NULL of one without a deadline.';
COMMENT ON COLUMN {schema}.runs.forecast IS 'When a run that works will probably end; NULL if that is not known.';
COMMENT ON COLUMN {schema}.runs.deleted IS 'Rows deleted and committed; of a dry run 0.';
COMMENT ON COLUMN {schema}.runs.found IS 'Dead rows that the run has seen, deleted or not; that a dry run has counted.';
COMMENT ON COLUMN {schema}.runs.referenced IS 'Dead rows that stay because other rows refer to them.';

-- +goose Down
DROP VIEW {schema}.runs;
DROP TRIGGER siltgate_forget_canceller ON {schema}.river_job;
DROP TRIGGER siltgate_record_end ON {schema}.river_job;
DROP FUNCTION {schema}.forget_canceller();
DROP FUNCTION {schema}.record_end();
DROP FUNCTION {schema}.replica_is_gone(text);
DROP FUNCTION {schema}.run_with_turn(bigint);
DROP FUNCTION {schema}.sum_or_null(jsonb, jsonpath);
DROP FUNCTION {schema}.bigint_or_null(jsonb);
DROP FUNCTION {schema}.timestamptz_or_null(text);
DROP TABLE {schema}.installation;
