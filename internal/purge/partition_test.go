package purge

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// statements counts the statements of a connection that name a partition.
type statements struct{ onPartitions map[string]int }

func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	if _, rest, found := strings.Cut(data.SQL, `"public"."p`); found {
		name, _, _ := strings.Cut(rest, `"`)
		s.onPartitions["p"+name]++
	}
	return ctx
}

func (*statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func TestAnEmptyPartitionCostsNothing(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `CREATE TABLE refresh_tokens (n int, expires_at timestamptz, revoked boolean) PARTITION BY LIST (n)`)
	for n := range 20 {
		db.exec(fmt.Sprintf(`CREATE TABLE p%d PARTITION OF refresh_tokens FOR VALUES IN (%d)`, n, n))
	}
	db.exec(`CREATE INDEX ON refresh_tokens (expires_at); CREATE INDEX ON refresh_tokens (n) WHERE revoked`)
	db.exec(`INSERT INTO refresh_tokens SELECT 7, now() - interval '1 day', false FROM generate_series(1, 100)`)

	config, err := pgx.ParseConfig(db.url)
	require.NoError(t, err)
	seen := &statements{onPartitions: map[string]int{}}
	config.Tracer = seen
	e := db.engine(tokens)
	e.Session.Close(t.Context())
	e.Session, err = Open(t.Context(), config, "test")
	require.NoError(t, err)
	defer e.Session.Close(t.Context())
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 100, p.Deleted())
	require.Len(t, seen.onPartitions, 1)
	require.LessOrEqual(t, seen.onPartitions["p7"], 4, "a list for each arm, and batches")
}
