package worker

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/siltgate/siltgate/internal/schedule"
)

// oddRow draws a row of river_job as anyone may insert or update it: columns, and values as SQL.
func oddRow(t *rapid.T) (columns, values []string) {
	odd := map[string][]string{
		"kind":          {`'token_cleanup'`, `'token_cleanup'`, `'token_cleanup'`, `'other'`},
		"args":          {`'{}'`, `'null'`, `'[]'`, `'{"tick":"2999-01-01T00:00:00Z"}'`, `'{"dry_run":true}'`, `'{"dry_run":1}'`, `'{"tables":["x"]}'`, `jsonb_build_object('reason', repeat('x', 100000))`},
		"attempt":       {`0`, `1`, `-1`, `25`, `32767`, `-32768`},
		"max_attempts":  {`1`, `25`, `32767`},
		"attempted_at":  {`NULL`, `now()`, `now() - interval '1 h'`, `'infinity'`, `'-infinity'`},
		"attempted_by":  {`NULL`, `'{}'`, `'{NULL}'`, `'{{a},{b}}'`, `'[3:4]={a,b}'`},
		"created_at":    {`now()`, `'infinity'`, `'-infinity'`, `'250000-01-01'`},
		"scheduled_at":  {`now()`, `now() + interval '2 s'`, `'infinity'`, `'-infinity'`, `'4000-01-01 BC'`},
		"errors":        {`NULL`, `'{NULL}'`, `ARRAY['{}'::jsonb, '7', 'null']`, `ARRAY[ARRAY['{}'::jsonb]]`},
		"tags":          {`'{}'`, `'{NULL}'`, `'{{a}}'`},
		"priority":      {`1`, `4`},
		"queue":         {`'default'`, `'other'`},
		"unique_key":    {`NULL`, `'\x00'`},
		"unique_states": {`NULL`, `B'11111111'`},
		"metadata": {
			`'{}'`, `'[]'`, `'null'`, `'{"snoozes":1e300}'`, `'{"snoozes":-1}'`, `'{"river:rescue_count":1e9}'`, `'{"river:rescue_count":-1.5}'`,
			`'{"cancel_attempted_at":"x"}'`, `'{"siltgate:refused":7}'`, `'{"output":7}'`, `'{"output":{"outcome":"running"}}'`,
			`'{"output":{"outcome":"running","cutoff":"2999-01-01T00:00:00Z","duration_ms":-9223372036854775808}}'`,
			`'{"output":{"outcome":"running","slices":-1,"progress":{"cutoff":"2026-01-01T00:00:00Z","tables":[{"name":"refresh_tokens","deleted":-9223372036854775808}]}}}'`,
			`'{"output":{"progress":{"cutoff":"2999-01-01T00:00:00Z","tables":null,"rest":9223372036854775807}}}'`,
			`'{"output":{"progress":{"cutoff":"2026-01-01T00:00:00Z","tables":[{"name":"refresh_tokens","position":{"heap":1,"plan":"sweep","row":18446744073709551615,"end":9223372036854775807}}]}}}'`,
		},
	}
	states := []string{
		`'available', NULL`, `'running', NULL`, `'scheduled', NULL`, `'pending', NULL`, `'retryable', NULL`,
		`'completed', now()`, `'cancelled', 'infinity'`, `'discarded', '-infinity'`,
	}
	columns = []string{"state, finalized_at"}
	values = []string{rapid.SampledFrom(states).Draw(t, "state")}
	for _, column := range rapid.Permutation(slices.Sorted(maps.Keys(odd))).Draw(t, "columns")[:rapid.IntRange(0, 8).Draw(t, "many")] {
		columns = append(columns, column)
		values = append(values, rapid.SampledFrom(odd[column]).Draw(t, column))
	}
	return columns, values
}

// Whatever anyone inserts, updates and notifies between ticks: every tick gets its run, every
// run ends, runs of dead replicas are rescued, and the history reads.
func TestFault78TicksAndRunsSurviveWhateverIsInserted(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`INSERT INTO refresh_tokens (expires_at, revoked) SELECT now() + interval '1 day', false FROM generate_series(1, 50)`)
	parsed, err := schedule.Parse("*/2 * * * * *", time.UTC)
	require.NoError(t, err)
	f.replica.Schedule = parsed
	f.replica.MaxAttempts = 1
	stranger := f.stranger()
	f.start()
	ended := func() int64 {
		return f.number(`SELECT count(*) FROM siltgate.runs WHERE tick IS NOT NULL AND state = 'completed'`)
	}
	require.Eventually(t, func() bool { return ended() >= 1 }, 30*time.Second, 10*time.Millisecond)

	rapid.Check(t, func(r *rapid.T) {
		columns, values := oddRow(r)
		row := fmt.Sprintf("%s = %s", strings.Join(columns, ", "), strings.Join(values, ", "))
		if !slices.Contains(columns, "kind") {
			columns, values = append(columns, "kind"), append(values, `'token_cleanup'`)
		}
		if !slices.Contains(columns, "args") {
			columns, values = append(columns, "args"), append(values, `'{}'`)
		}
		var id int64
		require.NoError(r, f.pool.QueryRow(t.Context(), fmt.Sprintf(`INSERT INTO siltgate.river_job (%s) VALUES (%s) RETURNING id`,
			strings.Join(columns, ", "), strings.Join(values, ", "))).Scan(&id), row)
		if rapid.Bool().Draw(r, "update") {
			columns, values := oddRow(r)
			_, err := f.pool.Exec(t.Context(), fmt.Sprintf(`UPDATE siltgate.river_job SET (%s) = ROW(%s) WHERE id = $1`,
				strings.Join(columns, ", "), strings.Join(values, ", ")), id)
			if err != nil { // another row may have that key
				require.ErrorContains(r, err, "river_job_unique_idx")
			}
		}
		topic := rapid.SampledFrom([]string{"river_insert", "river_control", "river_leadership"}).Draw(r, "topic")
		payload := rapid.SampledFrom([]string{
			`{"queue":"default"}`, `{"action":"pause","queue":"*"}`, `{"action":"resume","queue":"default"}`, `{"action":"request_resign"}`,
			`{"action":"resigned","leader_id":"x"}`, fmt.Sprintf(`{"action":"cancel","queue":"default","job_id":%d}`, id), `[`, `null`, ``,
		}).Draw(r, "payload")
		_, err := stranger.Exec(t.Context(), `SELECT pg_notify('siltgate.' || $1::text, $2::text)`, topic, payload)
		require.NoError(r, err)
		rows, err := f.pool.Query(t.Context(), `SELECT * FROM siltgate.runs`)
		require.NoError(r, err)
		_, err = pgx.CollectRows(rows, pgx.RowToMap)
		require.NoError(r, err)
	})

	// Rows that say that they run are rescued as those of a dead replica.
	f.exec(`UPDATE siltgate.river_job SET attempted_at = now() - interval '1 h' WHERE state = 'running' AND attempted_by IS DISTINCT FROM ARRAY['` + f.replica.ID + `']`)
	known := ended()
	require.Eventually(t, func() bool { return ended() >= known+2 }, time.Minute, 50*time.Millisecond)
	live := f.insert(`{}`)
	f.await(live, "completed")
	require.Zero(t, f.number(`
		SELECT count(*) FROM (SELECT tick - lag(tick) OVER (ORDER BY tick) AS apart FROM siltgate.ticks) AS ticks
		WHERE apart <> interval '2 s'`), "a tick was missed, or doubled")
	require.Eventually(t, func() bool {
		return f.number(`
			SELECT count(*) FROM siltgate.river_job
			WHERE finalized_at IS NULL AND id < $1 AND queue = 'default' AND state <> 'pending' AND scheduled_at < now() + interval '1 min'`, live) == 0
	}, 2*time.Minute, 100*time.Millisecond, "a run does not end")
	require.EqualValues(t, 50, f.number(`SELECT count(*) FROM refresh_tokens`), "live rows")
}
