//go:build !race

package purge

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"
)

// TestAllocationsAreHeld is not parallel, as other tests allocate too, and not for
// the race detector, which does.
func TestAllocationsAreHeld(t *testing.T) { //nolint:paralleltest // see above.
	ids := scattered(100_000)
	few := list(ids, mostVictims).ids[:1000]
	types := pgtype.NewMap()
	registerRowList(types)
	p := rowPacer(Pace{DutyCycle: 0.3, BatchTarget: 10 * time.Millisecond})
	for name, c := range map[string]struct {
		most float64
		of   func()
	}{
		"a list grows, and is sorted in place": {40, func() { list(ids, mostVictims) }},
		"a full list stops growing":            {25, func() { list(ids, 10_000) }},
		"a batch is sent in one piece":         {8, func() { encode(t, types, few) }},
		"a pacer is a value":                   {0, func() { p = p.after(time.Millisecond, finished) }},
	} {
		require.LessOrEqual(t, testing.AllocsPerRun(10, c.of), c.most, name)
	}
}
