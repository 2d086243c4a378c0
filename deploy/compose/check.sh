#!/usr/bin/env bash
# Tries docker-compose.yml for real, under a project name of its own, and takes it down again:
# three replicas get healthy, the sample's dead rows go, its live rows stay, and a run asked for
# in SQL completes. COMPOSE names another Compose than `docker compose`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

read -ra compose <<<"${COMPOSE:-docker compose}"
compose+=(--project-name siltgate-check)

main() {
  trap take_down EXIT
  compose down --volumes --remove-orphans
  compose up --build --detach --wait --wait-timeout 180

  wait_until 60 'three healthy replicas' three_replicas_are_healthy
  wait_until 120 'no dead row in the sample tables' no_dead_rows
  live_rows_are_all_there

  local run
  run=$(sql "SELECT siltgate.enqueue_token_cleanup(requested_by => 'compose-check')")
  wait_until 60 "run $run to complete" run_has_completed "$run"
  sql "SELECT id, state, requested_by, deleted, outcome FROM siltgate.runs ORDER BY id"
  live_rows_are_all_there
  echo 'compose-check: passed'
}

take_down() {
  local status=$?
  if ((status != 0)); then
    compose ps --all
    compose logs --tail 30
  fi
  compose down --volumes --remove-orphans
  ((status == 0)) || echo 'compose-check: FAILED' >&2
}

three_replicas_are_healthy() {
  [[ $(compose ps --format '{{.Health}}' worker | grep -cx healthy) == 3 ]]
}

# A row that died within the last two minutes may still wait for its tick.
no_dead_rows() {
  [[ $(sql "
    SELECT (SELECT count(*) FROM refresh_tokens
             WHERE revoked OR expires_at < now() - interval '2 minutes')
         + (SELECT count(*) FROM password_resets
             WHERE used OR expires_at < now() - interval '2 minutes')") == 0 ]]
}

# 1200 tokens live for a month and 200 resets for a day. Of those that expire
# six seconds apart, none may be missing between the next and the last.
live_rows_are_all_there() {
  local found
  found=$(sql "
    SELECT (SELECT count(*) FROM refresh_tokens
             WHERE NOT revoked AND expires_at > now() + interval '1 day'),
           (SELECT count(*) FROM password_resets
             WHERE NOT used AND expires_at > now()),
           (SELECT count(*) = 1 + extract(epoch FROM max(expires_at) - min(expires_at)) / 6
                   AND min(expires_at) < now() + interval '6 seconds'
              FROM refresh_tokens
             WHERE expires_at BETWEEN now() AND now() + interval '1 day')")
  [[ $found == '1200|200|t' ]] || {
    echo "live rows are missing: found $found, want 1200|200|t" >&2
    return 1
  }
}

run_has_completed() {
  [[ $(sql "SELECT outcome FROM siltgate.runs WHERE id = $1 AND state = 'completed'") == completed ]]
}

# wait_until SECONDS WHAT COMMAND...
wait_until() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    ((SECONDS < deadline)) || {
      echo "timed out waiting for: $what" >&2
      return 1
    }
    sleep 1
  done
  echo "compose-check: $what"
}

sql() {
  compose exec -T postgres psql -XqAt -v ON_ERROR_STOP=1 -U postgres -d auth -c "$1"
}

compose() {
  command "${compose[@]}" "$@"
}

main
