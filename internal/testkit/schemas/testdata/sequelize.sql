-- TOOL: Sequelize
-- A `DataTypes.DATE` of Sequelize 6 is `timestamptz`. Table names are plural and have capitals.
-- KNOW: Names have their exact case, without quotes.
-- KNOW: A row whose `revoked` or `usedAt` is NULL is not done.
--
--   SILTGATE_TABLES_0_NAME=RefreshTokens
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=expiresAt
--   SILTGATE_TABLES_0_DONE_COLUMN=revoked
--   SILTGATE_TABLES_1_NAME=PasswordResets
--   SILTGATE_TABLES_1_EXPIRES_COLUMN=expiresAt
--   SILTGATE_TABLES_1_DONE_COLUMN=usedAt
CREATE TABLE "Users" (id serial PRIMARY KEY, email varchar(255));
CREATE TABLE "RefreshTokens" (id serial PRIMARY KEY, token varchar(255), "expiresAt" timestamptz, revoked boolean DEFAULT false, "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL DEFAULT now(), "UserId" integer REFERENCES "Users" (id) ON UPDATE CASCADE ON DELETE SET NULL);
CREATE TABLE "PasswordResets" (id serial PRIMARY KEY, token varchar(255), "expiresAt" timestamptz, "usedAt" timestamptz, "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL DEFAULT now(), "UserId" integer REFERENCES "Users" (id) ON UPDATE CASCADE ON DELETE SET NULL);
INSERT INTO "RefreshTokens" (token, "expiresAt", revoked) VALUES ('live', now() + interval '1 minute', false), ('dead', now() - interval '1 second', false), ('dead, revoked', now() + interval '1 day', true);
INSERT INTO "PasswordResets" (token, "expiresAt", "usedAt") VALUES ('live', now() + interval '1 minute', NULL), ('dead', now() - interval '1 second', NULL), ('dead, used', now() + interval '1 day', now() - interval '1 second');
