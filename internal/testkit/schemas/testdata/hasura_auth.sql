-- TOOL: Hasura Auth (Nhost)
-- `auth.refresh_tokens` has an expiry and nothing that says revoked: revoked rows are deleted by the application.
-- KNOW: The default `SILTGATE_TABLES_0_EXPIRES_COLUMN=expires_at` fits. `NAME` has the schema.
--
--   SILTGATE_TABLES_0_NAME=auth.refresh_tokens
CREATE SCHEMA auth;
CREATE TABLE auth.refresh_tokens (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), created_at timestamptz NOT NULL DEFAULT now(), expires_at timestamptz NOT NULL, user_id uuid NOT NULL, metadata jsonb, type text NOT NULL DEFAULT 'regular', refresh_token_hash varchar(255));
INSERT INTO auth.refresh_tokens (expires_at, user_id, refresh_token_hash) VALUES (now() + interval '1 minute', gen_random_uuid(), 'live'), (now() - interval '1 second', gen_random_uuid(), 'dead');
