package purge

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"
)

// scattered are row IDs all over a heap, as an index on expiry lists them.
func scattered(n int) rowList {
	random := rand.New(rand.NewPCG(1, 1))
	ids := make(rowList, n)
	for i := range ids {
		ids[i] = newRowID(pgtype.TID{BlockNumber: random.Uint32N(1 << 20), OffsetNumber: uint16(1 + random.UintN(100)), Valid: true})
	}
	return ids
}

// list collects and sorts row IDs as a list of the index plan does.
func list(ids rowList, most int) *victims {
	found := &victims{most: most}
	for _, id := range ids {
		found.add(id)
	}
	found.settle()
	return found
}

func BenchmarkList(b *testing.B) {
	ids := scattered(100_000)
	b.ReportAllocs()
	for b.Loop() {
		list(ids, mostVictims)
	}
}

func BenchmarkListBeyondItsBound(b *testing.B) {
	ids := scattered(100_000)
	b.ReportAllocs()
	for b.Loop() {
		list(ids, 10_000)
	}
}

func BenchmarkBatchArguments(b *testing.B) {
	ids := list(scattered(1000), mostVictims).ids
	types := pgtype.NewMap()
	registerRowList(types)
	b.ReportAllocs()
	for b.Loop() {
		encode(b, types, ids)
	}
}

func BenchmarkPacer(b *testing.B) {
	p := rowPacer(Pace{DutyCycle: 0.3, BatchTarget: 10 * time.Millisecond})
	b.ReportAllocs()
	for b.Loop() {
		p = p.after(time.Duration(p.size)*20*time.Microsecond, finished)
	}
}

// encode is what a batch's row IDs cost before they are sent.
func encode(tb testing.TB, types *pgtype.Map, ids rowList) {
	tb.Helper()
	s := &statement{}
	target{rows: ids}.where(s)
	_, err := types.Encode(pgtype.TIDArrayOID, pgtype.BinaryFormatCode, s.args[0], nil)
	require.NoError(tb, err)
}
