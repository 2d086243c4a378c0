-- TOOL: drizzle
-- A `timestamp()` of drizzle has no zone. In mode `date` drizzle writes it in UTC, whatever the zone of the process.
-- But ``sql`now()` `` and `defaultNow()` write the time of the zone that the database session has. Here `expires_at`
-- is written by drizzle, and `revoked_at` by ``sql`now()` ``.
-- KNOW: So each column has a zone of its own: `EXPIRES_ZONE` and `DONE_ZONE`. Write `UTC` for both if the application sets `revokedAt: new Date()`.
-- KNOW: `KEEP_DONE=1h` leaves revoked tokens for an hour. In a wrong zone it would be lost, or hours longer.
--
--   SILTGATE_TABLES_0_NAME=refresh_tokens
--   SILTGATE_TABLES_0_DONE_COLUMN=revoked_at
--   SILTGATE_TABLES_0_KEEP_DONE=1h
--   SILTGATE_TABLES_0_EXPIRES_ZONE=UTC
--   SILTGATE_TABLES_0_DONE_ZONE=database
CREATE TABLE "refresh_tokens" ("id" serial PRIMARY KEY NOT NULL, "token" text, "expires_at" timestamp NOT NULL, "revoked_at" timestamp, "created_at" timestamp DEFAULT now());
INSERT INTO refresh_tokens (token, expires_at, revoked_at) VALUES
 ('live', now() AT TIME ZONE 'UTC' + interval '1 minute', NULL),
 ('dead', now() AT TIME ZONE 'UTC' - interval '1 minute', NULL),
 ('live, revoked half an hour ago', now() AT TIME ZONE 'UTC' + interval '1 day', now() - interval '30 minutes'),
 ('dead, revoked two hours ago', now() AT TIME ZONE 'UTC' + interval '1 day', now() - interval '2 hours');
