-- TOOL: Phoenix
-- The `users_tokens` of `mix phx.gen.auth`. A row says when it was made, and its `context` for how long it is good:
-- here a session 60 days, a link to reset a password 1 day, to confirm an address or to change it 7 days. The context of
-- the last one has the old address in it (`change:ann@example.com`), so a generated column says of which kind a row is.
-- KNOW: The durations are those of `lib/…/accounts/user_token.ex`. Write yours: newer generators have 14 days for a session and a `login` of 15 minutes. With less, live rows die.
-- KNOW: A row of a kind that no entry names stays.
-- KNOW: Ecto writes `inserted_at` in UTC. With `type: :utc_datetime` it is a `timestamp` too.
--
--   SILTGATE_TABLES_0_NAME=users_tokens
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=inserted_at
--   SILTGATE_TABLES_0_KEEP_EXPIRED=60d
--   SILTGATE_TABLES_0_ONLY_COLUMN=kind
--   SILTGATE_TABLES_0_ONLY_VALUES=session
--   SILTGATE_TABLES_0_TIMESTAMP_ZONE=UTC
--   SILTGATE_TABLES_1_NAME=users_tokens
--   SILTGATE_TABLES_1_EXPIRES_COLUMN=inserted_at
--   SILTGATE_TABLES_1_KEEP_EXPIRED=1d
--   SILTGATE_TABLES_1_ONLY_COLUMN=kind
--   SILTGATE_TABLES_1_ONLY_VALUES=reset_password
--   SILTGATE_TABLES_1_TIMESTAMP_ZONE=UTC
--   SILTGATE_TABLES_2_NAME=users_tokens
--   SILTGATE_TABLES_2_EXPIRES_COLUMN=inserted_at
--   SILTGATE_TABLES_2_KEEP_EXPIRED=7d
--   SILTGATE_TABLES_2_ONLY_COLUMN=kind
--   SILTGATE_TABLES_2_ONLY_VALUES=confirm,change
--   SILTGATE_TABLES_2_TIMESTAMP_ZONE=UTC
CREATE TABLE users (id bigserial PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE users_tokens (id bigserial PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE, token bytea NOT NULL, context varchar(255) NOT NULL, sent_to varchar(255), inserted_at timestamp(0) NOT NULL);
CREATE INDEX ON users_tokens (user_id);
CREATE UNIQUE INDEX ON users_tokens (context, token);
-- FIRST
ALTER TABLE users_tokens ADD COLUMN kind text GENERATED ALWAYS AS (split_part(context, ':', 1)) STORED;
-- ROWS
INSERT INTO users (email) VALUES ('ann@example.com');
INSERT INTO users_tokens (user_id, token, context, sent_to, inserted_at) VALUES
 (1, '1', 'session', 'live', now() AT TIME ZONE 'UTC' - interval '59 days'), (1, '2', 'session', 'dead', now() AT TIME ZONE 'UTC' - interval '60 days 1 hour'),
 (1, '3', 'reset_password', 'live', now() AT TIME ZONE 'UTC' - interval '23 hours'), (1, '4', 'reset_password', 'dead', now() AT TIME ZONE 'UTC' - interval '25 hours'),
 (1, '5', 'confirm', 'live', now() AT TIME ZONE 'UTC' - interval '6 days'), (1, '6', 'confirm', 'dead', now() AT TIME ZONE 'UTC' - interval '8 days'),
 (1, '7', 'change:ann@example.com', 'live', now() AT TIME ZONE 'UTC' - interval '6 days'), (1, '8', 'change:ann@example.com', 'dead', now() AT TIME ZONE 'UTC' - interval '8 days'),
 (1, '9', 'session:api', 'live, as its kind lives', now() AT TIME ZONE 'UTC' - interval '8 days'), (1, '10', 'passkey', 'live, of a kind that no entry names', now() AT TIME ZONE 'UTC' - interval '90 days');
