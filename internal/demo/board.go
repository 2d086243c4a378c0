package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

const lookInterval = 100 * time.Millisecond

// board is what anyone can read in the database: who leads, and the runs.
type board struct {
	at     time.Time // before it was read
	leader *replica  // nil: nobody
	runs   []run     // the earliest first
}

// run is a row of siltgate.runs.
type run struct {
	ID         int64
	State      string
	Tick       *time.Time
	Replica    *string
	CreatedAt  time.Time
	StartedAt  *time.Time
	FinishedAt *time.Time
	Duration   *time.Duration
	Deleted    *int64
	Outcome    *string
	Error      *string
}

func (r run) ended() bool {
	return r.State == "completed" || r.State == "cancelled" || r.State == "discarded"
}

// finished tells a run that went through every table.
func (r run) finished() bool {
	return r.ended() && r.StartedAt != nil && r.Outcome != nil && *r.Outcome == "completed"
}

// scheduled are the runs of the schedule.
func (b board) scheduled() []run {
	var runs []run
	for _, r := range b.runs {
		if r.Tick != nil {
			runs = append(runs, r)
		}
	}
	return runs
}

// until looks at the board, and tells what is new, until met.
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
	poll := time.NewTicker(lookInterval)
	defer poll.Stop()
	for {
		b, err := s.look(ctx)
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

// look reads the board and tells what is new on it.
func (s *show) look(ctx context.Context) (board, error) {
	if err := errors.Join(s.app.failure(), s.fleet.failure()); err != nil {
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
	for _, r := range b.runs {
		if r.ended() && !s.told[r.ID] {
			s.told[r.ID] = true
			if err := s.tellRun(ctx, r); err != nil {
				return b, err
			}
		}
	}
	return b, nil
}

// readLeader reads whom the replicas have elected. One that was killed leads, for them,
// until its term ends; for us nobody does.
func (s *show) readLeader(ctx context.Context) (*replica, error) {
	var name string
	err := s.conn.QueryRow(ctx, `SELECT leader_id FROM siltgate.river_leader WHERE expires_at > now()`).Scan(&name)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("read who leads: %w", err)
	}
	leader := s.fleet.named(name)
	if leader != nil && leader.ended() {
		return nil, nil
	}
	return leader, nil
}

func (s *show) readRuns(ctx context.Context) ([]run, error) {
	rows, _ := s.conn.Query(ctx, `
		SELECT
			id,
			state,
			tick,
			replica,
			created_at,
			started_at,
			finished_at,
			duration,
			deleted,
			outcome,
			error
		FROM siltgate.runs
		ORDER BY id`)
	runs, err := pgx.CollectRows(rows, pgx.RowToStructByName[run])
	if err != nil {
		return nil, fmt.Errorf("read the runs: %w", err)
	}
	return runs, nil
}

func (s *show) tellLeader() {
	if s.killedAt.IsZero() {
		s.say.line("leader", "%s leads: it sees to it that each tick gets its run", s.leader)
		return
	}
	s.say.line("leader", "%s leads now, %.1fs after the kill", s.leader, time.Since(s.killedAt).Seconds())
}

// tellRun tells how a run ended, and what it has left.
func (s *show) tellRun(ctx context.Context, r run) error {
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
	s.say.line(topic, "%s: %s deleted %d rows in %.2fs", cause, who, *r.Deleted, r.Duration.Seconds())
	s.say.line("", "%s %d dead rows left", bar(left, s.dead), left)
	return nil
}
