package pgtest

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Watch is the tracer of a connection that is told of each statement before it is sent.
type Watch func(sql string)

var (
	_ pgx.QueryTracer = Watch(nil)
	_ pgx.BatchTracer = Watch(nil)
)

// TraceQueryStart implements pgx.QueryTracer.
func (w Watch) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	w(data.SQL)
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (Watch) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart implements pgx.BatchTracer.
func (w Watch) TraceBatchStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	for _, query := range data.Batch.QueuedQueries {
		w(query.SQL)
	}
	return ctx
}

// TraceBatchQuery implements pgx.BatchTracer.
func (Watch) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd implements pgx.BatchTracer.
func (Watch) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}
