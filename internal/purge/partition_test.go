package purge

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnEmptyPartitionCostsNothing(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `CREATE TABLE refresh_tokens (n int, expires_at timestamptz, revoked boolean) PARTITION BY LIST (n)`)
	for n := range 20 {
		db.exec(fmt.Sprintf(`CREATE TABLE p%d PARTITION OF refresh_tokens FOR VALUES IN (%d)`, n, n))
	}
	db.exec(`CREATE INDEX ON refresh_tokens (expires_at); CREATE INDEX ON refresh_tokens (n) WHERE revoked`)
	db.exec(`INSERT INTO refresh_tokens SELECT 7, now() - interval '1 day', false FROM generate_series(1, 100)`)

	seen := map[string]int{} // statements that name a partition
	e := db.engineOn(db.watched(func(sql string) {
		if _, rest, found := strings.Cut(sql, `"public"."p`); found {
			name, _, _ := strings.Cut(rest, `"`)
			seen["p"+name]++
		}
	}), tokens)
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 100, p.Deleted())
	require.Len(t, seen, 1)
	require.LessOrEqual(t, seen["p7"], 4, "a list for each reason, and batches")
}
