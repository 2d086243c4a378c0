package purge

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFault77ARecordThatNoRunCanHaveWrittenIsNotGoneOnFrom(t *testing.T) {
	t.Parallel()
	for record, want := range map[string]string{
		`{"cutoff":"2026-11-22T03:00:00Z","tables":[{"name":"a"},{"name":"b","position":{"heap":1,"plan":"sweep","row":655360,"end":99}}]}`: "",
		`{}`:                        "",
		`{"tables":[{"name":"a"}]}`: "before the cutoff was read",
		`{"cutoff":"2026-11-22T03:00:00Z","tables":[{"name":"a"},{"name":"a"}]}`:                            "is there twice",
		`{"cutoff":"2026-11-22T03:00:00Z","tables":[{"name":"a","deleted":-1}]}`:                            "deleted: want 0 to",
		`{"cutoff":"2026-11-22T03:00:00Z","tables":[{"name":"a","batches":9223372036854775807}]}`:           "batches: want 0 to",
		`{"cutoff":"2026-11-22T03:00:00Z","tables":[{"name":"a","took":-5}]}`:                               "took: want 0 to",
		`{"cutoff":"2026-11-22T03:00:00Z","tables":[{"name":"a","position":{"end":-1}}]}`:                   "end: want 0 to",
		`{"cutoff":"2026-11-22T03:00:00Z","tables":[{"name":"a","position":{"pass":-1}}]}`:                  "pass: want 0 to",
		`{"cutoff":"2026-11-22T03:00:00Z","tables":[{"name":"a","position":{"row":18446744073709551615}}]}`: "beyond any heap",
		`{"cutoff":"2026-11-22T03:00:00Z","tables":[{"name":"a","position":{"plan":"; DROP TABLE x"}}]}`:    "is none",
		`{"cutoff":"2026-11-22T03:00:00Z","rested":-1}`:                                                     "rested: want 0 to",
		`{"cutoff":"2026-11-22T03:00:00Z","governor":{"duty":-1}}`:                                          "governor: duty: want 0 to 1",
		`{"cutoff":"2026-11-22T03:00:00Z","governor":{"work":-1}}`:                                          "governor: work: want 0 to",
		`{"cutoff":"2026-11-22T03:00:00Z","tables":[{"name":"a","work":{"left":-1}}]}`:                      "work: left: want 0 to",
		`{"cutoff":"2026-11-22T03:00:00Z","tables":[{"name":"a","work":{"row":{"took":-1}}}]}`:              "work: row: want 0 to",
		`{"cutoff":"2026-11-22T03:00:00Z","tables":[{"name":"a","work":{"block":{"units":-1}}}]}`:           "work: block: want 0 to",
	} {
		var p Progress
		require.NoError(t, json.Unmarshal([]byte(record), &p), record)
		err := p.Check()
		if want == "" {
			require.NoError(t, err, record)
			continue
		}
		require.ErrorContains(t, err, want, record)
	}
}

// A heap may have been truncated since, and an end beyond it may be anyone's.
func TestFault77ASweepEndsWithItsHeap(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 1000)`)
	e := db.engine(tokens)
	heap := uint32(db.number(`SELECT 'refresh_tokens'::regclass::oid::bigint`))
	p, err := e.Run(t.Context(), Request{Tables: e.tables, Until: time.Now().Add(time.Minute)}, Progress{
		Cutoff: time.Now().Add(-time.Second),
		Tables: []TableProgress{{Name: e.tables[0].String(), Relation: heap, Position: position{Heap: heap, Plan: planSweep, End: 1 << 40}}},
	})
	require.NoError(t, err)
	require.True(t, p.Done)
	require.EqualValues(t, 1000, p.Deleted())
}

func TestWhatADryRunCountedInAHeapIsCountedAnewWithTheHeap(t *testing.T) {
	t.Parallel()
	table := TableProgress{Stayed: Stayed{Counted: 5}}
	table.enter(heap{oid: 1})
	table.Counted += 3
	table.restart(0)
	require.EqualValues(t, 5, table.Counted, "of the heaps before")
	require.EqualValues(t, 5, table.Found())
	require.Zero(t, table.Deleted)
}
