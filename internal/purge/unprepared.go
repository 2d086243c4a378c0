package purge

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// unprepared executes statements on a connection. The first time a statement takes one round trip. To prepare it first,
// as pgx does, would take two, and in most runs a statement that reads the catalog is executed once. A statement
// that comes again is prepared then, because a run of many tables executes it for each of them.
//
// The first time its results come as text. Times and intervals in it look as the role's settings say, so a statement that
// returns some is not executed here.
type unprepared struct {
	conn *pgx.Conn
	seen map[string]bool
}

func newUnprepared(conn *pgx.Conn) unprepared { return unprepared{conn, map[string]bool{}} }

// Query implements querier.
func (u unprepared) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return u.conn.Query(ctx, sql, u.withMode(sql, args)...)
}

// withMode puts in front of the arguments how pgx is to send the statement.
func (u unprepared) withMode(sql string, args []any) []any {
	if u.seen[sql] {
		return args
	}
	u.seen[sql] = true
	return once(args)
}

// once is the arguments of a statement that is executed once, with the order in front that pgx does not prepare it.
func once(args []any) []any { return append([]any{pgx.QueryExecModeExec}, args...) }
