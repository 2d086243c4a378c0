package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPromise6AFailureIsRecordedRetriedAndEndsNoProcess(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	db.fill(40, 5)
	db.fillResets(30, 5)
	db.exec(`ALTER TABLE refresh_tokens RENAME TO elsewhere`)
	f := newFleet(t, db)
	replicas := f.start(2)

	id := db.ask(`{}`)
	await(t, patience, "the first attempt to fail", func() bool { return db.run(id).Error != nil })
	run := db.run(id)
	require.Equal(t, "failed", string(run.Outcome))
	require.Equal(t, 1, run.Attempt)
	require.Contains(t, *run.Error, "refresh_tokens: does not exist")
	require.EqualValues(t, 30, *run.Deleted, "the other table is purged all the same")
	failed := append(replicas[0].logged("run failed"), replicas[1].logged("run failed")...)
	require.Len(t, failed, 1, "one line for a failed attempt")
	require.Equal(t, "ERROR", failed[0]["level"])
	require.Contains(t, failed[0]["error"], "refresh_tokens: does not exist")

	db.exec(`ALTER TABLE elsewhere RENAME TO refresh_tokens`)
	run = db.awaitEnd(id, time.Minute) // the first retry comes after 15 s
	require.Equal(t, "completed", run.State)
	require.Equal(t, "completed", string(run.Outcome))
	require.Equal(t, 2, run.Attempt)
	require.Nil(t, run.Error, "a run that ended well shows no error")
	require.EqualValues(t, 70, *run.Deleted)
	require.EqualValues(t, 70, db.purged())
	finished := append(replicas[0].logged("run finished"), replicas[1].logged("run finished")...)
	require.Len(t, finished, 1, "one line for a run")
	for _, r := range replicas {
		require.True(t, r.running())
	}
}

func TestPromise6FailuresInARowAreALineEachInHistoryAndLog(t *testing.T) {
	t.Parallel()
	const failures = 4
	db := newDatabase(t)
	db.fill(40, 5)
	db.fillResets(30, 5)
	db.exec(`REVOKE CREATE ON SCHEMA public FROM PUBLIC`) // which is warned of
	db.exec(`ALTER TABLE refresh_tokens RENAME TO elsewhere`)
	f := newFleet(t, db, "REFRESH_TOKEN_CLEANUP_CRON=*/2 * * * * *", "SILTGATE_MAX_ATTEMPTS=1", "SILTGATE_LOG_LEVEL=info")
	r := f.start(1)[0]

	await(t, patience, "some runs to fail", func() bool { return len(db.runs(`state = 'discarded'`)) >= failures })
	db.exec(`ALTER TABLE elsewhere RENAME TO refresh_tokens`)
	await(t, patience, "a run to complete", func() bool { return len(db.runs(`state = 'completed'`)) > 0 })
	r.signal(sigterm)
	require.Zero(t, r.wait(stopWithin))

	failed := db.runs(`state = 'discarded'`)
	for _, run := range failed {
		require.Equal(t, "failed", string(run.Outcome))
		require.Contains(t, *run.Error, "purge refresh_tokens: does not exist")
	}
	history := f.must("history")
	require.Equal(t, len(failed), strings.Count(history, "purge refresh_tokens: does not exist"), history)
	require.Len(t, r.logged("run failed"), len(failed))
	loud := 0
	for line := range strings.Lines(r.output()) {
		if strings.Contains(line, `"level":"ERROR"`) || strings.Contains(line, `"level":"WARN"`) {
			loud++
		}
	}
	require.Len(t, r.logged("table cannot be purged"), 1)
	require.Equal(t, len(failed)+1, loud, "one line for a failure, one at the start, and none besides")
	require.Zero(t, db.number(`SELECT count(*) FROM refresh_tokens WHERE revoked OR expires_at < now()`))
}
