package worker

import (
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/jobs"
)

func TestARunIsPurgedRecordedAndLoggedOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`INSERT INTO refresh_tokens (expires_at, revoked) SELECT now() + interval '1 h', n <= 60 FROM generate_series(1, 100) AS n`)
	f.start()
	result := f.await(f.insert(`{"requested_by":"ops"}`), "completed")

	require.Equal(t, jobs.OutcomeCompleted, result.Outcome)
	require.EqualValues(t, 60, result.Deleted)
	require.Equal(t, 1, result.Slices)
	require.Nil(t, result.Progress)
	require.WithinDuration(t, time.Now(), result.Cutoff, time.Minute)
	require.Len(t, result.Tables, 1)
	require.Equal(t, "public.refresh_tokens", result.Tables[0].Table)
	require.EqualValues(t, 40, f.number(`SELECT count(*) FROM refresh_tokens`))

	var lines []string
	for line := range strings.Lines(f.log.String()) {
		if strings.Contains(line, `"job_id"`) {
			lines = append(lines, line)
		}
	}
	require.Len(t, lines, 1)
	var line map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &line))
	require.Equal(t, "run finished", line["msg"])
	require.EqualValues(t, 60, line["deleted"])
	require.Equal(t, map[string]any{"public.refresh_tokens": 60.0}, line["tables"])
	require.Equal(t, map[string]any{"public.refresh_tokens": "expires_at < " + result.Cutoff.UTC().Format(time.RFC3339) + " or revoked"}, line["rules"])
	require.Equal(t, f.replica.ID, line["replica"])
}

func TestBadArgumentsEndARunForGood(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`INSERT INTO refresh_tokens (revoked) VALUES (true)`)
	f.start()
	for args, want := range map[string]string{
		`{"dry_rn":true}`:        `unknown field "dry_rn"`,
		`[]`:                     `want a JSON object`,
		`{"tables":["users"]}`:   `tables: "users" is not configured; configured are refresh_tokens`,
		`{"tables":["a\"; --"]}`: `is not configured`,
		`{"dry_run":"true"}`:     `dry_run: want true or false, got "true"`,
	} {
		id := f.insert(args)
		result := f.await(id, "cancelled")
		require.Equal(t, jobs.OutcomeCancelled, result.Outcome)
		require.Contains(t, result.Error, want)
		require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.runs WHERE id = $1 AND attempt = 1 AND position($2 IN error) > 0`, id, want), want)
	}
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM refresh_tokens`))
}

func TestAFailedRunIsRecordedAndRetried(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.replica.Tables = append(f.replica.Tables, purge.Table{Name: "missing", Rules: []purge.Rule{{Done: "used"}}})
	f.exec(`INSERT INTO refresh_tokens (revoked) VALUES (true)`)
	f.start()
	result := f.await(f.insert(`{}`), "retryable")
	require.Equal(t, jobs.OutcomeFailed, result.Outcome)
	require.Equal(t, "purge missing: does not exist: create it, or name another one in SILTGATE_TABLES_<n>_NAME; "+
		"siltgate doctor --suggest looks for tables of tokens", result.Error)
	require.EqualValues(t, 1, result.Deleted, "the other table was purged")
	require.Contains(t, f.log.String(), `"level":"ERROR","msg":"run failed"`)

	// Mended, it goes on at its next attempt and keeps its counts.
	f.exec(`CREATE TABLE missing (used boolean); INSERT INTO missing VALUES (true)`)
	f.exec(`UPDATE siltgate.river_job SET state = 'available', scheduled_at = now()`)
	result = f.await(1, "completed")
	require.EqualValues(t, 2, result.Deleted)
	require.Empty(t, result.Error)
}

func TestARunThatPanicsIsTriedAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`INSERT INTO refresh_tokens (revoked) VALUES (true)`)
	var panicked atomic.Bool
	config := f.pool.Config()
	config.ConnConfig.Tracer = pgtest.Watch(func(sql string) {
		if strings.Contains(sql, "DELETE FROM") && strings.Contains(sql, "refresh_tokens") && panicked.CompareAndSwap(false, true) {
			panic("a defect")
		}
	})
	f.replica.Database = config
	f.start()
	id := f.insert(`{}`)
	f.await(id, "retryable")
	require.Contains(t, f.log.String(), `"msg":"run panicked, which is a defect of Siltgate: it is tried again"`)
	f.exec(`UPDATE siltgate.river_job SET state = 'available', scheduled_at = now()`)
	require.EqualValues(t, 1, f.await(id, "completed").Deleted)
}

func TestTheLastAttemptDiscardsTheRun(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.replica.MaxAttempts = 1
	f.replica.Tables = []purge.Table{{Name: "missing", Rules: []purge.Rule{{Done: "used"}}}}
	f.start()
	result := f.await(f.insert(`{}`), "discarded")
	require.Equal(t, jobs.OutcomeFailed, result.Outcome)
	require.Nil(t, result.Progress)
}

func TestARunStoppedWithItsReplicaIsGivenBack(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id, stop := f.startLasting()
	require.NoError(t, stop())

	result := f.await(id, "available")
	require.Equal(t, jobs.OutcomeRunning, result.Outcome)
	require.NotNil(t, result.Progress)
	require.Equal(t, lasting-f.number(`SELECT count(*) FROM refresh_tokens`), result.Deleted)
	require.Zero(t, f.number(`SELECT attempt FROM siltgate.river_job WHERE id = $1`, id), "the attempt is not spent")

	f.replica.Pace.DutyCycle = 1
	f.start()
	result = f.await(id, "completed")
	require.EqualValues(t, lasting, result.Deleted)
	require.Equal(t, 2, result.Slices)
}

func TestACancelledRunEndsBetweenTwoBatches(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id, _ := f.startLasting()

	client, err := f.connected().newCleaner(t.Context(), 0).newClient()
	require.NoError(t, err)
	_, err = client.JobCancel(t.Context(), id)
	require.NoError(t, err)
	result := f.await(id, "cancelled")
	require.Equal(t, jobs.OutcomeCancelled, result.Outcome)
	require.Equal(t, lasting-f.number(`SELECT count(*) FROM refresh_tokens`), result.Deleted)
}

func TestRetriesComeSoonAndRescuesAtOnce(t *testing.T) {
	t.Parallel()
	c := &cleaner{rescueAfter: rescueAfter}
	after := func(attempt int, attempted time.Duration) time.Duration {
		at := time.Now().Add(-attempted)
		return time.Until(c.NextRetry(&river.Job[encodedArgs]{JobRow: &rivertype.JobRow{Attempt: attempt, AttemptedAt: &at}}))
	}
	var total time.Duration
	for attempt := 1; attempt < 5; attempt++ {
		total += after(attempt, time.Second)
	}
	require.Less(t, total, 15*time.Minute)
	require.InDelta(t, 15, after(1, time.Second).Seconds(), 1)
	require.InDelta(t, 480, after(50, time.Second).Seconds(), 1)
	require.LessOrEqual(t, after(3, rescueAfter), time.Duration(0))
}

func TestAKilledReplicaSpendsNoAttempt(t *testing.T) {
	t.Parallel()
	c := &cleaner{replica: Replica{MaxAttempts: 3}, rescueAfter: rescueAfter}
	for metadata, want := range map[string][]bool{ // by attempt: is it the last?
		`{}`:                         {false, false, true, true},
		`{"river:rescue_count":1}`:   {false, false, false, true},
		`{"river:rescue_count":3}`:   {false, false, false, false, false, true},
		`{"river:rescue_count":"x"}`: {false, false, true},
	} {
		for i, last := range want {
			job := &rivertype.JobRow{Attempt: i + 1, MaxAttempts: 25, Metadata: []byte(metadata)}
			c.adjustAttempts(job)
			require.Equal(t, last, job.Attempt >= job.MaxAttempts, "%s, attempt %d", metadata, i+1)
		}
	}
}

func TestARunKilledAtItsVeryEndKeepsItsCount(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 1000)`)
	f.start()
	id := f.insert(`{}`)
	f.await(id, "completed")
	// What the job says between its last record and its completion.
	f.exec(`CREATE TABLE seen AS SELECT metadata FROM siltgate.river_job`)
	f.exec(`UPDATE siltgate.river_job SET metadata = jsonb_set(metadata, '{output,progress}',
		'{"cutoff":"2026-11-22T03:00:00Z","done":true,"tables":[{"name":"refresh_tokens","title":"public.refresh_tokens","deleted":1000,"batches":1,"done":true}]}'),
		state = 'available', finalized_at = NULL, scheduled_at = now()`)
	f.exec(`INSERT INTO refresh_tokens (revoked) VALUES (true)`)
	result := f.await(id, "completed")
	require.EqualValues(t, 1000, result.Deleted)
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM refresh_tokens`), "it has ended and does not begin again")
}

func TestAFormerReplicaIsNotHeard(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id := f.insert(`{}`)
	introduce := func(tx pgx.Tx, replica string) {
		t.Helper()
		_, err := tx.Exec(t.Context(), `SELECT set_config('siltgate.replica', $1, false)`, replica)
		require.NoError(t, err)
	}
	as := func(replica, sql string) int64 {
		t.Helper()
		tx, err := f.pool.Begin(t.Context())
		require.NoError(t, err)
		introduce(tx, replica)
		tag, err := tx.Exec(t.Context(), sql)
		require.NoError(t, err)
		introduce(tx, "")
		require.NoError(t, tx.Commit(t.Context()))
		return tag.RowsAffected()
	}
	const (
		fetch    = `UPDATE siltgate.river_job SET state = 'running', attempt = attempt + 1, attempted_at = clock_timestamp(), attempted_by = array_append(attempted_by, current_setting('siltgate.replica'))`
		record   = `UPDATE siltgate.river_job SET metadata = metadata || jsonb_build_object('output', jsonb_build_object('outcome', 'running', 'at', clock_timestamp()))`
		rescue   = `UPDATE siltgate.river_job SET state = 'retryable', metadata = metadata || '{"river:rescue_count":1}'`
		release  = `UPDATE siltgate.river_job SET state = 'available'`
		complete = `UPDATE siltgate.river_job SET state = 'completed', finalized_at = now(), metadata = metadata || '{"output":{"outcome":"completed"}}'`
	)
	require.EqualValues(t, 1, as("a", fetch))
	require.EqualValues(t, 1, as("a", record))
	require.EqualValues(t, 0, as("b", record), "the run is not b's yet")
	require.EqualValues(t, 1, as("b", rescue), "anyone may rescue")
	require.EqualValues(t, 1, as("c", release), "and schedule")
	require.EqualValues(t, 1, as("b", fetch))
	require.EqualValues(t, 0, as("a", record))
	require.EqualValues(t, 0, as("a", release))
	require.EqualValues(t, 0, as("a", complete))
	require.EqualValues(t, 1, as("b", record))
	require.EqualValues(t, 1, as("b", complete))
	require.EqualValues(t, 0, as("a", record))
	require.EqualValues(t, 1, as("", `UPDATE siltgate.river_job SET metadata = metadata || '{"x":1}'`), "other clients are")
	require.Equal(t, jobs.OutcomeCompleted, f.await(id, "completed").Outcome)
}
