package purge

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// another is a fingerprint of rules that no table here has.
const another = "0123456789abcdef"

// relation is a table's OID.
func (db *database) relation(name string) uint32 {
	db.t.Helper()
	return uint32(db.number(`SELECT '` + name + `'::regclass::oid::bigint`))
}

// changed is a run of tables whose rules have changed, up to its end.
func (db *database) changed(share float64, req Request, tables ...Table) (Progress, error) {
	db.t.Helper()
	e := db.engine(tables...)
	defer e.Session.Close(db.t.Context())
	e.MaxShare = share
	req.Tables = tables
	if req.Accepted == nil {
		req.Accepted = map[uint32]Accepted{}
		for _, t := range tables {
			req.Accepted[db.relation(t.String())] = Accepted{Fingerprints: []string{another}}
		}
	}
	return e.Run(db.t.Context(), req, Progress{})
}

// mustRun is changed for runs that succeed.
func (db *database) mustRun(share float64, req Request, tables ...Table) *TableProgress {
	db.t.Helper()
	p, err := db.changed(share, req, tables...)
	require.NoError(db.t, err)
	require.True(db.t, p.Done)
	return &p.Tables[0]
}

func TestFault100AChangedRuleThatWouldDeleteMoreThanItsShareDeletesNothing(t *testing.T) {
	t.Parallel()
	for _, plan := range []string{planSweep, planIndex} {
		t.Run(plan, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) SELECT n <= 501 FROM generate_series(1, 1000) AS n`)
			if plan == planIndex {
				db.exec(indexTokens)
			}
			held := db.mustRun(0.5, Request{}, tokens)
			require.Contains(t, held.Held, "would delete 501 of 1,000 rows, which is more than SILTGATE_MAX_SHARE=0.5 allows")
			require.Contains(t, held.Held, "siltgate enqueue --confirm")
			require.EqualValues(t, 1000, db.number(`SELECT count(*) FROM refresh_tokens`))
			require.Zero(t, held.Deleted)
			require.EqualValues(t, 501, held.Found())
			require.Equal(t, plan, held.Trial.Dead.Plan)
			require.False(t, held.Proven(), "a watermark would be a lie")

			dry := db.mustRun(0.5, Request{DryRun: true}, tokens)
			require.Contains(t, dry.Held, "501 of 1,000 rows")
			require.EqualValues(t, 501, dry.Found())

			// One row less is half of them.
			db.exec(`UPDATE refresh_tokens SET revoked = false WHERE id = 1`)
			gone := db.mustRun(0.5, Request{}, tokens)
			require.Empty(t, gone.Held)
			require.EqualValues(t, 500, gone.Deleted)
			require.True(t, gone.Proven())
		})
	}
}

func TestARuleThatIsKnownOrConfirmedOrOfANewTableIsNotHeld(t *testing.T) {
	t.Parallel()
	oid := func(db *database) uint32 { return db.relation("refresh_tokens") }
	for name, req := range map[string]func(*database) (float64, Request){
		"a table that no run has completed": func(db *database) (float64, Request) {
			return 0.5, Request{Accepted: map[uint32]Accepted{oid(db) + 1: {Fingerprints: []string{another}}}}
		},
		"the rule that has completed": func(db *database) (float64, Request) {
			return 0.5, Request{Accepted: map[uint32]Accepted{oid(db): {Fingerprints: []string{another, tokens.Fingerprint()}}}}
		},
		"a confirmed run":    func(*database) (float64, Request) { return 0.5, Request{Confirmed: true} },
		"a share of 1":       func(*database) (float64, Request) { return 1, Request{} },
		"no share to exceed": func(*database) (float64, Request) { return 0, Request{} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100)`)
			share, req := req(db)
			require.Empty(t, db.mustRun(share, req, tokens).Held)
			require.Zero(t, db.number(`SELECT count(*) FROM refresh_tokens`))
		})
	}
}

// Statistics say what was, or nothing.
func TestAShareIsCountedWhateverTheStatisticsSay(t *testing.T) {
	t.Parallel()
	for name, statistics := range map[string]string{
		"none":         `SELECT`,
		"of few rows":  `UPDATE pg_class SET reltuples = 10, relpages = 1 WHERE oid = 'refresh_tokens'::regclass`,
		"of many rows": `UPDATE pg_class SET reltuples = 1e9, relpages = 1e7 WHERE oid = 'refresh_tokens'::regclass`,
		"of no revoked ones": `UPDATE refresh_tokens SET revoked = false; ANALYZE refresh_tokens;
			UPDATE refresh_tokens SET revoked = id <= 12000`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, `CREATE TABLE refresh_tokens (id bigint GENERATED ALWAYS AS IDENTITY, expires_at timestamptz, revoked boolean)
				WITH (autovacuum_enabled = off)`, `INSERT INTO refresh_tokens (revoked) SELECT n <= 12000 FROM generate_series(1, 20000) AS n`, indexTokens)
			db.exec(statistics)
			held := db.mustRun(0.59999, Request{}, tokens)
			require.Contains(t, held.Held, "12,000 of 20,000 rows")
			require.EqualValues(t, 20_000, db.number(`SELECT count(*) FROM refresh_tokens`))
			gone := db.mustRun(0.6, Request{}, tokens)
			require.EqualValues(t, 12_000, gone.Deleted)
		})
	}
}

func TestOtherTablesOfTheRunArePurgedAsEver(t *testing.T) {
	t.Parallel()
	db, tables := twoTables(t, 100, 100, planSweep)
	e := db.engine(tables...)
	e.MaxShare = 0.5
	p, err := e.Run(t.Context(), Request{Tables: tables, Accepted: map[uint32]Accepted{db.relation("tokens_0"): {Fingerprints: []string{another}}}}, Progress{})
	require.NoError(t, err)
	require.True(t, p.Held())
	require.NotEmpty(t, p.Tables[0].Held)
	require.EqualValues(t, 100, db.number(`SELECT count(*) FROM tokens_0`))
	require.Zero(t, db.number(`SELECT count(*) FROM tokens_1`))
}

// What MAX_ROWS leaves for the next runs is deleted all the same in the end.
func TestACapDoesNotMakeAChangedRuleSmall(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) SELECT n <= 600 FROM generate_series(1, 1000) AS n`)
	e := db.engine(tokens)
	e.MaxShare, e.MaxRows = 0.5, 10
	p, err := e.Run(t.Context(), Request{Tables: e.tables, Accepted: map[uint32]Accepted{db.relation("refresh_tokens"): {Fingerprints: []string{another}}}}, Progress{})
	require.NoError(t, err)
	require.Contains(t, p.Tables[0].Held, "600 of 1,000 rows")
	require.False(t, p.Capped)
}

func TestTheShareIsThatOfAllPartitions(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE refresh_tokens (day int, expires_at timestamptz, revoked boolean) PARTITION BY LIST (day);
		CREATE TABLE p1 PARTITION OF refresh_tokens FOR VALUES IN (1);
		CREATE TABLE p2 PARTITION OF refresh_tokens FOR VALUES IN (2);
		CREATE INDEX ON p2 (expires_at); CREATE INDEX ON p2 (revoked);
		CREATE TABLE p3 PARTITION OF refresh_tokens FOR VALUES IN (3);
		INSERT INTO refresh_tokens SELECT 1, NULL, true FROM generate_series(1, 500);
		INSERT INTO refresh_tokens SELECT 2, NULL, n = 1 FROM generate_series(1, 501) AS n`)
	require.EqualValues(t, 501, db.mustRun(0.51, Request{}, tokens).Deleted, "of one partition every row is dead")
	db.exec(`INSERT INTO refresh_tokens SELECT 3, NULL, true FROM generate_series(1, 501)`)
	require.Contains(t, db.mustRun(0.5, Request{}, tokens).Held, "501 of 1,001 rows")
}

// A row that stays because others refer to it does not go by any rule.
func TestRowsThatOthersReferToAreNotWhatARuleWouldDelete(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) SELECT n <= 600 FROM generate_series(1, 1000) AS n`,
		`CREATE TABLE sessions (token_id bigint REFERENCES refresh_tokens)`, `CREATE INDEX ON sessions (token_id)`,
		`INSERT INTO sessions SELECT n FROM generate_series(1, 100) AS n`)
	gone := db.mustRun(0.5, Request{}, tokens)
	require.EqualValues(t, 500, gone.Deleted)
	require.EqualValues(t, 100, gone.Referenced)
}

func TestATableThatRefersToItselfIsHeldToo(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `ALTER TABLE refresh_tokens ADD parent bigint REFERENCES refresh_tokens`, `CREATE INDEX ON refresh_tokens (parent)`,
		`INSERT INTO refresh_tokens (revoked, parent) SELECT n <= 600, nullif(n - 1, 0) FROM generate_series(1, 1000) AS n`,
		`UPDATE refresh_tokens SET parent = NULL WHERE id = 601`)
	require.Contains(t, db.mustRun(0.5, Request{}, tokens).Held, "600 of 1,000 rows")
	require.EqualValues(t, 600, db.mustRun(0.6, Request{}, tokens).Deleted)
}

// A partition that cannot be counted may have any number of dead rows.
func TestAPartitionThatCannotBeCountedKeepsTheTableFromBeingPurged(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE refresh_tokens (day int, expires_at timestamptz, revoked boolean) PARTITION BY LIST (day);
		CREATE TABLE p1 PARTITION OF refresh_tokens FOR VALUES IN (1);
		CREATE TABLE p2 PARTITION OF refresh_tokens FOR VALUES IN (2);
		INSERT INTO refresh_tokens SELECT 1, NULL, n < 3 FROM generate_series(1, 100) AS n;
		INSERT INTO refresh_tokens SELECT 2, NULL, true FROM generate_series(1, 1000)`)
	tx := db.begin()
	_, err := tx.Exec(t.Context(), `LOCK TABLE p2 IN ACCESS EXCLUSIVE MODE`)
	require.NoError(t, err)
	e := db.engine(tokens)
	e.MaxShare, e.longestBackOff = 0.5, 50*time.Millisecond
	changed := Request{Tables: e.tables, Accepted: map[uint32]Accepted{db.relation("refresh_tokens"): {Fingerprints: []string{another}}}}
	p, err := e.Run(t.Context(), changed, Progress{})
	require.ErrorContains(t, err, "it is not known how much it would delete")
	require.ErrorContains(t, err, "p2")
	require.Zero(t, p.Deleted())
	require.NoError(t, tx.Rollback(t.Context()))

	// Another attempt counts it.
	p.Retry()
	p, err = e.Run(t.Context(), changed, p)
	require.NoError(t, err)
	require.Contains(t, p.Tables[0].Held, "1,002 of 1,100 rows")
}

// The replica that goes on may be another one, with other settings.
func TestWhatWasCountedUnderOneRuleLetsNoOtherRuleDelete(t *testing.T) {
	t.Parallel()
	few := Table{Name: "refresh_tokens", Rules: []Rule{{Expires: []string{"expires_at"}}}}
	for name, req := range map[string]Request{"counted": {}, "confirmed": {Confirmed: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (expires_at, revoked)
				SELECT CASE WHEN n % 10 = 0 THEN now() - interval '1 h' END, n <= 9000 FROM generate_series(1, 10000) AS n`)
			req.Accepted = map[uint32]Accepted{db.relation("refresh_tokens"): {Fingerprints: []string{another}}}
			first := db.engine(few)
			first.MaxShare = 0.5
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			stopped := errors.New("stopped")
			req.Tables = first.tables
			req.Report = func(p *Progress) {
				if p.Deleted() > 0 {
					cancel(stopped)
				}
			}
			p, err := first.Run(ctx, req, Progress{})
			require.ErrorIs(t, err, stopped)
			require.Positive(t, p.Deleted())

			second := db.engine(tokens)
			second.MaxShare = 0.5
			req.Tables, req.Report = second.tables, nil
			left := db.number(`SELECT count(*) FROM refresh_tokens`)
			p, err = second.Run(t.Context(), req, p)
			require.NoError(t, err)
			require.NotEmpty(t, p.Tables[0].Held)
			require.Equal(t, left, db.number(`SELECT count(*) FROM refresh_tokens`))
		})
	}
}
