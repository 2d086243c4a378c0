-- TOOL: Directus
-- A row of `directus_sessions` is dead when `expires` has passed, whether it is that of a user or of a share.
-- KNOW: A session that was refreshed has `next_token`, and an `expires` of its own: so it needs no `DONE_COLUMN`.
-- KNOW: Directus deletes expired sessions itself at each login, which reads the whole table where `expires` has no index. Where the table is purged, it is small.
--
--   SILTGATE_TABLES_0_NAME=directus_sessions
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=expires
CREATE TABLE directus_users (id uuid PRIMARY KEY, email varchar(255), token varchar(255) UNIQUE);
CREATE TABLE directus_shares (id uuid PRIMARY KEY, name varchar(255), collection varchar(64) NOT NULL, item varchar(255) NOT NULL, password varchar(255), date_start timestamptz, date_end timestamptz, times_used integer DEFAULT 0, max_uses integer);
CREATE TABLE directus_sessions (token varchar(64) NOT NULL PRIMARY KEY, "user" uuid REFERENCES directus_users (id) ON DELETE CASCADE, expires timestamptz NOT NULL, ip varchar(255), user_agent text, share uuid REFERENCES directus_shares (id) ON DELETE CASCADE, origin varchar(255), next_token varchar(64));
INSERT INTO directus_users VALUES ('00000000-0000-4000-8000-000000000000', 'ann@example.com', 'live, a token that never expires');
INSERT INTO directus_shares VALUES ('00000000-0000-4000-8000-000000000000', 'live, a share that ended', 'c', 'i', NULL, NULL, now() - interval '1 year');
INSERT INTO directus_sessions (token, "user", share, expires, next_token) VALUES
 ('live', '00000000-0000-4000-8000-000000000000', NULL, now() + interval '1 minute', NULL), ('live, was refreshed', '00000000-0000-4000-8000-000000000000', NULL, now() + interval '10 seconds', 'n'),
 ('dead', '00000000-0000-4000-8000-000000000000', NULL, now() - interval '1 second', NULL), ('dead, was refreshed', '00000000-0000-4000-8000-000000000000', NULL, now() - interval '1 second', 'n'),
 ('live, a share''s', NULL, '00000000-0000-4000-8000-000000000000', now() + interval '1 minute', NULL), ('dead, a share''s', NULL, '00000000-0000-4000-8000-000000000000', now() - interval '1 second', NULL);
