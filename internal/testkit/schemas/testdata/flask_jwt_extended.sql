-- TOOL: Flask-JWT-Extended
-- The `TokenBlocklist` of its documentation says when a token was revoked, and not when it expires. An entry dies by
-- its age.
-- KNOW: `KEEP_EXPIRED=720h` stands for the longest lifetime of a token (`JWT_REFRESH_TOKEN_EXPIRES`, 30 days by default). With less, a revoked token would be accepted again.
-- KNOW: The application writes `created_at` in UTC (`datetime.now(timezone.utc)`).
--
--   SILTGATE_TABLES_0_NAME=token_blocklist
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=created_at
--   SILTGATE_TABLES_0_KEEP_EXPIRED=720h
--   SILTGATE_TABLES_0_TIMESTAMP_ZONE=UTC
CREATE TABLE token_blocklist (id serial PRIMARY KEY, jti varchar(36) NOT NULL, type varchar(16) NOT NULL, created_at timestamp NOT NULL);
INSERT INTO token_blocklist (jti, type, created_at) VALUES ('live', 'access', now() AT TIME ZONE 'UTC' - interval '29 days'), ('dead', 'access', now() AT TIME ZONE 'UTC' - interval '31 days');
