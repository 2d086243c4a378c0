package purge

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestASessionThatIsClosedNoLongerCountsAgainstTheLimitOfConnections(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	role, url := pgtest.Role(t, db.url, "")
	db.exec(`ALTER ROLE ` + pgx.Identifier{role}.Sanitize() + ` CONNECTION LIMIT 1`)
	config, err := pgx.ParseConfig(url)
	require.NoError(t, err)
	for range 100 {
		s, err := Open(t.Context(), config, alone)
		require.NoError(t, err)
		s.Close(t.Context())
	}
}
