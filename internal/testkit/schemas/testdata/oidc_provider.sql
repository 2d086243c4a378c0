-- TOOL: node oidc-provider
-- The usual SQL adapter, one table for all models. A consumed row stays until it expires, so that its reuse can be
-- detected.
-- KNOW: Rows without `expiresAt` never expire.
--
--   SILTGATE_TABLES_0_NAME=oidc_payloads
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=expiresAt
--   SILTGATE_TABLES_0_DONE_COLUMN=consumedAt
--   SILTGATE_TABLES_0_KEEP_DONE=until-expired
CREATE TABLE oidc_payloads (id text NOT NULL, type integer NOT NULL, payload jsonb NOT NULL, "grantId" text, "userCode" text, uid text, "expiresAt" timestamptz, "consumedAt" timestamptz, PRIMARY KEY (id, type));
INSERT INTO oidc_payloads VALUES ('live', 1, '{}', NULL, NULL, NULL, now() + interval '1 minute', NULL), ('live, consumed', 1, '{}', NULL, NULL, NULL, now() + interval '1 minute', now()), ('dead', 1, '{}', NULL, NULL, NULL, now() - interval '1 second', now());
