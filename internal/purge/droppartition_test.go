package purge

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// dropped are sessions by the month of their expiry, in a table whose partitions may be dropped.
var dropped = Table{Name: "sessions", Rules: []Rule{{Expires: []string{"expires_at"}}}, DropPartitions: true}

// months makes the table: partitions p1, p2 and so on ended so many months ago, p_now has no end yet.
func months(t *testing.T, count int, kind string) *database {
	t.Helper()
	db := newDatabase(t, fmt.Sprintf(`CREATE TABLE sessions (id int, expires_at %s NOT NULL) PARTITION BY RANGE (expires_at)`, kind))
	for i := 1; i <= count; i++ {
		db.exec(fmt.Sprintf(`DO $$ DECLARE ends timestamp := date_trunc('month', now() AT TIME ZONE 'UTC') - interval '%d months'; BEGIN
			EXECUTE format('CREATE TABLE p%[1]d PARTITION OF sessions FOR VALUES FROM (%%L) TO (%%L)',
				(ends - interval '1 month')::%[2]s::text, ends::%[2]s::text);
			EXECUTE format('INSERT INTO p%[1]d SELECT n, %%L FROM generate_series(1, 10) AS n', (ends - interval '1 day')::%[2]s::text); END $$`, i, kind))
	}
	db.exec(fmt.Sprintf(`DO $$ DECLARE begins timestamp := date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 months'; BEGIN
		EXECUTE format('CREATE TABLE p_now PARTITION OF sessions FOR VALUES FROM (%%L) TO (%%L)', begins::%s::text, (begins + interval '3 months')::%[1]s::text); END $$;
		INSERT INTO sessions VALUES (1, now() - interval '1 minute'), (2, now() + interval '1 day');
		ANALYZE sessions`, kind))
	return db
}

func (db *database) partitions() []string {
	return db.strings(`SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'sessions'::regclass ORDER BY 1`)
}

func (db *database) tables() []string {
	return db.strings(`SELECT relname::text FROM pg_class WHERE relname ~ '^p([0-9]|_now)' AND relkind = 'r' ORDER BY 1`)
}

func TestPartitionsWhoseEveryRowIsDeadByTheirBoundsAreDropped(t *testing.T) {
	t.Parallel()
	for kind, zone := range map[string]string{"timestamptz": "", "timestamp": "Asia/Tokyo", "date": ""} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			db := months(t, 3, kind)
			table := dropped
			table.Rules = []Rule{{Expires: []string{"expires_at"}, ExpiresZone: zone, KeepExpired: 80 * 24 * time.Hour}}
			e := db.engine(table)
			p, err := e.Run(t.Context(), Request{Tables: e.tables, DryRun: true}, Progress{})
			require.NoError(t, err)
			wholly := p.Tables[0].Dropped.Partitions
			require.Len(t, db.partitions(), 4)
			e.Session.Close(t.Context())

			p = db.mustPurge(table)
			require.Equal(t, wholly, p.Tables[0].Dropped.Partitions, "a dry run says so before")
			require.Equal(t, 10*wholly, p.Tables[0].Dropped.Rows)
			require.GreaterOrEqual(t, wholly, int64(1))
			require.LessOrEqual(t, wholly, int64(2), "of the last one some rows are in the grace")
			require.Len(t, db.partitions(), 4-int(wholly))
			require.Equal(t, db.partitions(), db.tables())
			require.True(t, p.Tables[0].Proven())
			require.Contains(t, db.partitions(), "p1")
		})
	}
}

func TestTheNewestPartitionStaysHoweverOld(t *testing.T) {
	t.Parallel()
	db := months(t, 2, "timestamptz")
	db.exec(`DROP TABLE p_now`)
	p := db.mustPurge(dropped)
	require.Equal(t, []string{"p1"}, db.partitions())
	require.EqualValues(t, 1, p.Tables[0].Dropped.Partitions)
	require.EqualValues(t, 10, p.Deleted(), "its rows are deleted")
}

// Each of these has a reason of its own; in all of them the rows go as ever.
func TestNoPartitionIsDroppedThatSomethingElseNeeds(t *testing.T) {
	t.Parallel()
	for name, shape := range map[string]struct{ ddl, why string }{
		"a default partition":       {`CREATE TABLE p_default PARTITION OF sessions DEFAULT`, "it has a default partition"},
		"a foreign key":             {`ALTER TABLE sessions ADD PRIMARY KEY (id, expires_at); CREATE TABLE logins (id int, expires_at timestamptz, FOREIGN KEY (id, expires_at) REFERENCES sessions); CREATE INDEX ON logins (id, expires_at)`, ""},
		"a view":                    {`CREATE VIEW v AS SELECT id FROM p2; CREATE VIEW v1 AS SELECT id FROM p1`, ""},
		"a function":                {`CREATE FUNCTION f (p2) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f (p1) RETURNS int LANGUAGE sql AS 'SELECT 1'`, ""},
		"a trigger":                 {`CREATE FUNCTION f () RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'; CREATE TRIGGER t BEFORE DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION f()`, ""},
		"a publication":             {`ALTER TABLE sessions ADD PRIMARY KEY (id, expires_at); CREATE PUBLICATION p FOR TABLE sessions`, ""},
		"a publication by its root": {`ALTER TABLE sessions ADD PRIMARY KEY (id, expires_at); CREATE PUBLICATION p FOR TABLE sessions WITH (publish_via_partition_root)`, ""},
		"pg_partman": {`CREATE SCHEMA partman; CREATE TABLE partman.part_config (parent_table text); INSERT INTO partman.part_config VALUES ('public.sessions');
			INSERT INTO pg_extension SELECT 99999, 'pg_partman', 10, oid, false, '5.0', NULL, NULL FROM pg_namespace WHERE nspname = 'partman'`, "pg_partman manages them"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := months(t, 2, "timestamptz")
			db.exec(shape.ddl)
			p := db.mustPurge(dropped)
			require.Zero(t, p.Tables[0].Dropped.Partitions)
			require.Contains(t, p.Tables[0].Dropped.Why, shape.why)
			require.EqualValues(t, 21, p.Deleted())
			require.Subset(t, db.partitions(), []string{"p1", "p2", "p_now"})
		})
	}
	for name, table := range map[string]Table{
		"a row that is kept": {Name: "sessions", Rules: []Rule{{Expires: []string{"expires_at"}}, {Expires: []string{"expires_at"}, Keep: "expires_at"}}, DropPartitions: true},
		"a rule for some":    {Name: "sessions", Rules: []Rule{{Expires: []string{"expires_at"}, Only: "id", OnlyValues: []string{"1"}}}, DropPartitions: true},
		"not asked for":      {Name: "sessions", Rules: dropped.Rules},
		"a column of no key": {Name: "sessions", Rules: []Rule{{Expires: []string{"made_at"}}}, DropPartitions: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := months(t, 2, "timestamptz")
			db.exec(`ALTER TABLE sessions ADD made_at timestamptz DEFAULT '-infinity'`)
			db.mustPurge(table)
			require.Equal(t, []string{"p1", "p2", "p_now"}, db.partitions())
		})
	}
}

func TestUnderACapRowsAreDeletedAndNoPartitionIsDropped(t *testing.T) {
	t.Parallel()
	db := months(t, 2, "timestamptz")
	e := db.engine(dropped)
	e.MaxRows = 5
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 5, p.Deleted())
	require.Contains(t, p.Tables[0].Dropped.Why, "SILTGATE_MAX_ROWS")
	require.Len(t, db.partitions(), 3)
}

// An old reader keeps a partition from being detached. The run waits for a while, gives up and says why;
// the next one goes on. Meanwhile the application reads and writes, and the old reader still sees its rows.
func TestAnOldReaderKeepsAPartitionUntilTheNextRun(t *testing.T) {
	t.Parallel()
	db := months(t, 3, "timestamptz")
	reader, err := db.pool.BeginTx(t.Context(), pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	require.NoError(t, err)
	t.Cleanup(func() { _ = reader.Rollback(context.Background()) })
	var n int64
	require.NoError(t, reader.QueryRow(t.Context(), `SELECT count(*) FROM sessions`).Scan(&n))
	require.EqualValues(t, 32, n)

	e := db.engine(dropped)
	e.longestBackOff = 50 * time.Millisecond
	began := time.Now()
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.True(t, p.Done)
	require.Less(t, time.Since(began), 2*time.Minute)
	d := p.Tables[0].Dropped
	require.Contains(t, d.Why, "is used by transactions that began before it was detached: the next run drops it")
	require.Zero(t, d.Partitions)
	require.EqualValues(t, 1, db.number(`SELECT count(*) FROM pg_inherits WHERE inhdetachpending`))
	require.EqualValues(t, 21, p.Deleted(), "the rows of the others are deleted")
	db.exec(`INSERT INTO sessions VALUES (3, now() + interval '1 day')`)
	require.EqualValues(t, 2, db.number(`SELECT count(*) FROM sessions`))
	require.NoError(t, reader.QueryRow(t.Context(), `SELECT count(*) FROM sessions`).Scan(&n))
	require.EqualValues(t, 32, n, "by its snapshot")
	require.NoError(t, reader.Rollback(t.Context()))

	p = db.mustPurge(dropped)
	require.EqualValues(t, 3, p.Tables[0].Dropped.Partitions)
	require.Empty(t, p.Tables[0].Dropped.Why)
	require.Equal(t, []string{"p_now"}, db.tables())
}

func TestToDropPartitionsWantsTheirOwner(t *testing.T) {
	t.Parallel()
	db := months(t, 2, "timestamptz")
	role := db.role(`GRANT ALL ON sessions, p1, p2, p_now TO %s`)
	var owner string
	require.NoError(t, db.pool.QueryRow(t.Context(), `SELECT current_user`).Scan(&owner))
	s := db.session()
	_, err := s.conn.Exec(t.Context(), `SET ROLE `+role)
	require.NoError(t, err)
	e := db.engineOn(s, dropped)
	_, err = e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.ErrorContains(t, err, fmt.Sprintf(`may not drop partitions, as SILTGATE_TABLES_<n>_DROP_PARTITIONS wants: they belong to role %q: GRANT %[1]q TO`, owner))
	require.Len(t, db.partitions(), 3)
}

func TestPartitionsAreDroppedHoweverTheRoleHasTextsRead(t *testing.T) {
	t.Parallel()
	db := months(t, 3, "timestamptz")
	db.exec(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET standard_conforming_strings = off', current_database()); END $$`)
	p := db.mustPurge(dropped)
	require.NotZero(t, p.Tables[0].Dropped.Partitions)
}
