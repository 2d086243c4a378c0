-- TOOL: SuperTokens
-- Times count milliseconds since 1970, in `expires_at` of a session and `token_expiry` of a token.
-- KNOW: `session_access_token_signing_keys` and `jwt_signing_keys` have the keys that sign tokens, and not tokens. Never name them: without them every access token is refused.
--
--   SILTGATE_TABLES_0_NAME=session_info
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=expires_at
--   SILTGATE_TABLES_0_EXPIRES_UNIT=ms
--   SILTGATE_TABLES_1_NAME=emailpassword_pswd_reset_tokens
--   SILTGATE_TABLES_1_EXPIRES_COLUMN=token_expiry
--   SILTGATE_TABLES_1_EXPIRES_UNIT=ms
CREATE TABLE session_access_token_signing_keys (app_id varchar(64) DEFAULT 'public' NOT NULL, created_at_time bigint NOT NULL, value text, PRIMARY KEY (app_id, created_at_time));
CREATE TABLE jwt_signing_keys (app_id varchar(64) DEFAULT 'public' NOT NULL, key_id varchar(255) NOT NULL, key_string text NOT NULL, algorithm varchar(10) NOT NULL, created_at bigint, PRIMARY KEY (app_id, key_id));
CREATE TABLE session_info (app_id varchar(64) DEFAULT 'public' NOT NULL, tenant_id varchar(64) DEFAULT 'public' NOT NULL, session_handle varchar(255) NOT NULL, user_id varchar(128) NOT NULL, refresh_token_hash_2 varchar(128) NOT NULL, session_data text, expires_at bigint NOT NULL, created_at_time bigint NOT NULL, jwt_user_payload text, use_static_key boolean NOT NULL, PRIMARY KEY (app_id, tenant_id, session_handle));
CREATE INDEX session_expiry_index ON session_info (expires_at);
CREATE TABLE emailpassword_pswd_reset_tokens (app_id varchar(64) DEFAULT 'public' NOT NULL, user_id character(36) NOT NULL, token varchar(128) NOT NULL UNIQUE, email varchar(256), token_expiry bigint NOT NULL, PRIMARY KEY (app_id, user_id, token));
CREATE INDEX emailpassword_password_reset_token_expiry_index ON emailpassword_pswd_reset_tokens (token_expiry);
INSERT INTO session_access_token_signing_keys (created_at_time, value) VALUES (extract(epoch FROM now() - interval '3 years') * 1000, 'live');
INSERT INTO jwt_signing_keys (key_id, key_string, algorithm, created_at) VALUES ('live', '', 'RS256', extract(epoch FROM now() - interval '3 years') * 1000);
INSERT INTO session_info (session_handle, user_id, refresh_token_hash_2, expires_at, created_at_time, use_static_key) VALUES
 ('live', 'u', '', extract(epoch FROM now()) * 1000 + 60000, 0, false), ('dead', 'u', '', extract(epoch FROM now()) * 1000 - 1000, 0, false);
INSERT INTO emailpassword_pswd_reset_tokens (user_id, token, token_expiry) VALUES
 ('u', 'live', extract(epoch FROM now()) * 1000 + 60000), ('u', 'dead', extract(epoch FROM now()) * 1000 - 1000);
