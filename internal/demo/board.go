package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/jobs"
)

const (
	boardInterval = 100 * time.Millisecond

	// drawInterval is longer, because the rows are counted for each picture.
	drawInterval = 300 * time.Millisecond

	// maxRuns is more than a demo has.
	maxRuns = 1000
)

// board is what anyone can read in the database: who leads, and the runs.
type board struct {
	at     time.Time  // before it was read
	leader *replica   // nil: nobody
	runs   []jobs.Run // the earliest first
}

// finished tells a run that went through every table.
func finished(r jobs.Run) bool {
	return r.Ended() && r.StartedAt != nil && r.Outcome == jobs.OutcomeCompleted
}

// scheduled are the runs of the schedule.
func (b board) scheduled() []jobs.Run {
	var runs []jobs.Run
	for _, r := range b.runs {
		if r.Tick != nil {
			runs = append(runs, r)
		}
	}
	return runs
}

// until reads the board, and tells what is new, until met.
func (s *show) until(ctx context.Context, what string, met func(board) bool) (board, error) {
	b, ok, err := s.within(ctx, time.Now().Add(patience), met)
	if err == nil && !ok {
		err = fmt.Errorf("wait for %s: not within %s", what, patience)
		if len(b.runs) > 0 {
			if last := b.runs[len(b.runs)-1]; last.Error != nil {
				err = fmt.Errorf("%w; run %d is %s: %s", err, last.ID, last.State, *last.Error)
			}
		}
	}
	return b, err
}

// within is until with a deadline, at which it returns false.
func (s *show) within(ctx context.Context, deadline time.Time, met func(board) bool) (board, bool, error) {
	poll := time.NewTicker(boardInterval)
	defer poll.Stop()
	for {
		b, err := s.readBoard(ctx)
		switch {
		case err != nil:
			return b, false, err
		case met(b):
			return b, true, nil
		case time.Now().After(deadline):
			return b, false, nil
		}
		select {
		case <-ctx.Done():
			return b, false, ctx.Err()
		case <-poll.C:
		}
	}
}

// readBoard reads the board and tells what is new on it.
func (s *show) readBoard(ctx context.Context) (board, error) {
	if err := errors.Join(s.app.Record().Err(), s.fleet.failure()); err != nil {
		return board{}, err
	}
	b := board{at: time.Now()}
	var err error
	if b.leader, err = s.readLeader(ctx); err != nil {
		return b, err
	}
	if b.runs, err = s.readRuns(ctx); err != nil {
		return b, err
	}
	if b.leader != nil && b.leader != s.leader {
		s.leader = b.leader
		s.tellLeader()
	}
	if err := s.drawBar(ctx, b); err != nil {
		return b, err
	}
	for _, r := range b.runs {
		if r.Ended() && !s.told[r.ID] {
			s.told[r.ID] = true
			if err := s.tellRun(ctx, r); err != nil {
				return b, err
			}
		}
	}
	return b, nil
}

// drawBar shows on a terminal how the rows go while a run is at work.
func (s *show) drawBar(ctx context.Context, b board) error {
	atWork := slices.ContainsFunc(b.runs, func(r jobs.Run) bool { return r.State == "running" })
	if !s.say.live || !atWork || time.Since(s.drawnAt) < drawInterval {
		return nil
	}
	counts, err := countRows(ctx, s.conn, b.at)
	if err != nil {
		return err
	}
	left := total(counts).Dead
	s.say.draw("%s %s dead rows left", bar(left, s.dead), number(left))
	s.drawnAt = time.Now()
	return nil
}

// readLeader reads which replica was elected. The row names a killed leader until its term ends;
// the board says that nobody leads.
func (s *show) readLeader(ctx context.Context) (*replica, error) {
	var name string
	err := s.conn.QueryRow(ctx, `SELECT leader_id FROM siltgate.river_leader WHERE expires_at > now()`).Scan(&name)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("read who leads: %w", err)
	}
	leader := s.fleet.named(name)
	if leader != nil && leader.Ended() {
		return nil, nil
	}
	return leader, nil
}

func (s *show) readRuns(ctx context.Context) ([]jobs.Run, error) {
	runs, err := jobs.Recent(ctx, s.conn, jobs.Recently{Limit: maxRuns})
	slices.Reverse(runs)
	return runs, err
}

func (s *show) tellLeader() {
	if s.killedAt.IsZero() {
		s.say.line("leader", "%s leads: it sees to it that each tick gets its run", s.leader)
		return
	}
	s.say.line("leader", "%s leads now, %.1fs after the kill", s.leader, time.Since(s.killedAt).Seconds())
}

// tellRun tells how a run ended, and what it has left.
func (s *show) tellRun(ctx context.Context, r jobs.Run) error {
	counts, err := countRows(ctx, s.conn, time.Now())
	if err != nil {
		return err
	}
	topic, who := "by SQL", "a replica"
	if r.Tick != nil {
		topic = "tick"
	}
	if r.Replica != nil {
		if replica := s.fleet.named(*r.Replica); replica != nil {
			who = replica.String()
		}
	}
	if r.Tick != nil && r.Outcome == jobs.OutcomeSuperseded {
		s.say.line(topic, "%s: left to the next tick's run, which was asked for before this one had begun", r.Tick.UTC().Format(time.TimeOnly))
		return nil
	}
	if r.State != "completed" || r.Deleted == nil || r.Duration == nil || r.StartedAt == nil {
		reason := "no reason given"
		if r.Error != nil {
			reason = *r.Error
		}
		s.say.line(topic, "run %d is %s: %s", r.ID, r.State, reason)
		return nil
	}
	cause := fmt.Sprintf("begun %s after it was asked for", milliseconds(r.StartedAt.Sub(r.CreatedAt)))
	if r.Tick != nil {
		cause = r.Tick.UTC().Format(time.TimeOnly)
	}
	left := total(counts).Dead
	s.say.line(topic, "%s: %s deleted %s rows in %.2fs", cause, who, number(*r.Deleted), r.Duration.Seconds())
	s.say.line("", "%s %s dead rows left", bar(left, s.dead), number(left))
	return nil
}
