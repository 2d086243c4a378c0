-- The tables that Siltgate purges unless told otherwise, in an application that
-- detects the reuse of a rotated refresh token by its revoked row: such a row
-- must stay until it has expired. Whoever names one table names them all.
--
--   SILTGATE_TABLES_0_NAME=refresh_tokens
--   SILTGATE_TABLES_0_DONE_COLUMN=revoked
--   SILTGATE_TABLES_0_KEEP_DONE=until-expired
--   SILTGATE_TABLES_1_NAME=password_resets
--   SILTGATE_TABLES_1_DONE_COLUMN=used

CREATE TABLE refresh_tokens (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    family_id  uuid NOT NULL,
    token_hash text NOT NULL UNIQUE,
    expires_at timestamptz NOT NULL,
    revoked    boolean NOT NULL DEFAULT false
);

CREATE TABLE password_resets (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hash text NOT NULL UNIQUE,
    expires_at timestamptz NOT NULL,
    used       boolean NOT NULL DEFAULT false
);

-- Not required, but worth having: with an index for each column Siltgate reads
-- the dead rows and no others. Build them CONCURRENTLY on a table in use.
-- Revoked rows that stay need no index of their own.
CREATE INDEX refresh_tokens_expires_at_idx ON refresh_tokens (expires_at);
CREATE INDEX password_resets_expires_at_idx ON password_resets (expires_at);
CREATE INDEX password_resets_used_idx ON password_resets (id) WHERE used;

-- Rows to try it with. Those called dead go, those called live stay.
INSERT INTO refresh_tokens (family_id, token_hash, expires_at, revoked)
VALUES
    ('00000000-0000-4000-8000-000000000001', 'live', now() + interval '1 minute', false),
    ('00000000-0000-4000-8000-000000000001', 'live, for its reuse to be seen', now() + interval '1 minute', true),
    ('00000000-0000-4000-8000-000000000002', 'dead, expired', now() - interval '1 minute', false),
    ('00000000-0000-4000-8000-000000000002', 'dead, revoked and expired', now() - interval '1 minute', true);

INSERT INTO password_resets (token_hash, expires_at, used)
VALUES
    ('live', now() + interval '1 minute', false),
    ('dead, expired', now() - interval '1 minute', false),
    ('dead, used', now() + interval '1 hour', true);
