package purge

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// tenants are the usual table in schemas of its own each, tenant_0 and so on, with one dead and one
// live row.
func tenants(t *testing.T, count int) *database {
	t.Helper()
	db := newDatabase(t)
	for i := range count {
		db.tenant(fmt.Sprintf("tenant_%d", i))
	}
	return db
}

// tenant makes a schema with a table of one dead and one live row.
func (db *database) tenant(schema string) {
	db.t.Helper()
	db.exec(fmt.Sprintf(`
		CREATE SCHEMA %s;
		CREATE TABLE %[1]s.refresh_tokens (id int, expires_at timestamptz, revoked boolean DEFAULT false);
		INSERT INTO %[1]s.refresh_tokens VALUES (1, now() - interval '1 hour'), (2, now() + interval '1 day')`, schema))
}

// left are the dead rows of a tenant.
func (db *database) left(schema string) int64 {
	return db.number(`SELECT count(*) FROM ` + schema + `.refresh_tokens WHERE expires_at < now() OR revoked`)
}

// pattern is the usual rule for the tables of every tenant.
var pattern = Table{Schema: "tenant_*", Name: "refresh_tokens", Rules: tokens.Rules}

func TestAPatternPurgesEveryTableThatItMatchesAndNoOther(t *testing.T) {
	t.Parallel()
	db := tenants(t, 3)
	for _, schema := range []string{"tenantx", "other", `"TENANT_9"`} { // _ and % mean themselves
		db.tenant(schema)
	}
	db.exec(`
		CREATE TABLE tenant_0.refresh_tokens_old (LIKE tenant_0.refresh_tokens);
		INSERT INTO tenant_0.refresh_tokens_old SELECT * FROM tenant_0.refresh_tokens;
		CREATE VIEW tenant_0.refresh_view AS SELECT * FROM tenant_0.refresh_tokens`)

	p := db.mustPurge(pattern)

	for i := range 3 {
		require.Zero(t, db.left(fmt.Sprintf("tenant_%d", i)))
	}
	require.EqualValues(t, 6, db.number(`
		SELECT (SELECT count(*) FROM tenantx.refresh_tokens) + (SELECT count(*) FROM other.refresh_tokens)
			+ (SELECT count(*) FROM "TENANT_9".refresh_tokens)`))
	require.EqualValues(t, 2, db.number(`SELECT count(*) FROM tenant_0.refresh_tokens_old`))
	require.Len(t, p.Tables, 1)
	require.EqualValues(t, 3, p.Tables[0].Deleted)
	require.EqualValues(t, 3, p.Tables[0].Matched.Tables)
	require.True(t, p.Tables[0].Proven())
	require.Contains(t, p.Tables[0].Rule, "expires_at < ")

	db.tenant("tenant_new")
	db.exec(`DROP SCHEMA tenant_1 CASCADE`)
	p = db.mustPurge(pattern)
	require.EqualValues(t, 1, p.Deleted(), "a new table is found, and one that was dropped passed over")
	require.EqualValues(t, 3, p.Tables[0].Matched.Tables)
}

func TestAPatternWithoutASchemaMeansTheTablesOfTheSearchPath(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `
		CREATE TABLE reset_tokens (LIKE refresh_tokens INCLUDING ALL);
		CREATE SCHEMA hidden;
		CREATE TABLE hidden.api_tokens (LIKE refresh_tokens INCLUDING ALL);
		CREATE TEMP TABLE temp_tokens (LIKE refresh_tokens INCLUDING ALL);
		INSERT INTO refresh_tokens (revoked) VALUES (true);
		INSERT INTO reset_tokens (revoked) VALUES (true), (true);
		INSERT INTO hidden.api_tokens (revoked) VALUES (true)`)
	p := db.mustPurge(Table{Name: "*_tokens", Rules: tokens.Rules})
	require.EqualValues(t, 3, p.Deleted())
	require.EqualValues(t, 2, p.Tables[0].Matched.Tables)
	require.EqualValues(t, 1, db.number(`SELECT count(*) FROM hidden.api_tokens`))
}

func TestATableThatIsNamedExactlyIsTakenOutOfPatterns(t *testing.T) {
	t.Parallel()
	db := tenants(t, 2)
	named := Table{Schema: "tenant_0", Name: "refresh_tokens", Rules: []Rule{{Expires: []string{"expires_at"}, KeepExpired: 24 * time.Hour}}}
	p := db.mustPurge(pattern, named)
	require.EqualValues(t, 1, db.left("tenant_0"), "its own rule keeps the row")
	require.Zero(t, db.left("tenant_1"))
	require.EqualValues(t, 1, p.Tables[0].Matched.Tables)
}

func TestATableOfTwoPatternsHasTheRulesOfBoth(t *testing.T) {
	t.Parallel()
	db := tenants(t, 2)
	db.exec(`INSERT INTO tenant_0.refresh_tokens VALUES (3, now() + interval '1 day', true); INSERT INTO tenant_1.refresh_tokens VALUES (3, now() + interval '1 day', true)`)
	expired := Table{Schema: "tenant_*", Name: "refresh_tokens", Rules: []Rule{{Expires: []string{"expires_at"}}}}
	revoked := Table{Schema: "*_0", Name: "refresh_*", Rules: []Rule{{Done: "revoked"}}}
	p := db.mustPurge(expired, revoked)
	require.Zero(t, db.left("tenant_0"))
	require.EqualValues(t, 1, db.left("tenant_1"), "only the first pattern matches it")
	require.EqualValues(t, 2, p.Tables[0].Matched.Tables, "the first pattern that matches a table counts it")
	require.Zero(t, p.Tables[1].Matched.Tables)
	require.NotEqual(t, expired.FingerprintAmong([]Table{expired}), expired.FingerprintAmong([]Table{expired, revoked}))
}

func TestPartitionsAndChildrenGoWithTheirParentAndSiltgatesSchemaIsLeftAlone(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE SCHEMA tenant_a;
		CREATE TABLE tenant_a.refresh_tokens (id int, expires_at timestamptz, revoked boolean) PARTITION BY LIST (id);
		CREATE TABLE tenant_a.refresh_tokens_1 PARTITION OF tenant_a.refresh_tokens FOR VALUES IN (1);
		CREATE TABLE tenant_a.refresh_plain (id int, expires_at timestamptz, revoked boolean);
		CREATE TABLE tenant_a.refresh_child () INHERITS (tenant_a.refresh_plain);
		CREATE TABLE template (id int, expires_at timestamptz, revoked boolean);
		CREATE TABLE tenant_a.refresh_of_template () INHERITS (template);
		INSERT INTO tenant_a.refresh_tokens VALUES (1, '-infinity');
		INSERT INTO tenant_a.refresh_plain VALUES (1, '-infinity');
		INSERT INTO tenant_a.refresh_child VALUES (1, '-infinity');
		INSERT INTO tenant_a.refresh_of_template VALUES (1, '-infinity');
		CREATE SCHEMA tenant_own;
		CREATE TABLE tenant_own.refresh_tokens (LIKE template);
		INSERT INTO tenant_own.refresh_tokens VALUES (1, '-infinity')`)
	p := db.mustPurge(Table{Schema: "tenant_*", Name: "refresh_*", Rules: tokens.Rules, Except: "tenant_own"})
	require.EqualValues(t, 4, p.Deleted(), "each once")
	require.EqualValues(t, 3, p.Tables[0].Matched.Tables)
	require.EqualValues(t, 1, db.number(`SELECT count(*) FROM tenant_own.refresh_tokens`))
}

func TestOneTableOfAPatternThatIsBrokenFailsAlone(t *testing.T) {
	t.Parallel()
	db := tenants(t, 4)
	db.exec(`ALTER TABLE tenant_1.refresh_tokens RENAME revoked TO gone`)
	e := db.engine(pattern)
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.ErrorContains(t, err, `1 table of 4 was not purged, all others were: tenant_1.refresh_tokens: column "revoked" does not exist`)
	require.EqualValues(t, 3, p.Deleted())
	require.False(t, p.Tables[0].Proven())
	require.Equal(t, "tenant_1.refresh_tokens", p.Tables[0].Matched.Worst.Table)
	require.NotEmpty(t, p.Tables[0].Matched.Worst.Error)

	db.exec(`ALTER TABLE tenant_1.refresh_tokens RENAME gone TO revoked`)
	p.Retry()
	p, err = e.Run(t.Context(), Request{Tables: e.tables}, p)
	require.NoError(t, err)
	require.EqualValues(t, 4, p.Deleted())
	require.True(t, p.Tables[0].Proven())
	require.Empty(t, p.Tables[0].Matched.Worst.Error)
}

func TestALockedTableOfAPatternKeepsNoOtherWaiting(t *testing.T) {
	t.Parallel()
	db := tenants(t, 3)
	tx := db.begin()
	_, err := tx.Exec(t.Context(), `LOCK TABLE tenant_0.refresh_tokens IN ACCESS EXCLUSIVE MODE`)
	require.NoError(t, err)
	e := db.engine(pattern)
	var others time.Duration
	began := time.Now()
	p, err := e.Run(t.Context(), Request{Tables: e.tables, Report: func(p *Progress) {
		if p.Deleted() == 2 && others == 0 {
			others = time.Since(began)
			require.NoError(t, tx.Rollback(t.Context()))
		}
	}}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 3, p.Deleted())
	require.Less(t, others, 10*time.Second)
}

func TestAPatternsProgressGoesOnWhereItStoppedInAnySlice(t *testing.T) {
	t.Parallel()
	db := tenants(t, 5)
	for i := range 5 {
		db.exec(fmt.Sprintf(`INSERT INTO tenant_%d.refresh_tokens SELECT n, '-infinity' FROM generate_series(1, 4000) AS n`, i))
	}
	e := db.engine(pattern)
	e.Pace = Pace{DutyCycle: 0.5, BatchTarget: time.Millisecond}
	p := Progress{}
	slices, idle := 0, 0
	length := 50 * time.Millisecond
	for ; !p.Done; slices++ {
		before := p.Deleted()
		var err error
		p, err = e.Run(t.Context(), Request{Tables: e.tables, Until: time.Now().Add(length)}, p)
		require.NoError(t, err)
		if idle++; p.Deleted() > before {
			idle = 0
		} else if idle%10 == 0 {
			length *= 2 // on a busy machine the look at the tables alone takes longer
		}
		require.Less(t, idle, 100, "slices in a row that deleted nothing")
		encoded, err := json.Marshal(p)
		require.NoError(t, err)
		p = Progress{}
		require.NoError(t, json.Unmarshal(encoded, &p))
		require.NoError(t, p.Check())
	}
	require.Greater(t, slices, 2)
	require.EqualValues(t, 5*4001, p.Deleted())
	require.True(t, p.Tables[0].Proven())
}

func TestMaxRowsIsSharedOutAmongTheTablesOfAPattern(t *testing.T) {
	t.Parallel()
	db := tenants(t, 4)
	for i := range 3 {
		db.exec(fmt.Sprintf(`INSERT INTO tenant_%d.refresh_tokens SELECT n, '-infinity' FROM generate_series(1, 999) AS n`, i))
	}
	e := db.engine(pattern)
	e.MaxRows = 301
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.True(t, p.Capped)
	require.EqualValues(t, 301, p.Deleted())
	require.Zero(t, db.left("tenant_3"), "it has one")
	for i := range 3 {
		require.InDelta(t, 900, db.left(fmt.Sprintf("tenant_%d", i)), 35)
	}
	require.False(t, p.Tables[0].Proven())

	e.MaxRows = 10_000
	p, err = e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.False(t, p.Capped)
	require.EqualValues(t, 3001-301+2, p.Deleted()+2)
	require.True(t, p.Tables[0].Proven())
}

func TestARequestMayNameOneTableOfAPattern(t *testing.T) {
	t.Parallel()
	db := tenants(t, 2)
	named, ok := Named([]Table{pattern}, "tenant_1.refresh_tokens")
	require.True(t, ok)
	e := db.engine(pattern)
	e.Configured = e.tables
	p, err := e.Run(t.Context(), Request{Tables: []Table{named}}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 1, p.Deleted())
	require.EqualValues(t, 1, db.left("tenant_0"))

	_, ok = Named([]Table{pattern}, "other.refresh_tokens")
	require.False(t, ok)
	missing, ok := Named([]Table{pattern}, "tenant_9.refresh_tokens")
	require.True(t, ok)
	_, err = e.Run(t.Context(), Request{Tables: []Table{missing}}, Progress{})
	require.ErrorContains(t, err, "does not exist, or is none of the tables that a pattern matches")
}

func TestARequestMayNameAPatternAndATableOfIt(t *testing.T) {
	t.Parallel()
	db := tenants(t, 2)
	db.exec(`CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END';
		CREATE TRIGGER note BEFORE DELETE ON tenant_1.refresh_tokens FOR EACH ROW EXECUTE FUNCTION note()`)
	named, _ := Named([]Table{pattern}, "tenant_1.refresh_tokens")
	e := db.engine(pattern)
	e.Configured = e.tables
	p, err := e.Run(t.Context(), Request{Tables: []Table{named, pattern}}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 2, p.Deleted())
}
