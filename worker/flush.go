package worker

import (
	"cmp"
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver"
)

// doNotAwaitFlush makes the transaction in hand not wait until it is on disk. It is for what a crash
// of the server may take back without harm, because all sessions end with the server. The server
// writes its log in order: what is committed later and waited for makes this durable too.
const doNotAwaitFlush = `SELECT pg_catalog.set_config('synchronous_commit', 'off', true)`

// JobGetAvailable implements riverdriver.Executor. That a run was fetched need not be on disk before it is worked: after
// a crash of the server it is available again, and whoever had fetched it has lost the session that deletes.
func (e executor) JobGetAvailable(
	ctx context.Context, params *riverdriver.JobGetAvailableParams,
) (*riverdriver.JobGetAvailableResult, error) {
	return e.driver.UnwrapExecutor(&unawaitedTx{lateTx{pool: e.driver.replica.pool}}).JobGetAvailable(ctx, params)
}

// unawaitedTx is one statement that returns rows, and that is not waited for until it is on disk.
type unawaitedTx struct{ lateTx }

// Query implements pgx.Tx, in one round trip.
func (t *unawaitedTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	results, err := t.send(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	rows, err := results.Query()
	if err != nil {
		_ = results.Close() // it says the same
		return nil, err
	}
	return &lastRows{Rows: rows, results: results}, nil
}

// QueryRow implements pgx.Tx, in one round trip.
func (t *unawaitedTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	results, err := t.send(ctx, sql, args)
	if err != nil {
		return failedRow{err}
	}
	return lastRow{results}
}

// send sends the statement, and returns its results as the next ones of the batch.
func (t *unawaitedTx) send(ctx context.Context, sql string, args []any) (pgx.BatchResults, error) {
	batch := &pgx.Batch{}
	batch.Queue(doNotAwaitFlush)
	batch.Queue(sql, args...)
	results := t.pool.SendBatch(ctx, batch)
	if _, err := results.Exec(); err != nil {
		_ = results.Close() // it says the same
		return nil, err
	}
	return results, nil
}

// lastRows are the rows of a batch's last statement. They are committed once they have been read.
type lastRows struct {
	pgx.Rows

	results pgx.BatchResults
	err     error // of the commit
}

// Next implements pgx.Rows.
func (r *lastRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}

// Err implements pgx.Rows.
func (r *lastRows) Err() error { return cmp.Or(r.Rows.Err(), r.err) }

// Close implements pgx.Rows.
func (r *lastRows) Close() {
	r.Rows.Close()
	r.err = cmp.Or(r.err, r.results.Close())
}

// lastRow is the row of a batch's last statement.
type lastRow struct{ results pgx.BatchResults }

// Scan implements pgx.Row.
func (r lastRow) Scan(into ...any) error {
	err := r.results.QueryRow().Scan(into...)
	if closeErr := r.results.Close(); err == nil {
		err = closeErr
	}
	return err
}
