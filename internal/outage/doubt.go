package outage

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// usedUpProbes is how many looks for a working connection must fail before used-up connections
// count as an outage. A connection that works may be in use for a moment.
const usedUpProbes = 4

// isUsedUp reports whether the server has no connection left. Those that the pool has may work.
func isUsedUp(err error) bool { return sqlState(err) == "53300" } // too_many_connections

// isLate reports whether a statement took longer than it may. It may have waited for a lock, or the
// server is slow: whether it is reached has to be looked at.
func isLate(err error) bool {
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	return !connecting && sqlState(err) == "" && errors.Is(err, context.DeadlineExceeded)
}

// isDoubtful reports whether what failed first is no outage, because the database can be worked with
// all the same. That is logged once a minute.
func (o *Monitor) isDoubtful(ctx context.Context, pool *pgxpool.Pool) bool {
	o.mu.Lock()
	cause := o.doubt
	o.doubt = nil
	o.mu.Unlock()
	if cause == nil {
		return false
	}
	probes := usedUpProbes
	if isLate(cause) {
		probes = 1
	}
	for range probes {
		if CheckWritable(ctx, pool) == nil {
			o.warn(cause)
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(firstProbe):
		}
	}
	o.log.Warn(lost, "error", cause)
	return false
}

// warn says what an error was that is no outage.
func (o *Monitor) warn(cause error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.since, o.failed = time.Time{}, 0
	late := isLate(cause)
	switch {
	case time.Since(o.warned[late]) < outageReminder:
		return
	case late:
		o.log.Warn("a statement took too long: the database is there, and slow or somebody holds a lock", "error", cause)
	default:
		o.log.Warn("connections are used up: working with fewer", "error", cause)
	}
	o.warned[late] = time.Now()
}
