package pgtest

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Watch is the tracer of a connection that is told of each statement before it is sent.
type Watch func(sql string)

var _ pgx.QueryTracer = Watch(nil)

// TraceQueryStart implements pgx.QueryTracer.
func (w Watch) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	w(data.SQL)
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (Watch) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
