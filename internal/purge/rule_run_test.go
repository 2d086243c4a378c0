package purge

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// ruledIndexes are such as applications have: some serve a rule, some only seem to.
var ruledIndexes = []string{
	`(tz1)`, `(tz2)`, `(ts1)`, `(ts2)`, `(d1)`, `(d2)`, `(n1)`, `(n2)`, `(b1)`, `(b2)`, `(status)`, `(word)`, `(code)`, `(seconds)`,
	`(tz1) WHERE tz1 IS NOT NULL`, `(tz2) WHERE b1`, `(id) WHERE b1`, `(id) WHERE b2`, `(id) WHERE NOT b1`, `(id) WHERE b2 = false`, `(ts2, word)`, `(word) WHERE status = 'active'`,
	`(word COLLATE "C")`, `(word DESC NULLS LAST)`, `(n1 DESC)`, `(lower(word))`, `USING hash (word)`,
}

func TestARunDeletesTheRowsOfTheModelWhateverRulesAndIndexesATableHas(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, strings.Split(createRuled, ";\n")...)
	db.exec(`ALTER TABLE t ADD PRIMARY KEY (id)`)
	databases := zones[1]
	db.exec(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), '` + databases + `'); END $$`)
	conn, err := pgx.Connect(t.Context(), db.url)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(t.Context())) }()
	session := db.session()
	plans := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		rules := rapid.SliceOfN(rapid.Custom(drawRule), 1, 2).Draw(t, "rules")
		rows := rapid.SliceOfN(rapid.Custom(drawRuled), 1, 40).Draw(t, "rows")
		notNull := rapid.Bool().Draw(t, "tz1 is never null")
		script := []string{`TRUNCATE t`, `ALTER TABLE t ALTER tz1 DROP NOT NULL`}
		for i, index := range ruledIndexes {
			script = append(script, fmt.Sprintf(`DROP INDEX IF EXISTS i%d`, i))
			if rapid.IntRange(0, 3).Draw(t, index) > 0 {
				script = append(script, fmt.Sprintf(`CREATE INDEX i%d ON t %s`, i, index))
			}
		}
		want := []int64{}
		for id, row := range rows {
			if _, given := row["tz1"]; !given && notNull {
				row["tz1"] = infinite
			}
			names, values := []string{"id"}, []string{fmt.Sprint(id)}
			for name, value := range row {
				names, values = append(names, name), append(values, ruledLiteral(name, value))
			}
			script = append(script, fmt.Sprintf(`INSERT INTO t (%s) VALUES (%s)`, strings.Join(names, ", "), strings.Join(values, ", ")))
			if !deadInModel(rules, row) {
				want = append(want, int64(id))
			}
		}
		if notNull {
			script = append(script, `ALTER TABLE t ALTER tz1 SET NOT NULL`)
		}
		_, err := conn.Exec(t.Context(), strings.Join(script, ";\n"))
		require.NoError(t, err)

		table := Table{Name: "t", Rules: slices.Clone(rules)}
		for i := range table.Rules { // the same zone by its other name
			for _, zone := range []*string{&table.Rules[i].ExpiresZone, &table.Rules[i].DoneZone} {
				if *zone == databases && rapid.Bool().Draw(t, "the database's zone") {
					*zone = DatabaseZone
				}
			}
		}
		e := db.engineOn(session, table)
		p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{Cutoff: ruledCutoff, Tables: []TableProgress{{Name: "t", Title: "t"}}})
		require.NoError(t, err)
		plans[p.Tables[0].Plan]++
		found, err := conn.Query(t.Context(), `SELECT id FROM t ORDER BY id`)
		require.NoError(t, err)
		left, err := pgx.CollectRows(found, pgx.RowTo[int64])
		require.NoError(t, err)
		require.ElementsMatch(t, want, left, "%s\n%s", p.Tables[0].Plan, strings.Join(script, ";\n"))
		require.EqualValues(t, len(rows)-len(want), p.Deleted())
	})
	require.Positive(t, plans[planIndex], plans)
	require.Positive(t, plans[planSweep], plans)
}

func TestNoCastOfOthersSaysWhatAValueIs(t *testing.T) {
	t.Parallel()
	for name, column := range map[string]string{
		"an enum":                    `"Status"`,
		"a domain over an enum":      `level`,
		"domains over domains of it": `levels`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, `
				CREATE TYPE "Status" AS ENUM ('active', 'revoked');
				CREATE DOMAIN level AS "Status" CHECK (VALUE IS NOT NULL);
				CREATE DOMAIN levels AS level;
				CREATE FUNCTION lie("Status") RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'revoked'; END $$;
				CREATE FUNCTION lie("Status", text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN true; END $$;
				CREATE OPERATOR = (LEFTARG = "Status", RIGHTARG = text, FUNCTION = lie);
				CREATE CAST ("Status" AS text) WITH FUNCTION lie("Status") AS IMPLICIT;
				CREATE TABLE tokens (id bigint PRIMARY KEY, status `+column+`);
				CREATE INDEX ON tokens (status);
				INSERT INTO tokens SELECT i, CASE i % 2 WHEN 0 THEN 'active'::"Status" ELSE 'revoked'::"Status" END FROM generate_series(1, 10) AS i`)
			table := Table{Name: "tokens", Rules: []Rule{{Done: "status", DoneValues: []string{"revoked"}}}}
			require.Empty(t, db.inspect(table)[0].problems(Refused))
			p := db.mustPurge(table)
			require.EqualValues(t, 5, p.Deleted())
			require.Zero(t, db.number(`SELECT count(*) FROM tokens WHERE id % 2 = 1`))

			kept := Table{Name: "tokens", Rules: []Rule{{Done: "status", DoneValues: []string{"active"}, Keep: "status", KeepValues: []string{"active"}}}}
			p = db.mustPurge(kept)
			require.Zero(t, p.Deleted())
		})
	}
}

func TestAnIndexListsTheRowsThatAValueCallsDone(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]Rule{
		"a flag that is false": {Done: "active", DoneValues: []string{"false"}},
		"a flag that is true":  {Done: "ended", DoneValues: []string{"true"}},
		"a number":             {Done: "code", DoneValues: []string{"-1", "2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, `
				CREATE TABLE t (id bigint PRIMARY KEY, active boolean, ended boolean, code smallint);
				CREATE INDEX ON t (id) WHERE NOT active; CREATE INDEX ON t (ended); CREATE INDEX ON t (code);
				INSERT INTO t SELECT n, n % 50 <> 0, n % 50 = 0, CASE n % 100 WHEN 0 THEN -1 WHEN 50 THEN 2 ELSE 1 END FROM generate_series(1, 5000) AS n;
				INSERT INTO t VALUES (0)`)
			p := db.mustPurge(Table{Name: "t", Rules: []Rule{rule}})
			require.Equal(t, planIndex, p.Tables[0].Plan)
			require.EqualValues(t, 100, p.Deleted())
			require.Zero(t, db.number(`SELECT count(*) FROM t WHERE id % 50 = 0 AND id > 0`))
		})
	}
}

func TestValuesWithNullBesideAnyKeepEveryRow(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE t (expires_at timestamptz, kind text);
		INSERT INTO t VALUES ('-infinity', NULL), ('-infinity', 'session')`)
	e := db.engine(Table{Name: "t", Rules: []Rule{{Expires: []string{"expires_at"}, Keep: "kind", KeepValues: []string{anyValue, nullValue}}}})
	_, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 2, db.number(`SELECT count(*) FROM t`))
}

// A library that once wrote a lifetime in seconds into the column where it now writes an instant leaves such rows
// behind: a number before 1973 is neither.
func TestANumberThatIsNoInstantOfATokenKillsNoRow(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `CREATE TABLE t (id int PRIMARY KEY, expires bigint, done bigint)`)
	db.exec(`INSERT INTO t VALUES (1, -1, NULL), (2, 0, NULL), (3, 1, NULL), (4, 3600, NULL), (5, 99999999, NULL), (6, 100000000, NULL), (7, NULL, 3600), (8, NULL, 100000000)`)
	db.mustPurge(Table{Name: "t", Rules: []Rule{{Expires: []string{"expires"}, ExpiresUnit: Seconds, Done: "done", DoneUnit: Seconds}}})
	require.Equal(t, []string{"1", "2", "3", "4", "5", "7"}, db.strings(`SELECT id::text FROM t ORDER BY id`))
}
