package docs

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

func TestTheQueryOfTheEvidenceReturnsZeroUntilADeadRowIsThere(t *testing.T) {
	t.Parallel()
	s := begin(t)
	printed, status := s.shell(t, "siltgate migrate\nsiltgate run\nsiltgate enqueue --wait")
	require.Zero(t, status, printed)
	conn, err := pgx.Connect(t.Context(), s.url)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(t.Context())) }()

	var query string
	for _, b := range blocks("evidence.md", read(t, "evidence.md")) {
		if strings.Contains(b.text, "AS dead_rows_left") {
			query = b.text
		}
	}
	left := func() map[string]int {
		found := map[string]int{}
		rows, err := conn.Query(t.Context(), query)
		require.NoError(t, err)
		var table string
		var count int
		_, err = pgx.ForEachRow(rows, []any{&table, &count}, func() error {
			found[table] = count
			return nil
		})
		require.NoError(t, err)
		return found
	}
	require.Equal(t, map[string]int{"refresh_tokens": 0, "password_resets": 0}, left())
	_, err = conn.Exec(t.Context(), `
		UPDATE password_resets SET expires_at = now() - interval '1 day'
		WHERE id = (SELECT id FROM password_resets LIMIT 1)`)
	require.NoError(t, err)
	require.Equal(t, map[string]int{"refresh_tokens": 0, "password_resets": 1}, left())
}
