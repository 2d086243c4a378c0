package server

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheLogCountsTheStatementsOfOneDatabase(t *testing.T) {
	t.Parallel()
	var l log
	write := func(text string) {
		n, err := l.Write([]byte(text))
		require.NoError(t, err)
		require.Len(t, text, n)
	}
	write("@bench@LOG:  statement: SELECT 0\n")
	l.watch("bench")
	write("@bench@LOG:  statement: begin\n@bench@LOG:  execute stmtcache_1: SELECT\n\t\ta,\n\t\tb: c\n")
	write("@bench@DETAIL:  parameters: $1 = '1'\n@other@LOG:  statement: SELECT 1\n@bench@LOG:  execute stmt")
	write("cache_1: SELECT\n\t\ta,\n\t\tb: c\n@@LOG:  checkpoint starting: time\n@bench@LOG:  duration: 1.0 ms\n")
	write("@bench@ERROR:  no\n@bench@STATEMENT:  begin\n@bench@LOG:  execute <unnamed>: SELECT 2\n")
	require.Equal(t, []Statement{
		{Query: "SELECT a, b: c", Calls: 2},
		{Query: "SELECT 2", Calls: 1},
		{Query: "begin", Calls: 1},
	}, l.statements())
}
