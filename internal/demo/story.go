package demo

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"github.com/siltgate/siltgate/jobs"
)

// watchTicks waits for the first two runs of the schedule.
func (s *show) watchTicks(ctx context.Context) error {
	s.told = map[int64]bool{}
	_, err := s.until(ctx, "two runs of the schedule", func(b board) bool {
		ended := 0
		for _, r := range b.scheduled() {
			if r.Ended() {
				ended++
			}
		}
		return ended >= 2
	})
	return err
}

// quiet is how far off the next tick must be when the leader is killed.
const quiet = 500 * time.Millisecond

// killLeader kills the leader between two runs: a run that it had in hand would wait for
// its rescue, which takes up to three minutes.
func (s *show) killLeader(ctx context.Context) error {
	b, err := s.until(ctx, "a pause between two runs", func(b board) bool {
		latest := s.schedule.LatestTick(b.at)
		seenTo := false
		for _, r := range b.runs {
			if !r.Ended() {
				return false
			}
			seenTo = seenTo || r.Tick != nil && r.Tick.Equal(latest)
		}
		return b.leader != nil && seenTo && s.schedule.Next(b.at).Sub(b.at) > quiet
	})
	if err != nil {
		return err
	}
	s.killedAt = time.Now()
	b.leader.end(syscall.SIGKILL)
	<-b.leader.Done()
	s.say.line("leader", "kill -9 %d: %s is gone without a word; River elects another within about 20s",
		b.leader.Pid(), b.leader)
	return nil
}

// runBySQL asks for a run the way any SQL client can.
func (s *show) runBySQL(ctx context.Context) error {
	const sql = `SELECT siltgate.enqueue_token_cleanup(requested_by => 'demo')`
	var id int64
	if err := s.conn.QueryRow(ctx, sql).Scan(&id); err != nil {
		return fmt.Errorf("ask for a run by SQL: %w", err)
	}
	s.say.line("by SQL", "%s", sql)
	s.say.line("", "is run %d, and needs no leader", id)
	_, err := s.until(ctx, "the run asked for by SQL", func(b board) bool {
		for _, r := range b.runs {
			if r.ID == id {
				return r.Ended()
			}
		}
		return false
	})
	return err
}

// awaitLeader waits until another replica leads, and says every five seconds what goes on
// meanwhile.
func (s *show) awaitLeader(ctx context.Context) error {
	led := func(b board) bool { return b.leader != nil }
	for at := s.killedAt.Add(5 * time.Second); at.Before(s.killedAt.Add(patience)); at = at.Add(5 * time.Second) {
		if time.Now().After(at) {
			continue
		}
		_, ok, err := s.within(ctx, at, led)
		if err != nil || ok {
			return err
		}
		s.say.line("leader", "nobody leads, ticks due meanwhile: %d; statements of the application: %s",
			len(ticksBetween(s.schedule, s.killedAt, time.Now())), number(len(s.app.Record().Statements)))
	}
	_, err := s.until(ctx, "a new leader", led)
	return err
}

// awaitCatchUp waits for the first run that the new leader sees to.
func (s *show) awaitCatchUp(ctx context.Context) error {
	var first jobs.Run
	_, err := s.until(ctx, "the new leader's first run", func(b board) bool {
		for _, r := range b.scheduled() {
			if r.CreatedAt.After(s.killedAt) {
				first = r
				return r.Ended()
			}
		}
		return false
	})
	if err != nil {
		return err
	}
	missed := ticksBetween(s.schedule, s.killedAt, *first.Tick)
	s.say.line("leader", "ticks due since the kill: %d; the run of the latest, %s, makes up for all of them",
		len(missed), first.Tick.UTC().Format(time.TimeOnly))
	return nil
}

// awaitLastRun ends the application, and waits for a run that has begun after that: what
// is dead by then has to be gone.
func (s *show) awaitLastRun(ctx context.Context) error {
	s.app.Stop()
	ended, err := databaseNow(ctx, s.conn)
	if err != nil {
		return err
	}
	did := s.app.Record()
	s.say.line("application", "has ended: it rotated %s tokens and renewed %s", number(did.Rotated), number(did.Renewed))
	_, err = s.until(ctx, "a run after the application's end", func(b board) bool {
		for _, r := range b.scheduled() {
			if finished(r) && r.StartedAt.After(ended) {
				s.last = r
				return true
			}
		}
		return false
	})
	return err
}

func (s *show) stopFleet(ctx context.Context) error {
	if err := s.fleet.failure(); err != nil {
		return err
	}
	began := time.Now()
	if err := s.fleet.stop(ctx); err != nil {
		return fmt.Errorf("stop the replicas: %w", err)
	}
	s.say.line("siltgate", "SIGTERM: the other replicas have ended in %.1fs, with exit code 0", time.Since(began).Seconds())
	return nil
}

func (s *show) printHistory(ctx context.Context) error {
	s.say.line("siltgate", "`siltgate history`, the latest first:")
	s.say.blank()
	if err := s.fleet.command(ctx, s.demo.Out, "history"); err != nil {
		return err
	}
	s.say.blank()
	return nil
}
