package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Replicas, admin tool, reader and page each connect as the role that `siltgate grants` prints for them.
func TestStoryAFleetPurgesOnItsSchedule(t *testing.T) {
	t.Parallel()
	const (
		period     = 2 * time.Second
		dead, live = 3000, 500
		deadResets = 40
	)
	db := newDatabase(t)
	db.fill(dead, live)
	db.fillResets(deadResets, 10)
	f, as := newFleetOfRoles(t, db, "REFRESH_TOKEN_CLEANUP_CRON=*/2 * * * * *")
	app := startApp(t, db)
	replicas := f.start(3)

	await(t, patience, "seven runs", func() bool {
		return db.number(`SELECT count(*) FROM siltgate.runs WHERE state = 'completed'`) >= 7
	})
	asked := as.call("trigger", "enqueue", "--wait", "--reason", "a user signed out")
	require.Zero(t, asked.code, asked.stdout+asked.stderr)
	require.Contains(t, asked.stdout, "completed in ")
	page := f.servePage(as)
	page.see("All is well.", "a user signed out")
	page.press("run", "what", "run", "reason", "asked on the page")
	await(t, patience, "the run that was asked for on the page", func() bool {
		return db.number(`SELECT count(*) FROM siltgate.runs WHERE state = 'completed' AND requested_by = 'ops (web page)'`) == 1
	})
	history := as.call("reader", "history", "--wide")
	require.Zero(t, history.code, history.stderr)
	require.Contains(t, history.stdout, "a user signed out")
	require.Contains(t, history.stdout, "asked on the page")
	checked := as.call("worker", "doctor")
	require.Zero(t, checked.code, checked.stdout+checked.stderr)
	as.requireNoMore()

	leader := byID(t, replicas, f.leader())
	for _, r := range replicas {
		require.Equal(t, r == leader, r.leadsSince().Before(time.Now()), "one replica leads from first to last")
	}
	for _, r := range replicas {
		r.signal(sigterm)
	}
	for _, r := range replicas {
		require.Zero(t, r.wait(stopWithin), "exit code of %s", r.name)
	}
	app.Stop()

	ticks := db.requireEveryTickOnce(period)
	require.GreaterOrEqual(t, len(ticks), 7)
	app.requireUndisturbed()

	// user_id 0 is whom the application leaves alone.
	require.Zero(t, db.number(`SELECT count(*) FROM refresh_tokens WHERE user_id = 0 AND (revoked OR expires_at < now())`))
	require.EqualValues(t, live, db.number(`SELECT count(*) FROM refresh_tokens WHERE user_id = 0`))
	require.EqualValues(t, dead, db.number(`SELECT count(*) FROM ledger AS l WHERE name = 'refresh_tokens' AND id <= $1`, dead+live))
	require.EqualValues(t, deadResets, db.number(`SELECT count(*) FROM ledger WHERE name = 'password_resets'`))
	require.EqualValues(t, 10, db.number(`SELECT count(*) FROM password_resets`))

	db.awaitRecorded()
	var latest time.Duration
	require.Len(t, db.runs(`trigger = 'manual'`), 2)
	for _, run := range db.runs(`trigger = 'schedule'`) {
		latest = max(latest, run.CreatedAt.Sub(*run.Tick))
		require.Greater(t, run.CreatedAt.Sub(*run.Tick), -time.Second, "run %d came before its tick", run.ID)
		if run.State == "completed" && string(run.Outcome) != "superseded" {
			require.Equal(t, "completed", string(run.Outcome))
			require.Equal(t, 1, run.Attempt)
			require.Nil(t, run.Error)
			byID(t, replicas, *run.Replica)
			var sum int64
			for _, table := range run.result(t).Tables {
				sum += table.Deleted
			}
			require.Equal(t, *run.Deleted, sum)
		}
	}
	t.Logf("%d ticks, each inserted within %s; %d rows deleted", len(ticks), latest.Round(time.Millisecond), db.purged())
}
