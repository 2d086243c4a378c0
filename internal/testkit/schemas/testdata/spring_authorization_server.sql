-- TOOL: Spring Authorization Server
-- One row of `oauth2_authorization` has up to six tokens. It is dead when the latest of them has expired.
-- KNOW: The columns are `timestamp`, which JDBC writes in the zone of the JVM, here UTC.
-- KNOW: A row in which all of these columns are NULL (a consent that is pending) never expires.
--
--   SILTGATE_TABLES_0_NAME=oauth2_authorization
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=authorization_code_expires_at,access_token_expires_at,oidc_id_token_expires_at,refresh_token_expires_at,user_code_expires_at,device_code_expires_at
--   SILTGATE_TABLES_0_TIMESTAMP_ZONE=UTC
CREATE TABLE oauth2_authorization (id varchar(100) PRIMARY KEY, registered_client_id varchar(100) NOT NULL, principal_name varchar(200) NOT NULL, authorization_grant_type varchar(100) NOT NULL, state varchar(500), authorization_code_value text, authorization_code_issued_at timestamp, authorization_code_expires_at timestamp, access_token_value text, access_token_issued_at timestamp, access_token_expires_at timestamp, oidc_id_token_expires_at timestamp, refresh_token_value text, refresh_token_issued_at timestamp, refresh_token_expires_at timestamp, user_code_expires_at timestamp, device_code_expires_at timestamp);
INSERT INTO oauth2_authorization (id, registered_client_id, principal_name, authorization_grant_type, authorization_code_expires_at, access_token_expires_at, refresh_token_expires_at) VALUES
 ('live', 'c', 'p', 'authorization_code', now() AT TIME ZONE 'UTC' - interval '1 hour', now() AT TIME ZONE 'UTC' - interval '1 minute', now() AT TIME ZONE 'UTC' + interval '1 day'),
 ('live, no refresh token', 'c', 'p', 'client_credentials', NULL, now() AT TIME ZONE 'UTC' + interval '1 minute', NULL),
 ('dead, no refresh token', 'c', 'p', 'client_credentials', NULL, now() AT TIME ZONE 'UTC' - interval '1 minute', NULL),
 ('dead, never exchanged', 'c', 'p', 'authorization_code', now() AT TIME ZONE 'UTC' - interval '1 hour', NULL, NULL),
 ('dead', 'c', 'p', 'authorization_code', now() AT TIME ZONE 'UTC' - interval '9 days', now() AT TIME ZONE 'UTC' - interval '8 days', now() AT TIME ZONE 'UTC' - interval '1 day'),
 ('live, access token outlives the refresh token', 'c', 'p', 'authorization_code', NULL, now() AT TIME ZONE 'UTC' + interval '1 hour', now() AT TIME ZONE 'UTC' + interval '1 minute');
