-- TOOL: NestJS with TypeORM
-- Entities as tutorials write them. `@Column() expiresAt: Date` is a `timestamp` without zone, which node-postgres
-- writes in the zone of the process: here `TZ=America/New_York`.
-- KNOW: Write the zone of your process: its `TZ`, else that of its machine or image, often `UTC`.
-- KNOW: `@CreateDateColumn` and `softDelete()` write the database's zone. If `deletedAt` is the done column, add `SILTGATE_TABLES_0_DONE_ZONE=database`.
-- KNOW: Tokens with `isRevoked` go at once. Where reuse is detected by them, add `SILTGATE_TABLES_0_KEEP_DONE=until-expired`.
--
--   SILTGATE_TABLES_0_NAME=refresh_token
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=expiresAt
--   SILTGATE_TABLES_0_DONE_COLUMN=isRevoked
--   SILTGATE_TABLES_0_TIMESTAMP_ZONE=America/New_York
--   SILTGATE_TABLES_1_NAME=password_reset
--   SILTGATE_TABLES_1_EXPIRES_COLUMN=expiresAt
--   SILTGATE_TABLES_1_DONE_COLUMN=used
--   SILTGATE_TABLES_1_TIMESTAMP_ZONE=America/New_York
CREATE TABLE "user" ("id" uuid NOT NULL DEFAULT gen_random_uuid(), "email" character varying NOT NULL, CONSTRAINT "UQ_e12875dfb3b1d92d7d7c5377e22" UNIQUE ("email"), CONSTRAINT "PK_cace4a159ff9f2512dd42373760" PRIMARY KEY ("id"));
CREATE TABLE "refresh_token" ("id" uuid NOT NULL DEFAULT gen_random_uuid(), "tokenHash" character varying NOT NULL, "expiresAt" TIMESTAMP NOT NULL, "isRevoked" boolean NOT NULL DEFAULT false, "createdAt" TIMESTAMP NOT NULL DEFAULT now(), "userId" uuid, CONSTRAINT "PK_b575dd3c21fb0831013c909e7fe" PRIMARY KEY ("id"));
CREATE TABLE "password_reset" ("id" uuid NOT NULL DEFAULT gen_random_uuid(), "tokenHash" character varying NOT NULL, "expiresAt" TIMESTAMP NOT NULL, "used" boolean NOT NULL DEFAULT false, "createdAt" TIMESTAMP NOT NULL DEFAULT now(), "userId" uuid, CONSTRAINT "PK_8515e60a2cc41584fa4784f52ce" PRIMARY KEY ("id"));
ALTER TABLE "refresh_token" ADD CONSTRAINT "FK_8e913e288156c133999341156ad" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
ALTER TABLE "password_reset" ADD CONSTRAINT "FK_05baebe80e9f8fab8207eda250c" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
INSERT INTO "user" ("email") VALUES ('live@x.org');
INSERT INTO "refresh_token" ("tokenHash", "expiresAt", "isRevoked") VALUES
 ('live', now() AT TIME ZONE 'America/New_York' + interval '1 minute', false),
 ('dead, expired', now() AT TIME ZONE 'America/New_York' - interval '1 second', false),
 ('live, 4.9 h', now() AT TIME ZONE 'America/New_York' + interval '4.9 hours', false),
 ('dead, revoked', now() AT TIME ZONE 'America/New_York' + interval '1 day', true);
INSERT INTO "password_reset" ("tokenHash", "expiresAt", "used") VALUES
 ('live', now() AT TIME ZONE 'America/New_York' + interval '1 minute', false),
 ('dead, expired', now() AT TIME ZONE 'America/New_York' - interval '1 second', false),
 ('dead, used', now() AT TIME ZONE 'America/New_York' + interval '1 hour', true);
