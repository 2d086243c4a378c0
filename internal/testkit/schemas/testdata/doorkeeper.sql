-- TOOL: Doorkeeper
-- As `doorkeeper:db:cleanup` does: revoked tokens and grants, and those whose own lifetime `expires_in` has passed
-- since `created_at`. An access token with a refresh token lives on after that, since it can be renewed.
-- KNOW: `LIFETIME_COLUMN` adds each row's own seconds to `created_at`. A row whose `expires_in` is NULL never expires.
-- KNOW: Two entries for `oauth_access_tokens`: the first is for tokens without a refresh token, the second for all that were revoked.
-- KNOW: Rails writes a `timestamp` in UTC unless `config.active_record.default_timezone` is `:local`.
--
--   SILTGATE_TABLES_0_NAME=oauth_access_tokens
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=created_at
--   SILTGATE_TABLES_0_LIFETIME_COLUMN=expires_in
--   SILTGATE_TABLES_0_ONLY_COLUMN=refresh_token
--   SILTGATE_TABLES_0_ONLY_VALUES=null
--   SILTGATE_TABLES_0_TIMESTAMP_ZONE=UTC
--   SILTGATE_TABLES_1_NAME=oauth_access_tokens
--   SILTGATE_TABLES_1_EXPIRES_COLUMN=
--   SILTGATE_TABLES_1_DONE_COLUMN=revoked_at
--   SILTGATE_TABLES_1_TIMESTAMP_ZONE=UTC
--   SILTGATE_TABLES_2_NAME=oauth_access_grants
--   SILTGATE_TABLES_2_EXPIRES_COLUMN=created_at
--   SILTGATE_TABLES_2_LIFETIME_COLUMN=expires_in
--   SILTGATE_TABLES_2_DONE_COLUMN=revoked_at
--   SILTGATE_TABLES_2_TIMESTAMP_ZONE=UTC
CREATE TABLE oauth_access_tokens (id bigserial PRIMARY KEY, resource_owner_id bigint, application_id bigint NOT NULL, token varchar NOT NULL UNIQUE, refresh_token varchar UNIQUE, expires_in integer, scopes varchar, created_at timestamp(6) NOT NULL, revoked_at timestamp(6), previous_refresh_token varchar NOT NULL DEFAULT '');
CREATE TABLE oauth_access_grants (id bigserial PRIMARY KEY, resource_owner_id bigint NOT NULL, application_id bigint NOT NULL, token varchar NOT NULL UNIQUE, expires_in integer NOT NULL, redirect_uri text NOT NULL, created_at timestamp(6) NOT NULL, revoked_at timestamp(6));
INSERT INTO oauth_access_tokens (application_id, token, refresh_token, expires_in, created_at, revoked_at) VALUES
 (1, 'live', NULL, 7200, now() AT TIME ZONE 'UTC' - interval '119 minutes', NULL),
 (1, 'live, never ends', NULL, NULL, now() AT TIME ZONE 'UTC' - interval '3 years', NULL),
 (1, 'live, can be refreshed', 'r', 7200, now() AT TIME ZONE 'UTC' - interval '3 days', NULL),
 (1, 'dead, expired', NULL, 7200, now() AT TIME ZONE 'UTC' - interval '121 minutes', NULL),
 (1, 'dead, expired sooner, by its own lifetime', NULL, 60, now() AT TIME ZONE 'UTC' - interval '2 minutes', NULL),
 (1, 'dead, revoked', 'r2', 7200, now() AT TIME ZONE 'UTC' - interval '1 minute', now() AT TIME ZONE 'UTC' - interval '1 second');
INSERT INTO oauth_access_grants (resource_owner_id, application_id, token, expires_in, redirect_uri, created_at, revoked_at) VALUES
 (1, 1, 'live', 600, '', now() AT TIME ZONE 'UTC' - interval '9 minutes', NULL),
 (1, 1, 'dead, expired', 600, '', now() AT TIME ZONE 'UTC' - interval '11 minutes', NULL),
 (1, 1, 'dead, long expired', 600, '', now() AT TIME ZONE 'UTC' - interval '25 hours', NULL),
 (1, 1, 'dead, revoked', 600, '', now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC' - interval '1 second');
