package demo

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// claim is a promise of Siltgate's, and whether it held.
type claim struct {
	holds bool
	text  string
}

// check tells which claims hold, and fails if one does not.
func (s *show) check(ctx context.Context) error {
	failed := 0
	for _, check := range []func(context.Context) (claim, error){
		s.checkLiveRows,
		s.checkDeadRows,
		s.checkCounts,
		s.checkTicks,
		s.checkApplication,
	} {
		c, err := check(ctx)
		if err != nil {
			return err
		}
		s.say.claim(c.holds, c.text)
		if !c.holds {
			failed++
		}
	}
	s.say.blank()
	if failed > 0 {
		return errors.New("not all that Siltgate promises was kept: see what FAILED above")
	}
	return nil
}

// checkLiveRows compares the tables with demo.living, a record of live rows that Siltgate
// does not know.
func (s *show) checkLiveRows(ctx context.Context) (claim, error) {
	var living, there int64
	err := s.conn.QueryRow(ctx, `
		SELECT
			count(*),
			count(tokens.id)
		FROM demo.living
		LEFT JOIN demo.tokens USING (id)
		WHERE living.expires_at > clock_timestamp()`).Scan(&living, &there)
	if err != nil {
		return claim{}, fmt.Errorf("look for the live rows: %w", err)
	}
	return claim{
		holds: living > 0 && there == living,
		text:  fmt.Sprintf("every live row is still there: %s of %s", number(there), number(living)),
	}, nil
}

func (s *show) checkDeadRows(ctx context.Context) (claim, error) {
	counts, err := countRows(ctx, s.conn, *s.last.StartedAt)
	if err != nil {
		return claim{}, err
	}
	left := total(counts).Dead
	return claim{
		holds: left == 0,
		text: fmt.Sprintf("of the rows that were dead at %s, when the last run began, %s are left",
			s.last.StartedAt.UTC().Format(time.TimeOnly), number(left)),
	}, nil
}

// checkCounts compares what the history says was deleted with what is gone.
func (s *show) checkCounts(ctx context.Context) (claim, error) {
	counts, err := countRows(ctx, s.conn, time.Now())
	if err != nil {
		return claim{}, err
	}
	var recorded int64
	if err := s.conn.QueryRow(ctx, `SELECT sum(deleted)::bigint FROM siltgate.runs`).Scan(&recorded); err != nil {
		return claim{}, fmt.Errorf("add up the history: %w", err)
	}
	issued, left := s.app.Record().Issued, total(counts).All
	return claim{
		holds: s.initial+issued-left == recorded,
		text: fmt.Sprintf("the history is exact: %s rows at first, %s issued since, %s now, %s recorded as deleted",
			number(s.initial), number(issued), number(left), number(recorded)),
	}, nil
}

func (s *show) checkTicks(ctx context.Context) (claim, error) {
	runs, err := s.readRuns(ctx)
	if err != nil {
		return claim{}, err
	}
	a := settle(s.schedule, s.born, s.last.Tick.UTC(), []time.Time{s.killedAt}, board{runs: runs}.scheduled())
	return claim{holds: a.holds(), text: a.String()}, nil
}

// checkApplication holds no figure as a bound, because a busy machine is slow without any run. It
// shows how long statements took during runs, beside how long they took at other times.
func (s *show) checkApplication(ctx context.Context) (claim, error) {
	runs, err := s.readRuns(ctx)
	if err != nil {
		return claim{}, err
	}
	did := s.app.Record()
	if failure := did.Err(); failure != nil {
		return claim{text: failure.Error()}, nil //nolint:nilerr // It fails the claim.
	}
	all := did.Statements
	beside := during(runs, all)
	return claim{
		holds: len(all) > 0,
		text: fmt.Sprintf("the application made %s statements, none failed: %s; of the %s while a run was under way: %s",
			number(len(all)), latency(all), number(len(beside)), latency(beside)),
	}, nil
}
