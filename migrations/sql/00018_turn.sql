-- One row says whose turn it is to delete; to take the turn needs a privilege on this table. The session that has it
-- (column pid) keeps an advisory lock on a random number (column nonce) for as long as it lives; a lock on that number
-- by another session does not count. Each batch locks the row and compares the epoch. So a replica that takes the turn
-- waits for the current batch of the former holder, whose next batch fails.

-- +goose Up
CREATE TABLE {schema}.turn (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch bigint NOT NULL DEFAULT 0,
    pid integer,
    role oid,
    nonce bigint,
    replica text,
    job_id bigint,
    rank integer,
    taken_at timestamptz,
    last_scheduled_at timestamptz,
    reserved_until timestamptz,
    wanted_by bigint,
    wanted_rank integer,
    wanted_until timestamptz
);
INSERT INTO {schema}.turn DEFAULT VALUES;
REVOKE ALL ON TABLE {schema}.turn FROM PUBLIC;

COMMENT ON TABLE {schema}.turn IS 'Who may delete. Only replicas write here.';
COMMENT ON COLUMN {schema}.turn.epoch IS 'Grows each time the turn is taken. Who took it earlier deletes nothing any more.';
COMMENT ON COLUMN {schema}.turn.nonce IS 'The holder''s session has an advisory lock on this number.';
COMMENT ON COLUMN {schema}.turn.reserved_until IS 'Until then the run that had the turn last goes on before others: it is between two slices.';
COMMENT ON COLUMN {schema}.turn.rank IS 'Of the run that had the turn last. Of two runs the one with the lower rank goes first, then the one with the lower id.';
COMMENT ON COLUMN {schema}.turn.job_id IS 'The run that has the turn, or had it last.';
COMMENT ON COLUMN {schema}.turn.last_scheduled_at IS 'When a scheduled run had the turn last.';
COMMENT ON COLUMN {schema}.turn.wanted_by IS 'The id of the run that waits and goes first, as known until wanted_until.';

-- +goose Down
DROP TABLE {schema}.turn;
