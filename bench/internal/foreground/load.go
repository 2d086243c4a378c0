// Package foreground is the auth service that goes on while its table is
// purged: it gets requests at a fixed rate, whether or not the ones before are
// answered, and how long one takes counts from when it was due. So a stall is
// not hidden by the requests that it holds back. The application of the tests and the demo,
// internal/testkit/application, is of another kind: its users wait for each answer, and
// find out whether a live token is gone.
package foreground

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/siltgate/siltgate/bench/internal/stats"
	"github.com/siltgate/siltgate/bench/internal/tokens"
)

const (
	// Application names the service's sessions.
	Application = "bench foreground"

	// Connections is how many the service's pool has.
	Connections = 16
)

// So many of a hundred requests are of each kind; the others are lookups.
const (
	rotations = 25
	logOuts   = 3
)

// Record is what the service experienced.
type Record struct {
	Points    []stats.Point // by when they were due
	Errors    int64         // failed requests, deadlocks included
	Deadlocks int64
	First     error // the first of the errors
	Changes   tokens.Changes
}

// Load is the service at work.
type Load struct {
	shape  tokens.Shape
	queue  chan request
	factor atomic.Int64 // of the rate
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu     sync.Mutex
	record Record
}

// Start begins to send requests, so many a second; 0 = none. The seed decides
// about their order: the same one gives the same requests. Connect opens a
// connection of the service.
func Start(ctx context.Context, shape tokens.Shape, rate int, seed uint64, connect func(context.Context) (*pgx.Conn, error)) (*Load, error) {
	l := &Load{shape: shape, queue: make(chan request, 1<<17)}
	l.factor.Store(1)
	ctx, l.cancel = context.WithCancel(ctx)
	if rate == 0 {
		return l, nil
	}
	var conns []*pgx.Conn
	for range Connections {
		conn, err := connect(ctx)
		if err != nil {
			for _, conn := range conns {
				_ = conn.Close(ctx)
			}
			l.cancel()
			return nil, fmt.Errorf("start the foreground: %w", err)
		}
		conns = append(conns, conn)
	}
	for _, conn := range conns {
		l.wg.Go(func() { l.serve(context.WithoutCancel(ctx), conn) })
	}
	l.wg.Go(func() { l.send(ctx, rate, seed) })
	return l, nil
}

// Multiply makes requests fall due so many times as often from now on.
func (l *Load) Multiply(factor int64) { l.factor.Store(factor) }

// Stop sends no more requests, waits for the answers, and says how it went.
func (l *Load) Stop() *Record {
	l.cancel()
	l.wg.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.SortFunc(l.record.Points, func(a, b stats.Point) int { return a.Due.Compare(b.Due) })
	return &l.record
}

// send puts requests into the queue when they are due.
func (l *Load) send(ctx context.Context, rate int, seed uint64) {
	defer close(l.queue)
	chance := rand.New(rand.NewPCG(seed, 1))
	due := time.Now()
	for i := int64(0); ; i++ {
		due = due.Add(time.Second / time.Duration(int64(rate)*l.factor.Load()))
		if wait := time.Until(due); wait > 0 {
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return
			}
		}
		if ctx.Err() != nil {
			return
		}
		l.queue <- l.next(chance, due, l.shape.Rows+1+i)
	}
}

// next makes up a request. Most clients present a live token, one in ten
// whatever it has kept.
func (l *Load) next(chance *rand.Rand, due time.Time, fresh int64) request {
	r := request{due: due, fresh: fresh}
	switch n := chance.IntN(100); {
	case n < rotations:
		r.kind = Rotate
	case n < rotations+logOuts:
		r.kind = LogOut
	}
	if chance.IntN(10) == 0 {
		r.token = 1 + chance.Int64N(l.shape.Rows)
	} else {
		r.token = l.shape.Dead + 1 + chance.Int64N(l.shape.Rows-l.shape.Dead)
	}
	return r
}

// serve answers requests over one connection of the pool.
func (l *Load) serve(ctx context.Context, conn *pgx.Conn) {
	defer func() { _ = conn.Close(ctx) }()
	var changes tokens.Changes
	var points []stats.Point
	for r := range l.queue {
		err := r.do(ctx, conn, l.shape, &changes)
		points = append(points, stats.Point{Due: r.due, Took: time.Since(r.due)})
		if err != nil {
			l.note(err)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.record.Points = append(l.record.Points, points...)
	l.record.Changes.Inserted = append(l.record.Changes.Inserted, changes.Inserted...)
	l.record.Changes.Revoked = append(l.record.Changes.Revoked, changes.Revoked...)
	l.record.Changes.Ended += changes.Ended
}

// note counts a failed request.
func (l *Load) note(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.record.Errors++
	if l.record.First == nil {
		l.record.First = err
	}
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && pgErr.Code == "40P01" {
		l.record.Deadlocks++
	}
}
