-- The history for any tool. Arguments and output are JSON that anyone may have
-- inserted, so every cast here is guarded: one odd job must not hide the others.

-- +goose Up
-- When the schema was created: ticks before that were never ours to run.
CREATE TABLE installation (
    created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO installation DEFAULT VALUES;

-- +goose StatementBegin
CREATE FUNCTION timestamptz_or_null(value text) RETURNS timestamptz
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
BEGIN
    -- Not `now`, which is another instant for each reader, nor `infinity`, which
    -- nothing can be subtracted from.
    RETURN CASE WHEN value ~ '^[0-9]{4}-' THEN value::timestamptz END;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END;
$$;

CREATE FUNCTION bigint_or_null(value jsonb) RETURNS bigint
LANGUAGE plpgsql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN value::bigint;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END;
$$;
-- +goose StatementEnd

CREATE VIEW runs AS
SELECT
    job.id,
    job.state::text AS state,
    CASE WHEN job.args ->> 'tick' IS NULL THEN 'manual' ELSE 'schedule' END AS trigger,
    timestamptz_or_null(job.args ->> 'tick') AS tick,
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
    coalesce(
        make_interval(secs => least(bigint_or_null(run.output -> 'duration_ms'), 1e12) / 1000.0),
        job.finalized_at - run.started_at
    ) AS duration,
    bigint_or_null(run.output -> 'deleted') AS deleted,
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
    run.output
FROM river_job AS job
CROSS JOIN LATERAL (
    SELECT
        job.metadata -> 'output' AS output,
        -- A run begins when it reads its cutoff; one that never got there began when it was tried.
        coalesce(
            timestamptz_or_null(job.metadata -> 'output' ->> 'cutoff'),
            CASE WHEN job.attempt > 0 THEN job.attempted_at END
        ) AS started_at
) AS run
WHERE job.kind = 'token_cleanup';

COMMENT ON VIEW runs IS 'Every run that is kept: waiting, running and ended, by schedule and by hand.';

-- +goose Down
DROP VIEW runs;
DROP FUNCTION bigint_or_null(jsonb);
DROP FUNCTION timestamptz_or_null(text);
DROP TABLE installation;
