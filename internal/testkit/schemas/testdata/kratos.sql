-- TOOL: Ory Kratos
-- Kratos writes `timestamp` without zone in UTC. A session is dead when `expires_at` has passed, and takes the rows of
-- `session_devices` with it; a flow likewise.
-- KNOW: A session that was revoked has `active` false, and stays until it expires, so that its user still sees it. With `DONE_COLUMN=active` and `DONE_VALUES=false` it goes at once.
-- KNOW: `ALLOW_CASCADE` is for `session_devices`. The key needs an index that begins with `session_id`, which Kratos makes.
-- KNOW: The other tables named `selfservice_…_flows` have the same columns. Codes and tokens refer to them with `ON DELETE CASCADE`: give each of these an entry of its own, or `ALLOW_CASCADE` to the flow.
--
--   SILTGATE_TABLES_0_NAME=sessions
--   SILTGATE_TABLES_0_TIMESTAMP_ZONE=UTC
--   SILTGATE_TABLES_0_ALLOW_CASCADE=true
--   SILTGATE_TABLES_1_NAME=selfservice_settings_flows
--   SILTGATE_TABLES_1_TIMESTAMP_ZONE=UTC
CREATE TABLE identities (id uuid PRIMARY KEY, traits jsonb NOT NULL);
CREATE TABLE sessions (id uuid PRIMARY KEY, issued_at timestamp DEFAULT CURRENT_TIMESTAMP NOT NULL, expires_at timestamp NOT NULL, authenticated_at timestamp NOT NULL, identity_id uuid NOT NULL REFERENCES identities (id) ON DELETE CASCADE, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, token varchar(39), active boolean DEFAULT false, nid uuid, logout_token varchar(39), aal varchar(4) DEFAULT 'aal1' NOT NULL, authentication_methods jsonb NOT NULL);
CREATE UNIQUE INDEX sessions_token_uq_idx ON sessions (token);
CREATE UNIQUE INDEX sessions_logout_token_uq_idx ON sessions (logout_token);
CREATE INDEX sessions_nid_id_identity_id_idx ON sessions (nid, identity_id, id);
CREATE TABLE session_devices (id uuid PRIMARY KEY, ip_address varchar(50) DEFAULT '', user_agent varchar(512) DEFAULT '', location varchar(512) DEFAULT '', nid uuid NOT NULL, session_id uuid NOT NULL CONSTRAINT session_metadata_sessions_id_fk REFERENCES sessions (id) ON DELETE CASCADE, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE INDEX session_devices_session_id_idx ON session_devices (session_id);
CREATE TABLE selfservice_settings_flows (id uuid PRIMARY KEY, request_url text NOT NULL, issued_at timestamp DEFAULT CURRENT_TIMESTAMP NOT NULL, expires_at timestamp NOT NULL, identity_id uuid NOT NULL REFERENCES identities (id) ON DELETE CASCADE, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, active_method varchar(32), state varchar(255) DEFAULT 'show_form' NOT NULL, type varchar(16) DEFAULT 'browser' NOT NULL, ui jsonb, nid uuid, internal_context jsonb NOT NULL);
INSERT INTO identities VALUES ('00000000-0000-4000-8000-000000000000', '{}');
INSERT INTO sessions (id, token, logout_token, identity_id, active, issued_at, authenticated_at, created_at, updated_at, expires_at, authentication_methods)
SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid, text, n, '00000000-0000-4000-8000-000000000000', active, utc - interval '1 day', utc - interval '1 day', utc - interval '1 day', utc - interval '1 day', utc + ends, '[]'
FROM (VALUES (1, 'live', true, interval '1 minute'), (2, 'live, revoked', false, interval '1 minute'), (3, 'dead', true, interval '-1 second'), (4, 'dead, revoked', false, interval '-1 second')) AS given (n, text, active, ends),
 (SELECT now() AT TIME ZONE 'UTC' AS utc) AS clock;
INSERT INTO session_devices (id, user_agent, nid, session_id, created_at, updated_at)
SELECT gen_random_uuid(), token, gen_random_uuid(), id, issued_at, issued_at FROM sessions;
INSERT INTO selfservice_settings_flows (id, request_url, identity_id, created_at, updated_at, expires_at, internal_context)
SELECT gen_random_uuid(), text, '00000000-0000-4000-8000-000000000000', utc, utc, utc + ends, '{}'
FROM (VALUES ('live', interval '1 minute'), ('dead', interval '-1 second')) AS given (text, ends), (SELECT now() AT TIME ZONE 'UTC' AS utc) AS clock;
