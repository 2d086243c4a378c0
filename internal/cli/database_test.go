package cli

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestACommandThatConnectsAgainReadsTheFileAgain(t *testing.T) {
	t.Parallel()
	database := pgtest.Database(t)
	role, roleURL := pgtest.Role(t, database, "")
	path := filepath.Join(t.TempDir(), "url")
	require.NoError(t, os.WriteFile(path, []byte(roleURL), 0o600))
	c, err := config.Load([]string{"DATABASE_URL_FILE=" + path})
	require.NoError(t, err)

	u, err := url.Parse(roleURL)
	require.NoError(t, err)
	u.User = url.UserPassword(role, "rotated")
	_, err = pgtest.Pool(t, database).Exec(t.Context(), `ALTER ROLE `+pgx.Identifier{role}.Sanitize()+` PASSWORD 'rotated'`)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, []byte(u.String()), 0o600))
	conn, err := connect(t.Context(), c)
	require.NoError(t, err)
	disconnect(t.Context(), conn)
}
