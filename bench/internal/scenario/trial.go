package scenario

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/bench/internal/foreground"
	"github.com/siltgate/siltgate/bench/internal/method"
	"github.com/siltgate/siltgate/bench/internal/replica"
	"github.com/siltgate/siltgate/bench/internal/server"
	"github.com/siltgate/siltgate/bench/internal/stats"
	"github.com/siltgate/siltgate/bench/internal/tokens"
	"github.com/siltgate/siltgate/bench/internal/watch"
)

const (
	// warmUp is not measured: sessions are opened and plans made. settling is the time after a checkpoint, and is
	// not measured either.
	warmUp   = 3 * time.Second
	settling = time.Second

	// timelineWidth is of the windows in which latency is shown.
	timelineWidth = 100 * time.Millisecond
)

// Trial is one purge by one method, and what it did to the application.
type Trial struct {
	Method     string `json:"method"`
	Repetition int    `json:"repetition"`
	Snapshot   bool   `json:"snapshot,omitempty"` // an old one was held

	Seconds       float64 `json:"seconds"`
	RowsPerSecond float64 `json:"rows_per_second"`
	Deleted       int64   `json:"deleted"` // as the method counts
	Batches       int64   `json:"batches"`
	Failed        int64   `json:"failed,omitempty"` // statements of the method
	Capped        bool    `json:"capped,omitempty"`

	// Of Siltgate alone: from the request to the run's cutoff, and how long the
	// run says that it worked.
	Plan       string        `json:"plan,omitempty"`
	DelayMS    float64       `json:"delay_ms,omitempty"`
	RecordedMS int64         `json:"recorded_ms,omitempty"`
	Paces      []method.Pace `json:"paces,omitempty"`

	Before    stats.Latency `json:"before"`
	During    stats.Latency `json:"during"`
	After     stats.Latency `json:"after"`
	Errors    int64         `json:"errors"`
	Deadlocks int64         `json:"deadlocks"`
	Error     string        `json:"error,omitempty"` // the application's first

	Writes    stats.Latency `json:"writing_transactions"`
	Reads     stats.Latency `json:"reading_transactions"`
	LockWaits stats.Latency `json:"lock_waits"`
	Samples   float64       `json:"samples_per_second"`

	// The statements of the longest of these.
	LongestWrite string `json:"longest_writing,omitempty"`
	LongestRead  string `json:"longest_reading,omitempty"`
	LongestWait  string `json:"longest_waiting,omitempty"`

	WALPerRow  float64            `json:"wal_bytes_per_row"`
	Flushes    int64              `json:"flushes,omitempty"` // known on a slow disk only
	Shares     []watch.Share      `json:"shares,omitempty"`
	PeakMemory int64              `json:"peak_memory_bytes,omitempty"`
	ReplicaCPU float64            `json:"replica_cpu_s,omitempty"`
	Statements []server.Statement `json:"statements,omitempty"`
	Timeline   []stats.Window     `json:"timeline,omitempty"`

	tokens.Verdict

	took  []time.Duration // what During sums up, in the order of the requests
	calm  []time.Duration // of these, before the load grew
	loads []time.Duration // and after
}

// trial measures one purge of a fresh copy.
type trial struct {
	*Bench
	method   method.Method
	shape    tokens.Shape
	template string
	snapshot bool
	length   time.Duration // of the method none
	step     bool          // the load grows in the middle
	result   Trial
}

// run does it: copy, warm up, before, purge, after, check.
func (t *trial) run(ctx context.Context) (Trial, error) {
	b, r := t.Bench, &t.result
	if err := b.Server.Copy(ctx, working, t.template); err != nil {
		return *r, err
	}
	var program *replica.Replica
	if t.method.Replica {
		var err error
		if program, err = replica.Start(ctx, b.Program, b.Server.URL(working), b.Settings...); err != nil {
			return *r, err
		}
	}
	record, err := t.measure(ctx, program)
	if program != nil {
		r.PeakMemory = program.PeakMemory()
		err = errors.Join(err, program.Stop())
	}
	if err != nil {
		return *r, err
	}
	if err := t.check(ctx, record); err != nil {
		return *r, err
	}
	return *r, b.Server.Drop(ctx, working)
}

// stretch is a phase of a trial.
type stretch struct{ from, to time.Time }

// measure lets the application work, and purges meanwhile. To find the limit it
// stops the application before the purge: so the data are the same.
func (t *trial) measure(ctx context.Context, program *replica.Replica) (*foreground.Record, error) {
	load, err := foreground.Start(ctx, t.shape, t.Rate, uint64(t.result.Repetition), t.connect(foreground.Application))
	if err != nil {
		return nil, err
	}
	defer load.Stop()
	release, err := t.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	before, err := t.before(ctx)
	if err != nil {
		return nil, err
	}
	if t.method.Alone {
		load.Stop()
	}

	watcher, err := t.Server.Connect(ctx, working, "bench watch")
	if err != nil {
		return nil, err
	}
	watching := watch.Start(ctx, watcher, t.Sample)
	if t.step {
		grows := time.AfterFunc(stepAfter, func() { load.Multiply(stepFactor) })
		defer grows.Stop()
	}
	calm := t.Server.Checkpoints(ctx, t.Checkpoints)
	outcome, err := t.purge(ctx, program)
	err = errors.Join(err, calm())
	if err == nil && !t.method.Alone {
		err = wait(ctx, t.After)
	}
	seen, watchErr := watching.Stop()
	record := load.Stop()
	if err := errors.Join(err, watchErr); err != nil {
		return record, err
	}
	t.sum(record, seen, before, outcome)
	return record, nil
}

// before is the phase without a purge, and like the purge it follows on a
// checkpoint, so that what is compared pays alike for full images of pages.
func (t *trial) before(ctx context.Context) (stretch, error) {
	var phase stretch
	if t.Rate > 0 {
		if err := wait(ctx, warmUp); err != nil {
			return phase, err
		}
		if err := t.Server.Checkpoint(ctx); err != nil {
			return phase, err
		}
		if err := wait(ctx, settling); err != nil {
			return phase, err
		}
		phase.from = time.Now()
		if err := wait(ctx, t.Before); err != nil {
			return phase, err
		}
		phase.to = time.Now()
	}
	if err := t.Server.Checkpoint(ctx); err != nil {
		return phase, err
	}
	return phase, wait(ctx, settling)
}

// purge executes the method and weighs it.
func (t *trial) purge(ctx context.Context, program *replica.Replica) (method.Outcome, error) {
	if err := t.Server.ResetStatements(ctx); err != nil {
		return method.Outcome{}, err
	}
	wal, err := t.Server.WAL(ctx)
	if err != nil {
		return method.Outcome{}, err
	}
	cpu, flushes := replicaCPU(program), t.Server.Flushes()
	outcome, err := t.method.Run(ctx, method.Purge{
		Connect: func(ctx context.Context, application string) (*pgx.Conn, error) {
			return t.Server.Connect(ctx, working, application)
		},
		Admin:    func(ctx context.Context) (*pgx.Conn, error) { return t.Server.Connect(ctx, "", "bench") },
		Database: t.Server.Name(working),
		Limit:    t.Limit,
		Length:   t.length,
	})
	if err != nil {
		return outcome, err
	}
	t.result.Flushes = t.Server.Flushes() - flushes
	t.result.ReplicaCPU = (replicaCPU(program) - cpu).Seconds()
	return outcome, t.count(ctx, wal, outcome)
}

// hold opens an old snapshot, if there is to be one.
func (t *trial) hold(ctx context.Context) (release func(), err error) {
	if !t.snapshot {
		return func() {}, nil
	}
	conn, err := t.Server.Connect(ctx, working, "bench snapshot")
	if err != nil {
		return nil, err
	}
	for _, sql := range []string{
		`SET idle_in_transaction_session_timeout = 0`,
		`BEGIN ISOLATION LEVEL REPEATABLE READ`,
		`SELECT id FROM refresh_tokens LIMIT 1`, // takes the snapshot
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return nil, fmt.Errorf("hold a snapshot: %w", err)
		}
	}
	return func() { _ = conn.Close(context.WithoutCancel(ctx)) }, nil
}

// count weighs the statements of the purge.
func (t *trial) count(ctx context.Context, before int64, o method.Outcome) error {
	after, err := t.Server.WAL(ctx)
	if err != nil {
		return err
	}
	written := after - before
	statements, err := t.Server.Statements(ctx, working)
	if err != nil {
		return err
	}
	// Whose transaction it is, a BEGIN does not tell.
	t.result.Statements = slices.DeleteFunc(statements, server.Statement.Frames)
	if t.Server.Counters {
		written = 0
		for _, s := range t.result.Statements {
			if s.Deletes() {
				written += s.WAL
			}
		}
	}
	t.result.WALPerRow = float64(written) / float64(max(o.Deleted, 1))
	return nil
}

// check compares the table with what must be in it.
func (t *trial) check(ctx context.Context, record *foreground.Record) error {
	conn, err := t.Server.Connect(ctx, working, "bench")
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	t.result.Verdict, err = tokens.Check(ctx, conn, t.shape, record.Changes)
	t.result.speed()
	return err
}

func (t *trial) connect(application string) func(context.Context) (*pgx.Conn, error) {
	return func(ctx context.Context) (*pgx.Conn, error) { return t.Server.Connect(ctx, working, application) }
}

func replicaCPU(program *replica.Replica) time.Duration {
	if program == nil {
		return 0
	}
	return program.CPU()
}

// wait sleeps until d is over or ctx is done.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
