-- Every tick that was given a run. A role that may insert or change jobs cannot change this table: it needs a
-- privilege of its own.

-- +goose Up
CREATE TABLE {schema}.ticks (
    tick timestamptz PRIMARY KEY,
    job_id bigint NOT NULL UNIQUE,
    inserted_by text NOT NULL,
    digest text NOT NULL,
    inserted_at timestamptz NOT NULL DEFAULT now(),
    waits_since timestamptz NOT NULL DEFAULT now()
);
REVOKE ALL ON TABLE {schema}.ticks FROM PUBLIC;

COMMENT ON TABLE {schema}.ticks IS
    'Every tick of the schedule that was given a run: once, whatever becomes of the job. Only replicas write here.';
COMMENT ON COLUMN {schema}.ticks.inserted_by IS 'The replica that inserted the tick and its job.';
COMMENT ON COLUMN {schema}.ticks.digest IS 'The digest of that replica''s configuration.';
COMMENT ON COLUMN {schema}.ticks.waits_since IS
    'When the tick was inserted, or the earliest of those before it whose runs it superseded.';

-- +goose StatementBegin
CREATE FUNCTION {schema}.supersede() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (
        SELECT
        FROM {schema}.ticks AS mine
        JOIN {schema}.ticks AS later ON later.tick > mine.tick AND later.job_id > mine.job_id
        WHERE mine.job_id = NEW.id
    ) THEN
        NEW.state := 'completed';
        NEW.finalized_at := now();
        NEW.metadata := NEW.metadata || '{"output":{"outcome":"superseded"}}';
    END IF;
    RETURN NEW;
END;
$$;
-- +goose StatementEnd

-- A tick's run does all the work of earlier ticks' runs, so those that have not begun are ended here, and nowhere
-- else: one that waits when the tick is inserted, since the same statement touches its row, and one that a replica has
-- at that moment, when it is given back. So only one scheduled run waits at a time. A run that had begun
-- and that somebody retries is not ended again.
CREATE TRIGGER siltgate_supersede
    BEFORE UPDATE OF state ON {schema}.river_job
    FOR EACH ROW
    WHEN (
        NEW.kind = 'token_cleanup'
        AND OLD.finalized_at IS NULL
        AND NEW.state IN ('available', 'pending', 'retryable', 'scheduled')
        AND NEW.metadata -> 'output' -> 'cutoff' IS NULL
    )
    EXECUTE FUNCTION {schema}.supersede();

-- +goose Down
DROP TRIGGER siltgate_supersede ON {schema}.river_job;
DROP FUNCTION {schema}.supersede();
DROP TABLE {schema}.ticks;
