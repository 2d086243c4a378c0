-- Any SQL client may ask for a run through this function. In these files {schema} stands for the
-- schema's quoted name. Our own objects are always named with it, and each function's search_path
-- begins with pg_catalog, so that nobody else's function or operator is called.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION {schema}.enqueue_token_cleanup(
    tables text[] DEFAULT NULL,
    dry_run boolean DEFAULT false,
    full_speed boolean DEFAULT false,
    requested_by text DEFAULT NULL,
    reason text DEFAULT NULL,
    confirm boolean DEFAULT false
) RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
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
    IF enqueue_token_cleanup.dry_run IS NULL OR enqueue_token_cleanup.full_speed IS NULL OR enqueue_token_cleanup.confirm IS NULL THEN
        RAISE EXCEPTION 'dry_run, full_speed, confirm: want true or false, got NULL'
            USING ERRCODE = 'null_value_not_allowed';
    END IF;

    IF char_length(enqueue_token_cleanup.reason) > 1000 OR char_length(enqueue_token_cleanup.requested_by) > 1000 THEN
        RAISE EXCEPTION 'reason, requested_by: want at most 1000 characters, got %',
            greatest(char_length(enqueue_token_cleanup.reason), char_length(enqueue_token_cleanup.requested_by))
            USING ERRCODE = 'string_data_right_truncation';
    END IF;
    IF EXISTS (SELECT FROM unnest(enqueue_token_cleanup.tables) AS name WHERE octet_length(name) > 127)
        OR octet_length(array_to_string(enqueue_token_cleanup.tables, '')) > 32768 THEN
        RAISE EXCEPTION 'tables: want names of at most 127 bytes, and of at most 32768 together'
            USING ERRCODE = 'string_data_right_truncation';
    END IF;

    wanted := jsonb_strip_nulls(jsonb_build_object(
        'tables', to_jsonb(enqueue_token_cleanup.tables),
        'dry_run', nullif(enqueue_token_cleanup.dry_run, false),
        'full_speed', nullif(enqueue_token_cleanup.full_speed, false),
        'confirm', nullif(enqueue_token_cleanup.confirm, false),
        'requested_by', coalesce(nullif(enqueue_token_cleanup.requested_by, ''), session_user),
        'reason', nullif(enqueue_token_cleanup.reason, '')));

    -- A caller may join an identical run that waits, except in these cases. If the run has begun, it
    -- has read its cutoff already. If its arguments were refused as it was inserted, it will do nothing. If this transaction has written, the run may begin before it
    -- commits, and would not see the rows that the caller has just revoked. If the snapshot is old,
    -- the run may have ended long ago. If the run was asked for at a later time, it comes too late.
    SELECT job.id INTO job_id
    FROM {schema}.river_job AS job
    WHERE pg_current_xact_id_if_assigned() IS NULL
        AND current_setting('transaction_isolation') = 'read committed'
        AND job.kind = 'token_cleanup'
        AND job.args = wanted
        AND job.state IN ('available', 'scheduled')
        AND job.scheduled_at < now() + interval '1 minute'
        AND NOT job.metadata ?| '{output,siltgate:refused}'
    ORDER BY job.id
    LIMIT 1;

    IF job_id IS NULL THEN
        INSERT INTO {schema}.river_job (kind, args)
        VALUES ('token_cleanup', wanted)
        RETURNING id INTO job_id;
    END IF;
    RETURN job_id;
END;
$$;
-- +goose StatementEnd

REVOKE ALL ON FUNCTION {schema}.enqueue_token_cleanup(text[], boolean, boolean, text, text, boolean) FROM PUBLIC;

COMMENT ON FUNCTION {schema}.enqueue_token_cleanup(text[], boolean, boolean, text, text, boolean) IS
    'Asks for a run and returns its job id: of an identical run that still waits, the id of that one.';

-- +goose Down
DROP FUNCTION {schema}.enqueue_token_cleanup(text[], boolean, boolean, text, text, boolean);
