package e2e

import (
	"flag"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The soak is asked for: it takes the machine for itself. `make soak` is the long
// form, CI has a short one.
var (
	soakKills = flag.Int("soak.kills", 0, "kills of replicas that the soak makes at least; 0 = no soak")
	soakTicks = flag.Int("soak.ticks", 60, "ticks that fall due in the soak at least")
)

func TestFault04Promise2ChaosLosesNoRowAndNoTickAndDoublesNone(t *testing.T) {
	t.Parallel()
	if *soakKills == 0 {
		t.Skip("not asked for by -soak.kills")
	}
	const (
		period     = time.Second
		size       = 5
		dead, live = 3000, 500
		killsADeck = 25 // at most
	)
	c := newChaos(t)
	c.db.fill(dead, live)
	c.db.exec(`UPDATE refresh_tokens SET expires_at = 'infinity' WHERE NOT revoked AND expires_at > now()`)
	c.db.slow(50 * time.Millisecond)
	c.fleet = newFleet(t, c.db, append(smallBatches(), "REFRESH_TOKEN_CLEANUP_CRON=* * * * * *",
		"DATABASE_URL="+c.network.url(t, c.db.url))...)
	for range size {
		c.births = append(c.births, time.Now())
	}
	app := startAppWith(t, c.road.url(t, c.db.url), 50*time.Millisecond)
	seen := observe(t, c.road.url(t, c.db.url))
	c.pass(0)
	c.db.awaitTickAfter(time.Now())

	began := time.Now()
	enough := func() bool {
		return c.count(killed) >= *soakKills && time.Since(began) >= time.Duration(*soakTicks)*period
	}
	for !enough() {
		c.db.fill(dead, 0) // a run that lasts, so that it meets what comes
		for _, strike := range c.deck(min(*soakKills, killsADeck)) {
			c.pass(c.between(500*time.Millisecond, 4*time.Second))
			strike()
		}
	}
	c.calm()
	c.db.awaitTickAfter(time.Now())
	ticks := c.db.runs(ofTheSchedule)
	last := ticks[len(ticks)-1].Tick.UTC()
	require.Len(t, c.alive, size)
	// Runs of the dead are rescued within three minutes; those that failed are tried again in a few.
	unended := func() int64 {
		return c.db.number(`
			SELECT count(*) FROM siltgate.runs
			WHERE tick <= $1 AND `+ofTheSchedule+` AND state NOT IN ('completed', 'cancelled', 'discarded')`, last)
	}
	t.Logf("%d runs have not ended yet", unended())
	for deadline := time.Now().Add(2 * rescueWithin); unended() > 0 && time.Now().Before(deadline); {
		c.pass(time.Second)
	}
	app.Stop()
	seen.end()

	result := tabulate(c, seen, app, period, last)
	t.Logf("the soak:\n%s", result)
	require.Zero(t, unended(), "runs that have not ended")
	c.db.quick()
	final := c.db.awaitEnd(c.db.ask(`{}`), rescueWithin)
	require.Empty(t, result.defects)
	require.Zero(t, result.lost, "live rows lost")
	require.Zero(t, result.missed, "ticks missed")
	require.Zero(t, result.doubled, "ticks doubled")
	require.Equal(t, "completed", final.State)
	require.Zero(t, c.db.number(`
		SELECT count(*) FROM refresh_tokens WHERE revoked OR expires_at < $1`, *final.StartedAt), "dead rows left")
	require.EqualValues(t, live, c.db.number(`SELECT count(*) FROM refresh_tokens WHERE user_id = 0`))
	require.Equal(t, 1, seen.seen.locks, "most sessions that had the turn at a time")
	require.LessOrEqual(t, seen.seen.deleting, 1, "most sessions that were deleting at a time")
	// A run that goes back in the very moment of a tick waits beside the tick's, for a second.
	require.LessOrEqual(t, seen.waiting, 2, "most scheduled runs that waited at a time")
	for _, id := range c.asked {
		require.Equal(t, "completed", c.db.run(id).State, "run %d, asked for by hand", id)
	}
	require.Zero(t, c.db.number(`
		SELECT count(*) FROM siltgate.runs
		WHERE finished_at IS NULL AND state <> 'scheduled' AND created_at < now() - $1::interval`, rescueWithin), "runs that do not end")
	app.requireUndisturbedByUs()
	c.fleet.judge()
}
