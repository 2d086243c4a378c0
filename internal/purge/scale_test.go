package purge

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// manyPartitions makes a table of outer times inner partitions. Every tenth has a dead row.
func (db *database) manyPartitions(outer, inner int) {
	db.t.Helper()
	db.exec(`CREATE TABLE refresh_tokens (n int, expires_at timestamptz, revoked boolean) PARTITION BY RANGE (n)`)
	for i := range outer {
		// A transaction for each, or they would hold more locks than there are.
		db.exec(fmt.Sprintf(`DO $$ BEGIN
			CREATE TABLE o%[1]d PARTITION OF refresh_tokens FOR VALUES FROM (%[2]d) TO (%[3]d) PARTITION BY LIST (n);
			FOR i IN %[2]d..%[3]d - 1 LOOP
				EXECUTE format('CREATE TABLE p%%1$s PARTITION OF o%[1]d FOR VALUES IN (%%1$s)', i);
				EXECUTE format('CREATE INDEX ON p%%s (expires_at)', i);
				IF i %% 10 = 0 THEN EXECUTE format('INSERT INTO p%%1$s VALUES (%%1$s, now() - interval ''1 day'', false)', i); END IF;
			END LOOP; END $$`, i, i*inner, (i+1)*inner))
	}
}

func TestFault41ManyPartitionsOnASmallServerTakeAHandfulOfLocks(t *testing.T) {
	t.Parallel()
	server, err := localpg.Start(t.Context(), localpg.Options{Settings: map[string]string{
		"max_connections": "10", "max_locks_per_transaction": "10",
		"max_wal_senders": "0", "max_worker_processes": "0", "autovacuum_max_workers": "1",
	}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop(t.Context())) })
	db := &database{t: t, url: server.URL("postgres"), pool: pgtest.Pool(t, server.URL("postgres"))}
	db.manyPartitions(60, 10)

	e := db.engine(Table{Name: "refresh_tokens", Rules: []Rule{{Expires: []string{"expires_at"}}}})
	p, err := e.Run(t.Context(), Request{Tables: e.tables, Report: func(*Progress) {
		db.exec(`INSERT INTO refresh_tokens VALUES (5, now() + interval '1 day', false)`) // the application goes on
	}}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 60, p.Deleted())
}

func TestFault41ThousandsOfPartitionsArePurged(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	db.manyPartitions(40, 50)
	statements := 0
	e := db.engineOn(db.watched(func(sql string) {
		if !strings.Contains(sql, "'statement_timeout'") { // it goes with others, on a slow server
			statements++
		}
	}), Table{Name: "refresh_tokens", Rules: []Rule{{Expires: []string{"expires_at"}}}})
	began := time.Now()
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	t.Logf("2000 partitions, 200 with rows: %s, %d statements", time.Since(began).Round(time.Millisecond), statements)
	require.EqualValues(t, 200, p.Deleted())
	require.Less(t, statements, 200*20, "the empty ones cost none of their own")
}

func TestFault42ABatchReadsNoneOfTheOtherConstraintsAndTriggersOfTheDatabase(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens)
	s := db.session()
	read := func() (blocks int64) {
		h := s.only(t, tokens)
		st := h.deleteRows(target{})
		var plan []byte
		for range 2 { // the first one fills the caches
			require.NoError(t, s.conn.QueryRow(t.Context(), "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "+st.String(), st.args...).Scan(&plan))
		}
		var explained []struct {
			Plan struct {
				Hit  int64 `json:"Shared Hit Blocks"`
				Read int64 `json:"Shared Read Blocks"`
			}
		}
		require.NoError(t, json.Unmarshal(plan, &explained))
		return explained[0].Plan.Hit + explained[0].Plan.Read
	}
	before := read()
	db.exec(`DO $$ BEGIN FOR i IN 1..100 LOOP
		EXECUTE format('CREATE TABLE other_%s (%s)', i, (SELECT string_agg(format('c%s int CHECK (c%1$s > 0)', n), ',') FROM generate_series(1, 200) AS n));
		FOR n IN 1..40 LOOP
			EXECUTE format('CREATE TRIGGER t%s BEFORE DELETE ON other_%s FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()', n, i);
		END LOOP;
		END LOOP; END $$`)
	require.Greater(t, db.number(`SELECT count(*) FROM pg_constraint`), int64(20000))
	require.LessOrEqual(t, read(), before+20, "blocks read for the fingerprint of a batch: %d without them", before)
}

func TestFault41AKeyWhoseLookUpLocksAllPartitionsIsRefused(t *testing.T) {
	t.Parallel()
	k := ReachedKey{
		Key:   Key{Name: "fk", Action: NoAction, FromSchema: "public", FromName: "logins", Indexed: true},
		Locks: 1600, LockSpace: 6400,
	}
	require.Empty(t, Reach{Keys: []ReachedKey{k}}.Findings())
	k.Locks++
	require.ErrorContains(t, Reach{Keys: []ReachedKey{k}}.Refused(), `foreign key "fk" would lock all partitions of public.logins for each look-up, `+
		`with their indexes 1601 of the 6400 relations that the server has room to lock`)

	db := newDatabase(t, createTokens, `
		CREATE TABLE logins (token_id bigint CONSTRAINT fk REFERENCES refresh_tokens) PARTITION BY LIST (token_id);
		CREATE INDEX ON logins (token_id); CREATE TABLE l1 PARTITION OF logins FOR VALUES IN (1); CREATE TABLE l2 PARTITION OF logins DEFAULT`)
	s := db.session()
	read, err := newReader(t.Context(), s.catalog(), nil)
	require.NoError(t, err)
	reach, err := read.reach(t.Context(), tokens, Object{}, []uint32{s.only(t, tokens).oid})
	require.NoError(t, err)
	require.EqualValues(t, 6, reach.Keys[0].Locks)
	require.EqualValues(t, 64*200, reach.Keys[0].LockSpace)
}
