-- Sessions in a schema of their own that note when they were revoked. Revoked
-- ones stay for a week, for whoever asks why they were signed out; expired ones
-- for a day, in which the application may still renew them.
--
--   SILTGATE_TABLES_0_NAME=auth.sessions
--   SILTGATE_TABLES_0_DONE_COLUMN=revoked_at
--   SILTGATE_TABLES_0_KEEP_EXPIRED=24h
--   SILTGATE_TABLES_0_KEEP_DONE=168h

CREATE SCHEMA auth;

CREATE TABLE auth.sessions (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash text NOT NULL UNIQUE,
    expires_at timestamptz,
    revoked_at timestamptz
);

-- Not required, but worth having: with an index for each column Siltgate reads
-- the dead rows and no others. Build them CONCURRENTLY on a table in use.
CREATE INDEX sessions_expires_at_idx ON auth.sessions (expires_at);
CREATE INDEX sessions_revoked_at_idx ON auth.sessions (revoked_at) WHERE revoked_at IS NOT NULL;

-- Rows to try it with. Those called dead go, those called live stay.
INSERT INTO auth.sessions (token_hash, expires_at, revoked_at)
VALUES
    ('live', now() + interval '1 minute', NULL),
    ('live, without an end', NULL, NULL),
    ('live, to infinity', 'infinity', NULL),
    ('live, expired today', now() - interval '23 hours', NULL),
    ('live, revoked this week', now() + interval '1 day', now() - interval '6 days'),
    ('dead, expired', now() - interval '25 hours', NULL),
    ('dead, revoked', 'infinity', now() - interval '8 days');
