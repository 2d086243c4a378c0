-- TOOL: Prisma with a status
-- An enum `TokenStatus { ACTIVE USED REVOKED }` in place of a boolean.
-- KNOW: `DONE_VALUES` names the values that mean done, in the exact case of the enum. A value that is not named does not make a row dead, so one that is added later is safe.
--
--   SILTGATE_TABLES_0_NAME=PasswordReset
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=expiresAt
--   SILTGATE_TABLES_0_TIMESTAMP_ZONE=UTC
--   SILTGATE_TABLES_0_DONE_COLUMN=status
--   SILTGATE_TABLES_0_DONE_VALUES=USED,REVOKED
CREATE TYPE "TokenStatus" AS ENUM ('ACTIVE', 'USED', 'REVOKED');
CREATE TABLE "PasswordReset" ("id" TEXT NOT NULL PRIMARY KEY, "token" TEXT NOT NULL, "expiresAt" TIMESTAMP(3) NOT NULL, "status" "TokenStatus" NOT NULL DEFAULT 'ACTIVE');
INSERT INTO "PasswordReset" VALUES
 ('1','live', now() AT TIME ZONE 'UTC' + interval '1 minute', 'ACTIVE'),
 ('2','dead, expired', now() AT TIME ZONE 'UTC' - interval '1 minute', 'ACTIVE'),
 ('3','dead, used', now() AT TIME ZONE 'UTC' + interval '1 minute', 'USED'),
 ('4','dead, revoked', now() AT TIME ZONE 'UTC' + interval '1 minute', 'REVOKED');
