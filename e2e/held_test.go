package e2e

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// An operator changes the variables of a fleet that has purged its table for long, and inverts
// a column by mistake; he is told, changes it to what he meant, and confirms that.
func TestStoryAChangedRuleIsHeldUntilItIsConfirmed(t *testing.T) {
	t.Parallel()
	const (
		expired, revoked = 200, 200 // of fill(400, 300)
		live             = 300
		all              = expired + revoked + live
	)
	expiry := []string{"SILTGATE_TABLES_1_NAME=refresh_tokens", "SILTGATE_TABLES_1_EXPIRES_COLUMN=expires_at"}
	inverted := slices.Concat(expiry, []string{"SILTGATE_TABLES_1_DONE_COLUMN=revoked", "SILTGATE_TABLES_1_DONE_VALUES=false"})
	meant := slices.Concat(expiry, []string{"SILTGATE_TABLES_1_DONE_COLUMN=revoked"})
	resets := []string{"SILTGATE_TABLES_0_NAME=password_resets", "SILTGATE_TABLES_0_EXPIRES_COLUMN=expires_at"}
	db := newDatabase(t)
	f := newFleet(t, db, append(resets, "REFRESH_TOKEN_CLEANUP_CRON=*/2 * * * * *")...)
	fleetWith := func(table []string) (stop func()) {
		replicas := f.startWith(table, 2)
		return func() {
			for _, r := range replicas {
				r.signal(sigterm)
			}
			for _, r := range replicas {
				require.Zero(t, r.wait(stopWithin))
			}
		}
	}
	latest := func() int64 { return db.number(`SELECT coalesce(max(id), 0) FROM siltgate.runs`) }
	tick := func(outcome string) (run int64) {
		after := latest()
		await(t, patience, "a tick's run to end "+outcome, func() bool {
			run = db.number(`SELECT coalesce(max(id), 0) FROM siltgate.runs WHERE tick IS NOT NULL AND outcome = $1 AND id > $2`, outcome, after)
			return run > 0
		})
		return run
	}

	stop := fleetWith(expiry)
	tick("completed")
	stop()
	db.fill(expired+revoked, live)
	db.fillResets(40, 0)

	// Users whose tokens are not revoked would be signed out.
	stop = fleetWith(inverted)
	held := tick("held")
	tick("held")
	require.EqualValues(t, all, db.number(`SELECT count(*) FROM refresh_tokens`))
	require.EqualValues(t, 20, db.number(`SELECT count(*) FROM password_resets`), "the other table is purged as ever")
	require.Contains(t, db.run(held).result(t).Tables[1].Held, "it would delete 500 of 700 rows")
	byHand := f.callWith(inverted, "enqueue", "--wait")
	require.Equal(t, 1, byHand.code, byHand.stderr)
	require.Contains(t, byHand.stdout, "public.refresh_tokens: 0 rows deleted (held; sweep)")
	require.Contains(t, byHand.stdout, "siltgate enqueue --confirm")
	require.Contains(t, byHand.stderr, "has held 1 table")
	require.Contains(t, f.must("history"), "500 of 700 rows")
	require.Contains(t, f.callWith(inverted, "doctor").stdout, "public.refresh_tokens is held")
	require.EqualValues(t, 1, db.number(`SELECT count(*) FROM siltgate.status WHERE held = '{public.refresh_tokens}'`))
	dry := f.callWith(inverted, "enqueue", "--dry-run", "--wait")
	require.Zero(t, dry.code, dry.stderr)
	require.Contains(t, dry.stdout, "500 of 700 rows")
	stop()
	require.EqualValues(t, all, db.number(`SELECT count(*) FROM refresh_tokens`))

	// The rule that was meant would delete much as well, and that is right.
	stop = fleetWith(meant)
	tick("held")
	require.EqualValues(t, all, db.number(`SELECT count(*) FROM refresh_tokens`))
	confirmed := f.callWith(meant, "enqueue", "--confirm", "--wait", "--reason", "tokens that are revoked may go")
	require.Zero(t, confirmed.code, confirmed.stdout+confirmed.stderr)
	require.Contains(t, confirmed.stdout, "400 rows deleted")
	tick("completed")
	require.Zero(t, db.number(`SELECT count(*) FROM siltgate.tables WHERE held IS NOT NULL`))
	db.exec(`UPDATE refresh_tokens SET revoked = true`)
	await(t, patience, "the new rule to be the table's", func() bool { return db.number(`SELECT count(*) FROM refresh_tokens`) == 0 })
	stop()
}
