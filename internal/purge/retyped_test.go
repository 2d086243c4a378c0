package purge

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// A timestamp without zone is a clock's. If its column is made one while the run is between two partitions, the clock on
// the wall of New York would be taken for UTC's.
func TestNoRowGoesByAColumnThatGotAnotherTypeBetweenTwoPartitions(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE refresh_tokens (part int, expires_at timestamptz, revoked boolean) PARTITION BY LIST (part);
		CREATE TABLE p1 PARTITION OF refresh_tokens FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF refresh_tokens FOR VALUES IN (2);
		INSERT INTO refresh_tokens VALUES (1, now() - interval '1 day', false), (2, now() + interval '1 hour', false)`)
	e := db.engine(tokens)
	var once sync.Once
	p, err := e.Run(t.Context(), Request{Tables: e.tables, Report: func(p *Progress) {
		if p.Deleted() > 0 {
			once.Do(func() {
				db.exec(`ALTER TABLE refresh_tokens ALTER expires_at TYPE timestamp USING expires_at AT TIME ZONE 'America/New_York'`)
			})
		}
	}}, Progress{})
	require.EqualValues(t, 1, db.number(`SELECT count(*) FROM refresh_tokens`))
	require.ErrorContains(t, err, `column "expires_at" is a timestamp without zone`)
	require.EqualValues(t, 1, p.Deleted())
}
