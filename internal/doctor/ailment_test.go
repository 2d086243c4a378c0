package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// examine is a look at a database.
type examine func() Report

// ailment is something that is wrong with a database or a fleet, and what mends it.
type ailment struct {
	check  string // its name; empty: any
	status Status
	words  string // of the reason
	mended string // the name of the check that is then ok; empty: check

	// breaks makes it so, and returns how to look at it.
	breaks func(f *fixture) examine

	// follows does what the remedy says in words, and returns how to look then. Nil: the statements that are
	// printed are executed, and it is looked at in the same way.
	follows func(f *fixture, found Check) examine
}

// Whatever a check can complain of has an ailment here. It is found, and what the doctor prints mends it.
func TestFault99WhatADoctorFindsIsMendedByItsSQL(t *testing.T) {
	t.Parallel()
	var all texts
	tried := map[string]ailment{}
	for _, some := range []map[string]ailment{ailmentsOfSQL(), ailmentsOfConnection(), ailmentsOfServer(), ailmentsOfFleet(build(t)), ailmentsOfTables(), ailmentsOfFindings(), ailmentsOfStandbys()} {
		for name, a := range some {
			require.NotContains(t, tried, name)
			tried[name] = a
		}
	}
	t.Run("each", func(t *testing.T) {
		t.Run("none", func(t *testing.T) {
			t.Parallel()
			newFixture(t).beWell(&all)
		})
		for name, a := range tried {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				a.try(newFixture(t), &all)
			})
		}
	})
	if all.tried == len(tried) { // -run may have left some out
		all.requireComplete(t)
	}
}

// beWell has the doctor say what it says only where all is well.
func (f *fixture) beWell(all *texts) {
	f.t.Helper()
	f.exec(`DROP TABLE password_resets`, `
		DO $$ BEGIN
			FOR i IN 0..100 LOOP
				EXECUTE format('CREATE SCHEMA tenant_%1$s; CREATE TABLE tenant_%1$s.sessions (expires_at timestamptz)', i);
			END LOOP;
		END $$`)
	all.hear(f.look(f.doctor)())
	r := f.look(f.with("REFRESH_TOKEN_CLEANUP_CRON=off", "SILTGATE_TABLES_0_NAME=tenant_*.sessions"))()
	f.is(r, "tenant_*.sessions", OK, "each of its 101 tables can be purged")
	f.is(r, "forecast", OK, "a run of all tables takes about ")
	all.hear(r)
}

// try breaks a database, finds that it is broken, mends it, and finds that the check is ok.
func (a ailment) try(f *fixture, all *texts) {
	f.t.Helper()
	look := a.breaks(f)
	var found Check
	r := f.await(look, func(r Report) bool {
		for _, c := range r.Checks {
			if (c.Name == a.check || a.check == "") && c.Status == a.status && strings.Contains(c.Reason, a.words) {
				found = c
				return true
			}
		}
		return false
	}, "the doctor to find it")
	all.hear(r)
	if a.follows == nil {
		require.NotEmpty(f.t, found.SQL)
		f.requireDecided(found)
		f.mend(r, found)
	} else {
		require.NotEmpty(f.t, found.Remedy+strings.Join(found.SQL, ""), "nothing says what to do")
		look = a.follows(f, found)
	}
	name := cmp.Or(a.mended, a.check)
	r = f.await(look, func(r Report) bool { return r.isWell(name) }, name+" to be ok")
	all.mend(r, found)
}

// isWell reports whether all checks of a name are ok, and there is one.
func (r Report) isWell(name string) bool {
	own := slices.Clone(r.Checks)
	own = slices.DeleteFunc(own, func(c Check) bool { return c.Name != name })
	return len(own) > 0 && !slices.ContainsFunc(own, func(c Check) bool { return c.Status != OK })
}

// await looks until the report is as it should be: Postgres takes up a setting, and a session goes, a moment later.
func (f *fixture) await(look examine, met func(Report) bool, what string) (r Report) {
	f.t.Helper()
	deadline := time.Now().Add(pgtest.Patience)
	for {
		if r = look(); met(r) {
			return r
		}
		require.True(f.t, time.Now().Before(deadline), "waited for %s\n%s", what, r)
		<-time.After(50 * time.Millisecond)
	}
}

// mend executes what is printed of a check's name, as psql does: a statement at a time, in a new session.
func (f *fixture) mend(r Report, c Check) {
	f.t.Helper()
	conn, err := pgx.Connect(f.t.Context(), f.url)
	require.NoError(f.t, err)
	defer func() { require.NoError(f.t, conn.Close(f.t.Context())) }()
	if strings.Contains(c.Reason, "takes no writes") {
		_, err := conn.Exec(f.t.Context(), `SET default_transaction_read_only = off`)
		require.NoError(f.t, err)
	}
	var done []string
	for _, of := range r.Checks {
		for _, sql := range of.SQL {
			if of.Name != c.Name || slices.Contains(done, sql) {
				continue
			}
			done = append(done, sql)
			_, err := conn.Exec(f.t.Context(), sql)
			require.NoError(f.t, err, sql)
		}
	}
}

// requireDecided requires that statements which destroy something are printed commented out.
func (f *fixture) requireDecided(c Check) {
	f.t.Helper()
	if c.Unless == "" {
		return
	}
	for line := range strings.Lines(Report{Checks: []Check{c}}.SQL()) {
		require.True(f.t, strings.HasPrefix(line, "-- "), line)
	}
}

// statement breaks a database by SQL, as the superuser. %[1]s is the quoted name of a role, %[2]s of the database.
func statement(sql string) func(f *fixture) examine {
	return func(f *fixture) examine {
		f.t.Helper()
		f.breakBy(sql)
		return f.look(f.doctor)
	}
}

// statementAsRole is statement, and the role looks.
func statementAsRole(sql string) func(f *fixture) examine {
	return func(f *fixture) examine {
		f.t.Helper()
		return f.look(f.as(f.breakBy(sql)))
	}
}

// breakBy makes a role and executes a statement, and returns the role's URL.
func (f *fixture) breakBy(sql string) string {
	f.t.Helper()
	role, url := pgtest.Role(f.t, f.url, "")
	var database string
	require.NoError(f.t, f.pool.QueryRow(f.t.Context(), `SELECT quote_ident(current_database())`).Scan(&database))
	f.exec(fmt.Sprintf(sql+`%.0[1]s%.0[2]s`, pgx.Identifier{role}.Sanitize(), database))
	f.role, f.roleURL = role, url
	return url
}

// look is a look by a doctor.
func (f *fixture) look(d Doctor) examine {
	return func() Report { return d.Examine(f.t.Context()) }
}

// ailmentsOfSQL are made by a statement, and mended by those that are printed.
func ailmentsOfSQL() map[string]ailment {
	all := map[string]ailment{}
	for name, c := range map[string]struct {
		breaking string
		check    string
		status   Status
		words    string
		asRole   bool
	}{
		"read only":               {breaking: `ALTER DATABASE %[2]s SET default_transaction_read_only = on`, check: "writes", status: Fail, words: "takes no writes"},
		"read only role":          {breaking: `ALTER ROLE %[1]s SET default_transaction_read_only = on`, check: "writes", status: Fail, words: "takes no writes", asRole: true},
		"few connections":         {breaking: `ALTER ROLE %[1]s CONNECTION LIMIT 4`, check: "connections", status: Fail, words: "a replica needs 4 connections", asRole: true},
		"few connections at all":  {breaking: `ALTER DATABASE %[2]s CONNECTION LIMIT 4`, check: "connections", status: Fail, words: "a replica needs 4 connections", asRole: true},
		"anyone may create":       {breaking: `GRANT CREATE ON SCHEMA siltgate TO PUBLIC`, check: "owner", status: Fail, words: "PUBLIC may create objects"},
		"somebody may create":     {breaking: `GRANT CREATE ON SCHEMA siltgate TO %[1]s`, check: "owner", status: Fail, words: "may create objects"},
		"a stranger's objects":    {breaking: `GRANT CREATE ON SCHEMA siltgate TO %[1]s; CREATE FUNCTION siltgate.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE siltgate.t (); ALTER TABLE siltgate.t OWNER TO %[1]s; ALTER FUNCTION siltgate.f() OWNER TO %[1]s; REVOKE CREATE ON SCHEMA siltgate FROM %[1]s`, check: "owner", status: Fail, words: "objects in the schema belong to"},
		"no rights in the schema": {breaking: `SELECT`, check: "privileges", status: Fail, words: "may not do all", asRole: true},
		"no rights on a table":    {breaking: `SELECT`, check: "public.refresh_tokens", status: Fail, words: "lacks SELECT of", asRole: true},
		"row security":            {breaking: `GRANT SELECT, UPDATE, DELETE ON refresh_tokens TO %[1]s; ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY`, check: "public.refresh_tokens", status: Fail, words: "row security", asRole: true},
		"no replica identity":     {breaking: `ALTER TABLE refresh_tokens REPLICA IDENTITY NOTHING; CREATE PUBLICATION p FOR TABLE refresh_tokens`, check: "public.refresh_tokens", status: Fail, words: "there is no replica identity"},
		"a cascade":               {breaking: `CREATE TABLE logins (token bigint REFERENCES refresh_tokens ON DELETE CASCADE); CREATE INDEX ON logins (token)`, check: "public.refresh_tokens", status: Fail, words: "CASCADE"},
		"a key without index":     {breaking: `CREATE TABLE logins (token bigint REFERENCES refresh_tokens)`, check: "public.refresh_tokens", status: Fail, words: "index"},
		"open search_path":        {breaking: `GRANT CREATE ON SCHEMA public TO PUBLIC`, check: "public.refresh_tokens", status: Warn, words: "may create objects in schema"},
		"autovacuum off":          {breaking: `ALTER TABLE refresh_tokens SET (autovacuum_enabled = off)`, check: "public.refresh_tokens", status: Warn, words: "autovacuum is off"},
		"deadlocks found soon":    {breaking: `ALTER DATABASE %[2]s SET deadlock_timeout = '50ms'`, check: "deadlock_timeout", status: Warn, words: "waits for no row"},
		"deadlocks found late":    {breaking: `ALTER ROLE %[1]s SET deadlock_timeout = '1min'`, check: "deadlock_timeout", status: Warn, words: "for so long", asRole: true},
		"paused":                  {breaking: `SELECT siltgate.pause_token_cleanup('incident 42', interval '1 hour', 'ops')`, check: "pause", status: Warn, words: "paused by ops until"},
	} {
		a := ailment{check: c.check, status: c.status, words: c.words, breaks: statement(c.breaking)}
		if c.asRole {
			a.breaks = statementAsRole(c.breaking)
		}
		all[name] = a
	}
	return all
}
