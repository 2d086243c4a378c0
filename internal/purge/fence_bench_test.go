package purge

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// BenchmarkFence is what a batch costs whose fence is a row, and one whose fence is a constant: one that finds nothing,
// and one that deletes.
func BenchmarkFence(b *testing.B) {
	for _, c := range []struct{ fenced, dead bool }{{false, false}, {true, false}, {false, true}, {true, true}} {
		b.Run(fmt.Sprintf("fence=%t/dead=%t", c.fenced, c.dead), func(b *testing.B) {
			db := newDatabase(b, createTokens, createTurn)
			config, err := pgx.ParseConfig(db.url)
			require.NoError(b, err)
			s, err := Open(b.Context(), config, alone)
			require.NoError(b, err)
			defer s.Close(context.Background())
			if c.fenced {
				s.fence = newFence(Fence{Table: "public.turn", Epoch: 7})
			}
			require.NoError(b, s.keepPlans(b.Context(), true))
			require.NoError(b, s.awaitFlush(b.Context(), false))
			const rowsPerBatch = 500
			db.exec(`INSERT INTO refresh_tokens (revoked) SELECT $1 FROM generate_series(1, $2::bigint)`, c.dead, rowsPerBatch*400)
			h := s.only(b, tokens)
			ids, err := s.rowIDs(b.Context(), h.selectRows(target{from: 0, to: h.blocks}))
			require.NoError(b, err)
			if !c.dead {
				for n := range rowsPerBatch {
					ids = append(ids, rowID(1<<16+n+1))
				}
			}
			at := 0
			for b.Loop() {
				if at+rowsPerBatch > len(ids) {
					if c.dead {
						b.Skip("all is deleted: -benchtime=399x")
					}
					at = 0
				}
				_, err := s.execute(b.Context(), h.deleteRows(target{rows: ids[at : at+rowsPerBatch]}))
				require.NoError(b, err)
				at += rowsPerBatch
			}
		})
	}
}
