-- TOOL: Mattermost
-- Times count milliseconds since 1970. A session is dead when `expiresat` has passed. An authorization code is dead
-- `expiresin` **seconds** after `createat`. A token (to reset a password, to verify an address, to accept an invitation) is good for 48
-- hours at most.
-- KNOW: `EXPIRES_UNIT=ms` is that of `createat`. A `LIFETIME_COLUMN` that is a number always counts seconds.
-- KNOW: A session whose `expiresat` is 0 never expires: those of personal access tokens and bots.
-- KNOW: `oauthaccessdata` has refresh tokens that never expire, and no column that says when they were last used. Leave it out.
-- KNOW: Mattermost deletes expired sessions and old tokens itself. Both may run.
-- UNSUGGESTED: tokens
--
--   SILTGATE_TABLES_0_NAME=sessions
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=expiresat
--   SILTGATE_TABLES_0_EXPIRES_UNIT=ms
--   SILTGATE_TABLES_1_NAME=oauthauthdata
--   SILTGATE_TABLES_1_EXPIRES_COLUMN=createat
--   SILTGATE_TABLES_1_EXPIRES_UNIT=ms
--   SILTGATE_TABLES_1_LIFETIME_COLUMN=expiresin
--   SILTGATE_TABLES_2_NAME=tokens
--   SILTGATE_TABLES_2_EXPIRES_COLUMN=createat
--   SILTGATE_TABLES_2_EXPIRES_UNIT=ms
--   SILTGATE_TABLES_2_KEEP_EXPIRED=48h
CREATE TABLE sessions (id varchar(26) PRIMARY KEY, token varchar(26), createat bigint, expiresat bigint, lastactivityat bigint, userid varchar(26), deviceid varchar(512), roles varchar(256), isoauth boolean, props jsonb, expirednotify boolean);
CREATE INDEX idx_sessions_user_id ON sessions (userid);
CREATE INDEX idx_sessions_token ON sessions (token);
CREATE INDEX idx_sessions_expires_at ON sessions (expiresat);
CREATE INDEX idx_sessions_create_at ON sessions (createat);
CREATE INDEX idx_sessions_last_activity_at ON sessions (lastactivityat);
CREATE TABLE oauthauthdata (clientid varchar(26), userid varchar(26), code varchar(128) NOT NULL PRIMARY KEY, expiresin integer, createat bigint, redirecturi varchar(256), state varchar(1024), scope varchar(128));
CREATE TABLE oauthaccessdata (token varchar(26) NOT NULL PRIMARY KEY, refreshtoken varchar(26), redirecturi varchar(256), clientid varchar(26), userid varchar(26), expiresat bigint, scope varchar(128), UNIQUE (clientid, userid));
CREATE TABLE tokens (token varchar(64) PRIMARY KEY, createat bigint, type varchar(64), extra varchar(2048));
CREATE TABLE useraccesstokens (id varchar(26) PRIMARY KEY, token varchar(26) UNIQUE, userid varchar(26), description varchar(512), isactive boolean);
INSERT INTO sessions (id, token, createat, expiresat, lastactivityat, expirednotify)
SELECT n, text, extract(epoch FROM now())::bigint * 1000 - 9000000000, expires, extract(epoch FROM now())::bigint * 1000 - 1000, notified
FROM (VALUES
 (1, 'live', extract(epoch FROM now())::bigint * 1000 + 60000, false), (2, 'live, never expires', 0, false), (3, 'live, unknown', NULL, NULL),
 (4, 'dead', extract(epoch FROM now())::bigint * 1000 - 1000, false), (5, 'dead, the phone was told', extract(epoch FROM now())::bigint * 1000 - 1000, true)
) AS given (n, text, expires, notified);
INSERT INTO oauthauthdata (code, expiresin, createat) VALUES
 ('live', 600, extract(epoch FROM now())::bigint * 1000 - 590000), ('dead', 600, extract(epoch FROM now())::bigint * 1000 - 601000), ('live, no lifetime', NULL, 1);
INSERT INTO oauthaccessdata (token, refreshtoken, clientid, userid, expiresat) VALUES ('live, can be renewed', 'r', 'c', 'u', extract(epoch FROM now())::bigint * 1000 - 9000000000);
INSERT INTO tokens (token, createat, type) VALUES
 ('live', extract(epoch FROM now())::bigint * 1000 - 47 * 3600000, 'password_recovery'), ('dead', extract(epoch FROM now())::bigint * 1000 - 49 * 3600000, 'team_invitation');
INSERT INTO useraccesstokens VALUES ('1', 'live', 'u', '', true), ('2', 'live, switched off', 'u', '', false);
