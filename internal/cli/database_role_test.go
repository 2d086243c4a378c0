package cli

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestARoleThatMayNotIsToldWhereThoseAreThatMay(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)
	_, url := pgtest.Role(t, pool.Config().ConnString(), "GRANT USAGE ON SCHEMA siltgate TO %[1]s")
	environ = []string{"DATABASE_URL=" + url}
	for _, args := range [][]string{{"enqueue"}, {"history"}, {"pause"}, {"resume"}, {"cancel", "1"}} {
		out := siltgate(t.Context(), environ, args...)
		require.Equal(t, 1, out.code, args)
		require.Regexp(t, "permission denied for .*`siltgate grants` prints the roles that may\n$", out.stderr, args)
	}
}
