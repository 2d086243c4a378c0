package purge

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// wideTokens is a table in which few rows are dead for each block, so that
// they are worth listing: 1200 expired, 600 at one instant, 200 revoked.
const wideTokens = createTokens + `;
	ALTER TABLE refresh_tokens ADD filler text DEFAULT repeat('x', 1500);
	INSERT INTO refresh_tokens (expires_at, revoked)
	SELECT
		CASE
			WHEN n % 7 = 0 THEN now() - n * interval '1 min'
			WHEN n % 7 = 1 AND n % 2 = 0 THEN timestamptz '2020-01-01'
			WHEN n = 3 THEN '-infinity'
			WHEN n = 4 THEN 'infinity'
			WHEN n = 5 THEN NULL
			ELSE now() + interval '1 day'
		END,
		n % 42 = 2
	FROM generate_series(1, 8400) AS n;` + indexTokens

// wideDead counts the rows of it that a purge is to take.
const wideDead = `SELECT count(*) FROM refresh_tokens WHERE expires_at < now() OR revoked`

func TestAListThatTakesLongIsWorkedInRounds(t *testing.T) {
	t.Parallel()
	for name, listFor := range map[string]time.Duration{"one page a round": 1, "one round": time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, wideTokens, `
				CREATE TABLE audit (token_id bigint REFERENCES refresh_tokens);
				CREATE INDEX ON audit (token_id);
				INSERT INTO audit SELECT id FROM refresh_tokens WHERE expires_at < now() ORDER BY expires_at LIMIT 3`)
			dead := db.number(wideDead)
			require.Greater(t, dead, int64(1900))
			holder := db.begin()
			_, err := holder.Exec(t.Context(), `SELECT FROM refresh_tokens WHERE revoked AND id % 5 = 0 ORDER BY id LIMIT 2 FOR UPDATE`)
			require.NoError(t, err)

			e := db.engine(tokens)
			e.listFor = listFor
			p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
			require.NoError(t, err)
			require.True(t, p.Done)
			table := p.Tables[0]
			require.Equal(t, planIndex, table.Plan)
			require.Equal(t, dead-5, table.Deleted)
			require.EqualValues(t, 2, table.Locked, "counted once, in however many rounds they were met")
			require.EqualValues(t, 3, table.Referenced)
			require.EqualValues(t, 5, db.number(wideDead))
		})
	}
}

// All rows of a table may be listed, and none twice, although a page begins with
// the instant at which the one before ended.
func TestRowsOfOneInstantAreCountedOnceAgainstWhatIsWorthListing(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, indexTokens, `
		INSERT INTO refresh_tokens (expires_at) SELECT timestamptz '2020-01-01' FROM generate_series(1, 1000)`)
	p := db.mustPurge(tokens)
	require.Equal(t, planIndex, p.Tables[0].Plan)
	require.EqualValues(t, 1000, p.Deleted())
}

func TestMoreRowsOfOneInstantThanAPageHoldsAreAllListed(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, indexTokens, `
		ALTER TABLE refresh_tokens ADD filler text DEFAULT repeat('x', 1500);
		INSERT INTO refresh_tokens (expires_at)
		SELECT CASE WHEN n % 5 = 0 THEN timestamptz '2020-01-01' ELSE 'infinity' END FROM generate_series(1, 14000) AS n`)
	p := db.mustPurge(tokens)
	require.Equal(t, planIndex, p.Tables[0].Plan)
	require.EqualValues(t, 2800, p.Deleted())
}

func TestARoundThatDeletesNothingIsTheLast(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, wideTokens, `
		DELETE FROM refresh_tokens WHERE id > 3500;
		CREATE TABLE audit (token_id bigint REFERENCES refresh_tokens);
		CREATE INDEX ON audit (token_id);
		INSERT INTO audit SELECT id FROM refresh_tokens WHERE expires_at < now() OR revoked`)
	dead := db.number(wideDead)
	e := db.engine(tokens)
	e.listFor = 1
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.True(t, p.Done)
	require.Zero(t, p.Deleted())
	require.Equal(t, dead, p.Tables[0].Referenced)
	require.Equal(t, planSweep, p.Tables[0].Plan, "what is left, the sweep visits once")
}

func TestRoundsComeToAnEndWhateverTheyFind(t *testing.T) {
	t.Parallel()
	var table TableProgress
	rounds := 1
	for table.Position.Deleted = 1; table.nextRound(); table.Position.Deleted = 1 {
		rounds++
		require.LessOrEqual(t, rounds, mostRounds+1)
	}
}

func TestRoundsGoOnInAnotherSlice(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, wideTokens)
	dead := db.number(wideDead)
	e := db.engine(tokens)
	e.listFor = 1
	var p Progress
	slices := 0
	for ; !p.Done; slices++ {
		require.Less(t, slices, 100)
		p = e.slice(t, Request{}, p, 1)
	}
	require.Greater(t, slices, 2) // batches grow from slice to slice, so that the later ones do more
	require.Equal(t, dead, p.Deleted())
	require.Equal(t, planIndex, p.Tables[0].Plan)
	require.Zero(t, db.number(wideDead))
}

func TestADryRunCountsEachRowOnce(t *testing.T) {
	t.Parallel()
	for _, listFor := range []time.Duration{1, time.Hour} {
		db := newDatabase(t, wideTokens)
		e := db.engine(tokens)
		e.listFor = listFor
		p, err := e.Run(t.Context(), Request{Tables: e.tables, DryRun: true}, Progress{})
		require.NoError(t, err)
		require.Equal(t, db.number(wideDead), p.Tables[0].Counted)
	}
}

func TestADryRunThatGivesItsListUpCountsEachRowOnce(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, wideTokens)
	e := db.engine(tokens)
	dry := Request{DryRun: true}
	p := e.slice(t, dry, Progress{}, 1)
	require.Equal(t, planIndex, p.Tables[0].Plan)
	require.Positive(t, p.Tables[0].Counted)
	e.listFor = 1
	p = e.slice(t, dry, p, 1000)
	require.True(t, p.Done)
	require.Equal(t, planSweep, p.Tables[0].Plan)
	require.Equal(t, db.number(wideDead), p.Tables[0].Counted)
}

// A page is rested for. Where that takes longer than what is left of the slice, so will it in the next.
func TestATableWhoseListsComeToNothingIsSwept(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, wideTokens)
	dead := db.number(wideDead)
	e := db.engine(tokens)
	e.Pace.DutyCycle = 1e-6
	var p Progress
	for slices := 0; p.Deleted() == 0; slices++ {
		require.Less(t, slices, 5, "slice after slice is over before anything is deleted")
		var err error
		p, err = e.Run(t.Context(), Request{Tables: e.tables, Until: time.Now().Add(LongestRest + time.Second)}, p)
		require.NoError(t, err)
	}
	e.Pace.DutyCycle = 1
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, p)
	require.NoError(t, err)
	require.True(t, p.Done)
	require.Equal(t, planSweep, p.Tables[0].Plan)
	require.Equal(t, dead, p.Deleted())
	require.Zero(t, db.number(wideDead))
}

// An index may be so full of entries that no longer count that no statement gets through it.
func TestAListThatNoStatementGetsThroughIsGivenUpInTime(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `
		ALTER TABLE refresh_tokens ADD filler text DEFAULT repeat('x', 1500);
		INSERT INTO refresh_tokens (expires_at, revoked)
		SELECT now() + CASE WHEN n % 10 = 0 THEN -1 ELSE 1 END * interval '1 h', n % 10 = 1
		FROM generate_series(1, 3000) AS n;
		CREATE FUNCTION slowly(revoked boolean) RETURNS boolean LANGUAGE plpgsql AS $$
		BEGIN
			PERFORM pg_sleep(60) WHERE revoked;
			RETURN true;
		END; $$;
		CREATE POLICY slow ON refresh_tokens USING (slowly(revoked));`+indexTokens)
	// A policy keeps the lists of revoked rows from their first row until the time-out. It is on for these alone, because a
	// table with such a policy is refused.
	lists, slow := 0, false
	session := db.watched(func(sql string) {
		list := strings.Contains(sql, "LIMIT") && strings.Contains(sql, "revoked") && !strings.Contains(sql, "ORDER BY")
		if list {
			lists++
		}
		if list != slow {
			db.exec(map[bool]string{true: `ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY`, false: `ALTER TABLE refresh_tokens DISABLE ROW LEVEL SECURITY`}[list])
			slow = list
		}
	})
	role := db.role(`GRANT SELECT, DELETE, UPDATE ON refresh_tokens TO %[1]s`)
	_, err := session.conn.Exec(t.Context(), `SET ROLE `+role)
	require.NoError(t, err)
	e := db.engineOn(session, tokens)
	e.listFor = 1
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.True(t, p.Done)
	require.EqualValues(t, 600, p.Deleted())
	require.Equal(t, 2, lists, "one beside those that had expired, one without")
	require.Equal(t, planSweep, p.Tables[0].Plan)
}

func TestAnEstimateThatTakesLongIsDoneWithout(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE refresh_tokens (expires_at timestamptz, revoked boolean) PARTITION BY RANGE (expires_at);
		DO $$ BEGIN
			FOR n IN 1..300 LOOP
				EXECUTE format('CREATE TABLE part_%s PARTITION OF refresh_tokens FOR VALUES FROM (%L) TO (%L)', n,
					timestamptz '2020-01-01' + n * interval '1 day', timestamptz '2020-01-01' + (n + 1) * interval '1 day');
			END LOOP;
		END $$;
		INSERT INTO refresh_tokens VALUES ('2020-03-01')`)
	e := db.engine(tokens)
	conditions := relation{table: tokens, columns: shapeColumns()}.conditionsOf(time.Now())
	_, err := e.Session.conn.Exec(t.Context(), `SET statement_timeout = 1`)
	require.NoError(t, err)
	estimate, err := e.Session.estimate(t.Context(), "public.refresh_tokens", conditions)
	require.NoError(t, err)
	require.Zero(t, estimate)
}
