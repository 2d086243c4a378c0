package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/jobs"
)

const (
	// A run that finds another one at work asks again for a moment, since most
	// runs are short, and then goes back to the queue: soon, or the next slice
	// of the one at work has to queue behind all that wait.
	turnInterval = 100 * time.Millisecond
	turnPatience = 500 * time.Millisecond

	// snoozeForTurn is for how long. The run that ends wakes it sooner; this is
	// for one that could not. It is longer than the 5 s below which River keeps
	// a job available, and would fetch it for naught.
	snoozeForTurn = 6 * time.Second
)

// encodedArgs are arguments as they came. River would retry a job whose
// arguments it cannot decode; ours decode, and are then refused for good.
type encodedArgs struct{ json.RawMessage }

// Kind implements river.JobArgs.
func (encodedArgs) Kind() string { return jobs.TokenCleanupKind }

// cleaner executes runs, a slice at a time.
type cleaner struct {
	river.WorkerDefaults[encodedArgs]
	replica  Replica
	draining context.Context //nolint:containedctx // the replica's, and longer than any job's

	// rescueAfter is when a run's replica is taken for dead, by this process's clock.
	rescueAfter time.Duration
}

// Work executes one slice of a run, or the whole of a short one.
func (c *cleaner) Work(ctx context.Context, job *river.Job[encodedArgs]) error {
	c.count(job.JobRow)

	run := newRun(c.replica, job.JobRow)
	var err error
	if run.request, err = c.request(job.EncodedArgs); err != nil {
		return run.refuse(ctx, err)
	}
	if c.draining.Err() != nil {
		return river.JobSnooze(0)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(c.draining, func() { cancel(errDraining) })()

	session, err := c.turn(ctx, run)
	lost := c.lost(ctx, err)
	if isOutage(err) && !lost {
		session, err = c.turn(ctx, run) // it was over in a moment
		lost = c.lost(ctx, err)
	}
	switch {
	case errors.Is(err, purge.ErrBusy):
		return river.JobSnooze(snoozeForTurn)
	case lost:
		return run.interrupted(err)
	case err != nil:
		return run.end(ctx, err)
	}
	err = run.slice(ctx, session)
	session.Close(ctx) // before the run that is next is woken
	return run.end(ctx, err)
}

// count makes River's idea of the job ours. Its clock is the database's, which
// may differ from the one that retries are planned by. Its last attempt is the
// last that may fail: that a replica was killed is no failure of the run.
func (c *cleaner) count(job *rivertype.JobRow) {
	now := time.Now()
	job.AttemptedAt = &now
	if failed := job.Attempt - 1 - noted(job).Rescues; failed+1 >= c.replica.MaxAttempts {
		job.MaxAttempts = job.Attempt
	} else {
		job.MaxAttempts = job.Attempt + 1
	}
}

// request is what the arguments ask for.
func (c *cleaner) request(encoded []byte) (request, error) {
	args, err := jobs.DecodeArgs(encoded)
	if err != nil {
		return request{}, err
	}
	if args.Tables == nil {
		return request{args: args, tables: c.replica.Tables}, nil
	}
	var tables []purge.Table
	for _, name := range args.Tables {
		i := slices.IndexFunc(c.replica.Tables, func(t purge.Table) bool { return t.String() == name })
		if i < 0 {
			i = slices.IndexFunc(c.replica.Tables, func(t purge.Table) bool { return t.Is(name) })
		}
		if i < 0 {
			return request{}, fmt.Errorf("arguments: tables: %q is not configured; configured are %s", name, c.tableNames())
		}
		if !slices.Contains(tables, c.replica.Tables[i]) {
			tables = append(tables, c.replica.Tables[i])
		}
	}
	return request{args: args, tables: tables}, nil
}

func (c *cleaner) tableNames() string {
	names := make([]string, len(c.replica.Tables))
	for i, t := range c.replica.Tables {
		names[i] = t.String()
	}
	return strings.Join(names, ", ")
}

// lost reports whether an error is the database's being away. If the pool has it, what
// keeps the run from a session of its own is no outage: connections may be used up.
func (c *cleaner) lost(ctx context.Context, err error) bool {
	return isOutage(err) && writable(ctx, c.replica.Pool) != nil
}

// turn opens the session in which the run may delete, or returns ErrBusy: after a
// while, or at once to a run that waited before. Many that wait must neither ask
// the database all the time nor keep the next slice from being taken in hand.
func (c *cleaner) turn(ctx context.Context, run *run) (*purge.Session, error) {
	patience := time.After(turnPatience)
	for {
		session, err := c.tryTurn(ctx, run)
		if !errors.Is(err, purge.ErrBusy) || run.waited() {
			return session, err
		}
		select {
		case <-time.After(turnInterval):
		case <-patience:
			return nil, err
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// tryTurn returns ErrBusy while another run deletes. Between the slices of one that
// has begun it is also busy, to a run that has not or was asked for later. A run whose
// replica died is not waited for until it is rescued.
func (c *cleaner) tryTurn(ctx context.Context, run *run) (*purge.Session, error) {
	var busy bool
	err := c.replica.Pool.QueryRow(ctx, `
		SELECT EXISTS (
			SELECT
			FROM `+c.replica.table("river_job")+`
			WHERE kind = $1
				AND id <> $2
				AND (id < $2 OR NOT $3)
				AND queue = 'default'
				AND (state IN ('available', 'scheduled') OR state = 'running' AND attempted_at > now() - $4::interval)
				AND metadata -> 'output' ->> 'outcome' = 'running')`,
		jobs.TokenCleanupKind, run.job.ID, !run.progress.Cutoff.IsZero(), deadAfter).Scan(&busy)
	switch {
	case err != nil:
		return nil, fmt.Errorf("look for other runs: %w", err)
	case busy:
		return nil, purge.ErrBusy
	}
	return purge.Open(ctx, c.replica.Pool.Config().ConnConfig, "siltgate run "+c.replica.Schema)
}

// table is a table of our schema, for SQL.
func (r Replica) table(name string) string { return pgx.Identifier{r.Schema, name}.Sanitize() }

// NextRetry spreads five tries over about a quarter of an hour. A run whose
// replica was killed did not fail: it goes on at once.
func (c *cleaner) NextRetry(job *river.Job[encodedArgs]) time.Time {
	now := time.Now()
	if job.AttemptedAt != nil && now.Sub(*job.AttemptedAt) >= c.rescueAfter {
		return now
	}
	delays := []time.Duration{15 * time.Second, time.Minute, 4 * time.Minute, 8 * time.Minute}
	return now.Add(delays[min(max(job.Attempt, 1), len(delays))-1])
}

// errDraining is the cause that ends a slice when the replica stops.
var errDraining = errors.New("replica is stopping")

// endedEarly reports why ctx ended a slice although nothing failed: the replica
// stops, or someone cancelled the job.
func endedEarly(ctx context.Context) (stopping, cancelled bool) {
	if ctx.Err() == nil {
		return false, false
	}
	cause := context.Cause(ctx)
	if errors.Is(cause, rivertype.ErrJobCancelledRemotely) {
		return false, true
	}
	// A deadline is the job's timeout, which is a failure.
	return !errors.Is(cause, context.DeadlineExceeded), false
}
