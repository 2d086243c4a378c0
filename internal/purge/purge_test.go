package purge

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFault20OnlyTheTrulyDeadRowsGo(t *testing.T) {
	t.Parallel()
	for _, plan := range []string{planSweep, planIndex} {
		t.Run(plan, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens+`;
				ALTER TABLE refresh_tokens ADD name text;
				INSERT INTO refresh_tokens (name, expires_at, revoked) VALUES
					('dead: expired', now() - interval '1 second', false),
					('dead: expired, revoked unknown', now() - interval '1 second', NULL),
					('dead: revoked', now() + interval '1 day', true),
					('dead: revoked, expiry unknown', NULL, true),
					('dead: both', now() - interval '1 day', true),
					('dead: far past', '0001-01-01', false),
					('dead: before our era', '4713-01-01 BC', false),
					('dead: -infinity', '-infinity', false),
					('live', now() + interval '1 minute', false),
					('live: revoked unknown', now() + interval '1 minute', NULL),
					('live: never expires', 'infinity', false),
					('live: expiry unknown', NULL, false),
					('live: all unknown', NULL, NULL),
					('live: year 9999', '9999-12-31', false)`)
			if plan == planIndex {
				db.exec(indexTokens)
			}

			e := db.engine(tokens)
			p, err := e.Run(t.Context(), Request{Tables: e.tables, DryRun: true}, Progress{})
			require.NoError(t, err)
			require.EqualValues(t, 8, p.Tables[0].Counted, "a dry run counts them")
			e.Session.Close(t.Context())

			p = db.mustPurge(tokens)

			require.Empty(t, db.strings(`SELECT name FROM refresh_tokens WHERE name LIKE 'dead%'`))
			require.Len(t, db.strings(`SELECT name FROM refresh_tokens WHERE name LIKE 'live%'`), 6)
			require.EqualValues(t, 8, p.Deleted())
			require.Equal(t, plan, p.Tables[0].Plan)
			require.Equal(t, "public.refresh_tokens", p.Tables[0].Title)
		})
	}
}

func TestGraceKeepsRows(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE sessions (name text, expires_at timestamptz, ended_at timestamptz);
		INSERT INTO sessions VALUES
			('expired long ago', now() - interval '3 days', NULL),
			('expired in the grace', now() - interval '1 day', NULL),
			('ended long ago', now() + interval '1 day', now() - interval '3 days'),
			('ended in the grace', now() + interval '1 day', now() - interval '1 hour'),
			('ends in the future', now() + interval '2 days', now() + interval '1 day')`)
	table := Table{
		Name:  "sessions",
		Rules: []Rule{{Expires: []string{"expires_at"}, Done: "ended_at", KeepExpired: 48 * time.Hour, KeepDone: 24 * time.Hour}},
	}
	db.mustPurge(table)
	require.Equal(t, []string{"ended in the grace", "ends in the future", "expired in the grace"},
		db.strings(`SELECT name FROM sessions ORDER BY name`))

	table.Rules[0].KeepExpired, table.Rules[0].KeepDone = 0, 0
	db.mustPurge(table)
	require.Equal(t, []string{"ends in the future"}, db.strings(`SELECT name FROM sessions ORDER BY name`))
}

func TestDoneRowsAreKeptUntilExpired(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `
		INSERT INTO refresh_tokens (expires_at, revoked) VALUES
			(now() + interval '1 day', true), (now() - interval '1 day', true), (now() - interval '1 day', false)`)
	table := tokens
	table.Rules = []Rule{{Expires: []string{"expires_at"}, Done: "revoked", KeepDoneUntilExpired: true}}
	db.mustPurge(table)
	require.EqualValues(t, 1, db.number(`SELECT count(*) FROM refresh_tokens`))
	require.EqualValues(t, 1, db.number(`SELECT count(*) FROM refresh_tokens WHERE revoked`))
}

func TestFault19TimestampsWithoutZoneAreRefusedUntilTheirZoneIsDeclaredThenExact(t *testing.T) {
	t.Parallel()
	for _, session := range []string{"UTC", "Asia/Tokyo", "America/New_York"} {
		for _, zone := range []string{"UTC", "Europe/Berlin", "Asia/Kolkata", "America/Sao_Paulo"} {
			t.Run(session+" "+zone, func(t *testing.T) {
				t.Parallel()
				db := newDatabase(t, `CREATE TABLE codes (name text, expires_at timestamp)`)
				db.exec(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone TO ' || quote_literal('` + session + `'), current_database()); END $$`)
				db.exec(`INSERT INTO codes VALUES
					('dead', (now() - interval '1 minute') AT TIME ZONE '` + zone + `'),
					('live', (now() + interval '1 minute') AT TIME ZONE '` + zone + `'),
					('never', 'infinity')`)
				table := Table{Name: "codes", Rules: []Rule{{Expires: []string{"expires_at"}}}}

				_, err := db.purge(table)
				require.ErrorContains(t, err, `column "expires_at" is a timestamp without zone`)

				table.Rules[0].ExpiresZone = zone
				db.mustPurge(table)
				require.Equal(t, []string{"live", "never"}, db.strings(`SELECT name FROM codes ORDER BY name`))
			})
		}
	}
}

func TestARepeatedLocalHourIsReadAsTheLaterOne(t *testing.T) {
	t.Parallel()
	// Berlin set its clocks back on 2025-10-26 at 03:00 (01:00 UTC): 02:30 was
	// at 00:30 UTC and again at 01:30 UTC.
	db := newDatabase(t, `
		CREATE TABLE codes (expires_at timestamp);
		INSERT INTO codes VALUES ('2025-10-26 02:30')`)
	table := Table{Name: "codes", Rules: []Rule{{Expires: []string{"expires_at"}, ExpiresZone: "Europe/Berlin", DoneZone: "Europe/Berlin"}}}
	e := db.engine(table)
	for cutoff, left := range map[string]int64{
		"2025-10-26T00:45:00Z": 1,
		"2025-10-26T01:15:00Z": 1,
		"2025-10-26T01:31:00Z": 0,
	} {
		db.exec(`TRUNCATE codes; INSERT INTO codes VALUES ('2025-10-26 02:30')`)
		at, err := time.Parse(time.RFC3339, cutoff)
		require.NoError(t, err)
		_, err = e.Run(t.Context(), Request{Tables: e.tables}, Progress{Cutoff: at, Tables: []TableProgress{{Name: "codes"}}})
		require.NoError(t, err)
		require.Equal(t, left, db.number(`SELECT count(*) FROM codes`), cutoff)
	}
}

func TestARunGoesOnWhereASliceEnded(t *testing.T) {
	t.Parallel()
	for _, plan := range []string{planSweep, planIndex} {
		t.Run(plan, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens)
			// Wide rows make many blocks, few dead ones keep to the list.
			db.exec(`ALTER TABLE refresh_tokens ADD filler text DEFAULT repeat('x', 1000)`)
			db.exec(`INSERT INTO refresh_tokens (expires_at) SELECT now() + (CASE WHEN n % 7 = 0 THEN -1 ELSE 1 END) * interval '1 day' FROM generate_series(1, 20000) AS n`)
			if plan == planIndex {
				db.exec(indexTokens)
			}
			dead := db.number(`SELECT count(*) FROM refresh_tokens WHERE expires_at < now()`)
			e := db.engine(tokens)

			var p Progress
			slices := 0
			for !p.Done {
				p = e.slice(t, Request{}, p, 1)
				slices++
				require.Less(t, slices, 1000)
			}
			require.GreaterOrEqual(t, slices, 3)
			require.Equal(t, dead, p.Deleted())
			require.Zero(t, db.number(`SELECT count(*) FROM refresh_tokens WHERE expires_at < now()`))
			require.Equal(t, plan, p.Tables[0].Plan)
		})
	}
}

// slice runs an engine until so many batches are done.
func (e testEngine) slice(t *testing.T, req Request, from Progress, batches int64) Progress {
	t.Helper()
	if len(from.Tables) > 0 {
		batches += from.Tables[0].Batches
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	over := errors.New("stop")
	req.Tables = e.tables
	req.Report = func(p *Progress) {
		if p.Tables[0].Batches >= batches {
			cancel(over)
		}
	}
	p, err := e.Run(ctx, req, from)
	if err != nil {
		require.ErrorIs(t, err, over)
	}
	return p
}

func TestASliceEndsAfterItsTime(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 50000)`)
	e := db.engine(tokens)
	p, err := e.Run(t.Context(), Request{Tables: e.tables, Until: time.Now()}, Progress{})
	require.NoError(t, err)
	require.False(t, p.Done)
	require.False(t, p.Cutoff.IsZero())
	require.Zero(t, p.Rest)

	cutoff := p.Cutoff
	p, err = e.Run(t.Context(), Request{Tables: e.tables}, p)
	require.NoError(t, err)
	require.True(t, p.Done)
	require.Equal(t, cutoff, p.Cutoff, "the cutoff is the run's, not the slice's")
}

func TestRunLeavesTheProgressThatItIsGivenAsItWas(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 2000)`)
	e := db.engine(tokens)
	begun, err := e.Run(t.Context(), Request{Tables: e.tables, Until: time.Now()}, Progress{})
	require.NoError(t, err)
	was, err := json.Marshal(begun)
	require.NoError(t, err)
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, begun)
	require.NoError(t, err)
	require.True(t, p.Done)
	is, err := json.Marshal(begun)
	require.NoError(t, err)
	require.JSONEq(t, string(was), string(is))
}

func TestTheCapIsExact(t *testing.T) {
	t.Parallel()
	for _, plan := range []string{planSweep, planIndex} {
		t.Run(plan, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) SELECT n % 10 = 0 FROM generate_series(1, 30000) AS n`)
			if plan == planIndex {
				db.exec(indexTokens)
			}
			e := db.engine(tokens)
			e.MaxRows = 777
			p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
			require.NoError(t, err)
			require.True(t, p.Capped)
			require.True(t, p.Done)
			require.EqualValues(t, 777, p.Deleted())
			require.EqualValues(t, 3000-777, db.number(`SELECT count(*) FROM refresh_tokens WHERE revoked`))
		})
	}
}

func TestADryRunCountsAndKeepsEverything(t *testing.T) {
	t.Parallel()
	for _, plan := range []string{planSweep, planIndex} {
		t.Run(plan, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens, `
				INSERT INTO refresh_tokens (expires_at, revoked)
				SELECT now() - n * interval '1 hour', n % 2 = 0 FROM generate_series(-500, 500) AS n`)
			if plan == planIndex {
				db.exec(indexTokens)
			}
			e := db.engine(tokens)
			p, err := e.Run(t.Context(), Request{Tables: e.tables, DryRun: true}, Progress{})
			require.NoError(t, err)
			require.EqualValues(t, 1001, db.number(`SELECT count(*) FROM refresh_tokens`))
			require.Equal(t, db.number(`SELECT count(*) FROM refresh_tokens WHERE revoked OR expires_at < now()`), p.Tables[0].Counted)
			require.NotNil(t, p.Tables[0].Oldest)
			require.WithinDuration(t, time.Now().Add(-500*time.Hour), *p.Tables[0].Oldest, time.Minute)
		})
	}
}

func TestClocksTooFarApartDeleteNothing(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) VALUES (true)`)
	e := db.engine(tokens)
	e.MaxClockSkew = time.Nanosecond
	_, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.ErrorContains(t, err, "the database's clock is")
	require.EqualValues(t, 1, db.number(`SELECT count(*) FROM refresh_tokens`))
}

func TestAShortRestIsRestedBeforeTheSliceEnds(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100000)`)
	e := db.engine(tokens)
	e.Pace.DutyCycle = 0.02 // a rest of some fifty batches
	p, err := e.Run(t.Context(), Request{Tables: e.tables, Until: time.Now().Add(100 * time.Millisecond)}, Progress{})
	require.NoError(t, err)
	require.False(t, p.Done)
	require.Zero(t, p.Rest, "the next slice may begin at once")
}
