package purge

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFault23RowsThatRowLevelSecurityKeepsAreReportedAndTheRunEnds(t *testing.T) {
	t.Parallel()
	for policies, undeletable := range map[string]int64{
		`CREATE POLICY hidden ON refresh_tokens USING (id > 10)`: 0, // as if they were not there
		`CREATE POLICY seen ON refresh_tokens FOR SELECT USING (true);
		 CREATE POLICY locked ON refresh_tokens FOR UPDATE USING (true);
		 CREATE POLICY kept ON refresh_tokens FOR DELETE USING (id > 10)`: 10,
	} {
		for _, plan := range []string{planSweep, planIndex} {
			t.Run(fmt.Sprint(plan, " ", undeletable), func(t *testing.T) {
				t.Parallel()
				db := newDatabase(t, createTokens, `
					INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100);
					ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY`, policies)
				if plan == planIndex {
					db.exec(indexTokens)
				}
				role := db.role(`GRANT SELECT, DELETE, UPDATE ON refresh_tokens TO %[1]s`)
				e := db.engine(tokens)
				_, err := e.Session.conn.Exec(t.Context(), `SET ROLE `+role)
				require.NoError(t, err)
				p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
				require.NoError(t, err)
				require.True(t, p.Done)
				require.EqualValues(t, 90, p.Deleted())
				require.Equal(t, undeletable, p.Tables[0].Undeletable)
				require.EqualValues(t, 10, db.number(`SELECT count(*) FROM refresh_tokens`))
			})
		}
	}
}
