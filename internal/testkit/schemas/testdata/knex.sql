-- TOOL: knex
-- `t.timestamp()` of knex is `timestamptz`. A row is dead when it expired or was revoked.
-- KNOW: With `useTz: false` the column is a `timestamp`, and node-postgres writes it in the zone of the process. Then add `SILTGATE_TABLES_0_TIMESTAMP_ZONE` with that zone.
-- KNOW: A `revoked` that is NULL does not make a row dead, nor does an `expires_at` that is NULL.
--
--   SILTGATE_TABLES_0_NAME=refresh_tokens
--   SILTGATE_TABLES_0_DONE_COLUMN=revoked
CREATE TABLE refresh_tokens (id serial PRIMARY KEY, token varchar(255), expires_at timestamptz, revoked boolean DEFAULT false, created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP);
INSERT INTO refresh_tokens (token, expires_at, revoked) VALUES ('live', now() + interval '1 minute', false), ('live, null revoked', now() + interval '1 minute', NULL), ('live, null expiry', NULL, false), ('dead', now() - interval '1 second', false), ('dead, revoked', now() + interval '1 day', true);
