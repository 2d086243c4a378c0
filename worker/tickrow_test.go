package worker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/schedule"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/jobs"
)

var someTick = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

func TestFault63ATickIsInsertedOnceWhateverBecomesOfItsJob(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.connected()
	for _, fate := range []string{
		`DELETE FROM siltgate.river_job`,
		`UPDATE siltgate.river_job SET state = 'cancelled', finalized_at = now()`,
		`UPDATE siltgate.river_job SET state = 'discarded', finalized_at = now()`,
		`UPDATE siltgate.river_job SET args = '{}'`,
	} {
		f.exec(`TRUNCATE siltgate.ticks; DELETE FROM siltgate.river_job`)
		require.NoError(t, r.insertTick(t.Context(), someTick))
		require.EqualValues(t, 1, f.number(`
			SELECT count(*) FROM siltgate.runs AS run JOIN siltgate.ticks AS tick ON tick.job_id = run.id AND tick.tick = run.tick
			WHERE tick.inserted_by = $1 AND tick.digest = $2`, r.ID, r.Digest()))
		f.exec(fate)
		jobs := f.number(`SELECT count(*) FROM siltgate.river_job`)
		require.NoError(t, r.insertTick(t.Context(), someTick))
		require.Equal(t, jobs, f.number(`SELECT count(*) FROM siltgate.river_job`), fate)
	}
}

func TestFault63ForgedTicksAndUniqueKeysKeepNoTickFromItsRun(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	parsed, err := schedule.Parse("*/2 * * * * *", time.UTC)
	require.NoError(t, err)
	f.replica.Schedule = parsed
	// A job for each coming tick, in every state, with every unique key that River could give it.
	f.restore(`
		INSERT INTO siltgate.river_job (kind, args, state, finalized_at, unique_key, unique_states)
		SELECT 'token_cleanup', jsonb_build_object('tick', to_char(tick AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')), 'completed', now(),
			sha256(('&kind=token_cleanup&args={"tick":"' || to_char(tick AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || '"}')::bytea), B'11111111'
		FROM generate_series(date_trunc('minute', now()), now() + interval '2 min', interval '1 s') AS tick`)
	forged := f.number(`SELECT max(id) FROM siltgate.river_job`)
	f.start()
	require.Eventually(t, func() bool {
		return f.number(`SELECT count(*) FROM siltgate.runs WHERE id > $1 AND state = 'completed' AND outcome = 'completed'`, forged) >= 3
	}, pgtest.Patience, 10*time.Millisecond)
	require.Zero(t, f.number(`
		SELECT count(*) FROM (SELECT tick - lag(tick) OVER (ORDER BY tick) AS apart FROM siltgate.ticks) AS ticks
		WHERE apart <> interval '2 s'`), "a tick was missed, or doubled")
	require.Zero(t, f.number(`SELECT count(*) FROM siltgate.ticks WHERE job_id <= $1`, forged))
}

func TestFault63AJobThatClaimsATickOfAnotherIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.replica.HTTPAddr = "127.0.0.1:0"
	f.exec(`INSERT INTO refresh_tokens (revoked) VALUES (true)`)
	require.NoError(t, f.connected().insertTick(t.Context(), someTick))
	own := f.number(`SELECT job_id FROM siltgate.ticks`)
	taken := f.insert(`{"tick":"2026-11-22T03:00:00Z"}`)
	never := f.insert(`{"tick":"2999-11-22T03:00:00Z"}`)
	f.start()
	f.await(own, "completed")
	for _, id := range []int64{taken, never} {
		result := f.await(id, "cancelled")
		require.Contains(t, result.Error, "arguments: tick: the schedule did not give 2")
		require.Contains(t, result.Error, "to this job; leave it out to ask for a run")
		require.Zero(t, result.Deleted)
	}
	require.Equal(t, own, f.number(`SELECT id FROM siltgate.runs WHERE trigger = 'schedule' AND tick = '2026-11-22 03:00:00Z'`))
	require.EqualValues(t, 2, f.number(`SELECT count(*) FROM siltgate.runs WHERE trigger = 'manual' AND tick IS NULL AND outcome = 'cancelled'`))
	f.scrape().require(t, `siltgate_runs_total{outcome="cancelled",trigger="manual"}`, 2)
}

func TestFault63ATickThatIsThereCostsNoNumber(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.connected()
	require.NoError(t, r.insertTick(t.Context(), someTick))
	before := f.number(`SELECT last_value FROM siltgate.river_job_id_seq`)
	for range 3 {
		require.NoError(t, r.insertTick(t.Context(), someTick))
	}
	require.Equal(t, before, f.number(`SELECT last_value FROM siltgate.river_job_id_seq`))
}

// A sequence may be set back: by TRUNCATE … RESTART IDENTITY, or because logical replication leaves it out.
func TestFault63ATickIsInsertedThoughNumbersComeAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.connected()
	const used = 3
	f.exec(`
		INSERT INTO siltgate.ticks (tick, job_id, inserted_by, digest)
		SELECT '2026-11-22 03:00:00Z'::timestamptz - n * interval '1 day', n, 'x', 'x' FROM generate_series(1, 3) AS n`)
	for range used {
		require.ErrorContains(t, r.insertTick(t.Context(), someTick), "ticks_job_id_key", "so that it is tried again")
	}
	require.NoError(t, r.insertTick(t.Context(), someTick))
	require.EqualValues(t, used+1, f.number(`SELECT job_id FROM siltgate.ticks JOIN siltgate.river_job ON id = job_id WHERE tick = $1`, someTick))
}

func TestATicksInsertReadsNothingOfTheHistory(t *testing.T) {
	t.Parallel()
	const history = 5000
	f := newFixture(t)
	f.restore(`
		INSERT INTO siltgate.river_job (id, kind, args, state, finalized_at, metadata)
		SELECT n, 'token_cleanup', '{}', 'completed', now(), jsonb_build_object('output', jsonb_build_object('cutoff', now(), 'x', repeat('x', 1000)))
		FROM generate_series(1, 5000) AS n;
		INSERT INTO siltgate.ticks (tick, job_id, inserted_by, digest)
		SELECT now() - n * interval '10 s', n, 'x', 'x' FROM generate_series(1, 5000) AS n;
		SELECT setval('siltgate.river_job_id_seq', 5000)`)
	f.exec(`ANALYZE siltgate.river_job, siltgate.ticks`)
	scans := func() int64 {
		return f.number(`SELECT seq_scan FROM pg_stat_user_tables WHERE relid = 'siltgate.river_job'::regclass`)
	}
	inserted := func() int64 {
		return f.number(`SELECT n_tup_ins FROM pg_stat_user_tables WHERE relid = 'siltgate.ticks'::regclass`)
	}
	f.pool.Reset() // a session that ends tells the statistics
	require.Eventually(t, func() bool { return inserted() == history }, pgtest.Patience, 10*time.Millisecond)
	before := scans()
	r := f.connected()
	require.NoError(t, r.insertTick(t.Context(), time.Now()))
	r.pool.Reset()
	require.Eventually(t, func() bool { return inserted() > history }, pgtest.Patience, 10*time.Millisecond)
	require.Equal(t, before, scans())
}

func TestFault63TwoLeadersInsertATickOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.connected()
	const leaders, ticks = 4, 20
	errs := make(chan error)
	for range leaders {
		go func() {
			var err error
			for n := 0; n < ticks && err == nil; n++ {
				err = r.insertTick(t.Context(), someTick.Add(time.Duration(n)*time.Second))
			}
			errs <- err
		}()
	}
	for range leaders {
		require.NoError(t, <-errs)
	}
	require.EqualValues(t, ticks, f.number(`SELECT count(*) FROM siltgate.ticks JOIN siltgate.river_job ON id = job_id`))
	require.EqualValues(t, ticks, f.number(`SELECT count(*) FROM siltgate.river_job`))
	require.LessOrEqual(t, f.number(`SELECT count(*) FROM siltgate.runs WHERE state <> 'completed'`), int64(leaders))
}

func TestALaterTickSupersedesTheRunsOfEarlierOnesThatHaveNotBegun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set  string
		want string // of the earlier tick's run
	}{
		"waits":                   {`state = 'available'`, "superseded"},
		"waits for its turn":      {`state = 'scheduled', attempted_by = '{other}', metadata = '{"snoozes":3}'`, "superseded"},
		"failed before it began":  {`state = 'retryable', metadata = '{"output":{"outcome":"failed","error":"x"}}'`, "superseded"},
		"has begun":               {`state = 'available', metadata = '{"output":{"outcome":"running","cutoff":"2026-11-22T03:00:01Z"}}'`, "running"},
		"failed after it began":   {`state = 'retryable', metadata = '{"output":{"outcome":"failed","cutoff":"2026-11-22T03:00:01Z"}}'`, "failed"},
		"is in a replica's hands": {`state = 'running'`, ""},
		"has ended":               {`state = 'completed', finalized_at = now(), metadata = '{"output":{"outcome":"completed"}}'`, "completed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			r := f.connected()
			require.NoError(t, r.insertTick(t.Context(), someTick))
			byHand := f.insert(`{}`)
			f.exec(`UPDATE siltgate.river_job SET ` + c.set + ` WHERE args ? 'tick'`)
			require.NoError(t, r.insertTick(t.Context(), someTick.Add(time.Hour)))
			require.EqualValues(t, 1, f.number(`
				SELECT count(*) FROM siltgate.river_job
				WHERE args ->> 'tick' = '2026-11-22T03:00:00Z' AND coalesce(metadata -> 'output' ->> 'outcome', '') = $1
					AND (state = 'completed') = ($1 IN ('superseded', 'completed')) AND (state = 'completed') = (finalized_at IS NOT NULL)`, c.want))
			require.EqualValues(t, 2, f.number(`SELECT count(*) FROM siltgate.river_job WHERE state = 'available' AND (id = $1 OR args ->> 'tick' = '2026-11-22T04:00:00Z')`, byHand))
		})
	}
}

func TestARunInHandWhenTheNextTickComesIsSupersededAsItGoesBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set  string
		want int64 // scheduled runs that wait
	}{
		"gives way":              {`state = 'scheduled', scheduled_at = now() + '6 s'`, 1},
		"its replica stops":      {`state = 'available'`, 1},
		"its replica was killed": {`state = 'retryable', metadata = '{"river:rescue_count":1}'`, 1},
		"has begun":              {`state = 'available', metadata = '{"output":{"outcome":"running","cutoff":"2026-11-22T03:00:01Z"}}'`, 2},
		"still runs":             {`state = 'running'`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			r := f.connected()
			require.NoError(t, r.insertTick(t.Context(), someTick))
			f.exec(`UPDATE siltgate.river_job SET state = 'running'`)
			require.NoError(t, r.insertTick(t.Context(), someTick.Add(time.Hour)))
			f.exec(`UPDATE siltgate.river_job SET ` + c.set + ` WHERE state = 'running'`)
			require.Equal(t, c.want, f.number(`SELECT count(*) FROM siltgate.river_job WHERE state IN ('available', 'scheduled', 'retryable')`))
			require.Equal(t, 2-c.want-f.number(`SELECT count(*) FROM siltgate.river_job WHERE state = 'running'`),
				f.number(`SELECT count(*) FROM siltgate.runs WHERE outcome = 'superseded' AND finished_at IS NOT NULL`))
		})
	}
}

// The transaction of the later tick may not be over as the run goes back: then neither of them sees the other.
func TestARunThatWentBackAsTheNextTickCameIsSupersededWhenFetched(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.connected()
	f.exec(`ALTER TABLE siltgate.river_job DISABLE TRIGGER siltgate_supersede`)
	require.NoError(t, r.insertTick(t.Context(), someTick))
	id := f.number(`SELECT job_id FROM siltgate.ticks`)
	f.exec(`UPDATE siltgate.river_job SET state = 'running'`)
	require.NoError(t, r.insertTick(t.Context(), someTick.Add(time.Hour)))
	f.exec(`UPDATE siltgate.river_job SET state = 'available'`)
	f.exec(`ALTER TABLE siltgate.river_job ENABLE TRIGGER siltgate_supersede`)
	f.start()
	require.Equal(t, jobs.OutcomeSuperseded, f.await(id, "completed").Outcome)
	require.Equal(t, jobs.OutcomeCompleted, f.await(id+1, "completed").Outcome)
}

// A lock on the row of an earlier run must not keep the next tick from its own run.
func TestFault63ALockedJobHoldsUpNoTick(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.connected()
	require.NoError(t, r.insertTick(t.Context(), someTick))
	tx, err := f.pool.Begin(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, tx.Rollback(t.Context())) }()
	_, err = tx.Exec(t.Context(), `SELECT FROM siltgate.river_job FOR UPDATE`)
	require.NoError(t, err)
	require.NoError(t, r.insertTick(t.Context(), someTick.Add(time.Hour)))
	require.EqualValues(t, 2, f.number(`SELECT count(*) FROM siltgate.runs WHERE state = 'available'`))
}

func TestTicksAreForgottenOnlyWithTheirJobsAndPastTheirTime(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.connected()
	f.exec(`
		INSERT INTO siltgate.ticks (tick, job_id, inserted_by, digest)
		SELECT now() - n * interval '1 day', n, 'x', 'x' FROM generate_series(1, 10) AS n;
		SELECT setval('siltgate.river_job_id_seq', 100);
		INSERT INTO siltgate.river_job (id, kind, args) VALUES (7, 'token_cleanup', '{}')`)
	r.forgetTicks(t.Context())
	// History is two days, and a day is to spare.
	require.EqualValues(t, 3, f.number(`SELECT count(*) FROM siltgate.ticks WHERE job_id IN (1, 2, 7)`))
	require.EqualValues(t, 3, f.number(`SELECT count(*) FROM siltgate.ticks`))

	f.exec(`UPDATE siltgate.ticks SET tick = tick - interval '1 year'; DELETE FROM siltgate.river_job`)
	r.forgetTicks(t.Context())
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.ticks`), "the latest stays, whatever the clock says")
}
