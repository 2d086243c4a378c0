package e2e

import (
	"slices"
	"time"

	"github.com/stretchr/testify/require"
)

// createLedger makes a table that keeps each row that anyone deletes: the state that the row was
// in, when it was deleted, and by whose session. A row trigger after the deletion keeps no row from
// being deleted, so the engine does not mind it.
const createLedger = `
	CREATE TABLE ledger (
		place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		name text NOT NULL,
		id bigint NOT NULL,
		expires_at timestamptz NOT NULL,
		done boolean NOT NULL,
		at timestamptz NOT NULL DEFAULT clock_timestamp(),
		pid integer NOT NULL DEFAULT pg_backend_pid(),
		ours boolean NOT NULL DEFAULT current_setting('application_name') = 'siltgate'
	);
	CREATE FUNCTION note_deletion() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
	BEGIN
		INSERT INTO public.ledger (name, id, expires_at, done)
		VALUES (TG_TABLE_NAME, OLD.id, OLD.expires_at, (to_jsonb(OLD) ->> TG_ARGV[0])::boolean);
		RETURN NULL;
	END;
	$$;
	CREATE TRIGGER note_deletion AFTER DELETE ON refresh_tokens
		FOR EACH ROW EXECUTE FUNCTION note_deletion('revoked');
	CREATE TRIGGER note_deletion AFTER DELETE ON password_resets
		FOR EACH ROW EXECUTE FUNCTION note_deletion('used');`

// purged counts the rows that the fleet really deleted.
func (db *database) purged() int64 {
	db.t.Helper()
	return db.number(`SELECT count(*) FROM ledger WHERE ours`)
}

// awaitRecorded waits until the history counts every row that is gone, and no other. A batch is
// gone a moment before it is counted, so both are read of one moment, until they agree.
func (db *database) awaitRecorded() {
	db.t.Helper()
	await(db.t, patience, "the history to count the rows that are gone", func() bool {
		return db.number(`
			SELECT (SELECT count(*) FROM ledger WHERE ours)
			     - (SELECT coalesce(sum(deleted), 0) FROM siltgate.runs)::bigint`) == 0
	})
}

// requireNoLiveRowLost is invariant L: every row that is gone was dead when it was deleted. Every
// test ends with it.
func (db *database) requireNoLiveRowLost() {
	db.t.Helper()
	lost := db.texts(`
		SELECT to_jsonb(l)::text
		FROM ledger AS l
		WHERE ours AND NOT (done OR expires_at < at)
		LIMIT 10`)
	require.Empty(db.t, lost, "live rows were deleted")
}

// requirePurged is how every test of a fault ends: a run that is asked for after the fault leaves
// no dead row, and leaves all live rows that the application left alone.
func (db *database) requirePurged(live int64) {
	db.t.Helper()
	require.Equal(db.t, "completed", db.awaitEnd(db.ask(`{}`), patience).State)
	dead, _ := db.tokensLeft()
	require.Zero(db.t, dead)
	require.Equal(db.t, live, db.number(`SELECT count(*) FROM refresh_tokens WHERE user_id = 0`))
}

// outage is a time in which the fleet had no leader or no database. The last tick that fell
// into it is caught up; others need not be.
type outage struct{ from, to time.Time }

// requireEveryTickOnce is invariant T: from the first tick to the last there is one run each,
// but for those that fell into an outage. It returns the ticks that have theirs.
func (db *database) requireEveryTickOnce(period time.Duration, outages ...outage) []time.Time {
	db.t.Helper()
	var ticks []time.Time
	for _, run := range db.runs(`trigger = 'schedule'`) {
		require.NotNil(db.t, run.Tick, "run %d", run.ID)
		ticks = append(ticks, run.Tick.UTC())
	}
	for i, tick := range ticks {
		require.Equal(db.t, tick.Truncate(period), tick, "tick off the schedule")
		if i == 0 {
			continue
		}
		require.True(db.t, tick.After(ticks[i-1]), "tick %s has two runs", tick)
		for missing := ticks[i-1].Add(period); missing.Before(tick); missing = missing.Add(period) {
			excused := slices.ContainsFunc(outages, func(o outage) bool {
				// The tick after it, if that fell into the outage too, is the one to catch up.
				return !missing.Before(o.from) && missing.Add(period).Before(o.to)
			})
			require.True(db.t, excused, "tick %s was missed", missing)
		}
	}
	return ticks
}

// requireOneAtATime is promise 3 seen in the ledger: the sessions that deleted did so one
// after the other. Every test ends with it. It returns how many they were. A process's number
// comes again, in another session; no session pauses for a minute.
func (db *database) requireOneAtATime() int64 {
	db.t.Helper()
	overlaps := db.texts(`
` + sessions + `
		SELECT format('%s deleted during %s, %s during %s', a.pid, a.during, b.pid, b.during)
		FROM session AS a
		JOIN session AS b ON a.pid < b.pid AND a.during && b.during`)
	require.Empty(db.t, overlaps, "two sessions deleted at a time")
	return db.number(sessions + `SELECT count(*) FROM session`)
}

// sessions are those that deleted, and when.
const sessions = `
	WITH deletion AS (
		SELECT pid, at, at - lag(at) OVER (PARTITION BY pid ORDER BY at) > interval '1 minute' AS anew
		FROM ledger
		WHERE ours
	), of_session AS (
		SELECT pid, at, count(*) FILTER (WHERE anew) OVER (PARTITION BY pid ORDER BY at) AS nth
		FROM deletion
	), session AS (
		SELECT pid, tstzrange(min(at), max(at), '[]') AS during
		FROM of_session
		GROUP BY pid, nth
	)`
