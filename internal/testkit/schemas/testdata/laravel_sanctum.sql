-- TOOL: Laravel Sanctum
-- As `sanctum:prune-expired` does: personal access tokens that expired more than 24 hours ago.
-- KNOW: Laravel writes the zone of `config/app.php`, `UTC` by default. Write yours.
-- KNOW: A token without `expires_at` never expires. If `expiration` in `config/sanctum.php` is set, tokens also die by their age: add a second entry for the table with `EXPIRES_COLUMN=created_at`, and `KEEP_EXPIRED` of that many minutes and 24 hours.
--
--   SILTGATE_TABLES_0_NAME=personal_access_tokens
--   SILTGATE_TABLES_0_KEEP_EXPIRED=24h
--   SILTGATE_TABLES_0_TIMESTAMP_ZONE=UTC
CREATE TABLE personal_access_tokens (id bigserial PRIMARY KEY, tokenable_type varchar(255) NOT NULL, tokenable_id bigint NOT NULL, name text NOT NULL, token varchar(64) NOT NULL UNIQUE, abilities text, last_used_at timestamp(0), expires_at timestamp(0), created_at timestamp(0), updated_at timestamp(0));
CREATE INDEX ON personal_access_tokens (tokenable_type, tokenable_id);
CREATE INDEX ON personal_access_tokens (expires_at);
INSERT INTO personal_access_tokens (tokenable_type, tokenable_id, name, token, expires_at, created_at) VALUES
 ('User', 1, 'live', '1', now() AT TIME ZONE 'UTC' + interval '1 hour', now()), ('User', 1, 'live, within the day', '2', now() AT TIME ZONE 'UTC' - interval '23 hours', now()),
 ('User', 1, 'live, has no end', '3', NULL, now() - interval '3 years'), ('User', 1, 'dead', '4', now() AT TIME ZONE 'UTC' - interval '25 hours', now());
