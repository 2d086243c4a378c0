-- TOOL: Lucia 3
-- The sessions of `@lucia-auth/adapter-postgresql`. A row is dead when `expires_at` has passed.
-- KNOW: The column is `timestamptz`, so no zone is needed.
--
--   SILTGATE_TABLES_0_NAME=user_session
CREATE TABLE user_session (id TEXT PRIMARY KEY, expires_at TIMESTAMPTZ NOT NULL, user_id TEXT NOT NULL);
INSERT INTO user_session VALUES ('live', now() + interval '1 minute', 'u'), ('dead', now() - interval '1 second', 'u');
