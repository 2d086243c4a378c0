-- TOOL: better-auth
-- The tables of better-auth 1. A row is dead when `expiresAt` has passed.
-- KNOW: The columns are `timestamptz`, so no zone is needed. Names have their exact case, without quotes.
--
--   SILTGATE_TABLES_0_NAME=session
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=expiresAt
--   SILTGATE_TABLES_1_NAME=verification
--   SILTGATE_TABLES_1_EXPIRES_COLUMN=expiresAt
CREATE TABLE "session" (id text PRIMARY KEY, "expiresAt" timestamptz NOT NULL, token text NOT NULL UNIQUE, "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL, "ipAddress" text, "userAgent" text, "userId" text NOT NULL);
CREATE TABLE "verification" (id text PRIMARY KEY, identifier text NOT NULL, value text NOT NULL, "expiresAt" timestamptz NOT NULL, "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL DEFAULT now());
INSERT INTO "session" VALUES ('1', now() + interval '1 minute', 'live', now(), now(), NULL, NULL, 'u'), ('2', now() - interval '1 second', 'dead', now(), now(), NULL, NULL, 'u');
INSERT INTO "verification" (id, identifier, value, "expiresAt") VALUES ('1', 'live', '', now() + interval '1 minute'), ('2', 'dead', '', now() - interval '1 second');
