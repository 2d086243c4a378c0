package outage

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/siltgate/siltgate/internal/session"
)

// TooFewError says that the database, the role or a pool lends fewer connections than a replica
// needs.
type TooFewError struct {
	Need, Got int

	// Refusal is the error of the connection that was refused.
	Refusal error
}

// Error says what would help.
func (e *TooFewError) Error() string {
	return fmt.Sprintf("%s: raise the role's or the database's CONNECTION LIMIT, max_connections, or the size of the pool "+
		"in between (%v)", e.Reason(), e.Refusal)
}

// Reason is Error without the words of the server or pool.
func (e *TooFewError) Reason() string {
	return fmt.Sprintf("a replica needs %d connections and gets %d", e.Need, e.Got)
}

// Unwrap returns the refusal.
func (e *TooFewError) Unwrap() error { return e.Refusal }

// lendTimeout is how long to wait for each connection after the first. A pooler that has no more
// lets its clients wait.
const lendTimeout = 3 * time.Second

// CountConnections opens connections until it has most of them, and closes them again. It
// returns how many it got, and a *TooFewError if these are fewer than need. It sets nothing
// on them.
func CountConnections(ctx context.Context, config *pgxpool.Config, need, most int) (got int, err error) {
	var open []*pgx.Conn
	defer func() {
		for _, conn := range open {
			session.End(ctx, conn)
		}
	}()
	for len(open) < most {
		conn, err := lend(ctx, config, len(open) > 0)
		switch {
		case ctx.Err() != nil:
			return len(open), ctx.Err()
		case err == nil:
			open = append(open, conn)
		case len(open) >= need:
			return len(open), nil
		case len(open) == 0 && sqlState(err) != "53300", // too_many_connections
			strings.HasPrefix(sqlState(err), "57"): // the server was stopped, or a time-out of the role ended the statement
			return len(open), err
		default:
			return len(open), &TooFewError{Need: need, Got: len(open), Refusal: err}
		}
	}
	return len(open), nil
}

// lend opens a connection, and makes a pooler lend it a session.
func lend(ctx context.Context, config *pgxpool.Config, again bool) (*pgx.Conn, error) {
	if again {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, lendTimeout)
		defer cancel()
	}
	conn, err := connect(ctx, config)
	if err != nil {
		return nil, err
	}
	if _, err := sessionOf(ctx, conn); err != nil {
		session.End(ctx, conn)
		return nil, err
	}
	return conn, nil
}
