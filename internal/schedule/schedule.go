// Package schedule knows the ticks of a cron expression: the instants at which a run
// is due. It is pure: no database, no clock of its own.
//
// The grammar of an expression is go-cron's, checked more strictly first. The ticks
// around clock changes are this package's own, because go-cron misses or doubles some
// of them in zones whose clocks change.
package schedule

import (
	"time"

	cron "github.com/netresearch/go-cron"
)

// Schedule is the set of instants at which a run is due. It follows from the expression
// and the zone alone, so all replicas agree on it, whenever they started. Instants are
// whole seconds, in UTC. The zero value is off: it has no instants.
type Schedule struct {
	expr string
	zone *time.Location
	// wall has the ticks as a clock on the wall of the zone shows them, written as UTC. go-cron is
	// exact in UTC; in zones with clock changes it misses ticks, doubles them, and where a zone
	// skipped a whole day it does not return.
	wall *cron.SpecSchedule
	// hourly schedules tick in every hour of the day, so they follow the hours that pass;
	// the others follow the hours that the clock shows.
	hourly bool
	// every is set instead of wall for @every: the ticks are the multiples of every since 1970.
	every time.Duration
}

// Off reports whether the schedule has no ticks at all.
func (s Schedule) Off() bool { return s.wall == nil && s.every == 0 }

// String returns the expression and its zone, or "off". @every has no zone.
func (s Schedule) String() string {
	switch {
	case s.Off():
		return offExpression
	case s.every > 0:
		return s.expr
	}
	return s.expr + " in " + s.zone.String()
}

// Next returns the first tick later than after; the zero time when the schedule is off.
func (s Schedule) Next(after time.Time) time.Time {
	after = after.UTC().Truncate(time.Second)
	switch {
	case s.Off():
		return time.Time{}
	case s.every > 0:
		return s.latestMultiple(after).Add(s.every)
	}
	st := s.stretchAt(after)
	from := later(st.passed, after.Add(st.offset))
	for {
		tick := s.wall.Next(from)
		if tick.IsZero() {
			return time.Time{}
		}
		if at := later(st.start, tick.Add(-st.offset)); st.end.IsZero() || at.Before(st.end) {
			return at
		}
		st = s.stretchFrom(st.end, st.end)
		from = st.passed
	}
}

// LatestTick returns the latest tick that is not later than now; the zero time when the
// schedule is off. It looks back as far as the rarest schedule needs, see searchYears.
func (s Schedule) LatestTick(now time.Time) time.Time {
	now = now.UTC().Truncate(time.Second)
	switch {
	case s.Off():
		return time.Time{}
	case s.every > 0:
		return s.latestMultiple(now)
	}
	t := now
	for {
		st := s.stretchAt(t)
		tick := s.wall.Prev(t.Add(st.offset + time.Second)) // Prev is strictly before
		if tick.After(st.passed) {
			return later(st.start, tick.Add(-st.offset))
		}
		if tick.IsZero() || st.start.IsZero() {
			return time.Time{}
		}
		t = st.start.Add(-time.Second)
	}
}

// latestMultiple counts from 1970 and not from the start of a process: a restart must not
// move the ticks.
func (s Schedule) latestMultiple(now time.Time) time.Time {
	past := now.Unix() % int64(s.every/time.Second)
	if past < 0 {
		past += int64(s.every / time.Second)
	}
	return time.Unix(now.Unix()-past, 0).UTC()
}

// A stretch is a time without a clock change in the zone: inside it the clock on the wall runs
// evenly, so a tick on the wall is an instant, tick - offset.
type stretch struct {
	start, end time.Time // zero: the zone has no change before, or after
	offset     time.Duration
	// passed is a time on the wall: ticks up to it belong to the stretch before. The clock skipped
	// the ticks that are later but come before the stretch's first time on the wall: they are due
	// at start.
	passed time.Time
}

func (s Schedule) stretchAt(t time.Time) stretch {
	start, _ := t.In(s.zone).ZoneBounds()
	return s.stretchFrom(start, t)
}

// stretchFrom returns the stretch that begins at start and has t in it.
func (s Schedule) stretchFrom(start, t time.Time) stretch {
	local := t.In(s.zone)
	_, end := local.ZoneBounds()
	if !end.IsZero() && !end.After(t) {
		// Beyond the changes that a zone file lists, Go takes every year to have 365 days, and
		// the bounds of a leap year's last day end before it. A stretch may be cut anywhere.
		end = t.Add(time.Hour)
	}
	st := stretch{start: start.UTC(), end: end.UTC(), offset: offsetOf(local)}
	if start.IsZero() {
		return st
	}
	lastBefore := st.start.Add(-time.Second)
	before := st.offset
	if !s.hourly {
		// The clock showed these times before the change. If it was set back, it shows some
		// of them again and they are done; if forward, it skipped some and they are still due.
		before = offsetOf(lastBefore.In(s.zone))
	}
	st.passed = lastBefore.Add(before)
	return st
}

func offsetOf(local time.Time) time.Duration {
	_, seconds := local.Zone()
	return time.Duration(seconds) * time.Second
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
