package e2e

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	// settling is how long after a fault of the database or the network is a part of it: what
	// failed then is tried again after pauses of up to 7.5 s.
	settling = 10 * time.Second

	// margin is what a leader gets at the beginning and at the end of its time, in which a tick
	// may be due and its insert not be made.
	margin = time.Second
)

// soakTable is what became of a fleet in chaos.
type soakTable struct {
	lasted                         time.Duration
	due                            int
	run                            int // ticks that have a run of their own, which has completed
	caughtUp                       int // that fell due while nobody led, or for long; a later one made up for them
	missed                         int
	doubled                        int
	lost                           int64 // live rows
	disturbed, outages, statements int   // of the application: errors that are ours, that are the database's
	faults                         map[kind]int
	leaderless                     time.Duration // the longest time
	undisturbed                    time.Duration // of one, since anything was done to whoever was elected
	killedRuns                     int
	resumption                     time.Duration // the slowest
	locks, deleting                int           // sessions at a time, at most
	waiting                        int           // scheduled runs that had not begun, at a time, at most
	others                         map[kind]int

	defects []string
}

// tabulate judges by the database, the logs and what was seen from outside.
func tabulate(c *chaos, seen *observer, app *app, period time.Duration, last time.Time) *soakTable {
	c.t.Helper()
	table := &soakTable{faults: map[kind]int{}, locks: seen.seen.locks, deleting: seen.seen.deleting, waiting: seen.waiting, others: c.others}
	for _, f := range c.faults {
		table.faults[f.kind]++
	}
	ids := c.identities()
	led := c.led(seen, ids)
	require.NotEmpty(c.t, led, "nobody ever led")
	table.countTicks(c, led, period, last)
	table.measureLeaders(c, seen, ids, led, last)
	table.measureResumptions(c, seen, ids)
	table.lost = c.db.number(`SELECT count(*) FROM ledger WHERE ours AND NOT (done OR expires_at < at)`)
	did := app.Record()
	table.disturbed, table.outages, table.statements = len(did.Failures), len(did.Outages), len(did.Statements)
	return table
}

// identities are the names that the replicas had, in logs and the database.
func (c *chaos) identities() map[*process]string {
	c.t.Helper()
	ids := map[*process]string{}
	for _, p := range c.fleet.processes {
		for _, line := range p.logged("replica started") {
			ids[p] = fmt.Sprint(line["replica"])
		}
	}
	return ids
}

// led are the times at which there was a leader that could see to the schedule, one after the
// other: it was elected, it had begun, and nothing was being done to it.
func (c *chaos) led(seen *observer, ids map[*process]string) []span {
	c.t.Helper()
	loops := map[string][]span{}
	for p, id := range ids {
		loops[id] = append(p.loops(), loops[id]...)
	}
	var led []span
	for _, tenure := range seen.tenures {
		var its []span
		for _, loop := range loops[tenure.replica] {
			if loop.meets(tenure.span) {
				its = append(its, span{later(loop.from, tenure.from), earlier(loop.to, tenure.to)})
			}
		}
		for _, f := range c.faults {
			if f.process == nil || ids[f.process] == tenure.replica {
				its = without(its, f.incapacity())
			}
		}
		led = append(led, its...)
	}
	slices.SortFunc(led, func(a, b span) int { return a.from.Compare(b.from) })
	return led
}

// incapacity is for how long a leader that the fault befalls is none.
func (f fault) incapacity() span {
	if f.kind == killed || f.kind == stopped {
		return span{f.from, f.from.AddDate(1, 0, 0)}
	}
	return f.span
}

// befalls reports whether a fault may keep the fleet from having a leader.
func (f fault) befalls(seen *observer, ids map[*process]string) bool {
	const moment = time.Second // in which an election may have been won
	near := span{f.from.Add(-moment), f.to.Add(moment)}
	id, known := ids[f.process] // not all, nor one that had not said its name
	return !known || slices.ContainsFunc(seen.tenures, func(t tenure) bool { return t.replica == id && t.meets(near) })
}

// loops are the times at which a replica saw to the schedule, for all that it knew.
func (p *process) loops() []span {
	p.t.Helper()
	const enqueuer = "maintenance.PeriodicJobEnqueuer: " // River's words
	at := func(line map[string]any) time.Time {
		at, err := time.Parse(time.RFC3339Nano, fmt.Sprint(line["time"]))
		require.NoError(p.t, err)
		return at
	}
	ends := p.logged(enqueuer + "Run loop stopped")
	var loops []span
	for i, line := range p.logged(enqueuer + "Run loop started") {
		loop := span{from: at(line), to: time.Now()}
		if i < len(ends) {
			loop.to = at(ends[i])
		}
		loops = append(loops, loop)
	}
	return loops
}

// countTicks says of every tick what became of it.
func (table *soakTable) countTicks(c *chaos, led []span, period time.Duration, last time.Time) {
	c.t.Helper()
	runs := map[time.Time][]recordedRun{}
	first := last
	for _, run := range c.db.runs(ofTheSchedule) {
		require.NotNil(c.t, run.Tick, "run %d", run.ID)
		tick := run.Tick.UTC()
		require.Equal(c.t, tick.Truncate(period), tick, "tick off the schedule")
		runs[tick] = append(runs[tick], run)
		first = earlier(first, tick)
	}
	for tick := first.UTC().Truncate(period); !tick.After(last); tick = tick.Add(period) {
		table.due++
		its := runs[tick]
		if len(its) > 1 {
			table.doubled++
			table.defect("tick %s has %d runs", tick, len(its))
		}
		switch {
		case len(its) > 0 && its[0].State == "completed":
			table.run++
		case len(its) > 0:
			table.missed++
			table.defect("tick %s: its run %d is %s", tick, its[0].ID, its[0].State)
		case c.excuse(led, tick, period):
			table.caughtUp++
		default:
			table.missed++
			table.defect("tick %s was missed: somebody led", tick)
		}
	}
	table.lasted = last.Sub(first)
}

// excuse reports whether a tick fell into an outage longer than its period: there was nobody who
// could have inserted it before the next one fell due.
func (c *chaos) excuse(led []span, tick time.Time, period time.Duration) bool {
	its := span{tick.Add(-margin), tick.Add(period + margin)}
	for _, f := range c.faults {
		if f.process == nil && its.meets(span{f.from, f.to.Add(settling)}) {
			return true
		}
	}
	return !slices.ContainsFunc(led, func(l span) bool { return !l.from.After(its.from) && !l.to.Before(its.to) })
}

// measureLeaders looks at the times between those at which there was a leader.
func (table *soakTable) measureLeaders(c *chaos, seen *observer, ids map[*process]string, led []span, last time.Time) {
	c.t.Helper()
	until := led[0].to
	for _, l := range append(led[1:], span{last, last}) {
		gap := span{until, later(until, l.from)}
		until = later(until, l.to)
		table.leaderless = max(table.leaderless, gap.length())
		alone := gap
		for _, f := range c.faults {
			if f.meets(gap) && f.befalls(seen, ids) {
				alone.from = later(alone.from, f.to)
			}
		}
		table.undisturbed = max(table.undisturbed, alone.length())
		if alone.length() >= replacedWithin {
			table.defect("nobody led from %s to %s, and nothing had been done to a leader since %s", gap.from, gap.to, alone.from)
		}
	}
}

// measureResumptions looks at what became of the runs of replicas that were killed.
func (table *soakTable) measureResumptions(c *chaos, seen *observer, ids map[*process]string) {
	c.t.Helper()
	for _, f := range c.faults {
		if f.kind != killed {
			continue
		}
		for _, r := range seen.resumptions(ids[f.process], f.from) {
			table.killedRuns++
			if r.after == 0 { // nobody looked in the moment in which another replica had it
				run := c.db.run(r.run)
				if !run.Ended() {
					table.defect("run %d was not taken up after its replica was killed at %s", r.run, f.from)
					continue
				}
				r.after = run.FinishedAt.Sub(f.from)
			}
			table.resumption = max(table.resumption, r.after)
		}
	}
}

func (table *soakTable) defect(format string, args ...any) {
	table.defects = append(table.defects, fmt.Sprintf(format, args...))
}

// String is the table for a person.
func (table *soakTable) String() string {
	var b strings.Builder
	row := func(name string, value any) { fmt.Fprintf(&b, "  %-48s %v\n", name, value) }
	row("lasted", table.lasted)
	row("ticks due", table.due)
	row("ticks run", table.run)
	row("ticks caught up by the latest of an outage", table.caughtUp)
	row("ticks missed", table.missed)
	row("ticks doubled", table.doubled)
	row("live rows lost", table.lost)
	row("statements of the application", table.statements)
	row("its errors that are ours", table.disturbed)
	row("its errors that are the database's", table.outages)
	for _, k := range []kind{killed, stopped, froze, reset, blackHole, fast, immediate, crash, failOver} {
		row(string(k), table.faults[k])
	}
	for _, k := range []kind{strangersRows, paused, askedByHand} {
		row(string(k), table.others[k])
	}
	row("longest time without a leader", table.leaderless.Round(time.Millisecond))
	row("of it since the last fault that befell one", table.undisturbed.Round(time.Millisecond))
	row("runs in the hands of a killed replica", table.killedRuns)
	row("slowest to be resumed", table.resumption.Round(time.Millisecond))
	row("sessions with the lock at a time", table.locks)
	row("sessions deleting at a time", table.deleting)
	row("scheduled runs that waited at a time", table.waiting)
	return b.String()
}

// without cuts a stretch of time out of others.
func without(all []span, cut span) []span {
	var left []span
	for _, s := range all {
		if !s.meets(cut) {
			left = append(left, s)
			continue
		}
		if s.from.Before(cut.from) {
			left = append(left, span{s.from, cut.from})
		}
		if cut.to.Before(s.to) {
			left = append(left, span{cut.to, s.to})
		}
	}
	return left
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
