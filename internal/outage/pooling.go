package outage

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/siltgate/siltgate/internal/session"
)

// ErrPooledByTransaction says that a pool lends a session for one transaction at a time. Such a
// connection keeps no lock and hears no notification.
var ErrPooledByTransaction = errors.New("connections are pooled by transaction, as with PgBouncer's pool_mode=transaction: " +
	"advisory locks and LISTEN need a direct connection, or pool_mode=session")

// pooledByStatementError is what ErrPooledByTransaction says of a pool that lends a session for one
// statement at a time.
type pooledByStatementError struct{}

func (pooledByStatementError) Error() string {
	return "connections are pooled by statement, as with PgBouncer's pool_mode=statement: " +
		"transactions, advisory locks and LISTEN need a direct connection, or pool_mode=session"
}

// Is makes the error one of ErrPooledByTransaction.
func (pooledByStatementError) Is(target error) bool { return target == ErrPooledByTransaction }

// poolingProbes is how many times sessions are compared: a busy pool may lend the same session
// several times in a row.
const poolingProbes = 5

// CheckPooling refuses a pool between us and Postgres that lends its sessions for one transaction
// at a time. It first asks on one connection again and again which session serves it. Then it keeps
// the session of a second connection busy and asks on the first one again. Where each connection
// has a session of its own, the answer never changes, and is never the busy session. CheckPooling
// makes these connections itself and sets nothing on them, because in such a pool a setting would
// reach the application too.
func CheckPooling(ctx context.Context, config *pgxpool.Config) error {
	one, err := connect(ctx, config)
	if err != nil {
		return err
	}
	defer session.End(ctx, one)
	two, err := connect(ctx, config)
	if err != nil {
		return err
	}
	defer session.End(ctx, two)

	before, err := sessionOf(ctx, one)
	if err != nil {
		return err
	}
	// A pool that takes the next session each time shows itself while none is busy.
	for range poolingProbes {
		switch next, err := sessionOf(ctx, one); {
		case err != nil:
			return err
		case before != next:
			return ErrPooledByTransaction
		}
	}
	err = pgx.BeginFunc(ctx, two, func(tx pgx.Tx) error {
		busy, err := sessionOf(ctx, tx.Conn())
		if err != nil {
			return err
		}
		for range poolingProbes {
			after, err := sessionOf(ctx, one)
			if err != nil {
				return err
			}
			if before == busy || before != after {
				return ErrPooledByTransaction
			}
		}
		return nil
	})
	// PgBouncer ends a connection that begins a transaction, with an SQLSTATE that says nothing else.
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && strings.Contains(pgErr.Message, "statement pooling") {
		return pooledByStatementError{}
	}
	return err
}

// connect makes a connection as a pool would.
func connect(ctx context.Context, pool *pgxpool.Config) (*pgx.Conn, error) {
	config := pool.ConnConfig.Copy()
	if pool.BeforeConnect != nil {
		if err := pool.BeforeConnect(ctx, config); err != nil {
			return nil, fmt.Errorf("connect to the database: %w", err)
		}
	}
	session.Limit(config)
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	if err := checkVersion(conn.PgConn().ParameterStatus("server_version")); err != nil {
		session.End(ctx, conn)
		return nil, err
	}
	return conn, nil
}

// IsPooling reports whether an error shows that a connection's session was exchanged: it does not
// know a statement that was prepared on this connection, or it knows one of another client.
func IsPooling(err error) bool {
	state := sqlState(err)
	return state == "26000" || state == "42P05" // invalid_sql_statement_name, duplicate_prepared_statement
}

// sessionOf is the server's process that serves a connection now. It prepares no statement, because
// a session that is exchanged would not know it.
func sessionOf(ctx context.Context, conn *pgx.Conn) (pid uint32, err error) {
	// pgx's own simple protocol wants settings that a role may have otherwise.
	results, err := conn.PgConn().Exec(ctx, `SELECT pg_catalog.pg_backend_pid()`).ReadAll()
	if err != nil {
		return 0, fmt.Errorf("find out whether connections are pooled by transaction: %w", err)
	}
	if len(results) != 1 || len(results[0].Rows) != 1 {
		return 0, errors.New("find out whether connections are pooled by transaction: no answer")
	}
	number, err := strconv.ParseUint(string(results[0].Rows[0][0]), 10, 32)
	if err != nil {
		return 0, fmt.Errorf("find out whether connections are pooled by transaction: %w", err)
	}
	return uint32(number), nil
}
