-- TOOL: Symfony
-- `sessions` of `PdoSessionHandler`, `reset_password_request` of SymfonyCasts' bundle, and `rememberme_token` of Doctrine's
-- token provider. Since Symfony 4.4 `sess_lifetime` counts seconds since 1970 and is when a session expires, whatever
-- its name says. A token that remembers a login has no expiry: here it dies when it was not used for 1 year.
-- KNOW: Up to Symfony 4.3 `sess_lifetime` was a number of seconds after `sess_time`. Such rows stay. For them write `EXPIRES_COLUMN=sess_time` and `LIFETIME_COLUMN=sess_lifetime`.
-- KNOW: `KEEP_EXPIRED=365d` stands for `remember_me: lifetime` of `security.yaml`, 1 year by default. With less, live tokens die.
-- KNOW: Doctrine's `datetime_immutable` is a `timestamp` in the zone of PHP: `date.timezone`, `UTC` by default. Write yours.
-- KNOW: `PdoSessionHandler` deletes expired sessions itself, as often as PHP's `session.gc_probability` says. `0` turns that off.
--
--   SILTGATE_TABLES_0_NAME=sessions
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=sess_lifetime
--   SILTGATE_TABLES_0_EXPIRES_UNIT=s
--   SILTGATE_TABLES_1_NAME=reset_password_request
--   SILTGATE_TABLES_1_TIMESTAMP_ZONE=UTC
--   SILTGATE_TABLES_2_NAME=rememberme_token
--   SILTGATE_TABLES_2_EXPIRES_COLUMN=lastused
--   SILTGATE_TABLES_2_KEEP_EXPIRED=365d
--   SILTGATE_TABLES_2_TIMESTAMP_ZONE=UTC
CREATE TABLE sessions (sess_id varchar(128) NOT NULL PRIMARY KEY, sess_data bytea NOT NULL, sess_lifetime integer NOT NULL, sess_time integer NOT NULL);
CREATE INDEX sess_lifetime_idx ON sessions (sess_lifetime);
CREATE TABLE "user" (id integer PRIMARY KEY, email varchar(180) NOT NULL);
CREATE TABLE reset_password_request (id integer PRIMARY KEY, user_id integer NOT NULL REFERENCES "user" (id) NOT DEFERRABLE INITIALLY IMMEDIATE, selector varchar(20) NOT NULL, hashed_token varchar(100) NOT NULL, requested_at timestamp(0) NOT NULL, expires_at timestamp(0) NOT NULL);
CREATE INDEX idx_7ce748aa76ed395 ON reset_password_request (user_id);
CREATE TABLE rememberme_token (series char(88) PRIMARY KEY NOT NULL, value varchar(88) NOT NULL, lastUsed timestamp(0) NOT NULL, class varchar(100) NOT NULL, username varchar(200) NOT NULL);
INSERT INTO sessions (sess_id, sess_data, sess_lifetime, sess_time) VALUES
 ('live', '', extract(epoch FROM now()) + 60, extract(epoch FROM now()) - 90000), ('dead', '', extract(epoch FROM now()) - 2, extract(epoch FROM now()) - 1442), ('live, written by Symfony 4.3', '', 1440, extract(epoch FROM now()) - 90000);
INSERT INTO "user" VALUES (1, 'ann@example.com');
INSERT INTO reset_password_request VALUES
 (1, 1, '1', 'live', now() AT TIME ZONE 'UTC' - interval '59 minutes', now() AT TIME ZONE 'UTC' + interval '1 minute'), (2, 1, '2', 'dead', now() AT TIME ZONE 'UTC' - interval '61 minutes', now() AT TIME ZONE 'UTC' - interval '2 seconds');
INSERT INTO rememberme_token VALUES
 ('1', 'live', now() AT TIME ZONE 'UTC' - interval '364 days', '', 'ann'), ('2', 'dead', now() AT TIME ZONE 'UTC' - interval '366 days', '', 'ann');
