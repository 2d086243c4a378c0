-- What River leaves wrong is put right where it is written: it knows nothing of
-- what a run records, nor of clocks that differ or are set.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION record_end() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
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

CREATE FUNCTION start_now() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    NEW.scheduled_at := now();
    RETURN NEW;
END;
$$;

CREATE FUNCTION depose_leader_of_the_future() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    DELETE FROM river_leader WHERE expires_at > now() + interval '1 minute';
    RETURN NULL;
END;
$$;
-- +goose StatementEnd

-- A run that is cancelled while it waits, or given up by whoever rescues it, has no
-- replica that could record its end: its output would say that it is running, and
-- keep the place from where a retry, which is a new run, would go on.
CREATE TRIGGER siltgate_record_end
    BEFORE UPDATE ON river_job
    FOR EACH ROW
    WHEN (
        NEW.kind = 'token_cleanup'
        AND NEW.state IN ('cancelled', 'completed', 'discarded')
        AND jsonb_typeof(NEW.metadata -> 'output') = 'object'
        AND NEW.metadata -> 'output' ? 'progress'
    )
    EXECUTE FUNCTION record_end();

-- The next slice is due at once, by the clock of a replica. If that is ahead, the
-- database would not give the run out until a poll finds it due.
CREATE TRIGGER siltgate_start_now
    BEFORE UPDATE OF state ON river_job
    FOR EACH ROW
    WHEN (
        NEW.kind = 'token_cleanup'
        AND OLD.state = 'running'
        AND NEW.state = 'available'
        AND NEW.scheduled_at > now()
    )
    EXECUTE FUNCTION start_now();

-- A leader is one for 15 s at a time. One that is for longer was elected before the
-- database's clock was set back: if it is gone, nobody would lead until then.
CREATE TRIGGER siltgate_depose_leader
    BEFORE INSERT ON river_leader
    FOR EACH STATEMENT
    EXECUTE FUNCTION depose_leader_of_the_future();

-- +goose Down
DROP TRIGGER siltgate_depose_leader ON river_leader;
DROP TRIGGER siltgate_start_now ON river_job;
DROP TRIGGER siltgate_record_end ON river_job;
DROP FUNCTION depose_leader_of_the_future();
DROP FUNCTION start_now();
DROP FUNCTION record_end();
