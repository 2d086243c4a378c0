-- TOOL: Keycloak
-- Persistent user sessions, of both kinds: `offline_flag` is `0` of a session in a browser and `1` of an offline one. All times
-- count seconds. A session in a browser is dead when it was idle for 30 minutes, or began 10 hours ago; an offline one
-- when it was idle for 30 days.
-- KNOW: The durations stand for the realm's settings: SSO Session Idle, SSO Session Max, Offline Session Idle. Where realms or clients differ, or sessions are remembered, write the longest of each. With less, live sessions die.
-- KNOW: Keycloak writes `last_session_refresh` a while later than it notes it in memory: leave some minutes more.
-- KNOW: A row of `offline_client_session` refers to its session without a foreign key, and dies by its own `timestamp`.
--
--   SILTGATE_TABLES_0_NAME=offline_user_session
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=last_session_refresh
--   SILTGATE_TABLES_0_EXPIRES_UNIT=s
--   SILTGATE_TABLES_0_KEEP_EXPIRED=30m
--   SILTGATE_TABLES_0_ONLY_COLUMN=offline_flag
--   SILTGATE_TABLES_0_ONLY_VALUES=0
--   SILTGATE_TABLES_1_NAME=offline_user_session
--   SILTGATE_TABLES_1_EXPIRES_COLUMN=created_on
--   SILTGATE_TABLES_1_EXPIRES_UNIT=s
--   SILTGATE_TABLES_1_KEEP_EXPIRED=10h
--   SILTGATE_TABLES_1_ONLY_COLUMN=offline_flag
--   SILTGATE_TABLES_1_ONLY_VALUES=0
--   SILTGATE_TABLES_2_NAME=offline_user_session
--   SILTGATE_TABLES_2_EXPIRES_COLUMN=last_session_refresh
--   SILTGATE_TABLES_2_EXPIRES_UNIT=s
--   SILTGATE_TABLES_2_KEEP_EXPIRED=30d
--   SILTGATE_TABLES_2_ONLY_COLUMN=offline_flag
--   SILTGATE_TABLES_2_ONLY_VALUES=1
CREATE TABLE offline_user_session (user_session_id varchar(36) NOT NULL, user_id varchar(255) NOT NULL, realm_id varchar(36) NOT NULL, created_on integer NOT NULL, offline_flag varchar(4) NOT NULL, data text, last_session_refresh integer NOT NULL DEFAULT 0, PRIMARY KEY (user_session_id, offline_flag));
CREATE INDEX ON offline_user_session (realm_id, offline_flag, last_session_refresh);
INSERT INTO offline_user_session (user_session_id, user_id, realm_id, offline_flag, data, created_on, last_session_refresh)
SELECT n, 'u', 'r', flag, text, extract(epoch FROM now() - created)::integer, extract(epoch FROM now() - refreshed)::integer
FROM (VALUES
 (1, '0', 'live', interval '9 hours', interval '20 minutes'), (2, '0', 'dead, idle', interval '1 hour', interval '40 minutes'), (3, '0', 'dead, too old', interval '11 hours', interval '1 minute'),
 (4, '1', 'live', interval '300 days', interval '29 days'), (5, '1', 'dead', interval '300 days', interval '31 days')
) AS given (n, flag, text, created, refreshed);
