package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/golden"
)

// No container of the sample has both siltgate and psql, so what is printed is kept as files.
func TestTheComposeSampleExecutesWhatGrantsPrintsForItsTables(t *testing.T) {
	t.Parallel()
	const compose = "../../deploy/compose/"
	environ, pool := newDatabase(t)
	tables, err := os.ReadFile(compose + "initdb/01_auth_schema.sql")
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), string(tables))
	require.NoError(t, err)
	roles := newRoles(t, environ, pool)
	sample := strings.NewReplacer(`"`, "", roles.prefix, "siltgate_", pool.Config().ConnConfig.Database, "auth")

	golden.Equal(t, compose+"roles/owner.sql", sample.Replace(roles.grant("owner")))
	out := siltgate(t.Context(), roles.as("owner"), "migrate")
	require.Zero(t, out.code, out.stderr)
	golden.Equal(t, compose+"roles/grants.sql", sample.Replace(roles.grant("worker", "ui")))
}
