-- TOOL: Keycloak
-- Persistent user sessions, of both kinds: `offline_flag` is `0` of a session in a browser and `1` of an offline one. All times
-- count seconds. A session in a browser is dead when it was idle for 30 minutes, or began 10 hours ago; an offline one
-- when it was idle for 30 days.
-- KNOW: The durations stand for the realm's settings: SSO Session Idle, SSO Session Max, Offline Session Idle. Where realms or clients differ, or sessions are remembered, write the longest of each. With less, live sessions die.
-- KNOW: Keycloak writes `last_session_refresh` a while later than it notes it in memory: leave some minutes more.
-- KNOW: A row of `offline_client_session` refers to its session without a foreign key. `timestamp` is when its client last used it: it is dead for sure when a session that was used then is too old, here after 10 hours, or 30 days.
-- KNOW: `revoked_token` has tokens that may not be used any more, until these expire.
-- KNOW: Keycloak deletes expired sessions itself, all of a realm in one statement. Both may run.
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
--   SILTGATE_TABLES_3_NAME=offline_client_session
--   SILTGATE_TABLES_3_EXPIRES_COLUMN=timestamp
--   SILTGATE_TABLES_3_EXPIRES_UNIT=s
--   SILTGATE_TABLES_3_KEEP_EXPIRED=10h
--   SILTGATE_TABLES_3_ONLY_COLUMN=offline_flag
--   SILTGATE_TABLES_3_ONLY_VALUES=0
--   SILTGATE_TABLES_4_NAME=offline_client_session
--   SILTGATE_TABLES_4_EXPIRES_COLUMN=timestamp
--   SILTGATE_TABLES_4_EXPIRES_UNIT=s
--   SILTGATE_TABLES_4_KEEP_EXPIRED=30d
--   SILTGATE_TABLES_4_ONLY_COLUMN=offline_flag
--   SILTGATE_TABLES_4_ONLY_VALUES=1
--   SILTGATE_TABLES_5_NAME=revoked_token
--   SILTGATE_TABLES_5_EXPIRES_COLUMN=expire
--   SILTGATE_TABLES_5_EXPIRES_UNIT=s
CREATE TABLE offline_user_session (user_session_id varchar(36) NOT NULL, user_id varchar(255) NOT NULL, realm_id varchar(36) NOT NULL, created_on integer NOT NULL, offline_flag varchar(4) NOT NULL, data text, last_session_refresh integer DEFAULT 0 NOT NULL, broker_session_id varchar(1024), version integer DEFAULT 0, remember_me boolean, CONSTRAINT constraint_offl_us_ses_pk2 PRIMARY KEY (user_session_id, offline_flag));
CREATE INDEX idx_offline_uss_by_user ON offline_user_session (user_id, realm_id, offline_flag);
CREATE INDEX idx_offline_uss_by_broker_session_id ON offline_user_session (broker_session_id, realm_id);
CREATE INDEX idx_user_session_expiration_created ON offline_user_session (realm_id, offline_flag, remember_me, created_on);
CREATE INDEX idx_user_session_expiration_last_refresh ON offline_user_session (realm_id, offline_flag, remember_me, last_session_refresh);
CREATE TABLE offline_client_session (user_session_id varchar(36) NOT NULL, client_id varchar(255) NOT NULL, offline_flag varchar(4) NOT NULL, "timestamp" integer, data text, client_storage_provider varchar(36) DEFAULT 'local' NOT NULL, external_client_id varchar(255) DEFAULT 'local' NOT NULL, version integer DEFAULT 0, CONSTRAINT constraint_offl_cl_ses_pk3 PRIMARY KEY (user_session_id, client_id, client_storage_provider, external_client_id, offline_flag));
CREATE TABLE revoked_token (id varchar(255) NOT NULL CONSTRAINT constraint_rt PRIMARY KEY, expire bigint NOT NULL);
CREATE INDEX idx_rev_token_on_expire ON revoked_token (expire);
INSERT INTO offline_user_session (user_session_id, user_id, realm_id, offline_flag, data, created_on, last_session_refresh)
SELECT n, 'u', 'r', flag, text, extract(epoch FROM now() - created)::integer, extract(epoch FROM now() - refreshed)::integer
FROM (VALUES
 (1, '0', 'live', interval '9 hours', interval '20 minutes'), (2, '0', 'dead, idle', interval '1 hour', interval '40 minutes'), (3, '0', 'dead, too old', interval '11 hours', interval '1 minute'),
 (4, '1', 'live', interval '300 days', interval '29 days'), (5, '1', 'dead', interval '300 days', interval '31 days')
) AS given (n, flag, text, created, refreshed);
INSERT INTO offline_client_session (user_session_id, client_id, offline_flag, data, "timestamp")
SELECT n, 'c', flag, text, extract(epoch FROM now() - used)::integer
FROM (VALUES
 (1, '0', 'live', interval '9 hours'), (2, '0', 'dead', interval '11 hours'), (4, '1', 'live', interval '29 days'), (5, '1', 'dead', interval '31 days'), (6, '1', 'live, its use is not known', NULL)
) AS given (n, flag, text, used);
INSERT INTO revoked_token VALUES ('live', extract(epoch FROM now()) + 60), ('dead', extract(epoch FROM now()) - 2);
