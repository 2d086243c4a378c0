-- TOOL: NestJS with rotation
-- TypeORM entities where each refresh token names the one that replaced it (a `OneToOne` to the same entity), and
-- belongs to a session. Revoked tokens stay until they expire, so that their reuse can be detected.
-- KNOW: `KEEP_DONE=until-expired` keeps revoked tokens until they expire.
-- KNOW: The foreign key stays as it is, with `ON DELETE CASCADE`. Because `refresh_token` is named too, with a rule of its own, the cascade deletes nothing: a session that expired goes when its last token has gone, in the same run. Until then it is counted as `referenced`.
-- KNOW: The index makes each look-up of a session's tokens cheap; without it `session` is refused. On a table in use write `CREATE INDEX CONCURRENTLY`. Declare it in the entity too (`@Index()`), or `synchronize` drops it.
-- KNOW: These entities write UTC because the process has `TZ=UTC`. Else write the zone of the process.
--
--   SILTGATE_TABLES_0_NAME=refresh_token
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=expiresAt
--   SILTGATE_TABLES_0_DONE_COLUMN=revokedAt
--   SILTGATE_TABLES_0_KEEP_DONE=until-expired
--   SILTGATE_TABLES_0_TIMESTAMP_ZONE=UTC
--   SILTGATE_TABLES_1_NAME=session
--   SILTGATE_TABLES_1_EXPIRES_COLUMN=expiresAt
--   SILTGATE_TABLES_1_TIMESTAMP_ZONE=UTC
CREATE TABLE "session" ("id" uuid PRIMARY KEY, "agent" varchar, "expiresAt" TIMESTAMP NOT NULL);
CREATE TABLE "refresh_token" ("id" uuid PRIMARY KEY, "tokenHash" varchar NOT NULL, "expiresAt" TIMESTAMP NOT NULL, "revokedAt" TIMESTAMP,
 "replacedById" uuid, "sessionId" uuid,
 CONSTRAINT "REL_1" UNIQUE ("replacedById"),
 CONSTRAINT "FK_1" FOREIGN KEY ("replacedById") REFERENCES "refresh_token"("id") ON DELETE NO ACTION,
 CONSTRAINT "FK_2" FOREIGN KEY ("sessionId") REFERENCES "session"("id") ON DELETE CASCADE);
-- FIRST
CREATE INDEX ON "refresh_token" ("sessionId");
-- ROWS
INSERT INTO "session" VALUES
 ('00000000-0000-4000-8000-000000000001', 'live', now() AT TIME ZONE 'UTC' + interval '1 day'),
 ('00000000-0000-4000-8000-000000000002', 'dead', now() AT TIME ZONE 'UTC' - interval '1 day');
INSERT INTO "refresh_token" VALUES
 ('00000000-0000-4000-8000-000000000013', 'live', now() AT TIME ZONE 'UTC' + interval '1 day', NULL, NULL, '00000000-0000-4000-8000-000000000001'),
 ('00000000-0000-4000-8000-000000000012', 'live, revoked, kept for reuse', now() AT TIME ZONE 'UTC' + interval '1 hour', now() AT TIME ZONE 'UTC', '00000000-0000-4000-8000-000000000013', '00000000-0000-4000-8000-000000000001'),
 ('00000000-0000-4000-8000-000000000011', 'dead', now() AT TIME ZONE 'UTC' - interval '1 hour', now() AT TIME ZONE 'UTC', '00000000-0000-4000-8000-000000000012', '00000000-0000-4000-8000-000000000001'),
 ('00000000-0000-4000-8000-000000000021', 'dead', now() AT TIME ZONE 'UTC' - interval '1 hour', NULL, NULL, '00000000-0000-4000-8000-000000000002');
