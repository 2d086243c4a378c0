package e2e

import (
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// chaos does to a fleet, its network and its Postgres what chance says, and keeps a record.
type chaos struct {
	t       testing.TB
	db      *database
	fleet   *fleet
	standby *localpg.Server
	network *proxy // the fleet's
	road    *proxy // for all others: it only leads to the server that is the primary
	random  *rand.Rand

	alive  []*process // replicas, frozen ones too
	frozen []frozen
	births []time.Time // when replicas are to start in place of those that ended
	faults []fault
	others map[kind]int // what was done besides, and how often
	asked  []int64      // runs by hand
}

// frozen is a replica that will wake again.
type frozen struct {
	*process
	until time.Time
	fault int // its index in the faults
}

// kind is what a fault is.
type kind string

const (
	killed    kind = "kill -9 of a replica"
	stopped   kind = "SIGTERM of a replica"
	froze     kind = "freeze of a replica"
	reset     kind = "burst of resets"
	blackHole kind = "black hole"
	fast      kind = "fast restart of Postgres"
	immediate kind = "immediate restart of Postgres"
	crash     kind = "kill -9 of Postgres"
	failOver  kind = "fail-over"
)

// fault is what was done to one replica, or to all of them.
type fault struct {
	kind    kind
	process *process // nil: all
	span             // a replica that ended is gone for ever: its fault is an instant
}

func newChaos(t testing.TB) *chaos {
	t.Helper()
	c := &chaos{t: t, random: randomness(t, "chaos"), others: map[kind]int{}}
	c.db = newDatabaseOn(t, pgtest.NewServer(t, localpg.Options{}))
	c.network, c.road = newProxy(t, c.db.address()), newProxy(t, c.db.address())
	c.addStandby()
	return c
}

// deck is one round of faults in a random order: one of each kind, and some kills.
func (c *chaos) deck(kills int) []func() {
	deck := []func(){
		c.freeze, c.freeze, c.freeze, c.stop, c.reset, c.blackHole, c.failOver,
		c.strangers, c.strangers, c.pause, c.ask, c.ask,
		func() { c.restart(fast) }, func() { c.restart(immediate) }, func() { c.restart(crash) },
	}
	for range kills {
		deck = append(deck, c.kill)
	}
	c.random.Shuffle(len(deck), func(i, j int) { deck[i], deck[j] = deck[j], deck[i] })
	return deck
}

func (c *chaos) count(k kind) (n int) {
	for _, f := range c.faults {
		if f.kind == k {
			n++
		}
	}
	return n
}

// between is a random time.
func (c *chaos) between(least, most time.Duration) time.Duration {
	return least + time.Duration(c.random.Int64N(int64(most-least)))
}

// pass lets time pass, wakes replicas and starts others when their time has come. A replica that
// found no database when it started has ended, and is started again.
func (c *chaos) pass(d time.Duration) {
	c.t.Helper()
	over := time.Now().Add(d)
	await(c.t, d+time.Minute, "time to pass", func() bool {
		now := time.Now()
		c.frozen = slices.DeleteFunc(c.frozen, func(f frozen) bool {
			if now.Before(f.until) {
				return false
			}
			c.thaw(f)
			return true
		})
		c.alive = slices.DeleteFunc(c.alive, func(p *process) bool {
			if p.running() {
				return false
			}
			require.Empty(c.t, p.logged("replica started"), "%s ended by itself: %s", p.name, p.cmd.ProcessState)
			c.births = append(c.births, now.Add(time.Second))
			return true
		})
		c.births = slices.DeleteFunc(c.births, func(due time.Time) bool {
			if now.Before(due) {
				return false
			}
			c.alive = append(c.alive, c.fleet.launch(nil, "run"))
			return true
		})
		return now.After(over)
	})
}

// calm ends all faults that still last.
func (c *chaos) calm() {
	c.t.Helper()
	for _, f := range c.frozen {
		c.thaw(f)
	}
	c.frozen = nil
	for c.pass(0); len(c.births) > 0; {
		c.pass(100 * time.Millisecond)
	}
}

func (c *chaos) begin(k kind, p *process) int {
	c.faults = append(c.faults, fault{k, p, span{from: time.Now()}})
	return len(c.faults) - 1
}

func (c *chaos) over(i int) { c.faults[i].to = time.Now() }

// one picks a random replica. take removes a replica that is about to end, and plans another one.
func (c *chaos) one() *process {
	c.t.Helper()
	for {
		c.pass(0)
		if len(c.alive) > 0 {
			if p := c.alive[c.random.IntN(len(c.alive))]; p.running() {
				return p
			}
		}
	}
}

func (c *chaos) take(p *process) {
	c.alive = slices.DeleteFunc(c.alive, func(other *process) bool { return other == p })
	c.frozen = slices.DeleteFunc(c.frozen, func(f frozen) bool {
		if f.process == p {
			c.over(f.fault)
		}
		return f.process == p
	})
	c.births = append(c.births, time.Now().Add(c.between(0, 5*time.Second)))
}

func (c *chaos) kill() {
	c.t.Helper()
	p := c.one()
	defer c.over(c.begin(killed, p))
	p.kill()
	c.take(p)
}

// stop tells a replica to stop. A frozen one is woken, so that it hears that.
func (c *chaos) stop() {
	c.t.Helper()
	p := c.one()
	defer c.over(c.begin(stopped, p))
	p.signal(syscall.SIGTERM)
	p.resume()
	c.take(p)
}

// freeze stops a replica for less time than it may stay the leader, or for more.
func (c *chaos) freeze() {
	c.t.Helper()
	p := c.one()
	if slices.ContainsFunc(c.frozen, func(f frozen) bool { return f.process == p }) {
		return
	}
	i := c.begin(froze, p)
	p.freeze()
	c.frozen = append(c.frozen, frozen{p, time.Now().Add(c.between(time.Second, 40*time.Second)), i})
}

func (c *chaos) thaw(f frozen) {
	c.t.Helper()
	f.resume()
	c.over(f.fault)
}

func (c *chaos) reset() {
	c.t.Helper()
	defer c.over(c.begin(reset, nil))
	for range 1 + c.random.IntN(5) {
		c.network.reset()
		c.pass(c.between(100*time.Millisecond, time.Second))
	}
}

// blackHole swallows what the fleet sends, for less time than the server keeps a silent session, or
// for more. Meanwhile a replica may be killed.
func (c *chaos) blackHole() {
	c.t.Helper()
	defer c.over(c.begin(blackHole, nil))
	c.network.blackHole()
	c.pass(c.between(time.Second, 15*time.Second))
	if c.random.IntN(2) == 0 {
		c.kill()
		c.pass(c.between(time.Second, 20*time.Second))
	}
	c.network.mend()
}

func (c *chaos) restart(k kind) {
	c.t.Helper()
	defer c.over(c.begin(k, nil))
	switch k {
	case fast:
		c.db.restart(localpg.Fast)
	case immediate:
		c.db.restart(localpg.Immediate)
	default:
		c.db.crash()
		c.pass(c.between(0, 5*time.Second))
		c.db.rise()
	}
}

// failOver loses the primary for good: its standby takes over, and gets one of its own.
func (c *chaos) failOver() {
	c.t.Helper()
	old := c.db.server
	i := c.begin(failOver, nil)
	c.db.crash()
	c.pass(c.between(0, 3*time.Second))
	c.db.moveTo(c.standby)
	c.network.point(c.db.address())
	c.road.point(c.db.address())
	c.pass(c.between(0, 3*time.Second))
	require.NoError(c.t, c.standby.Promote(c.t.Context()))
	c.over(i)
	require.NoError(c.t, old.Stop(c.t.Context()))
	c.addStandby()
}

// addStandby gives the primary a standby that has everything whose commit was confirmed to anyone.
func (c *chaos) addStandby() {
	c.t.Helper()
	c.standby = pgtest.NewStandby(c.t, c.db.server, localpg.Options{
		// How soon it looks for a primary that restarted: commits wait for it.
		Settings: map[string]string{"wal_retrieve_retry_interval": "200ms"},
	})
	// Not before there is a copy, which then is a primary that waits for nobody.
	c.db.exec(`ALTER SYSTEM SET synchronous_standby_names = '*'`)
	c.db.exec(`SELECT pg_reload_conf()`)
	written := c.db.texts(`SELECT pg_current_wal_lsn()::text`)[0]
	await(c.t, patience, "the standby to have all", func() bool {
		return c.db.number(`
			SELECT count(*) FROM pg_stat_replication
			WHERE sync_state = 'sync' AND flush_lsn >= $1::text::pg_lsn`, written) == 1
	})
}
