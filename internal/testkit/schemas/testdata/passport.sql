-- TOOL: Laravel Passport
-- As `passport:purge` does: revoked tokens, and those that expired more than 7 days ago.
-- KNOW: Laravel writes the zone of `config/app.php`, `UTC` by default. Write yours.
-- KNOW: A token without `expires_at` never expires.
-- KNOW: `oauth_refresh_tokens` refers to access tokens without a foreign key: each table is purged by its own expiry.
--
--   SILTGATE_TABLES_0_NAME=oauth_access_tokens
--   SILTGATE_TABLES_0_DONE_COLUMN=revoked
--   SILTGATE_TABLES_0_KEEP_EXPIRED=168h
--   SILTGATE_TABLES_0_TIMESTAMP_ZONE=UTC
--   SILTGATE_TABLES_1_NAME=oauth_refresh_tokens
--   SILTGATE_TABLES_1_DONE_COLUMN=revoked
--   SILTGATE_TABLES_1_KEEP_EXPIRED=168h
--   SILTGATE_TABLES_1_TIMESTAMP_ZONE=UTC
CREATE TABLE oauth_access_tokens (id varchar(100) PRIMARY KEY, user_id bigint, client_id bigint NOT NULL, name varchar(255), scopes text, revoked boolean NOT NULL, created_at timestamp(0), updated_at timestamp(0), expires_at timestamp(0));
CREATE TABLE oauth_refresh_tokens (id varchar(100) PRIMARY KEY, access_token_id varchar(100) NOT NULL, revoked boolean NOT NULL, expires_at timestamp(0));
CREATE INDEX oauth_refresh_tokens_access_token_id_index ON oauth_refresh_tokens (access_token_id);
INSERT INTO oauth_access_tokens (id, client_id, revoked, expires_at) VALUES ('live', 1, false, now() AT TIME ZONE 'UTC' - interval '6 days'), ('dead', 1, false, now() AT TIME ZONE 'UTC' - interval '8 days'), ('dead, revoked', 1, true, now() AT TIME ZONE 'UTC' + interval '8 days');
INSERT INTO oauth_refresh_tokens VALUES ('live', 'live', false, now() AT TIME ZONE 'UTC' + interval '1 minute'), ('live, no end', 'live', false, NULL), ('dead', 'x', false, now() AT TIME ZONE 'UTC' - interval '8 days'), ('dead, revoked', 'x', true, now() AT TIME ZONE 'UTC' + interval '8 days');
