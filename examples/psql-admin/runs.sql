-- The latest runs.
--
--   psql "$DATABASE_URL" -f runs.sql
SELECT id, state, outcome, requested_by, reason, deleted, error
FROM siltgate.runs
ORDER BY id DESC
LIMIT 20;
