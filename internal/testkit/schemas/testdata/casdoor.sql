-- TOOL: Casdoor
-- `token` has an access token and its refresh token in one row, and says as a text when the row was made:
-- `2026-11-27T20:00:00+08:00`. Postgres casts no text to a time in a generated column, so the column takes it apart. A row is
-- dead when the refresh token has expired, here 7 days after it was made.
-- KNOW: `KEEP_EXPIRED=168h` stands for the longest `refresh_expire_in_hours` (and `expire_in_hours`) of your applications. With less, live tokens die.
-- KNOW: A text of another form has no date: its row stays.
-- KNOW: `translate` turns the sign of the offset round, as Postgres counts a zone that is written as a number westward.
-- KNOW: Read [what it costs](#a-generated-column-says-the-rest) before you add the column.
--
--   SILTGATE_TABLES_0_NAME=token
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=made_at
--   SILTGATE_TABLES_0_KEEP_EXPIRED=168h
CREATE TABLE token (owner varchar(100) NOT NULL, name varchar(100) NOT NULL, created_time varchar(100), application varchar(100), organization varchar(100), "user" varchar(100), code varchar(100), access_token text, refresh_token text, expires_in integer, scope varchar(100), token_type varchar(100), code_challenge varchar(100), code_is_used boolean, code_expire_in bigint, PRIMARY KEY (owner, name));
CREATE INDEX "IDX_token_code" ON token (code);
-- FIRST
ALTER TABLE token ADD COLUMN made_at timestamptz
  GENERATED ALWAYS AS (
    CASE WHEN created_time ~ '^[12][0-9]{3}-(0[1-9]|1[0-2])-[0-3][0-9]T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|[+-][01][0-9]:[0-5][0-9])$' THEN
      (make_timestamp(substr(created_time, 1, 4)::int, substr(created_time, 6, 2)::int, 1,
        substr(created_time, 12, 2)::int, substr(created_time, 15, 2)::int, substr(created_time, 18, 2)::int)
        + make_interval(days => substr(created_time, 9, 2)::int - 1))
      AT TIME ZONE translate(substr(created_time, 20), '+-', '-+')
    END
  ) STORED;
-- ROWS
INSERT INTO token (owner, name, access_token, refresh_token, expires_in, created_time)
SELECT 'admin', text, '', 'r', 86400, to_char((now() - age) AT TIME ZONE 'UTC' + shift, 'YYYY-MM-DD"T"HH24:MI:SS') || zone
FROM (VALUES
 ('live', interval '167 hours', interval '0', 'Z'), ('dead', interval '169 hours', interval '0', 'Z'),
 ('live, in the east', interval '167 hours', interval '8 hours', '+08:00'), ('dead, in the east', interval '169 hours', interval '8 hours', '+08:00'),
 ('live, in the west', interval '167 hours', interval '-9 hours -30 minutes', '-09:30'), ('dead, in the west', interval '169 hours', interval '-9 hours -30 minutes', '-09:30'),
 ('dead, on the last of a month', now() - timestamptz '2024-01-31 12:00:00+00', interval '0', 'Z'),
 ('live, without a zone', interval '1 year', interval '0', ''), ('live, no date', NULL, interval '0', 'Z')
) AS given (text, age, shift, zone);
