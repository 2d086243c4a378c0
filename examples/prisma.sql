-- Tables as Prisma makes them: quoted camel-case names, and timestamp(3)
-- without zone, which Prisma writes in UTC. Names in the environment have the
-- exact case and no quotes.
--
--   SILTGATE_TABLES_0_NAME=RefreshToken
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=expiresAt
--   SILTGATE_TABLES_0_DONE_COLUMN=revoked
--   SILTGATE_TABLES_0_TIMESTAMP_ZONE=UTC
--   SILTGATE_TABLES_1_NAME=PasswordReset
--   SILTGATE_TABLES_1_EXPIRES_COLUMN=expiresAt
--   SILTGATE_TABLES_1_DONE_COLUMN=usedAt
--   SILTGATE_TABLES_1_TIMESTAMP_ZONE=UTC

CREATE TABLE "RefreshToken" (
    "id"        text PRIMARY KEY,
    "hash"      text NOT NULL UNIQUE,
    "expiresAt" timestamp(3) NOT NULL,
    "revoked"   boolean NOT NULL DEFAULT false
);

CREATE TABLE "PasswordReset" (
    "id"        text PRIMARY KEY,
    "hash"      text NOT NULL UNIQUE,
    "expiresAt" timestamp(3) NOT NULL,
    "usedAt"    timestamp(3)
);

-- Not required, but worth having: with an index for each column Siltgate reads
-- the dead rows and no others. Build them CONCURRENTLY on a table in use.
CREATE INDEX "RefreshToken_expiresAt_idx" ON "RefreshToken" ("expiresAt");
CREATE INDEX "RefreshToken_revoked_idx" ON "RefreshToken" ("id") WHERE "revoked";
CREATE INDEX "PasswordReset_expiresAt_idx" ON "PasswordReset" ("expiresAt");
CREATE INDEX "PasswordReset_usedAt_idx" ON "PasswordReset" ("usedAt") WHERE "usedAt" IS NOT NULL;

-- Rows to try it with. Those called dead go, those called live stay.
INSERT INTO "RefreshToken" ("id", "hash", "expiresAt", "revoked")
VALUES
    ('1', 'live', now() AT TIME ZONE 'UTC' + interval '1 minute', false),
    ('2', 'dead, expired', now() AT TIME ZONE 'UTC' - interval '1 minute', false),
    ('3', 'dead, revoked', now() AT TIME ZONE 'UTC' + interval '30 days', true);

INSERT INTO "PasswordReset" ("id", "hash", "expiresAt", "usedAt")
VALUES
    ('1', 'live', now() AT TIME ZONE 'UTC' + interval '1 minute', NULL),
    ('2', 'dead, expired', now() AT TIME ZONE 'UTC' - interval '1 minute', NULL),
    ('3', 'dead, used', now() AT TIME ZONE 'UTC' + interval '1 hour', now() AT TIME ZONE 'UTC');
