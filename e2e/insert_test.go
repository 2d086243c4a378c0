package e2e

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/jobs"
)

func TestEveryWayOfInsertingARunRunsIt(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	f := newFleet(t, db)
	f.start(2)
	ctx := t.Context()
	who := jobs.TokenCleanupArgs{RequestedBy: "ops@example.com", Reason: "incident 42"}

	ways := []struct {
		name   string
		insert func(t *testing.T) int64
	}{
		{"sql function", func(*testing.T) int64 {
			return db.number(`SELECT siltgate.enqueue_token_cleanup(requested_by => 'ops@example.com', reason => 'incident 42')`)
		}},
		{"jobs.Enqueue with a pool", func(t *testing.T) int64 {
			t.Helper()
			id, err := jobs.Enqueue(ctx, db.pool, who)
			require.NoError(t, err)
			return id
		}},
		{"jobs.Enqueue in a transaction", func(t *testing.T) (id int64) {
			t.Helper()
			require.NoError(t, pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) (err error) {
				id, err = jobs.Enqueue(ctx, tx, who)
				return err
			}))
			return id
		}},
		{"river client", func(t *testing.T) int64 {
			t.Helper()
			client, err := river.NewClient(riverpgxv5.New(db.pool), &river.Config{Schema: jobs.DefaultSchema})
			require.NoError(t, err)
			inserted, err := client.Insert(ctx, who, nil)
			require.NoError(t, err)
			return inserted.Job.ID
		}},
		{"raw insert", func(*testing.T) int64 {
			return db.ask(`{"requested_by":"ops@example.com","reason":"incident 42"}`)
		}},
		{"siltgate enqueue", func(t *testing.T) int64 {
			t.Helper()
			printed := f.must("enqueue", "--requested-by", who.RequestedBy, "--reason", who.Reason)
			id, err := strconv.ParseInt(strings.TrimSpace(printed), 10, 64)
			require.NoError(t, err)
			return id
		}},
	}
	const times = 3
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			for range times {
				db.fill(7, 3)
				run := db.awaitCompleted(way.insert(t))
				require.EqualValues(t, 7, *run.Deleted)
				require.Equal(t, "manual", run.Trigger)
				require.Nil(t, run.Tick)
				require.Equal(t, who.RequestedBy, *run.RequestedBy)
				require.Equal(t, who.Reason, *run.Reason)
				left, _ := db.tokensLeft()
				require.Zero(t, left)

				// Without a notification a run waits for the next poll, 5 s on average.
				waited := run.StartedAt.Sub(run.CreatedAt)
				require.Less(t, waited, 3*time.Second)
				t.Logf("started %s after it was asked for", waited.Round(time.Millisecond))
			}
		})
	}
	_, live := db.tokensLeft()
	require.EqualValues(t, 3*times*len(ways), live)
	require.EqualValues(t, times*len(ways), db.number(`SELECT count(*) FROM siltgate.river_job`))
}

func TestARunAskedForInATransactionIsGoneWithIt(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	newFleet(t, db)

	rolledBack := errors.New("the caller changed its mind")
	err := pgx.BeginFunc(t.Context(), db.pool, func(tx pgx.Tx) error {
		_, err := jobs.Enqueue(t.Context(), tx, jobs.TokenCleanupArgs{})
		require.NoError(t, err)
		return rolledBack
	})
	require.ErrorIs(t, err, rolledBack)
	require.Empty(t, db.runs(`true`))
}

func TestIdenticalRunsThatWaitAreOne(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	f := newFleet(t, db)
	enqueue := func(args jobs.TokenCleanupArgs) int64 {
		id, err := jobs.Enqueue(context.Background(), db.pool, args)
		require.NoError(t, err)
		return id
	}

	plain := enqueue(jobs.TokenCleanupArgs{})
	require.Equal(t, plain, enqueue(jobs.TokenCleanupArgs{}))
	require.Equal(t, plain, db.number(`SELECT siltgate.enqueue_token_cleanup()`))
	dry := enqueue(jobs.TokenCleanupArgs{DryRun: true})
	require.NotEqual(t, plain, dry)
	require.Len(t, db.runs(`state = 'available'`), 2)

	f.start(1)
	db.awaitCompleted(plain)
	require.Equal(t, "dry_run", string(db.awaitEnd(dry, patience).Outcome))
	require.NotEqual(t, plain, enqueue(jobs.TokenCleanupArgs{}), "one that has ended is another")
}

func TestEnqueueWaitShowsProgressAndTheResult(t *testing.T) {
	t.Parallel()
	const dead = 8000
	db := newDatabase(t)
	db.fill(dead, 10)
	db.slow(50 * time.Millisecond)
	f := newFleet(t, db, smallBatches()...)
	f.start(1)

	printed := f.must("enqueue", "--wait")
	lines := strings.Split(strings.TrimSpace(printed), "\n")
	require.Regexp(t, `^run \d+$`, lines[0])
	require.Regexp(t, `(?m)^running, [1-9][\d,]* rows deleted of about [\d,]+`, printed)
	require.Contains(t, printed, "completed, 8,000 rows deleted\n")
	require.Contains(t, printed, "public.refresh_tokens: 8,000 rows deleted (index)\n")
	require.Contains(t, printed, "public.password_resets: 0 rows deleted (index)\n")
	require.Regexp(t, `^completed in \d+(\.\d+)?m?s$`, lines[len(lines)-1])
	require.NotContains(t, printed, "\x1b", "this is no terminal")
	require.EqualValues(t, dead, db.purged())
}

func TestEnqueueDryRunCountsAndDeletesNothing(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	db.fill(1234, 100)
	db.fillResets(56, 7)
	db.exec(`UPDATE refresh_tokens SET expires_at = '2020-02-03 04:05:06Z' WHERE id = (SELECT min(id) FROM refresh_tokens WHERE revoked)`)
	f := newFleet(t, db)
	f.start(1)

	printed := f.must("enqueue", "--dry-run", "--wait")
	require.Contains(t, printed, "public.refresh_tokens: 1,234 dead rows (oldest expired 2020-02-03T04:05:06Z; ")
	require.Contains(t, printed, "public.password_resets: 56 dead rows (oldest expired ")
	run := db.runs(`true`)[0]
	require.True(t, run.DryRun)
	require.Equal(t, "completed", run.State)
	require.Equal(t, "dry_run", string(run.Outcome))
	require.Zero(t, *run.Deleted)
	require.EqualValues(t, 1234, run.result(t).Tables[0].Found)
	require.Equal(t, time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC), run.result(t).Tables[0].Oldest.UTC())
	require.EqualValues(t, 56, run.result(t).Tables[1].Found)
	require.EqualValues(t, 1334, db.number(`SELECT count(*) FROM refresh_tokens`))
	require.EqualValues(t, 63, db.number(`SELECT count(*) FROM password_resets`))
	require.Zero(t, db.purged())
}

func TestEnqueueTablePurgesThatTableAlone(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	db.fill(20, 1)
	db.fillResets(30, 1)
	f := newFleet(t, db)
	f.start(1)

	f.must("enqueue", "--table", "password_resets", "--wait")
	run := db.runs(`true`)[0]
	require.Len(t, run.Tables, 1)
	require.Equal(t, "password_resets", run.Tables[0])
	require.EqualValues(t, 30, *run.Deleted)
	require.EqualValues(t, 21, db.number(`SELECT count(*) FROM refresh_tokens`))

	unknown := f.call("enqueue", "--table", "users", "--wait")
	require.Equal(t, 2, unknown.code)
	require.Contains(t, unknown.stderr, "--table users: is not configured")
	require.Len(t, db.runs(`true`), 1)
}

func TestEnqueueWaitFailsIfTheRunFails(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	db.fillResets(5, 1)
	db.exec(`ALTER TABLE refresh_tokens RENAME TO elsewhere`)
	f := newFleet(t, db, "SILTGATE_MAX_ATTEMPTS=1")
	f.start(1)

	failed := f.call("enqueue", "--wait")
	require.Equal(t, 1, failed.code)
	require.Regexp(t, `^siltgate: run \d+ failed at attempt 1[^\n]*\n$`, failed.stderr)
	require.Regexp(t, `refresh_tokens.*does not exist`, failed.stdout+failed.stderr)
	run := db.runs(`true`)[0]
	require.Equal(t, "discarded", run.State)
	require.Equal(t, "failed", string(run.Outcome))
	require.EqualValues(t, 5, *run.Deleted, "the other table was purged")
}
