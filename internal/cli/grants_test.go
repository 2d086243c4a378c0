package cli

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// rolesOf prints roles for the database of an environment, with names of their own, which are
// dropped when the test ends, and returns a function that executes the SQL and lets each role
// connect. Roles belong to the server, which other tests use too.
type rolesOf struct {
	t       *testing.T
	pool    *pgxpool.Pool
	environ []string
	prefix  string
}

func newRoles(t *testing.T, environ []string, pool *pgxpool.Pool) *rolesOf {
	t.Helper()
	r := &rolesOf{t: t, pool: pool, environ: environ, prefix: "R" + pool.Config().ConnConfig.Database + "_"}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		conn, err := pgx.Connect(ctx, pool.Config().ConnString())
		require.NoError(t, err)
		defer func() { _ = conn.Close(ctx) }()
		rows, _ := conn.Query(ctx, `SELECT quote_ident(rolname) FROM pg_roles WHERE starts_with(rolname, $1)`, r.prefix)
		names, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		for _, name := range names {
			_, err := conn.Exec(ctx, fmt.Sprintf(`DROP OWNED BY %[1]s CASCADE; DROP ROLE %[1]s`, name))
			require.NoError(t, err)
		}
	})
	return r
}

// grant executes what is printed for some uses, and returns the SQL.
func (r *rolesOf) grant(uses ...string) string {
	r.t.Helper()
	args := []string{"grants"}
	for _, use := range uses {
		args = append(args, "--"+use+"="+r.prefix+use)
	}
	out := siltgate(r.t.Context(), r.environ, args...)
	require.Zero(r.t, out.code, out.stderr)
	for range 2 { // again changes nothing
		_, err := r.pool.Exec(r.t.Context(), out.stdout)
		require.NoError(r.t, err, out.stdout)
	}
	for _, use := range uses {
		_, err := r.pool.Exec(r.t.Context(), fmt.Sprintf(`ALTER ROLE %s PASSWORD 'secret'`, pgx.Identifier{r.prefix + use}.Sanitize()))
		require.NoError(r.t, err)
	}
	return out.stdout
}

// as is the environment of a role.
func (r *rolesOf) as(use string) []string {
	return append([]string{"DATABASE_URL=" + r.url(use)}, r.environ[1:]...)
}

func (r *rolesOf) url(use string) string {
	u, err := url.Parse(strings.TrimPrefix(r.environ[0], "DATABASE_URL="))
	require.NoError(r.t, err)
	u.User = url.UserPassword(r.prefix+use, "secret")
	return u.String()
}

// denied requires that a role may not execute any of the statements.
func (r *rolesOf) denied(use string, statements ...string) {
	r.t.Helper()
	r.execute(use, statements, func(sql string, err error) { r.t.Helper(); require.ErrorContains(r.t, err, "permission denied", sql) })
}

// allowed requires that a role may execute all of the statements.
func (r *rolesOf) allowed(use string, statements ...string) {
	r.t.Helper()
	r.execute(use, statements, func(sql string, err error) { r.t.Helper(); require.NoError(r.t, err, sql) })
}

func (r *rolesOf) execute(use string, statements []string, judge func(sql string, err error)) {
	r.t.Helper()
	conn, err := pgx.Connect(r.t.Context(), r.url(use))
	require.NoError(r.t, err)
	defer func() { _ = conn.Close(r.t.Context()) }()
	for _, sql := range statements {
		_, err := conn.Exec(r.t.Context(), sql)
		judge(sql, err)
	}
}

// start runs a replica of the worker until the test ends.
func (r *rolesOf) start() {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.t.Context()))
	log := &lines{}
	p := &program{environ: append(r.as("worker"), "SILTGATE_LOG_FORMAT=json"), stdout: log, stderr: log}
	var running sync.WaitGroup
	running.Go(func() { p.execute(ctx, []string{"run"}) })
	r.t.Cleanup(func() {
		cancel()
		running.Wait()
		if r.t.Failed() {
			r.t.Log(log.String())
		}
	})
}

// hardened takes from PUBLIC all that Postgres gives it.
const hardened = `
	DO $$ BEGIN EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()); END $$;
	REVOKE ALL ON SCHEMA public FROM PUBLIC;
	ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC;
	ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM PUBLIC;
	ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM PUBLIC;
	ALTER DEFAULT PRIVILEGES REVOKE ALL ON SCHEMAS FROM PUBLIC;
	ALTER DEFAULT PRIVILEGES REVOKE ALL ON TYPES FROM PUBLIC;`

// A managed Postgres gives no superuser, but the owner of the database and its tables.
func TestFault91RolesArePrintedForAnOwnerWithoutSuperuserToo(t *testing.T) {
	t.Parallel()
	environ, admin := newDatabase(t)
	name, url := pgtest.ManagedRole(t, strings.TrimPrefix(environ[0], "DATABASE_URL="), "")
	_, err := admin.Exec(t.Context(), `ALTER SCHEMA public OWNER TO `+pgx.Identifier{name}.Sanitize())
	require.NoError(t, err)
	pool, err := pgxpool.New(t.Context(), url)
	require.NoError(t, err)
	defer pool.Close()
	_, err = pool.Exec(t.Context(), `
		CREATE TABLE refresh_tokens (id bigint, expires_at timestamptz, revoked boolean);
		INSERT INTO refresh_tokens SELECT n, now() + make_interval(hours => n) FROM generate_series(-9, 10) AS n`)
	require.NoError(t, err)
	newRoles(t, environ, admin) // which drops the roles as a superuser
	roles := &rolesOf{t: t, pool: pool, environ: append([]string{"DATABASE_URL=" + url}, environ[1:]...), prefix: "R" + admin.Config().ConnConfig.Database + "_"}
	roles.grant("owner")
	out := siltgate(t.Context(), roles.as("owner"), "migrate")
	require.Zero(t, out.code, out.stderr)
	roles.grant("worker", "trigger", "reader", "ui")

	out = siltgate(t.Context(), roles.as("worker"), "doctor")
	require.NotContains(t, out.stdout, "fail  ", out.stderr)
	roles.start()
	out = siltgate(t.Context(), roles.as("trigger"), "enqueue", "--wait")
	require.Zero(t, out.code, out.stdout+out.stderr)
	require.Contains(t, out.stdout, "10 rows deleted")
	out = siltgate(t.Context(), roles.as("reader"), "history")
	require.Contains(t, out.stdout, "completed", out.stderr)
}

// A fleet's whole life, from migrate to history, by roles that may nothing else.
func TestFault103AFleetLivesUnderTheRolesThatArePrinted(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	_, err := pool.Exec(t.Context(), hardened+`
		CREATE TABLE users (id bigint PRIMARY KEY);
		CREATE TABLE refresh_tokens (
			id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, token_hash text NOT NULL UNIQUE,
			expires_at timestamptz, revoked boolean, replaced_by bigint REFERENCES refresh_tokens);
		CREATE INDEX ON refresh_tokens (replaced_by);
		CREATE TABLE logins (token bigint REFERENCES refresh_tokens);
		CREATE INDEX ON logins (token);
		CREATE TABLE password_resets (id bigint, token_hash text, expires_at timestamptz, used boolean) PARTITION BY HASH (id);
		CREATE TABLE resets_0 PARTITION OF password_resets FOR VALUES WITH (MODULUS 2, REMAINDER 0);
		CREATE TABLE resets_1 PARTITION OF password_resets FOR VALUES WITH (MODULUS 2, REMAINDER 1);
		CREATE TABLE audit (id serial, token bigint);
		CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.audit (token) VALUES (OLD.id); RETURN OLD; END $$;
		CREATE TRIGGER note BEFORE DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION note();
		ALTER TABLE password_resets ENABLE ROW LEVEL SECURITY;
		ALTER TABLE resets_0 ENABLE ROW LEVEL SECURITY;
		INSERT INTO refresh_tokens (token_hash, expires_at) SELECT 'h' || n, now() + make_interval(hours => n) FROM generate_series(-99, 100) AS n;
		INSERT INTO logins SELECT id FROM refresh_tokens WHERE expires_at < now() ORDER BY id LIMIT 9;
		INSERT INTO password_resets SELECT n, 'h', now(), true FROM generate_series(1, 100) AS n`)
	require.NoError(t, err)

	roles := newRoles(t, environ, pool)
	roles.grant("owner")
	out := siltgate(t.Context(), roles.as("owner"), "migrate")
	require.Zero(t, out.code, out.stderr)
	roles.grant("worker", "trigger", "reader", "ui")

	// The doctor, as the worker, sees that nothing is missing.
	out = siltgate(t.Context(), roles.as("worker"), "doctor")
	require.NotContains(t, out.stdout, "fail  ", out.stderr)
	require.NotContains(t, out.stdout, "may not see which rows")

	roles.start()
	out = siltgate(t.Context(), roles.as("trigger"), "enqueue", "--wait", "--reason", "incident 42")
	require.Zero(t, out.code, out.stdout+out.stderr)
	var tokens, resets, audited int
	require.NoError(t, pool.QueryRow(t.Context(), `
		SELECT (SELECT count(*) FROM refresh_tokens), (SELECT count(*) FROM password_resets), (SELECT count(*) FROM audit)`).
		Scan(&tokens, &resets, &audited))
	require.Equal(t, 109, tokens, "100 that live, 9 that a login refers to")
	require.Zero(t, resets)
	require.Equal(t, 91, audited)

	out = siltgate(t.Context(), roles.as("reader"), "history")
	require.Zero(t, out.code, out.stderr)
	require.Contains(t, out.stdout, "completed")
	out = siltgate(t.Context(), roles.as("ui"), "history", "--json")
	require.Zero(t, out.code, out.stderr)
	for _, use := range []string{"reader", "ui"} {
		roles.allowed(use, `TABLE siltgate.status`, `TABLE siltgate.tables`, `TABLE siltgate.runs`, `TABLE siltgate.replicas`)
	}
	roles.allowed("ui", `SELECT siltgate.pause_token_cleanup('incident')`, `SELECT siltgate.resume_token_cleanup()`,
		`SELECT siltgate.enqueue_token_cleanup()`, `SELECT siltgate.cancel_token_cleanup(max(id)) FROM siltgate.runs`)
	roles.denied("reader", `SELECT siltgate.pause_token_cleanup('incident')`)

	roles.denied("worker",
		`SELECT token_hash FROM refresh_tokens`, `SELECT * FROM refresh_tokens`, `SELECT token_hash FROM resets_0`,
		`UPDATE refresh_tokens SET expires_at = now()`, `UPDATE refresh_tokens SET token_hash = ''`, `INSERT INTO refresh_tokens (token_hash) VALUES ('x')`,
		`DELETE FROM users`, `DELETE FROM logins`, `CREATE TABLE siltgate.mine ()`, `DELETE FROM siltgate.installation`)
	roles.denied("trigger",
		`INSERT INTO siltgate.river_job (kind, args, max_attempts) VALUES ('x', '{}', 1)`, `INSERT INTO siltgate.ticks (tick, job_id, inserted_by, digest) VALUES (now(), 1, '', '')`,
		`UPDATE siltgate.river_job SET state = 'cancelled'`, `DELETE FROM siltgate.river_job`, `INSERT INTO siltgate.river_queue (name) VALUES ('x')`,
		`TABLE siltgate.river_job`, `SELECT FROM public.refresh_tokens`, `CREATE TABLE siltgate.mine ()`)
	roles.denied("reader", `SELECT siltgate.enqueue_token_cleanup()`, `TABLE siltgate.river_job`, `SELECT FROM public.refresh_tokens`)
	roles.denied("ui", `DELETE FROM siltgate.river_job`, `INSERT INTO siltgate.ticks (tick, job_id, inserted_by, digest) VALUES (now(), 1, '', '')`, `SELECT FROM public.refresh_tokens`)
	roles.denied("owner", `SELECT FROM public.refresh_tokens`)
}

// A key by the token itself is not granted: the rows that it keeps are isolated instead.
func TestTheWorkerDoesNotSeeATokenThatOthersReferTo(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	_, err := pool.Exec(t.Context(), hardened+`
		CREATE TABLE refresh_tokens (token_hash text PRIMARY KEY, expires_at timestamptz, revoked boolean);
		CREATE TABLE logins (token_hash text REFERENCES refresh_tokens);
		CREATE INDEX ON logins (token_hash);
		INSERT INTO refresh_tokens (token_hash, revoked) SELECT 'h' || n, true FROM generate_series(1, 50) AS n;
		INSERT INTO logins VALUES ('h7')`)
	require.NoError(t, err)
	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)
	roles := newRoles(t, environ, pool)
	sql := roles.grant("worker", "trigger")
	require.Contains(t, sql, `seems to be the token itself, so it is not granted: rows that it keeps are found by trying`)
	roles.denied("worker", `SELECT token_hash FROM refresh_tokens`, `SELECT token_hash FROM logins`)

	roles.start()
	out := siltgate(t.Context(), roles.as("trigger"), "enqueue", "--wait")
	require.Zero(t, out.code, out.stdout+out.stderr)
	var left []string
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT array_agg(token_hash) FROM refresh_tokens`).Scan(&left))
	require.Equal(t, []string{"h7"}, left)
}

func TestGrantsPrintsAllRolesUnlessSomeAreAskedFor(t *testing.T) {
	t.Parallel()
	environ, _ := newDatabase(t)
	out := siltgate(t.Context(), environ, "grants")
	require.Zero(t, out.code, out.stderr)
	for _, role := range []string{"owner", "worker", "trigger", "reader", "ui"} {
		require.Contains(t, out.stdout, `CREATE ROLE "siltgate_`+role+`" LOGIN`)
	}
	require.Contains(t, out.stdout, "refresh_tokens does not exist: print this again when it does")
	out = siltgate(t.Context(), environ, "grants", "--reader", `--trigger=o'neil "x"`)
	require.Zero(t, out.code)
	require.Contains(t, out.stdout, `CREATE ROLE "o'neil ""x""" LOGIN`)
	require.Contains(t, out.stdout, `rolname = E'o''neil "x"'`)
	require.NotContains(t, out.stdout, "siltgate_worker")
	require.Equal(t, 1, siltgate(t.Context(), []string{"DATABASE_URL=postgres://app:canary@127.0.0.1:1/app"}, "grants").code)
}
