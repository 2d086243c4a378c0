package docs

import (
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// On a managed Postgres nobody is superuser. Its first user owns the database and may create roles.
const managed = `
CREATE ROLE first_user LOGIN CREATEROLE PASSWORD 'first';
ALTER DATABASE auth OWNER TO first_user;
ALTER TABLE refresh_tokens OWNER TO first_user;
ALTER TABLE password_resets OWNER TO first_user;
`

func TestTheFirstUserOfAManagedPostgresMakesTheRolesAndDropsThem(t *testing.T) {
	t.Parallel()
	s := begin(t)
	require.NoError(t, execute(t.Context(), s.url, managed))
	first, err := url.Parse(s.url)
	require.NoError(t, err)
	first.User = url.UserPassword("first_user", "first")

	printed, status := s.shell(t, strings.ReplaceAll(blockWith(t, "siltgate grants --owner |"), "postgres://postgres@", "postgres://first_user:first@"))
	require.Zero(t, status, printed)
	require.NotContains(t, printed, "ERROR")
	roles := func() (names []string) {
		conn, err := pgx.Connect(t.Context(), first.String())
		require.NoError(t, err)
		defer func() { require.NoError(t, conn.Close(t.Context())) }()
		rows, _ := conn.Query(t.Context(), `SELECT rolname::text FROM pg_roles WHERE starts_with(rolname, 'siltgate') ORDER BY 1`)
		names, err = pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		return names
	}
	require.Equal(t, []string{"siltgate_owner", "siltgate_reader", "siltgate_trigger", "siltgate_ui", "siltgate_worker"}, roles())

	_, _ = s.shell(t, "kill $!\nwait $!") // the replica may still be starting, and is killed then
	for _, part := range []string{"DROP SCHEMA siltgate CASCADE", "DROP OWNED BY"} {
		require.NoError(t, execute(t.Context(), first.String(), blockWith(t, part)))
	}
	require.Empty(t, roles())
}

// blockWith is the text of the first block of docs/operations.md that has these words.
func blockWith(t *testing.T, words string) string {
	t.Helper()
	for _, b := range blocks("operations.md", read(t, "operations.md")) {
		if strings.Contains(b.text, words) {
			return b.text
		}
	}
	require.Fail(t, "no block has it", words)
	return ""
}
