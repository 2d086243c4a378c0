package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/siltgate/siltgate/internal/schedule"
	"github.com/siltgate/siltgate/jobs"
)

// account is what became of the ticks of a time.
type account struct {
	due     int // ticks
	ran     int // ticks that have one run
	covered int // ticks without a leader, made up for by the run of a later one

	missed  []time.Time // ticks that have no run, and no such excuse
	doubled []time.Time // ticks that have more than one
	strange []time.Time // ticks of runs that were not due
}

// settle accounts for every tick from when the schema was created to the tick until. Leaders
// were lost at vacant, as there was none at first. The first run seen to after that is the
// one of the latest tick: it makes up for the ticks between, and for no others.
func settle(s schedule.Schedule, born, until time.Time, vacant []time.Time, runs []jobs.Run) account {
	due := ticksBetween(s, born.Add(-time.Nanosecond), until)
	vacant = append([]time.Time{born}, vacant...)
	made := map[time.Time]int{}
	var a account
	for _, r := range runs {
		tick := r.Tick.UTC()
		if tick.After(until) {
			continue
		}
		made[tick]++
		if !slices.Contains(due, tick) {
			a.strange = append(a.strange, tick)
		}
	}
	a.due = len(due)
	for _, tick := range due {
		switch n := made[tick]; {
		case n == 1:
			a.ran++
		case n > 1:
			a.doubled = append(a.doubled, tick)
		case slices.ContainsFunc(vacant, func(from time.Time) bool { return madeUp(tick, from, runs) }):
			a.covered++
		default:
			a.missed = append(a.missed, tick)
		}
	}
	return a
}

// madeUp tells whether a tick fell due after from, and before the tick of the first run that
// was seen to after from.
func madeUp(tick, from time.Time, runs []jobs.Run) bool {
	if tick.Before(from) {
		return false
	}
	for _, r := range runs {
		if r.CreatedAt.After(from) {
			return tick.Before(*r.Tick)
		}
	}
	return false
}

// ticksBetween are those later than after and not later than until.
func ticksBetween(s schedule.Schedule, after, until time.Time) []time.Time {
	var ticks []time.Time
	for tick := s.Next(after); !tick.After(until); tick = s.Next(tick) {
		ticks = append(ticks, tick)
	}
	return ticks
}

func (a account) holds() bool {
	return len(a.missed)+len(a.doubled)+len(a.strange) == 0
}

func (a account) String() string {
	parts := []string{fmt.Sprintf("%d ticks fell due", a.due), fmt.Sprintf("%d have one run each", a.ran)}
	if a.covered > 0 {
		parts = append(parts, fmt.Sprintf("%d fell due without a leader, and the run of a later one made up for them", a.covered))
	}
	for _, fault := range []struct {
		what  string
		ticks []time.Time
	}{{"missed", a.missed}, {"doubled", a.doubled}, {"run without being due", a.strange}} {
		if len(fault.ticks) > 0 {
			parts = append(parts, fmt.Sprintf("%s: %s", fault.what, fault.ticks))
		}
	}
	if a.holds() {
		parts = append(parts, "none was missed or doubled")
	}
	return strings.Join(parts, "; ")
}
