package purge

import (
	"encoding/binary"
	"slices"

	"github.com/jackc/pgx/v5/pgtype"
)

// rowID is a ctid in 8 bytes, ordered as the heap is.
type rowID uint64

func newRowID(tid pgtype.TID) rowID { return rowID(tid.BlockNumber)<<16 | rowID(tid.OffsetNumber) }

func (id rowID) block() int64   { return int64(id >> 16) }
func (id rowID) offset() uint16 { return uint16(id) }

// rowList is some rows of a heap, in its order.
type rowList []rowID

// rowListCodec sends a rowList as tid[], and all other values as pgx does. pgx would allocate for each
// row of a list, which takes half as long as the deletion of rows that lie together.
type rowListCodec struct{ pgtype.Codec }

// PreferredFormat implements pgtype.Codec.
func (rowListCodec) PreferredFormat() int16 { return pgtype.BinaryFormatCode }

// PlanEncode implements pgtype.Codec.
func (c rowListCodec) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if _, ok := value.(rowList); ok && format == pgtype.BinaryFormatCode {
		return c
	}
	return c.Codec.PlanEncode(m, oid, format, value)
}

// Encode implements pgtype.EncodePlan, as array_recv and tidrecv read it.
func (rowListCodec) Encode(value any, buf []byte) ([]byte, error) {
	ids := value.(rowList) //nolint:forcetypeassert // PlanEncode asked for it.
	const header, element = 20, 10
	buf = slices.Grow(buf, header+element*len(ids))
	put := binary.BigEndian.AppendUint32
	dimensions := min(uint32(len(ids)), 1)
	buf = put(put(put(buf, dimensions), 0), pgtype.TIDOID) // 0 = without NULL
	if dimensions == 0 {
		return buf, nil
	}
	buf = put(put(buf, uint32(len(ids))), 1) // the first index
	for _, id := range ids {
		buf = put(put(buf, 6), uint32(id.block()))
		buf = binary.BigEndian.AppendUint16(buf, id.offset())
	}
	return buf, nil
}

// registerRowList makes a connection send rowLists.
func registerRowList(types *pgtype.Map) {
	array, _ := types.TypeForOID(pgtype.TIDArrayOID) // pgx knows all built-in types
	types.RegisterType(&pgtype.Type{Name: array.Name, OID: array.OID, Codec: rowListCodec{array.Codec}})
}

// victims is a list of row IDs in the making. It keeps only the lowest ones, so that its size is bounded
// however large the table is. The next list begins where it ends.
type victims struct {
	most int // rows to keep
	from rowID
	ids  rowList
	full bool // rows with higher IDs were left out

	// partial: rows were left out, anywhere.
	partial bool
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
