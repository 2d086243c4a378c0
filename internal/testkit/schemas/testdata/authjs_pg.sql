-- TOOL: Auth.js on pg
-- The tables of `@auth/pg-adapter`. A row is dead when `expires` has passed.
-- KNOW: The columns are `timestamptz`, so no zone is needed.
--
--   SILTGATE_TABLES_0_NAME=sessions
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=expires
--   SILTGATE_TABLES_1_NAME=verification_token
--   SILTGATE_TABLES_1_EXPIRES_COLUMN=expires
CREATE TABLE verification_token (identifier TEXT NOT NULL, expires TIMESTAMPTZ NOT NULL, token TEXT NOT NULL, PRIMARY KEY (identifier, token));
CREATE TABLE sessions (id SERIAL, "userId" INTEGER NOT NULL, expires TIMESTAMPTZ NOT NULL, "sessionToken" VARCHAR(255) NOT NULL, PRIMARY KEY (id));
INSERT INTO verification_token VALUES ('live', now() + interval '1 minute', 't'), ('dead', now() - interval '1 second', 't');
INSERT INTO sessions ("userId", expires, "sessionToken") VALUES (1, now() + interval '1 minute', 'live'), (1, now() - interval '1 second', 'dead');
