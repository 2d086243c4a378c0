-- River plans the next slice of a run by a replica's clock, and a leader's term by the database's. A
-- replica's clock may be wrong, and the database's may be set back: neither must hold up a run.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION {schema}.start_now() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.scheduled_at := now();
    RETURN NEW;
END;
$$;

CREATE FUNCTION {schema}.start_within_minutes() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.scheduled_at := now() + interval '10 minutes';
    RETURN NEW;
END;
$$;

CREATE FUNCTION {schema}.depose_leader_of_the_future() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM {schema}.river_leader WHERE expires_at > now() + interval '1 minute';
    RETURN NULL;
END;
$$;
-- +goose StatementEnd

-- The next slice is due at once, by the clock of a replica. If that clock is ahead of the database's, no
-- replica would be given the run until then.
CREATE TRIGGER siltgate_start_now
    BEFORE UPDATE OF state ON {schema}.river_job
    FOR EACH ROW
    WHEN (
        NEW.kind = 'token_cleanup'
        AND OLD.state = 'running'
        AND NEW.state = 'available'
        AND NEW.scheduled_at > now()
    )
    EXECUTE FUNCTION {schema}.start_now();

-- The pause between two attempts is eight minutes at most. The rest between two slices is longer than
-- ten only at a duty cycle of about a thousandth, and is cut short then.
CREATE TRIGGER siltgate_start_within_minutes
    BEFORE UPDATE OF state ON {schema}.river_job
    FOR EACH ROW
    WHEN (
        NEW.kind = 'token_cleanup'
        AND OLD.state = 'running'
        AND NEW.state IN ('retryable', 'scheduled')
        AND NEW.scheduled_at > now() + interval '10 minutes'
    )
    EXECUTE FUNCTION {schema}.start_within_minutes();

-- A leader's term is 15 s. If its row says much longer, the database's clock was set back since the
-- leader was elected. If that leader is gone, no other could be elected until its term ends.
CREATE TRIGGER siltgate_depose_leader
    BEFORE INSERT ON {schema}.river_leader
    FOR EACH STATEMENT
    EXECUTE FUNCTION {schema}.depose_leader_of_the_future();

-- +goose Down
DROP TRIGGER siltgate_depose_leader ON {schema}.river_leader;
DROP TRIGGER siltgate_start_within_minutes ON {schema}.river_job;
DROP TRIGGER siltgate_start_now ON {schema}.river_job;
DROP FUNCTION {schema}.depose_leader_of_the_future();
DROP FUNCTION {schema}.start_within_minutes();
DROP FUNCTION {schema}.start_now();
