package purge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAllThatRefusesATableIsOneLineWithTheStatements(t *testing.T) {
	t.Parallel()
	require.NoError(t, refusals(nil))
	require.NoError(t, refusals([]Finding{{Severity: Warned, Problem: "others own it"}}))
	require.EqualError(t, refusals([]Finding{
		{Severity: Refused, Problem: `column "gone" does not exist`, Remedy: "name another"},
		{Severity: Warned, Problem: "others own it"},
		{Severity: Refused, Problem: "has two keys without an index", SQL: []string{"CREATE INDEX ON a (b)", "CREATE INDEX ON c (d)"}},
	}), `column "gone" does not exist: name another; has two keys without an index: CREATE INDEX ON a (b); CREATE INDEX ON c (d)`)
}
