-- The replicas that run. Each says once a minute that it does, and with which configuration.

-- +goose Up
CREATE TABLE {schema}.heartbeats (
    replica text PRIMARY KEY,
    version text NOT NULL,
    digest text NOT NULL,
    tables jsonb NOT NULL DEFAULT '[]',
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now()
);
REVOKE ALL ON TABLE {schema}.heartbeats FROM PUBLIC;

COMMENT ON COLUMN {schema}.heartbeats.tables IS 'The configured tables: name, and fingerprint of their rules.';

CREATE VIEW {schema}.replicas AS
SELECT
    beat.replica,
    beat.version,
    beat.started_at,
    beat.seen_at,
    EXISTS (
        SELECT
        FROM {schema}.river_leader AS leader
        WHERE leader.leader_id = beat.replica AND leader.expires_at > now()
    ) AS leader,
    beat.digest
FROM {schema}.heartbeats AS beat
WHERE beat.seen_at BETWEEN now() - interval '150 seconds' AND now() + interval '150 seconds'; -- clocks may be set back

COMMENT ON VIEW {schema}.replicas IS
    'Every replica that runs: seen within two and a half minutes. Those with the same digest have the same configuration.';

-- +goose StatementBegin
CREATE FUNCTION {schema}.leave_lead() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM {schema}.replicas AS running WHERE NOT starts_with(running.replica, 'once-')) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END;
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION {schema}.leave_lead() FROM PUBLIC;

-- A replica that works for one run only has no schedule. If it led, no tick would get its run. So it does not lead
-- while another replica runs: it is not elected, and its term is not extended.
CREATE TRIGGER siltgate_leave_lead
    BEFORE INSERT OR UPDATE ON {schema}.river_leader
    FOR EACH ROW
    WHEN (starts_with(NEW.leader_id, 'once-'))
    EXECUTE FUNCTION {schema}.leave_lead();

-- +goose Down
DROP TRIGGER siltgate_leave_lead ON {schema}.river_leader;
DROP FUNCTION {schema}.leave_lead();
DROP VIEW {schema}.replicas;
DROP TABLE {schema}.heartbeats;
