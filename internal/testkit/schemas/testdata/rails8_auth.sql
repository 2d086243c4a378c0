-- TOOL: Rails 8 sessions
-- The authentication generator of Rails 8 makes sessions without an expiry: they die by their age. `updated_at` says
-- when a session was last written.
-- KNOW: `KEEP_EXPIRED=720h` stands for how long a session is good: at least as long as its cookie, and here 30 days.
-- KNOW: The generator does not touch `updated_at` at each request. If the application does not do it either, a session dies that long after it began.
-- KNOW: activerecord-session_store has the same columns.
--
--   SILTGATE_TABLES_0_NAME=sessions
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=updated_at
--   SILTGATE_TABLES_0_KEEP_EXPIRED=720h
--   SILTGATE_TABLES_0_TIMESTAMP_ZONE=UTC
CREATE TABLE sessions (id bigserial PRIMARY KEY, user_id bigint NOT NULL, ip_address varchar, user_agent varchar, created_at timestamp(6) NOT NULL, updated_at timestamp(6) NOT NULL);
INSERT INTO sessions (user_id, user_agent, created_at, updated_at) VALUES (1, 'live', now() AT TIME ZONE 'UTC' - interval '90 days', now() AT TIME ZONE 'UTC' - interval '29 days'), (1, 'dead', now() AT TIME ZONE 'UTC' - interval '90 days', now() AT TIME ZONE 'UTC' - interval '31 days');
