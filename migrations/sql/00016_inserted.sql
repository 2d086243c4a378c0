-- Others may insert jobs. River fetches, rescues and schedules many jobs by one statement, which fails
-- if River cannot read one of the rows: so no such row can be stored. A job's row also says whether its
-- run has begun, failed or ended: so an inserted run is made a new one, whatever its row says. A full
-- restore by pg_restore makes these triggers after it has loaded the rows. Rows that are loaded into a
-- schema that is there need its --disable-triggers, or runs that had ended begin again.

-- +goose Up
-- An index uses this function of River's, so whoever inserts a job calls it, and so does ANALYZE. It has
-- to work for any role and under any search_path.
ALTER FUNCTION {schema}.river_job_state_in_bitmask(bit, {schema}.river_job_state) SET search_path = pg_catalog, pg_temp;
GRANT EXECUTE ON FUNCTION {schema}.river_job_state_in_bitmask(bit, {schema}.river_job_state) TO PUBLIC;

-- +goose StatementBegin
CREATE FUNCTION {schema}.guard_inserted_job() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    most_bytes CONSTANT integer := 65536;
    bytes bigint := octet_length(NEW.args::text);
    is_tick boolean := false;
    refused text;
BEGIN
    -- None of our jobs has a unique key. With a forged one, the INSERT of another job could fail.
    NEW.unique_key := NULL;
    NEW.unique_states := NULL;

    -- If the sequence has not reached this id yet, a later INSERT would get the same id and fail.
    IF NEW.id < 1 OR NEW.id > coalesce(pg_sequence_last_value('{schema}.river_job_id_seq'::regclass), 0) THEN
        NEW.id := nextval('{schema}.river_job_id_seq'::regclass);
    END IF;

    IF NEW.kind <> 'token_cleanup' THEN
        -- This job is of a kind that no replica works: a replica will refuse it. Until then it must
        -- neither delay a run nor fill a replica's memory.
        NEW.priority := 4;
        IF bytes > most_bytes THEN
            NEW.args := '{}';
        END IF;
        IF octet_length(NEW.metadata::text) > most_bytes THEN
            NEW.metadata := '{}';
        END IF;
        IF octet_length(NEW.errors::text) > most_bytes OR octet_length(NEW.tags::text) > most_bytes
            OR octet_length(NEW.attempted_by::text) > most_bytes THEN
            NEW.errors := NULL;
            NEW.tags := '{}';
            NEW.attempted_by := NULL;
        END IF;
        RETURN NEW;
    END IF;

    IF bytes > most_bytes THEN
        refused := format('arguments: they are %s bytes long, want at most %s', bytes, most_bytes);
        NEW.args := '{}';
    ELSIF jsonb_typeof(NEW.args) = 'object' AND NEW.args ? 'tick' THEN
        -- Only a leader inserts ticks, and only a replica may lead.
        is_tick := has_table_privilege('{schema}.river_leader', 'INSERT');
        IF NOT is_tick THEN
            refused := 'arguments: tick: only the schedule sets it, leave it out';
            NEW.args := NEW.args - 'tick';
        END IF;
    END IF;

    NEW.attempt := 0;
    NEW.attempted_at := NULL;
    NEW.attempted_by := NULL;
    NEW.created_at := now();
    NEW.errors := NULL;
    NEW.finalized_at := NULL;
    NEW.max_attempts := 25; -- River's default: how often a run may fail is for the replica to say
    NEW.metadata := jsonb_strip_nulls(jsonb_build_object('siltgate:refused', refused));
    NEW.queue := 'default';
    NEW.tags := '{}';
    -- A tick's run is fetched first, however many runs were asked for by hand.
    NEW.priority := CASE WHEN is_tick THEN 1 ELSE 2 END;
    -- A time of up to a second ahead is now, because two clocks may differ. So is one of more than a
    -- day ahead: a run that waits so long is not what anybody wants.
    IF NOT is_tick AND NEW.scheduled_at > now() + interval '1 second' AND NEW.scheduled_at <= now() + interval '1 day' THEN
        NEW.state := 'scheduled';
    ELSE
        NEW.state := 'available';
        NEW.scheduled_at := now();
    END IF;
    RETURN NEW;
END;
$$;

CREATE FUNCTION {schema}.keep_kind() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.kind := OLD.kind;
    RETURN NEW;
END;
$$;

CREATE FUNCTION {schema}.make_job_readable() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    earliest CONSTANT timestamptz := '0001-01-02 00:00:00Z';
    latest CONSTANT timestamptz := '9999-12-30 00:00:00Z';
    cancelled_at timestamptz := now();
BEGIN
    NEW.attempt := least(greatest(NEW.attempt, 0), 30000);
    NEW.max_attempts := least(greatest(NEW.max_attempts, 1), 30000);
    NEW.created_at := least(greatest(NEW.created_at, earliest), latest);
    NEW.scheduled_at := least(greatest(NEW.scheduled_at, earliest), latest);
    IF NEW.attempted_at IS NOT NULL THEN
        NEW.attempted_at := least(greatest(NEW.attempted_at, earliest), latest);
    END IF;
    IF NEW.finalized_at IS NOT NULL THEN
        NEW.finalized_at := least(greatest(NEW.finalized_at, earliest), latest);
    END IF;
    IF NEW.attempted_by IS NOT NULL THEN
        NEW.attempted_by := ARRAY(SELECT name FROM unnest(NEW.attempted_by) AS name WHERE name IS NOT NULL);
    END IF;
    IF NEW.errors IS NOT NULL THEN
        NEW.errors := ARRAY(SELECT error FROM unnest(NEW.errors) AS error WHERE error IS NOT NULL);
    END IF;
    NEW.tags := ARRAY(SELECT tag FROM unnest(NEW.tags) AS tag WHERE tag IS NOT NULL);

    IF jsonb_typeof(NEW.metadata) <> 'object' THEN
        NEW.metadata := '{}';
    END IF;
    IF NEW.metadata ->> 'river:rescue_count' !~ '^[0-9]{1,6}$' THEN
        NEW.metadata := NEW.metadata - 'river:rescue_count';
    END IF;
    IF NEW.metadata ? 'cancel_attempted_at' THEN
        BEGIN
            cancelled_at := (NEW.metadata ->> 'cancel_attempted_at')::timestamptz;
        EXCEPTION WHEN OTHERS THEN
            NULL; -- now
        END;
        IF cancelled_at IS NULL OR cancelled_at NOT BETWEEN earliest AND latest THEN
            cancelled_at := now();
        END IF;
        NEW.metadata := jsonb_set(NEW.metadata, '{cancel_attempted_at}',
            to_jsonb(to_char(cancelled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')));
    END IF;
    RETURN NEW;
END;
$$;

CREATE FUNCTION {schema}.make_queue_readable() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT isfinite(NEW.created_at) THEN
        NEW.created_at := now();
    END IF;
    IF NOT isfinite(NEW.paused_at) THEN
        NEW.paused_at := now();
    END IF;
    IF NOT isfinite(NEW.updated_at) THEN
        NEW.updated_at := now();
    END IF;
    RETURN NEW;
END;
$$;
-- +goose StatementEnd

CREATE TRIGGER siltgate_guard_inserted
    BEFORE INSERT ON {schema}.river_job
    FOR EACH ROW
    EXECUTE FUNCTION {schema}.guard_inserted_job();

-- A role that may insert jobs may change their kind as well, because River's own INSERT needs UPDATE of that
-- column. So a job whose kind becomes ours is treated as one that is inserted.
CREATE TRIGGER siltgate_guard_kind
    BEFORE UPDATE OF kind ON {schema}.river_job
    FOR EACH ROW
    WHEN (NEW.kind = 'token_cleanup' AND OLD.kind <> 'token_cleanup')
    EXECUTE FUNCTION {schema}.guard_inserted_job();

-- Nor may it rename a run: a replica would end it as a job of a kind that it does not work.
CREATE TRIGGER siltgate_keep_kind
    BEFORE UPDATE OF kind ON {schema}.river_job
    FOR EACH ROW
    WHEN (OLD.kind = 'token_cleanup' AND NEW.kind <> 'token_cleanup')
    EXECUTE FUNCTION {schema}.keep_kind();

-- This mends what River cannot read: times that are infinite, since Go knows none; lists with NULL;
-- attempts that do not fit a smallint when River adds one; metadata that is no object, or in which
-- the time of a cancelling or the count of rescues has another form than River writes (days 29 to 31,
-- which not every month has, are checked by the function). By its name
-- this trigger comes after those above and the fence, and before those that read metadata.
CREATE TRIGGER siltgate_make_readable
    BEFORE INSERT OR UPDATE ON {schema}.river_job
    FOR EACH ROW
    WHEN (
        NEW.attempt NOT BETWEEN 0 AND 30000
        OR NEW.max_attempts NOT BETWEEN 1 AND 30000
        OR NEW.created_at NOT BETWEEN '0001-01-02 00:00:00Z' AND '9999-12-30 00:00:00Z'
        OR NEW.scheduled_at NOT BETWEEN '0001-01-02 00:00:00Z' AND '9999-12-30 00:00:00Z'
        OR NEW.attempted_at NOT BETWEEN '0001-01-02 00:00:00Z' AND '9999-12-30 00:00:00Z'
        OR NEW.finalized_at NOT BETWEEN '0001-01-02 00:00:00Z' AND '9999-12-30 00:00:00Z'
        OR array_ndims(NEW.attempted_by) > 1
        OR array_lower(NEW.attempted_by, 1) <> 1
        OR CASE WHEN array_ndims(NEW.attempted_by) = 1 THEN array_position(NEW.attempted_by, NULL) IS NOT NULL END
        OR array_ndims(NEW.errors) > 1
        OR array_lower(NEW.errors, 1) <> 1
        OR CASE WHEN array_ndims(NEW.errors) = 1 THEN array_position(NEW.errors, NULL) IS NOT NULL END
        OR array_ndims(NEW.tags) > 1
        OR array_lower(NEW.tags, 1) <> 1
        OR CASE WHEN array_ndims(NEW.tags) = 1 THEN array_position(NEW.tags, NULL) IS NOT NULL END
        OR jsonb_typeof(NEW.metadata) <> 'object'
        OR NEW.metadata ->> 'river:rescue_count' !~ '^[0-9]{1,6}$'
        OR NEW.metadata ? 'cancel_attempted_at'
            AND coalesce(NEW.metadata ->> 'cancel_attempted_at', '') !~
                '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$'
    )
    EXECUTE FUNCTION {schema}.make_job_readable();

CREATE TRIGGER siltgate_make_queue_readable
    BEFORE INSERT OR UPDATE ON {schema}.river_queue
    FOR EACH ROW
    WHEN (NOT (isfinite(NEW.created_at) AND isfinite(NEW.updated_at) AND isfinite(coalesce(NEW.paused_at, now()))))
    EXECUTE FUNCTION {schema}.make_queue_readable();

-- +goose Down
DROP TRIGGER siltgate_make_queue_readable ON {schema}.river_queue;
DROP TRIGGER siltgate_make_readable ON {schema}.river_job;
DROP TRIGGER siltgate_keep_kind ON {schema}.river_job;
DROP TRIGGER siltgate_guard_kind ON {schema}.river_job;
DROP TRIGGER siltgate_guard_inserted ON {schema}.river_job;
DROP FUNCTION {schema}.make_queue_readable();
DROP FUNCTION {schema}.make_job_readable();
DROP FUNCTION {schema}.keep_kind();
DROP FUNCTION {schema}.guard_inserted_job();
ALTER FUNCTION {schema}.river_job_state_in_bitmask(bit, {schema}.river_job_state) RESET search_path;
