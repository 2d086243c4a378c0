-- TOOL: connect-pg-simple
-- The store of express-session. It sets `expire` to `to_timestamp(…)`, and the column is a `timestamp` without zone:
-- so it holds the time of the zone that the store's database session has.
-- KNOW: `database` is the zone of the database. If the store's role or connection sets a zone of its own (`ALTER ROLE … SET timezone`, `PGTZ`), write that zone instead.
-- KNOW: The store deletes expired sessions itself, every 15 minutes. `pruneSessionInterval: false` turns that off.
--
--   SILTGATE_TABLES_0_NAME=session
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=expire
--   SILTGATE_TABLES_0_TIMESTAMP_ZONE=database
CREATE TABLE "session" ("sid" varchar NOT NULL COLLATE "default", "sess" json NOT NULL, "expire" timestamp(6) NOT NULL) WITH (OIDS=FALSE);
ALTER TABLE "session" ADD CONSTRAINT "session_pkey" PRIMARY KEY ("sid") NOT DEFERRABLE INITIALLY IMMEDIATE;
CREATE INDEX "IDX_session_expire" ON "session" ("expire");
INSERT INTO "session" VALUES ('live', '{}', to_timestamp(extract(epoch FROM now()) + 60)), ('dead', '{}', to_timestamp(extract(epoch FROM now()) - 1));
