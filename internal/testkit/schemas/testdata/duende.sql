-- TOOL: Duende IdentityServer
-- On Npgsql 6 and later the columns are `timestamptz`. A row is dead when `Expiration` or `Expires` has passed. A
-- persisted grant that was consumed is dead a day after that, as with `RemoveConsumedTokens` and a
-- `ConsumedTokenCleanupDelay` of a day.
-- KNOW: A grant without `Expiration` (a user's consent) never expires.
-- KNOW: Without `RemoveConsumedTokens` leave out `DONE_COLUMN` and `KEEP_DONE`.
-- KNOW: Turn Duende's own clean-up off: `EnableTokenCleanup = false`.
--
--   SILTGATE_TABLES_0_NAME=PersistedGrants
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=Expiration
--   SILTGATE_TABLES_0_DONE_COLUMN=ConsumedTime
--   SILTGATE_TABLES_0_KEEP_DONE=24h
--   SILTGATE_TABLES_1_NAME=DeviceCodes
--   SILTGATE_TABLES_1_EXPIRES_COLUMN=Expiration
--   SILTGATE_TABLES_2_NAME=ServerSideSessions
--   SILTGATE_TABLES_2_EXPIRES_COLUMN=Expires
CREATE TABLE "PersistedGrants" ("Id" bigserial PRIMARY KEY, "Key" varchar(200), "Type" varchar(50) NOT NULL, "SubjectId" varchar(200), "SessionId" varchar(100), "ClientId" varchar(200) NOT NULL, "CreationTime" timestamptz NOT NULL, "Expiration" timestamptz, "ConsumedTime" timestamptz, "Data" varchar(50000) NOT NULL);
CREATE TABLE "DeviceCodes" ("UserCode" varchar(200) PRIMARY KEY, "DeviceCode" varchar(200) NOT NULL, "CreationTime" timestamptz NOT NULL, "Expiration" timestamptz NOT NULL);
CREATE TABLE "ServerSideSessions" ("Id" serial PRIMARY KEY, "Key" varchar(100) NOT NULL, "Expires" timestamptz);
INSERT INTO "PersistedGrants" ("Key", "Type", "ClientId", "CreationTime", "Expiration", "ConsumedTime", "Data") VALUES ('live', '', '', now(), now() + interval '1 minute', NULL, ''), ('live, no end (user consent)', '', '', now(), NULL, NULL, ''), ('live, consumed an hour ago', '', '', now(), now() + interval '1 day', now() - interval '1 hour', ''), ('dead', '', '', now(), now() - interval '1 second', NULL, ''), ('dead, consumed', '', '', now(), now() + interval '1 day', now() - interval '25 hours', '');
INSERT INTO "DeviceCodes" VALUES ('live', '', now(), now() + interval '1 minute'), ('dead', '', now(), now() - interval '1 second');
INSERT INTO "ServerSideSessions" ("Key", "Expires") VALUES ('live', now() + interval '1 minute'), ('dead', now() - interval '1 second');
