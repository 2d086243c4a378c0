-- TOOL: A schema for each tenant
-- django-tenants, apartment and the like: the same table in many schemas, and new ones come.
-- KNOW: A tenant's table that comes later is purged by the next run. See [patterns](patterns.md).
--
--   SILTGATE_TABLES_0_NAME=tenant_*.refresh_tokens
--   SILTGATE_TABLES_0_DONE_COLUMN=revoked
CREATE SCHEMA tenant_a; CREATE SCHEMA tenant_b; CREATE SCHEMA tenant_c;
CREATE TABLE tenant_a.refresh_tokens (id serial PRIMARY KEY, token text, expires_at timestamptz, revoked boolean NOT NULL DEFAULT false);
CREATE TABLE tenant_b.refresh_tokens (LIKE tenant_a.refresh_tokens INCLUDING ALL); CREATE TABLE tenant_c.refresh_tokens (LIKE tenant_a.refresh_tokens INCLUDING ALL);
INSERT INTO tenant_a.refresh_tokens (token, expires_at) VALUES ('live', now() + interval '1 minute'), ('dead', now() - interval '1 second');
INSERT INTO tenant_b.refresh_tokens (token, expires_at) VALUES ('live', now() + interval '1 minute'), ('dead', now() - interval '1 second');
INSERT INTO tenant_c.refresh_tokens (token, expires_at) VALUES ('live', now() + interval '1 minute'), ('dead, of a tenant that came later', now() - interval '1 second');
