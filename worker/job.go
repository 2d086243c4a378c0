package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/siltgate/siltgate/internal/outage"
	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/jobs"
)

// encodedArgs are arguments that River does not decode. It would retry a job whose arguments it
// cannot decode; Work decodes them, and refuses wrong ones for good.
type encodedArgs struct{ json.RawMessage }

// Kind implements river.JobArgs.
func (encodedArgs) Kind() string { return jobs.TokenCleanupKind }

// cleaner executes runs, a slice at a time.
type cleaner struct {
	river.WorkerDefaults[encodedArgs]
	replica  Replica
	draining context.Context //nolint:containedctx // Done when the replica stops: longer than any job's.

	// rescueAfter is the age at which a run's replica is taken for dead, by this process's clock.
	rescueAfter time.Duration

	session chan struct{} // holds a value while a run, or the inspection, has the replica's one connection for runs

	// aside has the contenders, by their jobs' ids, that found the turn taken and go back to wait, until
	// River has written that.
	aside sync.Map

	waits loggedReason // what runs waited for last
}

// newCleaner makes a cleaner whose runs end when draining is done. This process's clock is ahead of
// the database's by ahead: River compares the two.
func (r Replica) newCleaner(draining context.Context, ahead time.Duration) *cleaner {
	return &cleaner{replica: r, draining: draining, rescueAfter: rescueAfter + max(ahead, 0), session: make(chan struct{}, 1)}
}

// Work executes one slice of a run, or the whole of a short one.
func (c *cleaner) Work(ctx context.Context, job *river.Job[encodedArgs]) error {
	c.adjustAttempts(job.JobRow)

	run := newRun(c.replica, job.JobRow)
	var err error
	if refused := metadataOf(job.JobRow).Refused; refused != "" {
		return run.refuse(ctx, errors.New(refused))
	}
	if run.request, err = c.request(job.EncodedArgs); err != nil {
		return run.refuse(ctx, err)
	}
	if c.draining.Err() != nil {
		return river.JobSnooze(0)
	}
	if reason, err := c.replica.readPause(ctx); err == nil && reason != "" {
		return run.givePaused(ctx, reason)
	}
	if tick := run.request.args.Tick; tick != nil {
		if ended, verdict := c.checkTick(ctx, run, *tick); ended {
			return verdict
		}
	}
	if c.isSurplus(ctx, run) {
		return run.refuse(ctx, errSurplus)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(c.draining, func() { cancel(errDraining) })()

	session, err := c.turn(ctx, run)
	lost := c.lost(ctx, err)
	if outage.Is(err) && !lost {
		session, err = c.turn(ctx, run) // the database was away for a moment only
		lost = c.lost(ctx, err)
	}
	switch {
	case errors.Is(err, purge.ErrBusy):
		c.aside.Store(run.job.ID, run.contender())
		return river.JobSnooze(snoozeForTurn)
	case errors.As(err, new(turnLockedError)):
		return c.postpone(ctx, run, err)
	case lost:
		return run.interrupted(err)
	case err != nil:
		return run.end(ctx, err)
	}
	closing := sync.OnceValue(func() (await func()) { return c.closeSession(ctx, session) })
	defer func() { closing()() }() // also if the slice panics: it is the replica's only session for runs
	err = run.slice(ctx, session)
	if run.goesOn(ctx, err) {
		c.replica.reserveTurn(ctx, run.contenderAfterSlice(), run.progress.Rest)
	}
	run.awaitClose = closing()
	if errors.As(err, new(turnWantedError)) {
		run.wake(ctx)
	}
	return run.end(ctx, err)
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
		named, matched := purge.Named(c.replica.Tables, name)
		switch {
		case i >= 0:
			named = c.replica.Tables[i]
		case !matched:
			return request{}, fmt.Errorf("arguments: tables: %q is not configured; configured are %s", name,
				strings.Join(namesOf(c.replica.Tables), ", "))
		}
		if !slices.ContainsFunc(tables, func(t purge.Table) bool { return t.String() == named.String() }) {
			tables = append(tables, named)
		}
	}
	return request{args: args, tables: tables}, nil
}

// namesOf are the names of tables as they are configured.
func namesOf(tables []purge.Table) []string {
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = t.String()
	}
	return names
}

// lost reports whether an error means that the database is away. If the pool reaches the database,
// a run that gets no session of its own is no outage: the connections may be used up. Nor is it one if the
// replica stops, or the run is cancelled, which ends what is asked here too.
func (c *cleaner) lost(ctx context.Context, err error) bool {
	if !outage.Is(err) || outage.CheckWritable(ctx, c.replica.pool) == nil {
		return false
	}
	stopping, cancelled := endedEarly(ctx)
	return !stopping && !cancelled
}

// turn opens the session in which the run may delete. It returns ErrBusy if it is not the run's
// turn: after a while, or at once for a run that has waited before. Many runs that wait must
// neither ask the database all the time, nor occupy the replica so that it cannot fetch the next
// slice.
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

// table is a table of our schema, for SQL.
func (r Replica) table(name string) string { return pgx.Identifier{r.Schema, name}.Sanitize() }

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
