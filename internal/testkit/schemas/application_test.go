package schemas

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// startApplication writes the rows that live again and again, as they are: each gets another
// place in its heap. It returns once it has written all of them, and a function that ends it.
func startApplication(t *testing.T, url string) (stop func()) {
	t.Helper()
	conn := connected(t, url)
	rows, err := conn.Query(t.Context(), `
		SELECT format(
			'UPDATE ONLY %s AS t SET %I = %3$I WHERE EXISTS (SELECT FROM jsonb_each_text(to_jsonb(t)) AS e WHERE starts_with(e.value, ''live''))
				AND NOT EXISTS (SELECT FROM jsonb_each_text(to_jsonb(t)) AS e WHERE starts_with(e.value, ''dead''))',
			c.oid::regclass, a.attname, a.attname)
		FROM pg_class AS c
		JOIN pg_namespace AS n ON n.oid = c.relnamespace
		CROSS JOIN LATERAL (
			SELECT attname
			FROM pg_attribute
			WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attidentity = '' AND attgenerated = ''
			ORDER BY attnum DESC
			LIMIT 1
		) AS a
		WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'`)
	require.NoError(t, err)
	updates, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	var rounds atomic.Int64
	var failed error
	var writing sync.WaitGroup
	writing.Go(func() {
		for ctx.Err() == nil && failed == nil {
			for _, update := range updates {
				if _, err := conn.Exec(context.WithoutCancel(ctx), update); err != nil {
					failed = err
				}
			}
			rounds.Add(1)
		}
	})
	require.Eventually(t, func() bool { return rounds.Load() > 0 }, pgtest.Patience, time.Millisecond)
	return func() {
		cancel()
		writing.Wait()
		require.NoError(t, failed)
	}
}
