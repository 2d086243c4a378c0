-- TOOL: Grafana
-- `user_auth_token` has a row for each login, with times in seconds since 1970. As Grafana itself does: a row is dead when
-- it began 30 days ago, or was not rotated for 7 days.
-- KNOW: `KEEP_EXPIRED` stands for `login_maximum_lifetime_duration` (30 days by default) and `login_maximum_inactive_lifetime_duration` (7 days). Write yours. With less, live sessions die.
-- KNOW: The two limits are two entries for one table: a row dies by either. `EXPIRES_COLUMN=created_at,rotated_at` would be the later of both, and keep each session that is in use for ever.
-- KNOW: A row that was revoked has `revoked_at`, and goes with the others of its age: Grafana tells its user that it was revoked.
--
--   SILTGATE_TABLES_0_NAME=user_auth_token
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=created_at
--   SILTGATE_TABLES_0_EXPIRES_UNIT=s
--   SILTGATE_TABLES_0_KEEP_EXPIRED=30d
--   SILTGATE_TABLES_1_NAME=user_auth_token
--   SILTGATE_TABLES_1_EXPIRES_COLUMN=rotated_at
--   SILTGATE_TABLES_1_EXPIRES_UNIT=s
--   SILTGATE_TABLES_1_KEEP_EXPIRED=7d
CREATE TABLE user_auth_token (id serial PRIMARY KEY, user_id bigint NOT NULL, auth_token varchar(100) NOT NULL, prev_auth_token varchar(100) NOT NULL, user_agent varchar(255) NOT NULL, client_ip varchar(255) NOT NULL, auth_token_seen boolean NOT NULL, seen_at integer, rotated_at integer NOT NULL, created_at integer NOT NULL, updated_at integer NOT NULL, revoked_at integer);
CREATE UNIQUE INDEX "UQE_user_auth_token_auth_token" ON user_auth_token (auth_token);
CREATE UNIQUE INDEX "UQE_user_auth_token_prev_auth_token" ON user_auth_token (prev_auth_token);
CREATE INDEX "IDX_user_auth_token_user_id" ON user_auth_token (user_id);
CREATE INDEX "IDX_user_auth_token_revoked_at" ON user_auth_token (revoked_at);
INSERT INTO user_auth_token (user_id, auth_token, prev_auth_token, user_agent, client_ip, auth_token_seen, created_at, rotated_at, updated_at, revoked_at)
SELECT 1, text, text, '', '', true, extract(epoch FROM now() - created)::integer, extract(epoch FROM now() - rotated)::integer, 0, extract(epoch FROM now() - revoked)::integer
FROM (VALUES
 ('live', interval '29 days', interval '6 days', NULL), ('live, revoked', interval '29 days', interval '6 days', interval '1 day'),
 ('dead, too old', interval '31 days', interval '1 minute', NULL), ('dead, idle', interval '20 days', interval '8 days', NULL), ('dead, revoked and idle', interval '20 days', interval '8 days', interval '9 days')
) AS given (text, created, rotated, revoked);
