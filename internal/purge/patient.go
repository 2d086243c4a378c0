package purge

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// patient executes statements that read the catalog. Once one of them has taken longer than a batch may, it and all
// later ones may take CatalogTimeout: they lock nothing that others wait for. So a slow server, or a table with
// very many partitions, costs time and not an attempt.
type patient struct {
	unprepared

	slow bool
}

func newPatient(conn *pgx.Conn) *patient { return &patient{unprepared: newUnprepared(conn)} }

// Query implements querier. It returns all rows, or none beside an error.
func (p *patient) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if !p.slow {
		rows, err := fetch(p.unprepared.Query(ctx, sql, args...))
		if !isTimeout(err) {
			return rows, err
		}
		p.slow = true
	}
	return p.queryLonger(ctx, sql, args)
}

// queryLonger gives the statement the longer time-out. That is the transaction's, which ends with the statement, so
// that no batch ever has it.
func (p *patient) queryLonger(ctx context.Context, sql string, args []any) (pgx.Rows, error) {
	if len(args) > 0 {
		if _, mode := args[0].(pgx.QueryExecMode); mode {
			args = args[1:] // statements that are sent together have none of their own
		}
	}
	batch := &pgx.Batch{}
	batch.Queue(`SELECT pg_catalog.set_config('statement_timeout', $1::pg_catalog.text, true)`, CatalogTimeout.String())
	batch.Queue(sql, args...)
	results := p.conn.SendBatch(ctx, batch)
	_, err := results.Exec()
	var rows pgx.Rows
	if err == nil {
		rows, err = fetch(results.Query())
	}
	if closeErr := results.Close(); err == nil {
		err = closeErr
	}
	return rows, err
}
