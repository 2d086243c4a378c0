package worker

import (
	"time"

	"github.com/riverqueue/river"

	"github.com/siltgate/siltgate/jobs"
)

const (
	// assertEvery is how long a tick can lack its job: River's scheduler forgets
	// a tick whose insert failed, so ours is asserted again and again.
	assertEvery = time.Minute

	// firesEarly is more than River's enqueuer runs ahead of time, so that a
	// tick is due by the time it is asked for.
	firesEarly = 150 * time.Millisecond
)

// ticks sees to it that the latest due tick has its job. It keeps no state: the
// job's unique key does, over all states, in the database.
type ticks struct {
	schedule Schedule
	catchUp  time.Duration
	born     time.Time // of the schema
	now      func() time.Time
}

// periodicJobs are what River's elected leader enqueues: at each tick, every
// minute, and when it becomes leader.
func (r Replica) periodicJobs(born time.Time) []*river.PeriodicJob {
	if r.Schedule.Off() {
		return nil
	}
	t := ticks{schedule: r.Schedule, catchUp: r.CatchUp, born: born, now: time.Now}
	return []*river.PeriodicJob{
		river.NewPeriodicJob(t, t.job, &river.PeriodicJobOpts{RunOnStart: true}),
	}
}

// Next implements river.PeriodicSchedule: when to look next.
func (t ticks) Next(after time.Time) time.Time {
	next := after.Truncate(assertEvery).Add(assertEvery)
	if tick := t.schedule.Next(after); !tick.IsZero() && tick.Before(next) {
		next = tick
	}
	return next.Add(firesEarly)
}

// job is the job of the tick that is due now; none when there is none. River
// inserts it, unless it is there.
func (t ticks) job() (river.JobArgs, *river.InsertOpts) {
	tick := t.due()
	if tick.IsZero() {
		return nil, nil
	}
	return jobs.TokenCleanupArgs{Tick: &tick}, nil
}

// due is the latest tick, if it is neither older than the catch-up window nor
// than the schema. A tick of this very minute is not missed yet: its leader may
// just have changed.
func (t ticks) due() time.Time {
	now := t.now()
	tick := t.schedule.LatestTick(now)
	if tick.IsZero() || now.Sub(tick) > max(t.catchUp, assertEvery) || tick.Before(t.born) {
		return time.Time{}
	}
	return tick
}
