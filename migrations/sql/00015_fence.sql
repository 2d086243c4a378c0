-- A replica that froze and wakes does not know that another one has taken over its run. Its updates of
-- the job's state and output are ignored: only the replica that fetched the job last may make them.
-- Replicas name themselves in the setting siltgate.replica; a session without it is not restricted, and
-- any session may fetch or rescue a job.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION {schema}.ignore_former_replica() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN NULL;
END;
$$;
-- +goose StatementEnd

CREATE TRIGGER siltgate_fence
    BEFORE UPDATE ON {schema}.river_job
    FOR EACH ROW
    WHEN (
        coalesce(current_setting('siltgate.replica', true), '') NOT IN ('', OLD.attempted_by[cardinality(OLD.attempted_by)])
        AND NEW.attempted_at IS NOT DISTINCT FROM OLD.attempted_at
        AND NEW.metadata -> 'river:rescue_count' IS NOT DISTINCT FROM OLD.metadata -> 'river:rescue_count'
        AND (NEW.metadata IS DISTINCT FROM OLD.metadata OR OLD.state = 'running' AND NEW.state <> 'running')
    )
    EXECUTE FUNCTION {schema}.ignore_former_replica();

-- +goose Down
DROP TRIGGER siltgate_fence ON {schema}.river_job;
DROP FUNCTION {schema}.ignore_former_replica();
