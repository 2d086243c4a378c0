-- Anyone may insert a run, and one wrong row must not harm others; a replica's clock
-- may be far ahead, and its word on when a run goes on must not hold that up.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION guard_inserted_job() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    IF jsonb_typeof(NEW.metadata) <> 'object' THEN
        NEW.metadata := '{}';
    END IF;
    NEW.metadata := NEW.metadata - 'cancel_attempted_at';
    NEW.max_attempts := greatest(NEW.max_attempts, 25);
    RETURN NEW;
END;
$$;

CREATE FUNCTION start_within_minutes() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    NEW.scheduled_at := now() + interval '10 minutes';
    RETURN NEW;
END;
$$;
-- +goose StatementEnd

-- River rescues no run of any dead replica while it cannot read the metadata of one,
-- and gives a run up, when it rescues it, by what its row says of attempts. Its
-- own default is 25; how often a run may fail is the replica's to say.
CREATE TRIGGER siltgate_guard_inserted
    BEFORE INSERT ON river_job
    FOR EACH ROW
    WHEN (
        jsonb_typeof(NEW.metadata) <> 'object'
        OR NEW.metadata ? 'cancel_attempted_at'
        OR NEW.max_attempts < 25
    )
    EXECUTE FUNCTION guard_inserted_job();

-- We pause eight minutes at most between two attempts. Between two slices it may be
-- longer at a duty cycle of a thousandth, and is cut short then.
CREATE TRIGGER siltgate_start_within_minutes
    BEFORE UPDATE OF state ON river_job
    FOR EACH ROW
    WHEN (
        NEW.kind = 'token_cleanup'
        AND OLD.state = 'running'
        AND NEW.state IN ('retryable', 'scheduled')
        AND NEW.scheduled_at > now() + interval '10 minutes'
    )
    EXECUTE FUNCTION start_within_minutes();

-- +goose Down
DROP TRIGGER siltgate_start_within_minutes ON river_job;
DROP TRIGGER siltgate_guard_inserted ON river_job;
DROP FUNCTION start_within_minutes();
DROP FUNCTION guard_inserted_job();
