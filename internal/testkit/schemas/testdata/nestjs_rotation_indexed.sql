-- TOOL: NestJS with rotation, indexed
-- The same tables, where the entity has an index on the column that refers to the session already.
-- KNOW: `ALLOW_CASCADE` is not needed, and changes nothing here: it permits cascades into tables that have no rule of their own.
-- KNOW: The notes of the recipe before hold here too.
--
--   SILTGATE_TABLES_0_NAME=refresh_token
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=expiresAt
--   SILTGATE_TABLES_0_DONE_COLUMN=revokedAt
--   SILTGATE_TABLES_0_KEEP_DONE=until-expired
--   SILTGATE_TABLES_0_TIMESTAMP_ZONE=UTC
--   SILTGATE_TABLES_1_NAME=session
--   SILTGATE_TABLES_1_EXPIRES_COLUMN=expiresAt
--   SILTGATE_TABLES_1_TIMESTAMP_ZONE=UTC
--   SILTGATE_TABLES_1_ALLOW_CASCADE=true
CREATE TABLE "session" ("id" uuid PRIMARY KEY, "agent" varchar, "expiresAt" TIMESTAMP NOT NULL);
CREATE TABLE "refresh_token" ("id" uuid PRIMARY KEY, "tokenHash" varchar NOT NULL, "expiresAt" TIMESTAMP NOT NULL, "revokedAt" TIMESTAMP,
 "replacedById" uuid, "sessionId" uuid,
 CONSTRAINT "REL_1" UNIQUE ("replacedById"),
 CONSTRAINT "FK_1" FOREIGN KEY ("replacedById") REFERENCES "refresh_token"("id") ON DELETE NO ACTION,
 CONSTRAINT "FK_2" FOREIGN KEY ("sessionId") REFERENCES "session"("id") ON DELETE CASCADE);
INSERT INTO "session" VALUES
 ('00000000-0000-4000-8000-000000000001', 'live', now() AT TIME ZONE 'UTC' + interval '1 day'),
 ('00000000-0000-4000-8000-000000000002', 'dead', now() AT TIME ZONE 'UTC' - interval '1 day');
INSERT INTO "refresh_token" VALUES
 ('00000000-0000-4000-8000-000000000013', 'live', now() AT TIME ZONE 'UTC' + interval '1 day', NULL, NULL, '00000000-0000-4000-8000-000000000001'),
 ('00000000-0000-4000-8000-000000000012', 'live, revoked, kept for reuse', now() AT TIME ZONE 'UTC' + interval '1 hour', now() AT TIME ZONE 'UTC', '00000000-0000-4000-8000-000000000013', '00000000-0000-4000-8000-000000000001'),
 ('00000000-0000-4000-8000-000000000011', 'dead', now() AT TIME ZONE 'UTC' - interval '1 hour', now() AT TIME ZONE 'UTC', '00000000-0000-4000-8000-000000000012', '00000000-0000-4000-8000-000000000001'),
 ('00000000-0000-4000-8000-000000000021', 'dead', now() AT TIME ZONE 'UTC' - interval '1 hour', NULL, NULL, '00000000-0000-4000-8000-000000000002');
CREATE INDEX ON "refresh_token" ("sessionId");
