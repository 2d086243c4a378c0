package purge

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/golden"
)

// compared is what each statement that deletes compares besides: the heap's fingerprint and the turn's epoch.
var compared = regexp.MustCompile(`(?s)\n  AND CASE WHEN \(SELECT (pg_catalog\.concat_ws|turn\.epoch).*::pg_catalog\.bool END`)

func TestStatementsAreThese(t *testing.T) {
	t.Parallel()
	cutoff := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	turn := fence{Fence{Table: `"siltgate"."turn"`, Epoch: 7}, "not the epoch of this session: "}
	var out strings.Builder
	add := func(title string, s *statement) {
		requireQualified(t, s.String())
		text := s.String()
		if _, isShape := shapes[strings.Split(title, ":")[0]]; isShape { // what they have in common stands once, below them
			if strings.HasPrefix(text, "DELETE") {
				require.Regexp(t, compared, text)
			}
			text = compared.ReplaceAllString(text, "")
		}
		fmt.Fprintf(&out, "-- %s\n%s;\n-- %v\n\n", title, text, s.args)
	}
	for _, name := range sorted(shapes) {
		table := shapes[name]
		quoted := pgx.Identifier{cmp.Or(table.Schema, "public"), table.Name}.Sanitize()
		h := heap{relation: relation{table: table, name: quoted, columns: shapeColumns()}, name: quoted, fence: turn}
		h.conditions = h.conditionsOf(cutoff)
		add(name+": delete a range", h.deleteRows(target{from: 64, to: 128}))
		add(name+": count", h.countRows(target{rows: rowList{1<<16 + 1}}))
		add(name+": survey a range", h.surveyRows(target{from: 64, to: 128}))
		for _, on := range sides(h.conditions) {
			add(name+": first of "+on.name+" that lives", h.firstLive(on))
			add(name+": last of "+on.name, h.last(on))
		}
		for _, reason := range reasons(h.conditions) {
			for _, lead := range reason {
				add(name+": list "+lead.name, h.listDead(lead, nil, 500))
				add(name+": list "+lead.name+", on", h.listDead(lead, cutoff.Add(-time.Hour), 1000))
			}
		}
	}
	h := heap{relation: relation{table: tokens, name: `"public"."refresh_tokens"`, columns: shapeColumns()}, name: `"public"."refresh_tokens"`, fence: turn}
	h.conditions = h.conditionsOf(cutoff)
	add("delete a list", h.deleteRows(target{rows: rowList{1<<16 + 1, 1<<16 + 2, 3<<16 + 1}}))
	add("delete what is free", h.deleteUnlocked(target{from: 0, to: 8}, 0))
	add("delete what is free, ten at most", h.deleteUnlocked(target{rows: rowList{1}}, 10))
	add("select", h.selectRows(target{from: 0, to: 8}))
	add("count all rows of a range", h.countAll(target{from: 0, to: 8}))
	add("estimate", estimateDead(h.name, h.conditions))
	h.restrictions = []restriction{{from: `ONLY "public"."sessions"`, on: "t.id OPERATOR(pg_catalog.=) r.token_id"}}
	add("a table that others refer to: delete a range", h.deleteRows(target{from: 0, to: 8}))
	add("a table that others refer to: count", h.countRows(target{from: 0, to: 8}))
	spared := h
	spared.spares = []uint32{1}
	add("a table that others refer to ON DELETE CASCADE: lock a range", spared.deleteRows(target{from: 0, to: 8}).first)
	add("a table that others refer to ON DELETE CASCADE: then delete it", spared.deleteRows(target{from: 0, to: 8}))
	add("a table that others refer to ON DELETE CASCADE: lock what is free, ten at most", spared.deleteUnlocked(target{rows: rowList{1}}, 10).first)
	add("a table that others refer to ON DELETE CASCADE: then delete what is locked", spared.deleteUnlocked(target{rows: rowList{1}}, 10))
	own := restriction{from: "ONLY " + h.name, on: "t.id OPERATOR(pg_catalog.=) r.parent", self: true}
	h.restrictions, h.ownReferences = append(h.restrictions, own), []restriction{own}
	add("a table that refers to itself: list a range", h.listReferences(target{from: 0, to: 8}))
	add("a table that refers to itself: delete a list", h.deleteRows(target{rows: rowList{1<<16 + 1, 1<<16 + 2}}))
	golden.Equal(t, "testdata/statements.sql", out.String())
}

// TestPlansKeepToTheCtids holds the plans that Postgres chooses, and keeps, with
// statistics fresh, absent and wrong, most rows gone, and indexes full of entries
// of rows that are gone.
func TestPlansKeepToTheCtids(t *testing.T) {
	t.Parallel()
	const ddl = `
		CREATE TYPE "Status" AS ENUM ('active', 'used', 'revoked');
		CREATE TABLE t (id bigint PRIMARY KEY, expires_at timestamptz, local timestamp, used_at timestamptz, revoked boolean,
			absolute timestamptz NOT NULL DEFAULT now(), day date DEFAULT now(), epoch bigint DEFAULT extract(epoch FROM now()),
			lasting interval DEFAULT '1 hour', seconds integer DEFAULT 60, word text DEFAULT 'session', kept boolean DEFAULT false,
			active boolean DEFAULT true, status "Status" DEFAULT 'active', code smallint DEFAULT 0, millis bigint DEFAULT extract(epoch FROM now()) * 1000,
			fraction numeric DEFAULT extract(epoch FROM now()))
			WITH (autovacuum_enabled = off);
		CREATE INDEX ON t (expires_at); CREATE INDEX ON t (local); CREATE INDEX ON t (used_at);
		CREATE INDEX ON t (revoked); CREATE INDEX ON t (id) WHERE revoked;
		CREATE INDEX ON t (absolute); CREATE INDEX ON t (day); CREATE INDEX ON t (epoch); CREATE INDEX ON t (word);
		CREATE INDEX ON t (id) WHERE NOT active; CREATE INDEX ON t (status); CREATE INDEX ON t (code); CREATE INDEX ON t (millis); CREATE INDEX ON t (fraction)`
	const fill = `INSERT INTO t
		SELECT n, now() + n * interval '1 s', now(), now(), n % 50 = 0 FROM generate_series(-20000, 20000) AS n`
	for state, sql := range map[string]string{
		"no statistics":            fill,
		"statistics":               fill + `; ANALYZE t`,
		"stale statistics":         fill + `; ANALYZE t; DELETE FROM t WHERE id % 10 <> 0`,
		"statistics of no rows":    `VACUUM ANALYZE t; ` + fill,
		"statistics of live rows":  fill + `; UPDATE t SET revoked = false, expires_at = now() + interval '1 day'; VACUUM ANALYZE t; UPDATE t SET revoked = true`,
		"statistics of dead rows":  fill + `; UPDATE t SET revoked = true; VACUUM ANALYZE t; UPDATE t SET revoked = false`,
		"90 percent gone":          fill + `; DELETE FROM t WHERE id % 10 <> 0; VACUUM ANALYZE t`,
		"90 percent gone, no rest": fill + `; VACUUM ANALYZE t; DELETE FROM t WHERE id % 10 <> 0`,
		"dead index entries":       fill + strings.Repeat(`; UPDATE t SET expires_at = expires_at + interval '1 s', revoked = NOT revoked`, 5) + `; ANALYZE t`,
	} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, ddl, createTurn)
			for statement := range strings.SplitSeq(sql, ";") {
				db.exec(statement)
			}
			s := db.session()
			s.fence = newFence(Fence{Table: "public.turn", Epoch: 7})
			require.NoError(t, s.keepPlans(t.Context(), true))
			for _, name := range sorted(shapes) {
				table := shapes[name]
				if table.Schema != "" || strings.Contains(name, "whatever case") { // citext may not be installed
					continue
				}
				h := s.only(t, table)
				leads, err := s.leads(t.Context(), h)
				require.NoError(t, err)
				require.Equal(t, swept[name], leads == nil, name)

				ids := target{rows: rowList{1<<16 + 1, 1<<16 + 2, 3<<16 + 1}}
				require.Equal(t, "Tid Range Scan", s.scan(t, h.deleteRows(target{from: 8, to: 72})), name)
				require.Equal(t, "Tid Range Scan", s.scan(t, h.countRows(target{from: 8, to: 72})), name)
				require.Equal(t, "Tid Scan", s.scan(t, h.deleteRows(ids)), name)
				require.Equal(t, "Tid Scan", s.scan(t, h.countRows(ids)), name)
				require.Equal(t, "Tid Scan", s.scan(t, h.deleteUnlocked(target{from: 8, to: 72}, 0)), name)
				h.spares = []uint32{1}
				require.Equal(t, "Tid Range Scan", s.scan(t, h.deleteRows(target{from: 8, to: 72}).first), name)
				require.Equal(t, "Tid Range Scan", s.scan(t, h.deleteRows(target{from: 8, to: 72})), name)
				require.Equal(t, "Tid Scan", s.scan(t, h.deleteUnlocked(ids, 10).first), name)
				require.Equal(t, "Tid Scan", s.scan(t, h.deleteUnlocked(ids, 10)), name)
				h.spares = nil
				for _, lead := range leads {
					require.Equal(t, "Index Scan", s.scan(t, h.listDead(lead, nil, 500)), name)
					if lead.after != nil && lead.isTime() {
						require.Equal(t, "Index Scan", s.scan(t, h.listDead(lead, time.Now(), 500)), name)
					}
				}
			}
		})
	}
}

func TestAnIndexIsUsedOnlyIfItHoldsAllThatIsAsked(t *testing.T) {
	t.Parallel()
	for ddl, want := range map[string]bool{
		``: false,
		`CREATE INDEX ON refresh_tokens (expires_at)`:                                                                            false, // nothing for revoked
		`CREATE INDEX ON refresh_tokens (expires_at); CREATE INDEX ON refresh_tokens (revoked)`:                                  true,
		`CREATE INDEX ON refresh_tokens (expires_at); CREATE INDEX ON refresh_tokens (id) WHERE revoked`:                         true,
		`CREATE INDEX ON refresh_tokens (expires_at); CREATE INDEX ON refresh_tokens (id) WHERE revoked = true`:                  true,
		`CREATE INDEX ON refresh_tokens (expires_at, id) WHERE expires_at IS NOT NULL; CREATE INDEX ON refresh_tokens (revoked)`: true,
		`CREATE INDEX ON refresh_tokens (expires_at) WHERE NOT revoked; CREATE INDEX ON refresh_tokens (revoked)`:                false,
		`CREATE INDEX ON refresh_tokens (id, expires_at); CREATE INDEX ON refresh_tokens (revoked)`:                              false,
		`CREATE INDEX ON refresh_tokens (expires_at); CREATE INDEX ON refresh_tokens (id) WHERE NOT revoked`:                     false,
		`CREATE INDEX ON refresh_tokens USING brin (expires_at); CREATE INDEX ON refresh_tokens (revoked)`:                       false,
		`CREATE INDEX ON refresh_tokens ((expires_at IS NULL)); CREATE INDEX ON refresh_tokens (revoked)`:                        false,
	} {
		t.Run(ddl, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens+";"+ddl)
			s := db.session()
			leads, err := s.leads(t.Context(), s.only(t, tokens))
			require.NoError(t, err)
			require.Equal(t, want, leads != nil)
		})
	}
}

// scan names the node by which a statement finds table t: in the plan that is
// kept for it, as the run's session makes it.
func (s *Session) scan(t *testing.T, st *statement) string {
	t.Helper()
	_, err := s.conn.Prepare(t.Context(), "explained", st.String())
	require.NoError(t, err)
	defer func() { require.NoError(t, s.conn.Deallocate(t.Context(), "explained")) }()
	literals := make([]string, len(st.args))
	for i, arg := range st.args {
		literals[i] = literal(t, arg)
	}
	var plan []byte
	execute := "EXPLAIN (FORMAT JSON) EXECUTE explained"
	if len(literals) > 0 {
		execute += " (" + strings.Join(literals, ", ") + ")"
	}
	require.NoError(t, s.conn.QueryRow(t.Context(), execute).Scan(&plan), execute)
	var explained []struct{ Plan map[string]any }
	require.NoError(t, json.Unmarshal(plan, &explained))
	// The node that reads the rows is the first leaf on the way down that is
	// not the subquery of FOR UPDATE SKIP LOCKED.
	node := explained[0].Plan
	for {
		children, _ := node["Plans"].([]any)
		next := slices.IndexFunc(children, func(c any) bool {
			return c.(map[string]any)["Parent Relationship"] != "InitPlan"
		})
		if next < 0 {
			return node["Node Type"].(string)
		}
		node = children[next].(map[string]any)
	}
}

// literal is an argument as EXECUTE wants it: it takes no parameters.
func literal(t *testing.T, arg any) string {
	t.Helper()
	types := pgtype.NewMap()
	oid := uint32(pgtype.TextOID)
	switch list := arg.(type) {
	case pgtype.TID:
		oid = pgtype.TIDOID
	case int, int64:
		oid = pgtype.Int8OID
	case rowList:
		oid = pgtype.TIDArrayOID
		tids := make([]pgtype.TID, len(list))
		for i, id := range list {
			tids[i] = pgtype.TID{BlockNumber: uint32(id.block()), OffsetNumber: id.offset(), Valid: true}
		}
		arg = tids
	case time.Time:
		oid = pgtype.TimestamptzOID
	case []string:
		oid = pgtype.TextArrayOID
	case []int64:
		oid = pgtype.Int8ArrayOID
	case pgtype.Numeric:
		oid = pgtype.NumericOID
	case uint32:
		oid = pgtype.OIDOID
	case []uint32:
		oid = pgtype.OIDArrayOID
	}
	text, err := types.Encode(oid, pgtype.TextFormatCode, arg, nil)
	require.NoError(t, err, "%T", arg)
	return "'" + strings.ReplaceAll(string(text), "'", "''") + "'"
}

func sorted[V any](m map[string]V) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// examineAlone examines a table as the only one that is configured.
func (s *Session) examineAlone(t testing.TB, table Table) (*examined, *reader) {
	t.Helper()
	read, err := newReader(t.Context(), s.catalog(), []Table{table})
	require.NoError(t, err)
	e, err := read.examine(t.Context(), table, false)
	require.NoError(t, err)
	require.NoError(t, e.err())
	return e, read
}

// only is the one heap of a table.
func (s *Session) only(t testing.TB, table Table) heap {
	t.Helper()
	e, read := s.examineAlone(t, table)
	h, err := s.heap(t.Context(), e.relation, e.oid, e.conditionsOf(time.Now()), read)
	require.NoError(t, err)
	return h
}
