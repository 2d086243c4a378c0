-- TOOL: Rodauth
-- `deadline` is a `timestamp` whose default is `CURRENT_TIMESTAMP + '1 day'`: so it holds the time of the zone that
-- the database session has.
-- KNOW: `database` is the zone of the database. If Sequel's connection sets a zone (`Sequel.database_timezone`, `SET timezone`), write that zone instead.
-- KNOW: The other tables with `deadline` (`account_login_change_keys`, `account_remember_keys`) can have such an entry.
--
--   SILTGATE_TABLES_0_NAME=account_password_reset_keys
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=deadline
--   SILTGATE_TABLES_0_TIMESTAMP_ZONE=database
CREATE TABLE accounts (id bigserial PRIMARY KEY, email text);
CREATE TABLE account_password_reset_keys (id bigint PRIMARY KEY REFERENCES accounts, key text NOT NULL, deadline timestamp NOT NULL DEFAULT (CURRENT_TIMESTAMP + interval '1 day'), email_last_sent timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP);
INSERT INTO accounts VALUES (1, 'live'), (2, 'live');
INSERT INTO account_password_reset_keys (id, key, deadline) VALUES (1, 'live', now() + interval '1 minute'), (2, 'dead', now() - interval '1 second');
