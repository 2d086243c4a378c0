-- TOOL: OpenIddict
-- The tables of OpenIddict's EF Core stores on Npgsql. A token is dead when `ExpirationDate` has passed. An authorization is
-- dead, as for `PruneAsync`, when it is 14 days old and is either `ad-hoc` without tokens or not valid any more.
-- KNOW: A redeemed or revoked token stays until it expires, so that its reuse is noticed and the others of its authorization are revoked.
-- KNOW: Postgres keeps an authorization as long as a token refers to it, so tokens go first, in the same run. One that was revoked goes when its last token has expired; `PruneAsync` deletes such tokens earlier.
-- KNOW: A token without `ExpirationDate`, and a `permanent` authorization that is valid (a user's consent), stay for ever.
-- UNSUGGESTED: OpenIddictAuthorizations
-- KNOW: Turn the `PruneOrphanedTokens` job of OpenIddict's Quartz integration off, or leave it on: both may run.
--
--   SILTGATE_TABLES_0_NAME=OpenIddictTokens
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=ExpirationDate
--   SILTGATE_TABLES_1_NAME=OpenIddictAuthorizations
--   SILTGATE_TABLES_1_EXPIRES_COLUMN=CreationDate
--   SILTGATE_TABLES_1_KEEP_EXPIRED=14d
--   SILTGATE_TABLES_1_ONLY_COLUMN=Type
--   SILTGATE_TABLES_1_ONLY_VALUES=ad-hoc
--   SILTGATE_TABLES_2_NAME=OpenIddictAuthorizations
--   SILTGATE_TABLES_2_EXPIRES_COLUMN=CreationDate
--   SILTGATE_TABLES_2_KEEP_EXPIRED=14d
--   SILTGATE_TABLES_2_ONLY_COLUMN=Status
--   SILTGATE_TABLES_2_ONLY_VALUES=inactive,redeemed,rejected,revoked
CREATE TABLE "OpenIddictApplications" ("Id" text PRIMARY KEY, "ClientId" varchar(100), "ClientSecret" text, "ConcurrencyToken" varchar(50));
CREATE TABLE "OpenIddictAuthorizations" ("Id" text PRIMARY KEY, "ApplicationId" text REFERENCES "OpenIddictApplications" ("Id"), "ConcurrencyToken" varchar(50), "CreationDate" timestamptz, "Properties" text, "Scopes" text, "Status" varchar(50), "Subject" varchar(400), "Type" varchar(50));
CREATE TABLE "OpenIddictTokens" ("Id" text PRIMARY KEY, "ApplicationId" text REFERENCES "OpenIddictApplications" ("Id"), "AuthorizationId" text REFERENCES "OpenIddictAuthorizations" ("Id"), "ConcurrencyToken" varchar(50), "CreationDate" timestamptz, "ExpirationDate" timestamptz, "Payload" text, "Properties" text, "RedemptionDate" timestamptz, "ReferenceId" varchar(100), "Status" varchar(50), "Subject" varchar(400), "Type" varchar(150));
CREATE INDEX "IX_OpenIddictAuthorizations_ApplicationId_Status_Subject_Type" ON "OpenIddictAuthorizations" ("ApplicationId", "Status", "Subject", "Type");
CREATE INDEX "IX_OpenIddictTokens_ApplicationId_Status_Subject_Type" ON "OpenIddictTokens" ("ApplicationId", "Status", "Subject", "Type");
CREATE INDEX "IX_OpenIddictTokens_AuthorizationId" ON "OpenIddictTokens" ("AuthorizationId");
CREATE UNIQUE INDEX "IX_OpenIddictTokens_ReferenceId" ON "OpenIddictTokens" ("ReferenceId");
INSERT INTO "OpenIddictApplications" VALUES ('web', 'web');
INSERT INTO "OpenIddictAuthorizations" ("Id", "ApplicationId", "CreationDate", "Status", "Subject", "Type", "Scopes") VALUES
 ('1', 'web', now() - interval '90 days', 'valid', 'u', 'permanent', 'live, a consent'),
 ('2', 'web', now() - interval '20 days', 'valid', 'u', 'ad-hoc', 'live, of a token that lives'),
 ('3', 'web', now() - interval '13 days', 'valid', 'u', 'ad-hoc', 'live, no token yet'),
 ('4', 'web', now() - interval '20 days', 'valid', 'u', 'ad-hoc', 'dead, without tokens'),
 ('5', 'web', now() - interval '20 days', 'valid', 'u', 'ad-hoc', 'dead, of a token that expired'),
 ('6', 'web', now() - interval '20 days', 'revoked', 'u', 'permanent', 'dead, revoked'),
 ('7', 'web', NULL, 'revoked', 'u', 'permanent', 'live, of no known age');
INSERT INTO "OpenIddictTokens" ("Id", "ApplicationId", "AuthorizationId", "CreationDate", "ExpirationDate", "RedemptionDate", "Status", "Subject", "Type") VALUES
 ('live', 'web', '2', now(), now() + interval '1 hour', NULL, 'valid', 'u', 'access_token'),
 ('live, redeemed, kept for reuse', 'web', '2', now(), now() + interval '1 day', now() - interval '30 days', 'redeemed', 'u', 'refresh_token'),
 ('live, without an end', 'web', '1', now(), NULL, NULL, 'valid', 'u', 'refresh_token'),
 ('dead', 'web', '5', now() - interval '20 days', now() - interval '1 hour', NULL, 'valid', 'u', 'access_token'),
 ('dead, redeemed', 'web', '2', now() - interval '20 days', now() - interval '1 hour', now(), 'redeemed', 'u', 'refresh_token'),
 ('dead, of an authorization that stays', 'web', '1', now(), now() - interval '1 second', NULL, 'revoked', 'u', 'access_token');
