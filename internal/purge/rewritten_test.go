package purge

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFault69ATableThatIsRewrittenWhileItIsPurgedIsNotProven(t *testing.T) {
	t.Parallel()
	for name, rewrite := range map[string]string{
		"it is not":                   `VACUUM refresh_tokens`,
		"VACUUM FULL":                 `VACUUM FULL refresh_tokens`,
		"CLUSTER":                     `CLUSTER refresh_tokens USING refresh_tokens_pkey`,
		"a column of another type":    `ALTER TABLE refresh_tokens ALTER COLUMN id TYPE integer`,
		"rows that move to the front": `VACUUM (FULL, ANALYZE) refresh_tokens`,
		"another place for the table": `ALTER TABLE refresh_tokens SET UNLOGGED`,
		"all rows are gone":           `TRUNCATE refresh_tokens`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) SELECT n % 2 = 0 FROM generate_series(1, 50000) AS n`)
			e := db.engine(tokens)
			p, err := e.Run(t.Context(), Request{Tables: e.tables, Until: time.Now()}, Progress{})
			require.NoError(t, err)
			require.False(t, p.Done)
			db.exec(rewrite)
			p, err = e.Run(t.Context(), Request{Tables: e.tables}, p)
			require.NoError(t, err)
			require.True(t, p.Done)
			require.Equal(t, name == "it is not", p.Tables[0].Proven())

			p, err = e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
			require.NoError(t, err)
			require.True(t, p.Tables[0].Proven())
			require.Zero(t, db.number(`SELECT count(*) FROM refresh_tokens WHERE revoked`))
		})
	}
}
