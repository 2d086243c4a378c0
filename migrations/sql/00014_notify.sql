-- River only notifies when its own client inserts a job. These triggers notify in all other cases: of a
-- raw INSERT, and of a job that becomes available again, or sooner than planned. So the next slice of a
-- run, and the next run in the queue, start in milliseconds and not at the next poll.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION {schema}.notify_inserted_jobs() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_notify(TG_TABLE_SCHEMA || '.river_insert', '{"queue":' || to_json(inserted.queue) || '}')
    FROM (SELECT DISTINCT queue FROM inserted_jobs WHERE state = 'available') AS inserted;
    RETURN NULL;
END;
$$;

CREATE FUNCTION {schema}.notify_available_job() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_notify(TG_TABLE_SCHEMA || '.river_insert', '{"queue":' || to_json(NEW.queue) || '}');
    RETURN NULL;
END;
$$;
-- +goose StatementEnd

CREATE TRIGGER siltgate_notify_inserted
    AFTER INSERT ON {schema}.river_job
    REFERENCING NEW TABLE AS inserted_jobs
    FOR EACH STATEMENT
    EXECUTE FUNCTION {schema}.notify_inserted_jobs();

CREATE TRIGGER siltgate_notify_available
    AFTER UPDATE OF state ON {schema}.river_job
    FOR EACH ROW
    WHEN (NEW.state = 'available' AND (OLD.state <> 'available' OR NEW.scheduled_at < OLD.scheduled_at))
    EXECUTE FUNCTION {schema}.notify_available_job();

-- +goose Down
DROP TRIGGER siltgate_notify_available ON {schema}.river_job;
DROP TRIGGER siltgate_notify_inserted ON {schema}.river_job;
DROP FUNCTION {schema}.notify_available_job();
DROP FUNCTION {schema}.notify_inserted_jobs();
