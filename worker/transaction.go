package worker

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver"
)

// GetExecutor implements riverdriver.Driver. Every five seconds River begins a transaction, looks
// for jobs that are due or for a leader whose term has ended, finds nothing and commits. So its
// transactions begin late, which saves 24 statements a minute of an idle replica.
func (d driver) GetExecutor() riverdriver.Executor {
	return executor{Executor: d.Driver.GetExecutor(), driver: d}
}

// executor is River's own, but for its transactions.
type executor struct {
	riverdriver.Executor

	driver driver
}

// Begin implements riverdriver.Executor.
func (e executor) Begin(context.Context) (riverdriver.ExecutorTx, error) {
	return e.driver.UnwrapExecutor(&lateTx{pool: e.driver.replica.pool}), nil
}

// isWhole reports whether a statement of River's needs no transaction. Each of these is the first
// of its transaction, and complete by itself.
//
//   - JobSchedule makes jobs available that are due. After it River notifies, as the trigger
//     siltgate_notify_available does too.
//   - LeaderDeleteExpired, then LeaderAttemptElect: whoever deletes a leader whose term has ended
//     need not be the next one.
func isWhole(sql string) bool {
	name, ok := strings.CutPrefix(strings.TrimSpace(sql), "-- name: ")
	name, _, _ = strings.Cut(name, " ")
	return ok && (name == "JobSchedule" || name == "LeaderDeleteExpired" || name == "LeaderAttemptElect")
}

// lateTx is a transaction that begins with the first statement that needs one.
type lateTx struct {
	pgx.Tx // nil until it has begun; has the methods that River does not call

	pool *pgxpool.Pool
	done bool
}

// begun begins the transaction unless it has begun.
func (t *lateTx) begun(ctx context.Context) (pgx.Tx, error) {
	if t.done {
		return nil, pgx.ErrTxClosed
	}
	if t.Tx == nil {
		tx, err := t.pool.Begin(ctx)
		if err != nil {
			return nil, err
		}
		t.Tx = tx
	}
	return t.Tx, nil
}

// statements executes a statement: the pool does, or the transaction. It is an interface because
// both have these methods. Without it, Exec, Query and QueryRow would each choose between the two.
type statements interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// in chooses what executes a statement: the pool, if the statement needs no transaction.
func (t *lateTx) in(ctx context.Context, sql string) (statements, error) {
	if t.Tx == nil && !t.done && isWhole(sql) {
		return t.pool, nil
	}
	return t.begun(ctx)
}

// Exec implements pgx.Tx.
func (t *lateTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	in, err := t.in(ctx, sql)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	return in.Exec(ctx, sql, args...)
}

// Query implements pgx.Tx.
func (t *lateTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	in, err := t.in(ctx, sql)
	if err != nil {
		return nil, err
	}
	return in.Query(ctx, sql, args...)
}

// QueryRow implements pgx.Tx.
func (t *lateTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	in, err := t.in(ctx, sql)
	if err != nil {
		return failedRow{err}
	}
	return in.QueryRow(ctx, sql, args...)
}

// failedRow is a row that could not be asked for.
type failedRow struct{ err error }

// Scan implements pgx.Row.
func (r failedRow) Scan(...any) error { return r.err }

// CopyFrom implements pgx.Tx.
func (t *lateTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	tx, err := t.begun(ctx)
	if err != nil {
		return 0, err
	}
	return tx.CopyFrom(ctx, table, columns, rows)
}

// Begin implements pgx.Tx.
func (t *lateTx) Begin(ctx context.Context) (pgx.Tx, error) {
	tx, err := t.begun(ctx)
	if err != nil {
		return nil, err
	}
	return tx.Begin(ctx)
}

// Commit implements pgx.Tx.
func (t *lateTx) Commit(ctx context.Context) error {
	return t.end(func() error { return t.Tx.Commit(ctx) })
}

// Rollback implements pgx.Tx.
func (t *lateTx) Rollback(ctx context.Context) error {
	return t.end(func() error { return t.Tx.Rollback(ctx) })
}

func (t *lateTx) end(end func() error) error {
	if t.done {
		return pgx.ErrTxClosed
	}
	t.done = true
	if t.Tx == nil {
		return nil
	}
	return end()
}

// Conn implements pgx.Tx.
func (t *lateTx) Conn() *pgx.Conn {
	if t.Tx == nil {
		return nil
	}
	return t.Tx.Conn()
}

// Config says to River how statements are sent, before there is a connection.
func (t *lateTx) Config() *pgxpool.Config { return t.pool.Config() }
