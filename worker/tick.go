package worker

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"

	"github.com/siltgate/siltgate/jobs"
)

const (
	// assertEvery is how often a tick's job is asserted at least: whatever became
	// of it, it is there a minute later.
	assertEvery = time.Minute

	// firesEarly is more than River's enqueuer runs ahead of time, so that a
	// tick is due by the time it is asked for.
	firesEarly = 150 * time.Millisecond

	// An insert that fails is tried again after a pause that doubles.
	insertTimeout = 5 * time.Second
	firstPause    = 100 * time.Millisecond
	longestPause  = 5 * time.Second
)

// ticks sees to it that the latest due tick has its job. It keeps no state: the
// job's unique key does, over all states, in the database. River, whose elected
// leader alone has a clock for periodic jobs, says when to look. It would insert
// as well, but forgets what it could not insert.
type ticks struct {
	schedule Schedule
	catchUp  time.Duration
	born     time.Time // of the schema
	now      func() time.Time
	log      *slog.Logger

	looks chan struct{} // has one in it when it is time to look
}

// ticks are those of this replica's schedule.
func (r Replica) ticks(born time.Time) *ticks {
	return &ticks{
		schedule: r.Schedule, catchUp: r.CatchUp, born: born, now: time.Now, log: r.Log,
		looks: make(chan struct{}, 1),
	}
}

// periodicJobs are what makes River's leader look: at each tick, every minute,
// and when it becomes leader.
func (t *ticks) periodicJobs() []*river.PeriodicJob {
	if t.schedule.Off() {
		return nil
	}
	return []*river.PeriodicJob{
		river.NewPeriodicJob(t, t.look, &river.PeriodicJobOpts{RunOnStart: true}),
	}
}

// Next implements river.PeriodicSchedule: when to look next.
func (t *ticks) Next(after time.Time) time.Time {
	next := after.Truncate(assertEvery).Add(assertEvery)
	if tick := t.schedule.Next(after); !tick.IsZero() && tick.Before(next) {
		next = tick
	}
	return next.Add(firesEarly)
}

// look leaves nothing to insert for River.
func (t *ticks) look() (river.JobArgs, *river.InsertOpts) {
	select {
	case t.looks <- struct{}{}:
	default: // about to look anyway
	}
	return nil, nil
}

// assert inserts what is due whenever it is time to look, until ctx is done.
func (t *ticks) assert(ctx context.Context, insert func(context.Context, jobs.TokenCleanupArgs) error) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.looks:
			t.insert(ctx, insert)
		}
	}
}

// insert inserts the tick that is due, unless it is there, as often as it takes.
// A tick that falls due meanwhile takes its place. To go on after another
// replica has become the leader does no harm: it asserts the same.
func (t *ticks) insert(ctx context.Context, insert func(context.Context, jobs.TokenCleanupArgs) error) {
	began, pause := time.Now(), firstPause
	for failures := 0; ; failures++ {
		tick := t.due()
		if tick.IsZero() {
			return
		}
		trying, cancel := context.WithTimeout(ctx, insertTimeout)
		err := insert(trying, jobs.TokenCleanupArgs{Tick: &tick})
		cancel()
		switch {
		case ctx.Err() != nil:
			return
		case err == nil && failures > 0:
			t.log.Info("tick inserted", "tick", tick, "failures", failures, "after", time.Since(began))
			return
		case err == nil:
			return
		case failures == 0:
			t.log.Error("tick not inserted: it is tried again until it is", "tick", tick, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause/2 + rand.N(pause)):
		}
		pause = min(2*pause, longestPause)
	}
}

// due is the latest tick, if it is neither older than the catch-up window nor
// than the schema. A tick of this very minute is not missed yet: its leader may
// just have changed.
func (t *ticks) due() time.Time {
	now := t.now()
	tick := t.schedule.LatestTick(now)
	if tick.IsZero() || now.Sub(tick) > max(t.catchUp, assertEvery) || tick.Before(t.born) {
		return time.Time{}
	}
	return tick
}
