-- TOOL: Expiry within JSON
-- Sessions whose expiry stands in a JSON document, as `exp` in seconds since 1970. No variable reads a document, so a
-- generated column says when a row expires.
-- KNOW: The pattern in `CASE` lets a document without a number through: its row has no expiry, and stays. Without it the application's `INSERT` of such a row would fail.
-- KNOW: Read [what it costs](#a-generated-column-says-the-rest) before you add the column.
--
--   SILTGATE_TABLES_0_NAME=web_sessions
--   SILTGATE_TABLES_0_EXPIRES_COLUMN=expires_at
CREATE TABLE web_sessions (sid text PRIMARY KEY, payload jsonb NOT NULL);
-- FIRST
ALTER TABLE web_sessions ADD COLUMN expires_at timestamptz
  GENERATED ALWAYS AS (
    CASE WHEN payload ->> 'exp' ~ '^[0-9]{1,11}$' THEN to_timestamp((payload ->> 'exp')::double precision) END
  ) STORED;
-- ROWS
INSERT INTO web_sessions (sid, payload) VALUES
 ('live', jsonb_build_object('exp', extract(epoch FROM now())::bigint + 60)), ('dead', jsonb_build_object('exp', extract(epoch FROM now())::bigint - 1)),
 ('live, no end', '{}'), ('live, an end that nobody can read', '{"exp": "tomorrow"}'), ('live, no document', 'null');
