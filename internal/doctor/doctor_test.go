package doctor

import (
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// Each check fails on a database that is made so, and the statements that it prints mend it.
func TestFault99WhatADoctorFindsIsMendedByItsSQL(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		breaking string // as the superuser; %[1]s is the role's quoted name
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
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			role, url := pgtest.Role(t, f.url, "")
			var database string
			require.NoError(t, f.pool.QueryRow(t.Context(), `SELECT quote_ident(current_database())`).Scan(&database))
			d := f.doctor
			if c.asRole {
				d = f.as(url)
			}
			f.exec(fmt.Sprintf(c.breaking+`%.0[1]s%.0[2]s`, pgx.Identifier{role}.Sanitize(), database))

			found := f.is(d.Examine(t.Context()), c.check, c.status, c.words)
			require.NotEmpty(t, found.SQL)
			f.mend(found)
			f.hasNone(d.Examine(t.Context()), c.check, c.words)
		})
	}
}

// mend executes what a check prints, as psql does: a statement at a time, in a new session.
func (f *fixture) mend(c Check) {
	f.t.Helper()
	conn, err := pgx.Connect(f.t.Context(), f.url)
	require.NoError(f.t, err)
	defer func() { require.NoError(f.t, conn.Close(f.t.Context())) }()
	if strings.Contains(c.Reason, "takes no writes") {
		_, err := conn.Exec(f.t.Context(), `SET default_transaction_read_only = off`)
		require.NoError(f.t, err)
	}
	for _, sql := range c.SQL {
		_, err := conn.Exec(f.t.Context(), sql)
		require.NoError(f.t, err, sql)
	}
}

func TestAWellDatabaseHasNoComplaint(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(
		`REVOKE CREATE ON SCHEMA public FROM PUBLIC`,
		`INSERT INTO siltgate.heartbeats (replica, version, digest) VALUES ('a', '1', 'digest')`,
		`INSERT INTO siltgate.river_leader (elected_at, expires_at, leader_id, name) VALUES (now(), now() + interval '10 s', 'a', 'default')`)
	r := f.doctor.Examine(t.Context())
	require.Zero(t, r.Count(Fail)+r.Count(Warn), r.String())
	require.Contains(t, r.String(), "0 fail")
	require.Empty(t, r.SQL())
	for line := range strings.Lines(r.String()) {
		require.LessOrEqual(t, len([]rune(strings.TrimSuffix(line, "\n"))), width)
	}
}

func TestADatabaseThatIsNotThereIsOneFailedCheck(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.as("postgres://nobody:wrong@127.0.0.1:1/none").Examine(t.Context())
	require.Len(t, r.Checks, 1)
	f.is(r, "reach", Fail, "")
	require.NotContains(t, r.String(), "wrong")
}

func TestARoleThatMayNothingIsToldSoByEachCheck(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, url := pgtest.Role(t, f.url, "")
	r := f.as(url).Examine(t.Context())
	f.is(r, "privileges", Fail, "may not do all")
	f.is(r, "replicas", Warn, "could not be looked at")
	f.is(r, "clock", OK, "")
	f.is(r, "slots", OK, "")
	require.Contains(t, r.SQL(), "GRANT USAGE ON SCHEMA siltgate")
}

func TestASchemaThatIsBehindIsToBeMigrated(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`DELETE FROM siltgate.siltgate_migration WHERE version_id = (SELECT max(version_id) FROM siltgate.siltgate_migration)`)
	require.Equal(t, "siltgate migrate", f.is(f.doctor.Examine(t.Context()), "version", Fail, "this program needs").Remedy)
	f.exec(`DROP SCHEMA siltgate CASCADE`)
	require.Equal(t, "siltgate migrate", f.is(f.doctor.Examine(t.Context()), "version", Fail, "does not exist").Remedy)
}

func TestWhatKeepsDeletedRowsOnDiskIsNamed(t *testing.T) {
	t.Parallel()
	server := pgtest.NewServer(t, localpg.Options{Settings: map[string]string{"max_prepared_transactions": "5", "wal_level": "logical"}})
	f := &fixture{t: t, url: server.URL("postgres"), pool: pgtest.Pool(t, server.URL("postgres"))}
	d := f.as(f.url)
	d.OldAfter = time.Millisecond

	holder, err := pgx.Connect(t.Context(), f.url)
	require.NoError(t, err)
	defer func() { _ = holder.Close(t.Context()) }()
	_, err = holder.Exec(t.Context(), `BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1`)
	require.NoError(t, err)
	f.exec(
		`SELECT pg_create_logical_replication_slot('cdc', 'pgoutput')`, // which waits for those that write
		`BEGIN; CREATE TABLE prepared (); PREPARE TRANSACTION 'it''s'`)

	for _, name := range []string{"snapshots", "prepared transactions", "slots"} {
		found := f.is(d.Examine(t.Context()), name, Warn, "")
		require.NotEmpty(t, found.Unless, "a person decides")
		sql := Report{Checks: []Check{found}}.SQL()
		for line := range strings.Lines(sql) {
			require.True(t, strings.HasPrefix(line, "-- "), sql)
		}
		f.mend(found)
		require.Eventually(t, func() bool { // a session that is ended is gone a moment later
			for _, c := range d.Examine(t.Context()).Checks {
				if c.Name == name {
					return c.Status == OK
				}
			}
			return false
		}, pgtest.Patience, 50*time.Millisecond, name)
	}
}

func TestClocksThatAreApartAreSaid(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.doctor.Now = func() time.Time { return time.Now().Add(time.Hour) }
	f.is(f.doctor.Examine(t.Context()), "clock", Fail, "a run fails")
	f.doctor.Now = func() time.Time { return time.Now().Add(-time.Minute) }
	f.is(f.doctor.Examine(t.Context()), "clock", Warn, "apart")
	f.doctor.Now = nil
	f.is(f.doctor.Examine(t.Context()), "clock", OK, "apart")
}

func TestReplicasThatDisagreeAreNamed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.is(f.doctor.Examine(t.Context()), "replicas", Warn, "no replica is running")
	f.exec(`INSERT INTO siltgate.heartbeats (replica, version, digest) VALUES ('a', '1', 'other')`)
	f.is(f.doctor.Examine(t.Context()), "replicas", Warn, "with another configuration than this command was given")
	f.is(f.doctor.Examine(t.Context()), "leader", Warn, "no replica leads")
	f.exec(`INSERT INTO siltgate.heartbeats (replica, version, digest) VALUES ('b', '1', 'digest')`)
	f.is(f.doctor.Examine(t.Context()), "replicas", Warn, "disagree in their configuration")
	f.exec(`DELETE FROM siltgate.heartbeats WHERE replica = 'a'`)
	f.is(f.doctor.Examine(t.Context()), "replicas", OK, "with this configuration: b")
}

func TestARunThatFailedOrIsOverdueFails(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.is(f.doctor.Examine(t.Context()), "last run", OK, "no run has completed yet")
	f.exec(`UPDATE siltgate.installation SET created_at = now() - interval '10 days'`)
	f.is(f.doctor.Examine(t.Context()), "last run", Fail, "none since the tick of")

	f.exec(
		`SET session_replication_role = replica;
		INSERT INTO siltgate.river_job (kind, args, max_attempts, state, finalized_at, metadata) VALUES
			('token_cleanup', '{}', 5, 'completed', now(), '{"output": {"outcome": "completed"}}');
		RESET session_replication_role`)
	f.is(f.doctor.Examine(t.Context()), "last run", OK, "the last run that completed")

	f.exec(
		`SET session_replication_role = replica;
		INSERT INTO siltgate.river_job (kind, args, max_attempts, state, finalized_at, errors) VALUES
			('token_cleanup', '{}', 5, 'discarded', now(), ARRAY['{"error": "the disk is full"}'::jsonb]);
		RESET session_replication_role`)
	f.is(f.doctor.Examine(t.Context()), "last run", Fail, "the disk is full")
}

func TestWhatGoesOverTheNetworkIsToBeEncrypted(t *testing.T) {
	t.Parallel()
	far, near := &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1)}, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}
	verified, blind := &tls.Config{ServerName: "db"}, &tls.Config{InsecureSkipVerify: true}
	require.Equal(t, Warn, encryption(far, nil, false).Status)
	require.Equal(t, Warn, encryption(far, blind, true).Status)
	require.Equal(t, OK, encryption(far, verified, true).Status)
	require.Equal(t, OK, encryption(near, nil, false).Status)
	require.Equal(t, OK, encryption(&net.UnixAddr{}, nil, false).Status)
}

func TestAStandbyFailsForItTakesNoWrites(t *testing.T) {
	t.Parallel()
	primary := pgtest.NewServer(t, localpg.Options{})
	f := &fixture{t: t, url: primary.URL("postgres"), pool: pgtest.Pool(t, primary.URL("postgres"))}
	_, blind := pgtest.Role(t, f.url, "")
	standby := pgtest.NewStandby(t, primary, localpg.Options{})
	f.is(f.as(standby.URL("postgres")).Examine(t.Context()), "writes", Fail, "standby")

	var found Check
	require.Eventually(t, func() bool {
		for _, c := range f.as(blind).Examine(t.Context()).Checks {
			if c.Name == "standbys" && c.Status == Warn {
				found = c
			}
		}
		return found.Name != ""
	}, pgtest.Patience, 50*time.Millisecond)
	f.mend(found)
	f.is(f.as(blind).Examine(t.Context()), "standbys", OK, "1")
}

func TestWhoeverReadsIsGrantedEveryView(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var views []string
	require.NoError(t, f.pool.QueryRow(t.Context(), `
		SELECT array_agg(relname::text ORDER BY relname) FROM pg_class WHERE relnamespace = 'siltgate'::regnamespace AND relkind = 'v'`).Scan(&views))
	require.Equal(t, views, readableViews())
}
