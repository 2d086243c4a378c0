-- To pause, to resume and to cancel. Runs are paused while River's queue is, so River's clients and its
-- web page pause and resume just as these functions do. The table of pauses adds why, on whose request
-- and until when.

-- +goose Up
CREATE TABLE {schema}.pauses (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    paused_at timestamptz NOT NULL DEFAULT now(),
    paused_until timestamptz,
    requested_by text NOT NULL,
    reason text,
    resumed_at timestamptz,
    resumed_by text
);
CREATE UNIQUE INDEX pauses_one_at_a_time ON {schema}.pauses ((true)) WHERE resumed_at IS NULL;
REVOKE ALL ON TABLE {schema}.pauses FROM PUBLIC;

COMMENT ON TABLE {schema}.pauses IS 'The latest pauses. One that goes on has no resumed_at.';
COMMENT ON COLUMN {schema}.pauses.paused_until IS 'When it ends by itself; NULL: not before somebody resumes.';
COMMENT ON COLUMN {schema}.pauses.resumed_by IS 'Who ended it; NULL if it ended by itself.';

-- +goose StatementBegin
-- A role that may write to River's queue may pause, and needs no privilege on the table of pauses.
CREATE FUNCTION {schema}.record_pause() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    most_pauses CONSTANT bigint := 1000;
BEGIN
    IF NEW.paused_at IS NOT NULL THEN
        INSERT INTO {schema}.pauses (requested_by) VALUES (session_user) ON CONFLICT DO NOTHING;
        DELETE FROM {schema}.pauses WHERE id <= (SELECT max(id) FROM {schema}.pauses) - most_pauses;
    ELSE
        UPDATE {schema}.pauses
        SET
            resumed_at = now(),
            resumed_by = CASE WHEN paused_until <= now() THEN NULL ELSE session_user END
        WHERE resumed_at IS NULL;
        -- Runs that went back to the queue go on at once.
        UPDATE {schema}.river_job
        SET state = 'available', scheduled_at = now()
        WHERE id IN (
            SELECT id
            FROM {schema}.river_job
            WHERE kind = 'token_cleanup'
                AND (state = 'scheduled' OR state = 'available' AND scheduled_at > now()) -- up to 5 s ahead
                AND queue = 'default'
                AND metadata ? 'snoozes'
            FOR UPDATE SKIP LOCKED);
    END IF;
    PERFORM pg_notify(TG_TABLE_SCHEMA || '.river_control',
        CASE WHEN NEW.paused_at IS NULL THEN '{"action":"resume","queue":"default"}' ELSE '{"action":"pause","queue":"default"}' END);
    RETURN NULL;
END;
$$;

-- River deletes the row of a queue that nobody has worked for a day. When the row is inserted again, the
-- queue is paused as before.
CREATE FUNCTION {schema}.keep_paused() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.paused_at := (SELECT pause.paused_at FROM {schema}.pauses AS pause WHERE pause.resumed_at IS NULL);
    RETURN NEW;
END;
$$;

CREATE FUNCTION {schema}.pause_token_cleanup(
    reason text DEFAULT NULL,
    lasting interval DEFAULT NULL,
    requested_by text DEFAULT NULL
) RETURNS boolean
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ends timestamptz;
    was_paused boolean;
BEGIN
    IF char_length(pause_token_cleanup.reason) > 1000 OR char_length(pause_token_cleanup.requested_by) > 1000 THEN
        RAISE EXCEPTION 'reason, requested_by: want at most 1000 characters, got %',
            greatest(char_length(pause_token_cleanup.reason), char_length(pause_token_cleanup.requested_by))
            USING ERRCODE = 'string_data_right_truncation';
    END IF;
    IF pause_token_cleanup.lasting <= interval '0' OR pause_token_cleanup.lasting > interval '366 days' THEN
        RAISE EXCEPTION 'lasting: want more than 0 and at most 366 days, got %; leave it out to pause until somebody resumes',
            pause_token_cleanup.lasting
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    ends := clock_timestamp() + pause_token_cleanup.lasting; -- this transaction may have begun long ago

    was_paused := EXISTS (SELECT FROM {schema}.status WHERE status.paused);
    -- If the last pause is over by its time, but no replica has ended it yet, it is ended first.
    UPDATE {schema}.river_queue
    SET paused_at = NULL
    WHERE name = 'default' AND paused_at IS NOT NULL AND NOT was_paused;
    INSERT INTO {schema}.river_queue AS queue (name, paused_at, updated_at)
    VALUES ('default', now(), now())
    ON CONFLICT (name) DO UPDATE SET paused_at = coalesce(queue.paused_at, now()), updated_at = now();

    INSERT INTO {schema}.pauses (requested_by) VALUES (session_user) ON CONFLICT DO NOTHING;
    UPDATE {schema}.pauses AS pause
    SET
        paused_until = ends,
        requested_by = coalesce(nullif(pause_token_cleanup.requested_by, ''), session_user),
        reason = nullif(pause_token_cleanup.reason, '')
    WHERE pause.resumed_at IS NULL;
    RETURN NOT was_paused;
END;
$$;

CREATE FUNCTION {schema}.resume_token_cleanup() RETURNS boolean
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE {schema}.river_queue
    SET paused_at = NULL, updated_at = now()
    WHERE name = 'default' AND paused_at IS NOT NULL;
    RETURN FOUND;
END;
$$;

CREATE FUNCTION {schema}.cancel_token_cleanup(id bigint) RETURNS boolean
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    its_state text;
    its_queue text;
BEGIN
    SELECT job.state, job.queue INTO its_state, its_queue
    FROM {schema}.river_job AS job
    WHERE job.id = cancel_token_cleanup.id AND job.kind = 'token_cleanup'
    FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no run %', coalesce(cancel_token_cleanup.id::text, 'NULL')
            USING ERRCODE = 'no_data_found';
    END IF;
    IF its_state IN ('cancelled', 'completed', 'discarded') THEN
        RETURN false;
    END IF;

    -- As in River, a run that a replica works on is only marked, and the replica ends it.
    UPDATE {schema}.river_job AS job
    SET
        state = CASE WHEN job.state = 'running' THEN job.state ELSE 'cancelled' END,
        finalized_at = CASE WHEN job.state = 'running' THEN NULL ELSE now() END,
        metadata = job.metadata || jsonb_build_object(
            'cancel_attempted_at', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            'siltgate:cancelled_by', session_user)
    WHERE job.id = cancel_token_cleanup.id;
    PERFORM pg_notify(nspname || '.river_control', json_build_object('action', 'cancel', 'job_id', cancel_token_cleanup.id, 'queue', its_queue)::text)
    FROM pg_namespace
    WHERE oid = '{schema}'::regnamespace;
    RETURN true;
END;
$$;
-- +goose StatementEnd

CREATE TRIGGER siltgate_keep_paused
    BEFORE INSERT ON {schema}.river_queue
    FOR EACH ROW
    WHEN (NEW.name = 'default' AND NEW.paused_at IS NULL)
    EXECUTE FUNCTION {schema}.keep_paused();

CREATE TRIGGER siltgate_record_inserted_pause
    AFTER INSERT ON {schema}.river_queue
    FOR EACH ROW
    WHEN (NEW.name = 'default' AND NEW.paused_at IS NOT NULL)
    EXECUTE FUNCTION {schema}.record_pause();

CREATE TRIGGER siltgate_record_pause
    AFTER UPDATE OF paused_at ON {schema}.river_queue
    FOR EACH ROW
    WHEN (NEW.name = 'default' AND (OLD.paused_at IS NULL) <> (NEW.paused_at IS NULL))
    EXECUTE FUNCTION {schema}.record_pause();

-- The leader's schedule is kept here, so that a tick is known to be overdue also when no replica
-- runs.
CREATE TABLE {schema}.schedule (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    expression text NOT NULL,
    next_ticks timestamptz[] NOT NULL,
    replica text NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now()
);
REVOKE ALL ON TABLE {schema}.schedule FROM PUBLIC;

COMMENT ON TABLE {schema}.schedule IS 'The schedule by which the leader inserts ticks, as it was a minute ago at most if one leads.';
COMMENT ON COLUMN {schema}.schedule.next_ticks IS 'The ticks of some minutes, at least the next one; none if the schedule is off.';

REVOKE ALL ON FUNCTION
    {schema}.record_pause(), {schema}.keep_paused(),
    {schema}.pause_token_cleanup(text, interval, text), {schema}.resume_token_cleanup(), {schema}.cancel_token_cleanup(bigint)
    FROM PUBLIC;

COMMENT ON FUNCTION {schema}.pause_token_cleanup(text, interval, text) IS
    'Pauses all runs within seconds, for so long or until somebody resumes. False: they were paused, and the pause is as asked now.';
COMMENT ON FUNCTION {schema}.resume_token_cleanup() IS 'Lets runs go on. False: they were not paused.';
COMMENT ON FUNCTION {schema}.cancel_token_cleanup(bigint) IS 'Ends a run, within seconds if it is being worked. False: it had ended.';

-- +goose Down
DROP TABLE {schema}.schedule;
DROP TRIGGER siltgate_record_pause ON {schema}.river_queue;
DROP TRIGGER siltgate_record_inserted_pause ON {schema}.river_queue;
DROP TRIGGER siltgate_keep_paused ON {schema}.river_queue;
DROP FUNCTION {schema}.cancel_token_cleanup(bigint);
DROP FUNCTION {schema}.resume_token_cleanup();
DROP FUNCTION {schema}.pause_token_cleanup(text, interval, text);
DROP FUNCTION {schema}.keep_paused();
DROP FUNCTION {schema}.record_pause();
DROP TABLE {schema}.pauses;
