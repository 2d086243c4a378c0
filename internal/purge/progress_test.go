package purge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestATableInPlaceOfAnotherIsCountedFromTheStart(t *testing.T) {
	t.Parallel()
	progress := TableProgress{Relation: 1, Deleted: 7, Stayed: Stayed{Counted: 6, Locked: 5, Undeletable: 4, Referenced: 3, Untried: 2}, Position: position{Heap: 1}, Held: "changed"}
	progress.of(relation{oid: 1})
	require.EqualValues(t, 5, progress.Locked)
	progress.of(relation{oid: 2})
	require.Equal(t, TableProgress{Relation: 2, Deleted: 7}, progress)
}
