package purge

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// hasIndexes reports whether every arm of the heap has an index that lists its
// dead rows: led by the column, and complete for what the arm asks.
func (s *Session) hasIndexes(ctx context.Context, h heap) (bool, error) {
	for _, a := range h.arms {
		var found bool
		err := s.conn.QueryRow(ctx, `
			SELECT EXISTS (
				SELECT
				FROM pg_index AS i
				JOIN pg_class AS c ON c.oid = i.indexrelid
				JOIN pg_am AS m ON m.oid = c.relam
				LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
				WHERE i.indrelid = $1
					AND i.indisvalid
					AND m.amname = 'btree'
					AND (
						a.attname = $2::name
							AND coalesce(pg_get_expr(i.indpred, i.indrelid) = ANY($3::text[]), true)
						OR $4 AND pg_get_expr(i.indpred, i.indrelid) = ANY($3::text[])
					))`,
			h.oid, a.column, a.impliedPredicates(), a.kind == boolean).Scan(&found)
		if err != nil {
			return false, fmt.Errorf("read its indexes: %w", err)
		}
		if !found {
			return false, nil
		}
	}
	return true, nil
}

// impliedPredicates are the conditions of partial indexes that hold every row
// the arm asks for, as Postgres prints them.
func (a arm) impliedPredicates() []string {
	column := a.column
	if quoted := (pgx.Identifier{column}).Sanitize(); strings.ToLower(column) != column || strings.ContainsAny(column, " -.$") {
		column = quoted
	}
	if a.kind == boolean {
		return []string{column, "(" + column + " = true)"}
	}
	return []string{"(" + column + " IS NOT NULL)"}
}
