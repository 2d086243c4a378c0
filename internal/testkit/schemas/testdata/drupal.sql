-- TOOL: Drupal
-- `timestamp` counts seconds since 1970, and says when a session was last written. A session is dead after PHP's `session.gc_maxlifetime`,
-- which Drupal's `services.yml` sets to 200000 seconds.
-- KNOW: `KEEP_EXPIRED=200000s` stands for `gc_maxlifetime` of your `services.yml`. With less, live sessions die.
-- KNOW: The column is `integer` up to Drupal 10.0, and `bigint` later. Both need `EXPIRES_UNIT=s`.
-- KNOW: PHP's garbage collection deletes the same rows, within some request of some visitor. `gc_probability: 0` in `services.yml` turns that off.
--
--   SILTGATE_TABLES_0_NAME=sessions
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=timestamp
--   SILTGATE_TABLES_0_EXPIRES_UNIT=s
--   SILTGATE_TABLES_0_KEEP_EXPIRED=200000s
CREATE TABLE sessions (uid bigint NOT NULL CHECK (uid >= 0), sid varchar(128) NOT NULL PRIMARY KEY, hostname varchar(128) DEFAULT '' NOT NULL, "timestamp" bigint DEFAULT 0 NOT NULL, session bytea);
CREATE INDEX sessions_timestamp_idx ON sessions ("timestamp");
CREATE INDEX sessions_uid_idx ON sessions (uid);
INSERT INTO sessions (uid, sid, "timestamp") VALUES
 (1, 'live', extract(epoch FROM now()) - 199900), (1, 'dead', extract(epoch FROM now()) - 200100), (0, 'dead, nobody''s', extract(epoch FROM now()) - 200100), (1, 'live, its use is not known', 0);
