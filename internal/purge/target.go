package purge

import (
	"fmt"

	"github.com/jackc/pgx/v5/pgtype"
)

// target is the part of a heap that a batch works on: listed rows, or a range of blocks. The zero value
// has no rows.
type target struct {
	rows     rowList
	from, to int64 // blocks, to excluded; both are 0 for listed rows
}

// ranged reports whether the target is a range of blocks.
func (in target) ranged() bool { return in.to > 0 }

// empty reports whether the target has nothing in it.
func (in target) empty() bool { return !in.ranged() && len(in.rows) == 0 }

// where restricts row t of the heap to the target.
func (in target) where(s *statement) string {
	if in.ranged() {
		return fmt.Sprintf("t.ctid OPERATOR(pg_catalog.>=) %s AND t.ctid OPERATOR(pg_catalog.<) %s", s.arg(firstOf(in.from)), s.arg(firstOf(in.to)))
	}
	rows := in.rows
	if rows == nil {
		rows = rowList{} // pgx would send NULL
	}
	return fmt.Sprintf("t.ctid OPERATOR(pg_catalog.=) ANY(%s::pg_catalog.tid[])", s.arg(rows))
}

// mostRows is how many rows the target can have.
func (in target) mostRows(h heap) int64 {
	if in.ranged() {
		return (in.to - in.from) * h.rowsPerBlock
	}
	return int64(len(in.rows))
}

// firstOf is the lowest ctid of a block.
func firstOf(block int64) pgtype.TID {
	return pgtype.TID{BlockNumber: uint32(block), Valid: true}
}
