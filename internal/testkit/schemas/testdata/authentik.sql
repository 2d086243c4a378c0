-- TOOL: authentik
-- Of its models that expire, authentik deletes rows whose `expiring` is true and whose `expires` has passed. Revoked
-- tokens stay until then.
-- KNOW: A row with `expiring` false never expires, whatever its `expires` says. `ONLY_COLUMN` leaves such rows alone; without it they would die.
-- KNOW: Each of authentik's tables with the columns `expires` and `expiring` can have such an entry.
--
--   SILTGATE_TABLES_0_NAME=authentik_providers_oauth2_refreshtoken
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=expires
--   SILTGATE_TABLES_0_ONLY_COLUMN=expiring
--   SILTGATE_TABLES_0_ONLY_VALUES=true
CREATE TABLE authentik_providers_oauth2_refreshtoken (id serial PRIMARY KEY, expires timestamptz, expiring boolean NOT NULL, revoked boolean NOT NULL, token text NOT NULL);
INSERT INTO authentik_providers_oauth2_refreshtoken (expires, expiring, revoked, token) VALUES (now() + interval '1 minute', true, false, 'live'), (now() + interval '1 minute', true, true, 'live, revoked, kept'), (now() - interval '1 second', true, false, 'dead'), (now() - interval '1 day', false, false, 'live, does not expire');
