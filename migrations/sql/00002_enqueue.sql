-- The way for any SQL client to ask for a run. The names here are unqualified:
-- the session's search_path is our schema, and FROM CURRENT pins it.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION enqueue_token_cleanup(
    tables text[] DEFAULT NULL,
    dry_run boolean DEFAULT false,
    full_speed boolean DEFAULT false,
    requested_by text DEFAULT NULL,
    reason text DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
DECLARE
    wanted jsonb;
    job_id bigint;
BEGIN
    IF cardinality(enqueue_token_cleanup.tables) = 0 THEN
        RAISE EXCEPTION 'tables: want at least one name; leave it out for all tables'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;

    -- An unset parameter must not turn a dry run into a run.
    IF enqueue_token_cleanup.dry_run IS NULL OR enqueue_token_cleanup.full_speed IS NULL THEN
        RAISE EXCEPTION 'dry_run, full_speed: want true or false, got NULL'
            USING ERRCODE = 'null_value_not_allowed';
    END IF;

    wanted := jsonb_strip_nulls(jsonb_build_object(
        'tables', to_jsonb(enqueue_token_cleanup.tables),
        'dry_run', nullif(enqueue_token_cleanup.dry_run, false),
        'full_speed', nullif(enqueue_token_cleanup.full_speed, false),
        'requested_by', nullif(enqueue_token_cleanup.requested_by, ''),
        'reason', nullif(enqueue_token_cleanup.reason, '')));

    -- A run that has begun has read its cutoff: it is too late to join it. So is
    -- one that may begin before this transaction commits, if that has written:
    -- it would not see the rows that the caller just revoked. And an old
    -- snapshot shows as waiting what has long ended.
    SELECT job.id INTO job_id
    FROM river_job AS job
    WHERE pg_current_xact_id_if_assigned() IS NULL
        AND current_setting('transaction_isolation') = 'read committed'
        AND job.kind = 'token_cleanup'
        AND job.args = wanted
        AND job.state IN ('available', 'scheduled')
        AND NOT job.metadata ? 'output'
    ORDER BY job.id
    LIMIT 1;

    IF job_id IS NULL THEN
        INSERT INTO river_job (kind, args)
        VALUES ('token_cleanup', wanted)
        RETURNING id INTO job_id;
    END IF;
    RETURN job_id;
END;
$$;
-- +goose StatementEnd

REVOKE ALL ON FUNCTION enqueue_token_cleanup(text[], boolean, boolean, text, text) FROM PUBLIC;

COMMENT ON FUNCTION enqueue_token_cleanup(text[], boolean, boolean, text, text) IS
    'Asks for a run and returns its job id: of an identical run that still waits, the id of that one.';

-- +goose Down
DROP FUNCTION enqueue_token_cleanup(text[], boolean, boolean, text, text);
