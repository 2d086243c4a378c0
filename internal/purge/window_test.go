package purge

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Rows of the first window are kept by rows of the second, to which another slice comes.
func TestWhatALaterWindowKeptGoesThoughAnotherSliceCameToIt(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE refresh_tokens (id bigint PRIMARY KEY, parent bigint, expires_at timestamptz, revoked boolean, filler text);
		INSERT INTO refresh_tokens SELECT n, nullif(n - 1, 0), 'infinity', true, repeat('x', 200) FROM generate_series(1, 3000) AS n;
		ALTER TABLE refresh_tokens ADD FOREIGN KEY (parent) REFERENCES refresh_tokens;
		CREATE INDEX ON refresh_tokens (parent)`)
	request := Request{Tables: []Table{tokens}, Until: time.Now().Add(time.Second)}
	listed := false
	e := db.engineOn(db.watched(func(sql string) {
		if strings.Contains(sql, "own.soft") && !listed {
			listed = true
			require.NoError(t, wait(t.Context(), time.Until(request.Until)))
		}
	}), tokens)
	p, err := e.Run(t.Context(), request, Progress{})
	require.NoError(t, err)
	require.False(t, p.Done)
	require.Positive(t, p.Tables[0].Position.Row)
	require.Zero(t, p.Deleted())
	request.Until = time.Time{}
	p, err = e.Run(t.Context(), request, p)
	require.NoError(t, err)
	require.True(t, p.Done)
	require.Zero(t, db.number(`SELECT count(*) FROM refresh_tokens`))
	require.Zero(t, p.Tables[0].Referenced)
}
