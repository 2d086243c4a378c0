-- TOOL: Authelia
-- A row of the tables with `expires_at` or `expires` is dead when that has passed. A row of
-- `oauth2_refresh_token_session` says when it was requested, and not when it expires: here it dies 30 days after it
-- was requested.
-- KNOW: `KEEP_EXPIRED=30d` stands for the lifespan of a refresh token. Write the longest lifespan that your configuration gives one, or more.
-- KNOW: `one_time_code` has two columns that say that a row is done, `consumed` and `revoked`. So the table is named twice; a row dies by either entry.
-- KNOW: The other tables named `oauth2_…_session` have the same columns. Each needs an entry of its own.
-- KNOW: Revoked refresh tokens go at once. Without `DONE_COLUMN` they stay for the 30 days, in which their reuse can be detected.
--
--   SILTGATE_TABLES_0_NAME=oauth2_blacklisted_jti
--   SILTGATE_TABLES_1_NAME=oauth2_refresh_token_session
--   SILTGATE_TABLES_1_EXPIRES_COLUMN=requested_at
--   SILTGATE_TABLES_1_KEEP_EXPIRED=30d
--   SILTGATE_TABLES_1_DONE_COLUMN=revoked
--   SILTGATE_TABLES_2_NAME=one_time_code
--   SILTGATE_TABLES_2_EXPIRES_COLUMN=expires
--   SILTGATE_TABLES_2_DONE_COLUMN=consumed
--   SILTGATE_TABLES_3_NAME=one_time_code
--   SILTGATE_TABLES_3_EXPIRES_COLUMN=
--   SILTGATE_TABLES_3_DONE_COLUMN=revoked
--   SILTGATE_TABLES_4_NAME=user_elevated_session
--   SILTGATE_TABLES_4_EXPIRES_COLUMN=expires
CREATE TABLE oauth2_blacklisted_jti (id serial PRIMARY KEY, signature varchar(64) NOT NULL, expires_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE oauth2_refresh_token_session (id serial PRIMARY KEY, challenge_id char(36) NOT NULL, request_id varchar(40) NOT NULL, signature varchar(255) NOT NULL, requested_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP, active boolean NOT NULL DEFAULT false, revoked boolean NOT NULL DEFAULT false);
CREATE TABLE one_time_code (id serial PRIMARY KEY, public_id char(36) NOT NULL, signature varchar(128) NOT NULL, issued timestamptz NOT NULL DEFAULT now(), expires timestamptz NOT NULL, username varchar(100) NOT NULL, consumed timestamptz, revoked timestamptz, code bytea NOT NULL);
CREATE TABLE user_elevated_session (id serial PRIMARY KEY, created timestamptz NOT NULL DEFAULT now(), expires timestamptz NOT NULL, username varchar(100) NOT NULL);
INSERT INTO oauth2_blacklisted_jti (signature, expires_at) VALUES ('live', now() + interval '1 minute'), ('dead', now() - interval '1 second');
INSERT INTO oauth2_refresh_token_session (challenge_id, request_id, signature, requested_at, active, revoked) VALUES ('c', 'r', 'live', now() - interval '29 days', true, false), ('c', 'r', 'dead', now() - interval '31 days', true, false), ('c', 'r', 'dead, revoked', now(), true, true);
INSERT INTO one_time_code (public_id, signature, expires, username, consumed, revoked, code) VALUES ('1', 'live', now() + interval '1 minute', '', NULL, NULL, ''), ('2', 'dead', now() - interval '1 second', '', NULL, NULL, ''), ('3', 'dead, consumed', now() + interval '1 minute', '', now() - interval '1 second', NULL, ''), ('4', 'dead, revoked', now() + interval '1 minute', '', NULL, now() - interval '1 second', '');
INSERT INTO user_elevated_session (expires, username) VALUES (now() + interval '1 minute', 'live'), (now() - interval '1 second', 'dead');
