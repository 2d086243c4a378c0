package worker

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// ErrPooledByTransaction is a connection that is another session with each
// transaction: it keeps no lock and hears no notification.
var ErrPooledByTransaction = errors.New("connections are pooled by transaction, as with PgBouncer's pool_mode=transaction: " +
	"advisory locks and LISTEN need a direct connection, or pool_mode=session")

// poolingLooks is how often to look: a pool that others use lends the same session
// again now and then.
const poolingLooks = 5

// checkPooling refuses a pool between us and Postgres that lends its sessions for
// a transaction. It holds one session busy and looks whether another connection
// is, or has become, a different one than it was: with sessions of their own,
// neither can be.
func checkPooling(ctx context.Context, pool *pgxpool.Pool) error {
	one, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer one.Release()
	two, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer two.Release()

	before, err := sessionOf(ctx, one.Conn())
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, two, func(tx pgx.Tx) error {
		busy, err := sessionOf(ctx, tx.Conn())
		if err != nil {
			return err
		}
		for range poolingLooks {
			after, err := sessionOf(ctx, one.Conn())
			if err != nil {
				return err
			}
			if before == busy || before != after {
				return ErrPooledByTransaction
			}
		}
		return nil
	})
}

// isPooling reports whether an error is that a connection, being another session
// now, does not know a statement that was prepared on it, or knows another's.
func isPooling(err error) bool {
	state := sqlState(err)
	return state == "26000" || state == "42P05" // invalid_sql_statement_name, duplicate_prepared_statement
}

// sessionOf is the process that serves a connection now. It prepares nothing,
// which such a pool may not know.
func sessionOf(ctx context.Context, conn *pgx.Conn) (pid uint32, err error) {
	if err := conn.QueryRow(ctx, `SELECT pg_backend_pid()`, pgx.QueryExecModeSimpleProtocol).Scan(&pid); err != nil {
		return 0, fmt.Errorf("look who serves a connection: %w", err)
	}
	return pid, nil
}
