-- River notifies when River inserts. The first two triggers notify for everyone else:
-- a raw INSERT, and a job that becomes available again or sooner (the next slice
-- of a run, the next run in the queue) start in milliseconds instead of at the
-- next poll.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION notify_inserted_jobs() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    PERFORM pg_notify(TG_TABLE_SCHEMA || '.river_insert', '{"queue":' || to_json(inserted.queue) || '}')
    FROM (SELECT DISTINCT queue FROM inserted_jobs WHERE state = 'available') AS inserted;
    RETURN NULL;
END;
$$;

CREATE FUNCTION notify_available_job() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    PERFORM pg_notify(TG_TABLE_SCHEMA || '.river_insert', '{"queue":' || to_json(NEW.queue) || '}');
    RETURN NULL;
END;
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION ignore_former_replica() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN NULL;
END;
$$;
-- +goose StatementEnd

CREATE TRIGGER siltgate_notify_inserted
    AFTER INSERT ON river_job
    REFERENCING NEW TABLE AS inserted_jobs
    FOR EACH STATEMENT
    EXECUTE FUNCTION notify_inserted_jobs();

CREATE TRIGGER siltgate_notify_available
    AFTER UPDATE OF state ON river_job
    FOR EACH ROW
    WHEN (NEW.state = 'available' AND (OLD.state <> 'available' OR NEW.scheduled_at < OLD.scheduled_at))
    EXECUTE FUNCTION notify_available_job();

-- A replica that froze and woke does not know that its run was taken over. What
-- it says of the job's state and output is not heard: those are of the replica
-- that fetched it last. Replicas name themselves in the setting; fetching and
-- rescuing a job is anyone's.
CREATE TRIGGER siltgate_fence
    BEFORE UPDATE ON river_job
    FOR EACH ROW
    WHEN (
        coalesce(current_setting('siltgate.replica', true), '') NOT IN ('', OLD.attempted_by[cardinality(OLD.attempted_by)])
        AND NEW.attempted_at IS NOT DISTINCT FROM OLD.attempted_at
        AND NEW.metadata -> 'river:rescue_count' IS NOT DISTINCT FROM OLD.metadata -> 'river:rescue_count'
        AND (NEW.metadata IS DISTINCT FROM OLD.metadata OR OLD.state = 'running' AND NEW.state <> 'running')
    )
    EXECUTE FUNCTION ignore_former_replica();

-- +goose Down
DROP TRIGGER siltgate_fence ON river_job;
DROP TRIGGER siltgate_notify_available ON river_job;
DROP TRIGGER siltgate_notify_inserted ON river_job;
DROP FUNCTION ignore_former_replica();
DROP FUNCTION notify_available_job();
DROP FUNCTION notify_inserted_jobs();
