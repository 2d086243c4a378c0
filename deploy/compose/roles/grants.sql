-- Execute it in database auth, as a superuser or as the owner of schema and tables who may create roles.
-- Passwords are not here: \password sets one in psql.

-- siltgate_worker is that of replicas: siltgate run.
DO $siltgate$ BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = E'siltgate_worker') THEN CREATE ROLE siltgate_worker LOGIN; END IF; END $siltgate$;
GRANT CONNECT ON DATABASE auth TO siltgate_worker;

-- siltgate_ui is that of the web page: siltgate ui.
DO $siltgate$ BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = E'siltgate_ui') THEN CREATE ROLE siltgate_ui LOGIN; END IF; END $siltgate$;
GRANT CONNECT ON DATABASE auth TO siltgate_ui;

-- siltgate_worker: what a replica needs in the schema.
GRANT USAGE ON SCHEMA siltgate TO siltgate_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE siltgate.river_job TO siltgate_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE siltgate.river_leader TO siltgate_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE siltgate.river_queue TO siltgate_worker;
GRANT SELECT, INSERT, DELETE ON TABLE siltgate.ticks TO siltgate_worker;
GRANT SELECT, UPDATE ON TABLE siltgate.turn TO siltgate_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE siltgate.heartbeats TO siltgate_worker;
GRANT SELECT ON TABLE siltgate.pauses TO siltgate_worker;
GRANT SELECT, INSERT, UPDATE ON TABLE siltgate.schedule TO siltgate_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE siltgate.table_states TO siltgate_worker;
GRANT SELECT ON TABLE siltgate.installation TO siltgate_worker;
GRANT SELECT ON TABLE siltgate.siltgate_migration TO siltgate_worker;
GRANT USAGE ON SEQUENCE siltgate.river_job_id_seq TO siltgate_worker;
GRANT EXECUTE ON FUNCTION siltgate.river_job_state_in_bitmask TO siltgate_worker;
-- What /metrics shows of the fleet is read from these.
GRANT SELECT ON siltgate.replicas, siltgate.runs, siltgate.status, siltgate.tables TO siltgate_worker;
-- With it a run sees how far standbys are behind, and waits for them. It also shows the texts of other sessions' statements.
-- GRANT pg_read_all_stats TO siltgate_worker;

-- public.refresh_tokens: the columns that decide, DELETE, and UPDATE of one column to pass over rows in use.
GRANT USAGE ON SCHEMA public TO siltgate_worker;
GRANT SELECT (ctid, tableoid, expires_at, revoked), UPDATE (revoked), DELETE ON public.refresh_tokens TO siltgate_worker;

-- public.password_resets: the columns that decide, DELETE, and UPDATE of one column to pass over rows in use.
GRANT USAGE ON SCHEMA public TO siltgate_worker;
GRANT SELECT (ctid, tableoid, expires_at, used), UPDATE (used), DELETE ON public.password_resets TO siltgate_worker;

-- siltgate_ui: looks, asks for runs, cancels and pauses.
GRANT USAGE ON SCHEMA siltgate TO siltgate_ui;
GRANT SELECT ON siltgate.replicas, siltgate.runs, siltgate.status, siltgate.tables TO siltgate_ui;
GRANT SELECT ON siltgate.river_job, siltgate.river_queue, siltgate.river_leader, siltgate.river_migration TO siltgate_ui;
GRANT UPDATE ON siltgate.river_job, siltgate.river_queue TO siltgate_ui;
GRANT EXECUTE ON FUNCTION siltgate.enqueue_token_cleanup TO siltgate_ui;
GRANT EXECUTE ON FUNCTION siltgate.pause_token_cleanup TO siltgate_ui;
GRANT EXECUTE ON FUNCTION siltgate.resume_token_cleanup TO siltgate_ui;
GRANT EXECUTE ON FUNCTION siltgate.cancel_token_cleanup TO siltgate_ui;
GRANT EXECUTE ON FUNCTION siltgate.river_job_state_in_bitmask TO siltgate_ui;
