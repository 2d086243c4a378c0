package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFault10ATickWhoseInsertFailsHasItsRunWithinAMinute(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	db.fill(20, 5)
	// A tick of its own, so that no later one makes up for it.
	tick := time.Now().UTC().Add(10 * time.Second).Truncate(time.Second)
	f := newFleet(t, db, fmt.Sprintf("REFRESH_TOKEN_CLEANUP_CRON=%d %d %d * * *", tick.Second(), tick.Minute(), tick.Hour()))
	db.exec(`
		CREATE SEQUENCE tries; -- which a rollback does not turn back
		CREATE FUNCTION raise_once() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			IF NEW.args ? 'tick' AND nextval('public.tries') = 1 THEN
				RAISE EXCEPTION 'the insert of this tick fails';
			END IF;
			RETURN NEW;
		END;
		$$;
		CREATE TRIGGER raise_once BEFORE INSERT ON siltgate.river_job FOR EACH ROW EXECUTE FUNCTION raise_once()`)
	replicas := f.start(2)
	await(t, time.Until(tick), "a leader before the tick", func() bool {
		return slices.ContainsFunc(replicas, func(r *replica) bool { return r.leadsSince().Before(tick) })
	})
	leader := byID(t, replicas, f.leader())

	await(t, time.Until(tick)+75*time.Second, "the tick to have its run", func() bool { return len(db.runs(`tick = $1`, tick)) == 1 })
	run := db.awaitCompleted(db.runs(`tick = $1`, tick)[0].ID)
	require.GreaterOrEqual(t, db.number(`SELECT last_value FROM tries`), int64(2), "the first insert failed")
	late := run.CreatedAt.Sub(tick)
	require.Less(t, late, 61*time.Second)
	require.EqualValues(t, 20, *run.Deleted)
	require.Len(t, db.runs(`trigger = 'schedule'`), 1)
	require.NotEmpty(t, leader.loggedAs("level", "ERROR"), "it says that an insert failed")
	t.Logf("inserted %s after its tick", late.Round(time.Millisecond))
}
