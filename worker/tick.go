package worker

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"github.com/siltgate/siltgate/internal/backoff"
	"github.com/siltgate/siltgate/internal/schedule"
)

// ticks sees to it that the latest due tick has its job. It keeps no state, because the rows of
// siltgate.ticks do. River, whose elected leader alone has a clock for periodic jobs, says when
// that is to be asserted. River could insert the job as well, but it forgets what it could not insert.
type ticks struct {
	schedule schedule.Schedule
	catchUp  time.Duration
	born     time.Time // when the schema was created
	now      func() time.Time
	log      *slog.Logger

	prompts chan struct{} // holds a value when it is time to assert the latest tick
	beats   chan struct{} // the same, for beat
}

// ticks are those of this replica's schedule.
func (r Replica) ticks(born time.Time) *ticks {
	return &ticks{
		schedule: r.ownSchedule(), catchUp: r.CatchUp, born: born, now: time.Now, log: r.Log,
		prompts: make(chan struct{}, 1),
		beats:   make(chan struct{}, 1),
	}
}

// periodicJobs are what prompts River's leader: at each tick, every minute, and when it becomes
// leader.
func (t *ticks) periodicJobs() []*river.PeriodicJob {
	if t.schedule.Off() {
		return nil
	}
	return []*river.PeriodicJob{
		river.NewPeriodicJob(t, t.prompt, &river.PeriodicJobOpts{RunOnStart: true}),
	}
}

// Next implements river.PeriodicSchedule: when to assert the latest tick next.
func (t *ticks) Next(after time.Time) time.Time {
	next := after.Truncate(assertEvery).Add(assertEvery)
	if tick := t.schedule.Next(after); !tick.IsZero() && tick.Before(next) {
		next = tick
	}
	return next.Add(enqueuerSlack)
}

// prompt makes assert work once more. River itself inserts nothing.
func (t *ticks) prompt() (river.JobArgs, *river.InsertOpts) {
	nudge(t.prompts)
	nudge(t.beats)
	return nil, nil
}

// nudge puts a value into a channel, unless one is there already.
func nudge(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// assert inserts what is due whenever it is prompted, until ctx is done.
func (t *ticks) assert(ctx context.Context, insert func(context.Context, time.Time) error) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.prompts:
			t.insert(ctx, insert)
		}
	}
}

// insert inserts the tick that is due, unless it is there, and tries until that succeeds. If a
// later tick falls due meanwhile, it inserts that one. Another replica may have become the leader
// meanwhile: both insert the same.
func (t *ticks) insert(ctx context.Context, insert func(context.Context, time.Time) error) {
	began, pause := time.Now(), backoff.Backoff{First: firstPause, Longest: longestPause}
	gone := false
	for failures := 0; ; failures++ {
		tick := t.due()
		if tick.IsZero() {
			return
		}
		trying, cancel := context.WithTimeout(ctx, insertTimeout)
		err := insert(trying, tick)
		cancel()
		isGone := errors.As(err, new(schemaGoneError))
		switch {
		case ctx.Err() != nil:
			return
		case err == nil && failures > 0:
			t.log.Info("tick inserted", "tick", tick, "failures", failures, "after", time.Since(began))
			return
		case err == nil:
			return
		case failures == 0, isGone && !gone: // another error may have come first
			t.log.Error("tick not inserted: it is tried again until it is", "tick", tick, "error", err)
			gone = isGone
		}
		if !pause.Wait(ctx) {
			return
		}
	}
}

// due is the latest tick, unless it is older than the catch-up window or than the schema; then it
// is zero. A tick of this very minute is never too old, because the leader may just have changed.
func (t *ticks) due() time.Time {
	now := t.now()
	tick := t.schedule.LatestTick(now)
	if tick.IsZero() || now.Sub(tick) > max(t.catchUp, assertEvery) || tick.Before(t.born) {
		return time.Time{}
	}
	return tick
}
