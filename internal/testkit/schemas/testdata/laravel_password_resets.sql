-- TOOL: Laravel password resets
-- As `auth:clear-resets` does: a row of `password_reset_tokens` says only when it was made, and is dead 60 minutes later.
-- KNOW: `KEEP_EXPIRED=60m` stands for `expire` of the broker in `config/auth.php`. Write the longest of your brokers.
-- KNOW: Laravel writes the zone of `config/app.php`, `UTC` by default. Write yours.
-- KNOW: Up to Laravel 9 the table is `password_resets`.
--
--   SILTGATE_TABLES_0_NAME=password_reset_tokens
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=created_at
--   SILTGATE_TABLES_0_KEEP_EXPIRED=60m
--   SILTGATE_TABLES_0_TIMESTAMP_ZONE=UTC
CREATE TABLE password_reset_tokens (email varchar(255) NOT NULL PRIMARY KEY, token varchar(255) NOT NULL, created_at timestamp(0));
INSERT INTO password_reset_tokens VALUES
 ('1', 'live', now() AT TIME ZONE 'UTC' - interval '59 minutes'), ('2', 'dead', now() AT TIME ZONE 'UTC' - interval '61 minutes'), ('3', 'live, its age is not known', NULL);
