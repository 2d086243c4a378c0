package worker

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// doNotAwaitFlush makes the transaction in hand not wait until it is on disk. It is for what a crash
// of the server may take back without harm, because all sessions end with the server. The server
// writes its log in order: what is committed later and waited for makes this durable too.
const doNotAwaitFlush = `SELECT pg_catalog.set_config('synchronous_commit', 'off', true)`

// unawaitedTx is one statement that returns a row, and that is not waited for until it is on disk.
type unawaitedTx struct{ lateTx }

// QueryRow implements pgx.Tx, in one round trip.
func (t *unawaitedTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	batch := &pgx.Batch{}
	batch.Queue(doNotAwaitFlush)
	batch.Queue(sql, args...)
	results := t.pool.SendBatch(ctx, batch)
	if _, err := results.Exec(); err != nil {
		_ = results.Close() // it says the same
		return failedRow{err}
	}
	return lastRow{results}
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
