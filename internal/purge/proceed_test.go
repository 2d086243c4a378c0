package purge

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The look at a table of very many partitions may take all of a slice. Its session's caches are empty each time, so the
// next slice's look takes as long.
func TestFault110ASliceGetsOneStepFurtherThoughItsLookTookAllOfItsTime(t *testing.T) {
	t.Parallel()
	for name, ddl := range map[string]string{
		"a sweep": createTokens,
		"a list": createTokens + `;
			CREATE INDEX ON refresh_tokens (expires_at);
			CREATE INDEX ON refresh_tokens (id) WHERE revoked;
			INSERT INTO refresh_tokens (revoked) SELECT false FROM generate_series(1, 400000)`,
		"rows that refer to each other": `
			CREATE TABLE refresh_tokens (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, expires_at timestamptz, revoked boolean,
				parent bigint REFERENCES refresh_tokens);
			CREATE INDEX ON refresh_tokens (parent)`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, ddl)
			db.exec(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 1500); ANALYZE refresh_tokens`)
			e := db.engine(tokens)
			e.Pace = Pace{DutyCycle: 1, BatchTarget: time.Microsecond} // the smallest batches
			p := Progress{}
			for deleted := int64(-1); !p.Done; deleted = p.Deleted() {
				var err error
				p, err = e.Run(t.Context(), Request{Tables: e.tables, Until: time.Now().Add(-time.Second)}, p)
				require.NoError(t, err)
				require.True(t, p.Done || p.Deleted() > deleted, "a slice that deleted nothing after %d rows", deleted)
			}
			require.EqualValues(t, 1500, p.Deleted())
		})
	}
}

func TestFault110ARunThatNeverHasTimeToDeleteFailsAndSaysWhy(t *testing.T) {
	t.Parallel()
	db, tables := twoTables(t, 10, 10, planSweep)
	e := db.engine(tables...)
	late := time.Now().Add(-FirstStepPatience - time.Second)
	p, err := e.Run(t.Context(), Request{Tables: tables, Until: late}, Progress{})
	require.ErrorIs(t, err, errNoTime)
	require.ErrorContains(t, err, "purge tokens_0: the look at the table took so long")
	require.Equal(t, 1, p.First, "the next attempt begins with the other table")
	require.Zero(t, p.Deleted())
}
