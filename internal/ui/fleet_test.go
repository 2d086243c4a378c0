package ui

// fleet has three replicas, runs of a month, and one at work.
func (f *fixture) fleet() {
	f.t.Helper()
	f.restore(`
		INSERT INTO siltgate.heartbeats (replica, version, digest, started_at) VALUES
			('auth-7c9f-1-95d7c78b', '1.0.0', '5d41402abc4b2a76', now() - interval '9 days'),
			('auth-7c9f-2-1d04369e', '1.0.0', '5d41402abc4b2a76', now() - interval '9 days'),
			('auth-7c9f-3-a6900467', '1.0.0', '5d41402abc4b2a76', now() - interval '2 hours')`)
	f.restore(`INSERT INTO siltgate.river_leader (elected_at, expires_at, leader_id) VALUES (now(), now() + interval '1 hour', 'auth-7c9f-2-1d04369e')`)
	f.restore(`INSERT INTO siltgate.schedule (expression, next_ticks, replica) VALUES ('0 3 * * * in UTC', ARRAY[now() + interval '6 hours'], 'auth-7c9f-2-1d04369e')`)
	f.restore(`
		INSERT INTO siltgate.river_job (kind, args, state, max_attempts, attempt, attempted_at, attempted_by, created_at, finalized_at, metadata)
		SELECT
			'token_cleanup', jsonb_build_object('tick', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
			'completed', 5, 1, at, ARRAY['auth-7c9f-' || 1 + n % 3 || '-95d7c78b'], at, at + interval '4 min',
			jsonb_build_object('output', jsonb_build_object(
				'outcome', 'completed', 'cutoff', at, 'deleted', n_rows, 'duration_ms', 214000,
				'tables', jsonb_build_array(
					jsonb_build_object('table', 'public.refresh_tokens', 'deleted', n_rows - 1200, 'found', n_rows - 1194, 'locked', 4, 'referenced', 2),
					jsonb_build_object('table', 'public.password_resets', 'deleted', 1200, 'found', 1200))))
		FROM generate_series(0, 28) AS n,
			LATERAL (SELECT date_trunc('hour', now()) - (29 - n) * interval '1 day' AS at, 60000 + (n * 7919 % 41) * 1100 AS n_rows) AS of`)
	f.restore(`
		INSERT INTO siltgate.river_job (kind, args, state, max_attempts, attempt, attempted_at, attempted_by, created_at, finalized_at, metadata)
		VALUES ('token_cleanup', '{"dry_run":true,"requested_by":"ops@example.com","reason":"before the migration"}', 'completed', 5, 1,
			now() - interval '20 min', ARRAY['auth-7c9f-1-95d7c78b'], now() - interval '20 min', now() - interval '20 min',
			'{"output":{"outcome":"dry_run","duration_ms":75,"tables":[{"table":"public.refresh_tokens","estimate":81234,"found":81234}]}}')`)
	f.ticks()
}

// ticks are of the runs that say that they are the schedule's.
func (f *fixture) ticks() {
	f.t.Helper()
	f.restore(`
		INSERT INTO siltgate.ticks (tick, job_id, inserted_by, digest)
		SELECT (args ->> 'tick')::timestamptz, id, 'auth-7c9f-2-1d04369e', '5d41402abc4b2a76'
		FROM siltgate.river_job
		WHERE args ? 'tick'
		ON CONFLICT DO NOTHING`)
}

// tables are what the runs of the fleet have recorded of each table.
func (f *fixture) tables() {
	f.t.Helper()
	f.restore(`
		UPDATE siltgate.heartbeats SET tables = '[{"name":"refresh_tokens","fingerprint":"x"},{"name":"password_resets","fingerprint":"x"}]'`)
	f.restore(`CREATE TABLE refresh_tokens ()`)
	f.restore(`CREATE TABLE password_resets ()`)
	f.restore(`
		INSERT INTO siltgate.table_states (name, title, rule, fingerprint, watermark, relation, completed_at, deleted, locked, referenced, undeletable)
		SELECT name, 'public.' || name, rule, 'x', date_trunc('hour', now()) - interval '1 day', name::regclass, date_trunc('hour', now()) - interval '1 day' + interval '4 min', 1, locked, referenced, 0
		FROM (VALUES
			('refresh_tokens', 'expires_at < 2026-11-25T20:00:00Z or revoked', 4, 2),
			('password_resets', 'expires_at < 2026-11-25T20:00:00Z or used', 0, 0)) AS t (name, rule, locked, referenced)`)
}

// atWork is a run that is being worked, and its id. Its pace is JSON.
func (f *fixture) atWork(pace string) string {
	f.t.Helper()
	f.restore(`
		INSERT INTO siltgate.river_job (id, kind, args, state, max_attempts, attempt, attempted_at, attempted_by, created_at, metadata)
		VALUES (1000, 'token_cleanup', '{"requested_by":"ops@example.com","reason":"incident 42: revoke all sessions"}', 'running', 5, 1,
			now(), ARRAY['auth-7c9f-3-a6900467'], now() - interval '3 min',
			jsonb_build_object('output', jsonb_build_object(
				'outcome', 'running', 'cutoff', now() - interval '3 min', 'deleted', 612000, 'duration_ms', 180000,
				'pace', $1::jsonb || jsonb_build_object('duty', 0.12,
					'forecast', to_char((now() + interval '5 min 30 s') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
					'finish_by', to_char((now() + interval '4 min') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
				'tables', jsonb_build_array(jsonb_build_object('table', 'public.refresh_tokens', 'deleted', 612000, 'estimate', 950000)))))`, pace)
	f.restore(`UPDATE siltgate.turn SET job_id = 1000`)
	return "1000"
}

// waiting is a run that waits for the run at work.
func (f *fixture) waiting() {
	f.t.Helper()
	f.restore(`
		INSERT INTO siltgate.river_job (id, kind, args, state, max_attempts, attempt, attempted_at, attempted_by, scheduled_at, metadata) VALUES
			(1001, 'token_cleanup', '{"tick":"2026-11-25T03:00:00Z"}', 'scheduled', 5, 1, now(), ARRAY['auth-7c9f-1-95d7c78b'], now(),
				'{"snoozes":1,"output":{"outcome":"running","cutoff":"2026-11-25T03:00:00Z","deleted":4000}}')`)
	f.ticks()
}

// failing is a run that waits for another attempt. It had begun; metadata is JSON.
func (f *fixture) failing(metadata string) {
	f.t.Helper()
	f.restore(`
		INSERT INTO siltgate.river_job (id, kind, args, state, max_attempts, attempt, attempted_at, attempted_by, scheduled_at, errors, metadata) VALUES
			(1002, 'token_cleanup', '{"requested_by":"app","tables":["sessions"]}', 'retryable', 5, 1, now(), ARRAY['auth-7c9f-1-95d7c78b'], '2026-11-25 03:10:00Z',
				ARRAY[jsonb_build_object('error', 'public.sessions: role "siltgate" lacks DELETE on it')], $1::jsonb)`, metadata)
}

// cancelled is a run that somebody has cancelled.
func (f *fixture) cancelled() {
	f.t.Helper()
	f.restore(`
		INSERT INTO siltgate.river_job (id, kind, args, state, max_attempts, finalized_at, metadata) VALUES
			(999, 'token_cleanup', '{"requested_by":"app"}', 'cancelled', 5, now(), '{"siltgate:cancelled_by":"siltgate_ui"}')`)
}

// troubled are tables that need somebody: one is held, one is late, and one is a pattern of which a table fails.
func (f *fixture) troubled() {
	f.t.Helper()
	f.restore(`
		UPDATE siltgate.heartbeats SET tables = tables || '[{"name":"sessions","fingerprint":"y"},{"name":"tenant_*.refresh_tokens","fingerprint":"x"}]'`)
	f.restore(`CREATE TABLE sessions ()`)
	f.restore(`UPDATE siltgate.table_states SET watermark = now() - interval '75 hours' WHERE name = 'password_resets'`)
	f.restore(`
		INSERT INTO siltgate.table_states (name, title, rule, fingerprint, watermark, relation, completed_at, deleted, locked, referenced, undeletable, refusal,
			held_at, held_by, held_fingerprint, held, matched, worst)
		VALUES
			('sessions', 'public.sessions', 'expires_at < 2026-11-25T20:00:00Z or revoked is false', 'x', now(), 'sessions'::regclass, now(), 0, 0, 0, 0, NULL,
				now(), 29, 'y', 'its rule is not the one by which a run last completed, and it would delete 1,800 of 1,900 rows, which is more than SILTGATE_MAX_SHARE=0.5 allows: '
					'none of them was deleted. If the rule is right, confirm it: siltgate enqueue --confirm. If not, change it back', NULL, NULL),
			('tenant_*.refresh_tokens', 'tenant_*.refresh_tokens', 'expires_at < 2026-11-25T20:00:00Z or revoked', 'x', now() - interval '1 day', NULL, now() - interval '1 day', 93000, 12, 0, 7,
				'a trigger of tenant_42.refresh_tokens keeps them', NULL, NULL, NULL, NULL, 240, 'tenant_42.refresh_tokens')`)
}
