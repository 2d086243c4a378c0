#!/usr/bin/env bash
# Tries docker-compose.yml for real, under a project name of its own, and takes it down again:
# three replicas get healthy, the sample's dead rows go, its live rows stay, a run asked for in
# SQL completes, also when a replica was killed, the page wants its password, replicas are scraped,
# and a run that fails raises its alert. COMPOSE names another Compose than `docker compose`.
# Where the image of Prometheus is not to be had, what needs it is left out, which is said.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

monitoring=
read -ra compose <<<"${COMPOSE:-docker compose}"
# No .env of a developer changes what is tried.
compose+=(--project-name siltgate-check --env-file /dev/null
  --file docker-compose.yml --file deploy/compose/check.yaml --profile ui)

main() {
  trap take_down EXIT
  compose down --volumes --remove-orphans
  find_monitoring
  compose up --build --detach --wait --wait-timeout 180

  wait_until 60 'three healthy replicas' three_replicas_are_healthy
  wait_until 120 'no dead row in the sample tables' no_dead_rows
  live_rows_are_all_there

  local run
  run=$(sql "SELECT siltgate.enqueue_token_cleanup(requested_by => 'compose-check')")
  wait_until 60 "run $run to complete" run_has_completed "$run"
  live_rows_are_all_there
  no_replica_is_a_superuser
  wait_until 30 'a page that wants its password' page_wants_its_password
  wait_until 30 'metrics of a replica' replica_shows_metrics

  docker kill "$(compose ps --quiet worker | head -1)" >/dev/null
  run=$(sql "SELECT siltgate.enqueue_token_cleanup(requested_by => 'compose-check')")
  wait_until 240 "run $run to complete with a replica killed" run_has_completed "$run"
  compose up --detach --wait --wait-timeout 180
  wait_until 60 'three healthy replicas again' three_replicas_are_healthy

  if [[ -n $monitoring ]]; then
    wait_until 90 'three replicas to be scraped' three_replicas_are_scraped
  fi
  sql "REVOKE DELETE ON refresh_tokens FROM siltgate_worker"
  wait_until 90 'a run to fail' a_run_has_failed
  if [[ -n $monitoring ]]; then
    wait_until 120 'the alert of a run that failed' alert_fires SiltgateRunFailed
  fi
  sql "GRANT DELETE ON refresh_tokens TO siltgate_worker"
  run=$(sql "SELECT siltgate.enqueue_token_cleanup(requested_by => 'compose-check')")
  wait_until 60 "run $run to complete" run_has_completed "$run"
  live_rows_are_all_there
  sql "SELECT id, state, requested_by, deleted, outcome FROM siltgate.runs ORDER BY id"
  echo 'compose-check: passed'
}

# find_monitoring adds the profile if its image is here or can be pulled.
find_monitoring() {
  local image
  image=$(compose --profile monitoring config --images | grep '^prom/')
  if docker image inspect "$image" >/dev/null 2>&1 || timeout 120 docker pull --quiet "$image" >/dev/null 2>&1; then
    monitoring=yes
    compose+=(--profile monitoring)
  else
    echo "compose-check: left out, because $image is not to be had: scrapes by Prometheus, and the alert"
  fi
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

no_replica_is_a_superuser() {
  local roles
  roles=$(sql "SELECT string_agg(DISTINCT usename, ' ') FROM pg_stat_activity WHERE application_name LIKE 'siltgate%'")
  [[ $roles == 'siltgate_ui siltgate_worker' || $roles == siltgate_worker ]] || {
    echo "replicas and page connect as: $roles" >&2
    return 1
  }
}

page_wants_its_password() {
  [[ $(page) == 401 && $(page --user siltgate:sample-password-change-me) == 200 ]]
}

page() {
  curl --silent --output /dev/null --write-out '%{http_code}' "$@" http://127.0.0.1:8081/ || true
}

# The image has no shell, so the database's container asks.
replica_shows_metrics() {
  compose exec -T postgres bash -c 'exec 3<>/dev/tcp/worker/8080
    printf "GET /metrics HTTP/1.0\r\n\r\n" >&3
    grep -q "^siltgate_fleet_read_success 1" <&3'
}

three_replicas_are_scraped() {
  [[ $(prometheus 'query?query=sum(up)' | grep -c '"3"') == 1 ]]
}

alert_fires() {
  prometheus alerts | grep -o '{"labels":{"alertname":"[^}]*}[^}]*}[^}]*}' | grep "\"$1\"" | grep -q '"state":"firing"'
}

prometheus() {
  curl --silent --fail "http://127.0.0.1:9090/api/v1/$1" || true
}

a_run_has_failed() {
  [[ $(sql "SELECT count(*) FROM siltgate.runs WHERE outcome = 'failed'") != 0 ]]
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
