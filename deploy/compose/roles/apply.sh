#!/usr/bin/env bash
# Executes what `siltgate grants` printed, and gives the roles that exist by now their passwords.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

psql -Xq -v ON_ERROR_STOP=1 -f "$1"
psql -Xq -v ON_ERROR_STOP=1 -v owner="$OWNER_PASSWORD" -v worker="$WORKER_PASSWORD" -v ui="$PAGE_PASSWORD" <<'SQL'
SELECT format('ALTER ROLE %I PASSWORD %L', rolname, password)
FROM (VALUES ('siltgate_owner', :'owner'), ('siltgate_worker', :'worker'), ('siltgate_ui', :'ui')) AS given (rolname, password)
JOIN pg_roles USING (rolname)
\gexec
SQL
