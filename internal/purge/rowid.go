package purge

import (
	"slices"

	"github.com/jackc/pgx/v5/pgtype"
)

// rowID is a ctid in 8 bytes, ordered as the heap is.
type rowID uint64

func newRowID(tid pgtype.TID) rowID { return rowID(tid.BlockNumber)<<16 | rowID(tid.OffsetNumber) }

func (id rowID) block() int64   { return int64(id >> 16) }
func (id rowID) offset() uint16 { return uint16(id) }

// victims collects row IDs of which it keeps only the lowest, so that a list
// has a bounded size however large the table is. The rows above it are found
// by listing again from where the list ended.
type victims struct {
	most int // rows to keep
	from rowID
	ids  rowList
	full bool // rows were left out
}

// add takes a row into account; IDs below from were dealt with before.
func (v *victims) add(id rowID) {
	if id < v.from {
		return
	}
	v.ids = append(v.ids, id)
	if len(v.ids) >= 2*v.most {
		v.settle()
	}
}

// settle sorts the list, drops duplicates (rows dead for two reasons) and what
// exceeds the size.
func (v *victims) settle() {
	slices.Sort(v.ids)
	v.ids = slices.Compact(v.ids)
	if len(v.ids) > v.most {
		v.ids = v.ids[:v.most]
		v.full = true
	}
}
