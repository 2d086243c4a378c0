package purge

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// parted is a table with the partitions p1 to p4, each with ten dead rows.
const parted = `
	CREATE TABLE refresh_tokens (n int, expires_at timestamptz, revoked boolean) PARTITION BY LIST (n);
	CREATE TABLE p1 PARTITION OF refresh_tokens FOR VALUES IN (1);
	CREATE TABLE p2 PARTITION OF refresh_tokens FOR VALUES IN (2);
	CREATE TABLE p3 PARTITION OF refresh_tokens FOR VALUES IN (3);
	CREATE TABLE p4 PARTITION OF refresh_tokens FOR VALUES IN (4);
	INSERT INTO refresh_tokens SELECT 1 + n % 4, NULL, true FROM generate_series(1, 40) AS n`

func TestFault39APartitionThatCannotBePurgedIsLeftAloneAndNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ddl, left, want string
		role            string // what the role that purges is granted; empty: a superuser
	}{
		"foreign": {
			`CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
			 CREATE FOREIGN TABLE p0 PARTITION OF refresh_tokens FOR VALUES IN (0) SERVER s`,
			``, `1 partition was not purged, all others were: public.p0: public.p0 is a foreign table`, ``,
		},
		"stored otherwise": {
			`CREATE ACCESS METHOD other TYPE TABLE HANDLER heap_tableam_handler;
			 CREATE TABLE p0 PARTITION OF refresh_tokens FOR VALUES IN (0) USING other;
			 INSERT INTO p0 VALUES (0, NULL, true)`,
			`p0`, `public.p0 is stored by the access method "other", and not as a heap`, ``,
		},
		"stored otherwise and empty": {
			`CREATE ACCESS METHOD other TYPE TABLE HANDLER heap_tableam_handler;
			 CREATE TABLE p0 PARTITION OF refresh_tokens FOR VALUES IN (0) USING other`,
			``, `public.p0 is stored by the access method "other", and not as a heap`, ``,
		},
		"without a grant": {
			``, `p2`, `lacks DELETE and UPDATE of one column (to pass over locked rows) on public.p2`,
			`GRANT SELECT, UPDATE, DELETE ON refresh_tokens, p1, p3, p4 TO %[1]s; GRANT SELECT ON p2 TO %[1]s`,
		},
		"with a cascade of its own": {
			`ALTER TABLE refresh_tokens ADD id int GENERATED ALWAYS AS (n) STORED; TRUNCATE p3; INSERT INTO p3 VALUES (3, NULL, true);
			 CREATE UNIQUE INDEX ON p3 (id);
			 CREATE TABLE audit (id int CONSTRAINT fk REFERENCES p3 (id) ON DELETE CASCADE); CREATE INDEX ON audit (id)`,
			`p3`, `public.p3: foreign key "fk" deletes rows of public.audit`, ``,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, parted, c.ddl)
			e := db.engine(tokens)
			if c.role != "" {
				_, err := e.Session.conn.Exec(t.Context(), `SET ROLE `+db.role(c.role))
				require.NoError(t, err)
			}
			p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
			require.ErrorContains(t, err, c.want)
			require.False(t, p.Done)
			var left string
			for _, name := range db.strings(`SELECT relname::text FROM pg_class WHERE relname ~ '^p[0-9]$' AND relkind = 'r' ORDER BY relname`) {
				if db.number(`SELECT count(*) FROM `+name) > 0 {
					left += name
				}
			}
			require.Equal(t, c.left, left)
		})
	}
}

func TestFault39ALockedPartitionHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"ACCESS EXCLUSIVE", "SHARE ROW EXCLUSIVE"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, parted)
			tx := db.begin()
			_, err := tx.Exec(t.Context(), `LOCK TABLE ONLY p2 IN `+mode+` MODE`)
			require.NoError(t, err)

			e := db.engine(tokens)
			e.Pace.BatchTarget = time.Second
			released := false
			p, err := e.Run(t.Context(), Request{Tables: e.tables, Report: func(p *Progress) {
				if p.Tables[0].Deleted == 30 && !released {
					released = true // all others are gone while it is locked
					require.NoError(t, tx.Rollback(context.WithoutCancel(t.Context())))
				}
			}}, Progress{})
			require.NoError(t, err)
			require.True(t, released)
			require.True(t, p.Done)
			require.EqualValues(t, 40, p.Deleted())
			require.Empty(t, p.Tables[0].Left)
		})
	}
}

func TestFault39WhatWasLeftIsTriedAgainByTheNextAttempt(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, parted, `ALTER TABLE p2 ENABLE TRIGGER ALL`, `CREATE RULE r AS ON DELETE TO p2 DO INSTEAD NOTHING`)
	e := db.engine(tokens)
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.ErrorContains(t, err, "public.p2 has a rule ON DELETE")
	require.EqualValues(t, 30, p.Deleted())

	db.exec(`DROP RULE r ON p2`)
	db.exec(`INSERT INTO refresh_tokens SELECT 1, NULL, true FROM generate_series(1, 5)`)
	p.Retry()
	p, err = e.Run(t.Context(), Request{Tables: e.tables}, p)
	require.NoError(t, err)
	require.True(t, p.Done)
	require.EqualValues(t, 40, p.Deleted())
	require.EqualValues(t, 5, db.number(`SELECT count(*) FROM refresh_tokens`), "what was done is not visited again")
}

func TestManyPartitionsThatCannotBePurgedAreCountedAndAllTriedAgain(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `CREATE TABLE refresh_tokens (n int, expires_at timestamptz, revoked boolean) PARTITION BY LIST (n)`)
	db.exec(`DO $$ BEGIN FOR i IN 1..120 LOOP
		EXECUTE format('CREATE TABLE p%1$s PARTITION OF refresh_tokens FOR VALUES IN (%1$s)', i);
		IF i > 5 THEN EXECUTE format('CREATE RULE r AS ON DELETE TO p%s DO INSTEAD NOTHING', i); END IF;
		END LOOP; END $$`)
	db.exec(`INSERT INTO refresh_tokens SELECT n, NULL, true FROM generate_series(1, 120) AS n`)
	e := db.engine(tokens)
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.ErrorContains(t, err, "115 partitions were not purged, all others were: public.p6: ")
	require.ErrorContains(t, err, "; and 105 more")
	require.EqualValues(t, 5, p.Deleted())
	require.Len(t, p.Tables[0].Left, mostLeft)

	for i := 6; i <= 120; i++ {
		db.exec(fmt.Sprintf(`DROP RULE r ON p%d`, i))
	}
	p.Retry()
	p, err = e.Run(t.Context(), Request{Tables: e.tables}, p)
	require.NoError(t, err)
	require.EqualValues(t, 120, p.Deleted())
	require.Zero(t, db.number(`SELECT count(*) FROM refresh_tokens`))
}
