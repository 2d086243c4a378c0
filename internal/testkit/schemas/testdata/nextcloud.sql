-- TOOL: Nextcloud
-- `oc_authtoken` has browsers' sessions (`type` 0) beside app passwords (1) and tokens that wipe a device (2). As Nextcloud's own job
-- does: a session is dead when it was not used for 24 hours, or for 15 days where the login is remembered. The others stay.
-- KNOW: `KEEP_COLUMN` says which rows no entry of the table may delete. Without it app passwords would die by the entry for sessions that are not remembered.
-- KNOW: `KEEP_EXPIRED` stands for `session_lifetime` and `remember_login_cookie_lifetime` of `config.php`, 24 hours and 15 days by default. Write yours.
-- KNOW: Nextcloud writes `last_activity` a few minutes late (`token_auth_activity_update`).
--
--   SILTGATE_TABLES_0_NAME=oc_authtoken
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=last_activity
--   SILTGATE_TABLES_0_EXPIRES_UNIT=s
--   SILTGATE_TABLES_0_KEEP_EXPIRED=24h
--   SILTGATE_TABLES_0_ONLY_COLUMN=remember
--   SILTGATE_TABLES_0_ONLY_VALUES=0
--   SILTGATE_TABLES_0_KEEP_COLUMN=type
--   SILTGATE_TABLES_0_KEEP_VALUES=1,2,null
--   SILTGATE_TABLES_1_NAME=oc_authtoken
--   SILTGATE_TABLES_1_EXPIRES_COLUMN=last_activity
--   SILTGATE_TABLES_1_EXPIRES_UNIT=s
--   SILTGATE_TABLES_1_KEEP_EXPIRED=15d
--   SILTGATE_TABLES_1_ONLY_COLUMN=remember
--   SILTGATE_TABLES_1_ONLY_VALUES=1
CREATE TABLE oc_authtoken (id bigserial PRIMARY KEY, uid varchar(64) DEFAULT '' NOT NULL, login_name varchar(255) DEFAULT '' NOT NULL, password text, name text DEFAULT '' NOT NULL, token varchar(200) DEFAULT '' NOT NULL, type smallint DEFAULT 0, remember smallint DEFAULT 0, last_activity integer DEFAULT 0, last_check integer DEFAULT 0, scope text, expires integer, private_key text, public_key text, version smallint DEFAULT 1 NOT NULL, password_invalid boolean DEFAULT false, password_hash varchar(255) DEFAULT NULL);
CREATE UNIQUE INDEX authtoken_token_index ON oc_authtoken (token);
CREATE INDEX authtoken_last_activity_idx ON oc_authtoken (last_activity);
INSERT INTO oc_authtoken (uid, name, token, type, remember, last_activity)
SELECT 'ann', text, n, type, remember, extract(epoch FROM now() - used)::integer
FROM (VALUES
 (1, 'live', 0, 0, interval '23 hours'), (2, 'dead', 0, 0, interval '25 hours'),
 (3, 'live, remembered', 0, 1, interval '14 days'), (4, 'dead, remembered', 0, 1, interval '16 days'),
 (5, 'live, an app password', 1, 0, interval '3 years'), (6, 'live, an app password', 1, 1, interval '3 years'), (7, 'live, wipes a phone', 2, 0, interval '3 years'), (8, 'live, of no known type', NULL, 0, interval '3 years')
) AS given (n, text, type, remember, used);
INSERT INTO oc_authtoken (name, token, last_activity) VALUES ('live, its use is not known', '9', 0);
