-- TOOL: Ory Hydra
-- Hydra 2 writes `timestamp` without zone in UTC. An access token is dead when it expired, or when `active` is false.
-- A refresh token that was used has `active` false as well, and stays until it expires. A code dies by its age, here
-- 1 hour.
-- KNOW: `DONE_VALUES=false` says that a row is done when `active` is false.
-- KNOW: `hydra_oauth2_refresh` has no `DONE_COLUMN`: used refresh tokens serve to detect reuse until they expire.
-- KNOW: A row whose `expires_at` is NULL stays.
--
--   SILTGATE_TABLES_0_NAME=hydra_oauth2_access
--   SILTGATE_TABLES_0_TIMESTAMP_ZONE=UTC
--   SILTGATE_TABLES_0_DONE_COLUMN=active
--   SILTGATE_TABLES_0_DONE_VALUES=false
--   SILTGATE_TABLES_1_NAME=hydra_oauth2_refresh
--   SILTGATE_TABLES_1_TIMESTAMP_ZONE=UTC
--   SILTGATE_TABLES_2_NAME=hydra_oauth2_code
--   SILTGATE_TABLES_2_EXPIRES_COLUMN=requested_at
--   SILTGATE_TABLES_2_KEEP_EXPIRED=1h
--   SILTGATE_TABLES_2_TIMESTAMP_ZONE=UTC
CREATE TABLE hydra_oauth2_access (signature varchar(255) PRIMARY KEY, request_id varchar(40) NOT NULL, requested_at timestamp NOT NULL DEFAULT now(), client_id varchar(255) NOT NULL, session_data text NOT NULL, active boolean NOT NULL DEFAULT true, nid uuid NOT NULL, expires_at timestamp);
CREATE TABLE hydra_oauth2_refresh (LIKE hydra_oauth2_access INCLUDING ALL, first_used_at timestamp, access_token_signature varchar(255), used_times integer);
CREATE TABLE hydra_oauth2_code (signature varchar(255) PRIMARY KEY, request_id varchar(40) NOT NULL, requested_at timestamp NOT NULL DEFAULT now(), active boolean NOT NULL DEFAULT true, nid uuid NOT NULL, expires_at timestamp);
INSERT INTO hydra_oauth2_access (signature, request_id, client_id, session_data, active, nid, expires_at) VALUES
 ('live', 'r', 'c', '', true, gen_random_uuid(), now() AT TIME ZONE 'UTC' + interval '1 minute'), ('live, no end', 'r', 'c', '', true, gen_random_uuid(), NULL),
 ('dead', 'r', 'c', '', true, gen_random_uuid(), now() AT TIME ZONE 'UTC' - interval '1 second'), ('dead, inactive', 'r', 'c', '', false, gen_random_uuid(), now() AT TIME ZONE 'UTC' + interval '1 minute');
INSERT INTO hydra_oauth2_refresh (signature, request_id, client_id, session_data, active, nid, expires_at) VALUES
 ('live', 'r', 'c', '', true, gen_random_uuid(), now() AT TIME ZONE 'UTC' + interval '1 minute'), ('live, inactive, for reuse', 'r', 'c', '', false, gen_random_uuid(), now() AT TIME ZONE 'UTC' + interval '1 minute'),
 ('dead', 'r', 'c', '', false, gen_random_uuid(), now() AT TIME ZONE 'UTC' - interval '1 second');
INSERT INTO hydra_oauth2_code (signature, request_id, requested_at, nid) VALUES ('live', 'r', now() AT TIME ZONE 'UTC' - interval '59 minutes', gen_random_uuid()), ('dead', 'r', now() AT TIME ZONE 'UTC' - interval '61 minutes', gen_random_uuid());
