package e2e

import (
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
)

// roles are those that `siltgate grants` prints, for one database. They belong to the server, which other tests
// use too, so their names begin with the database's.
type roles struct {
	f      *fleet
	prefix string
}

// newFleetOfRoles is newFleet, but each command connects as the role that is made for it: replicas as the worker, others
// by roles.call. Nobody but these roles may do anything by default.
func newFleetOfRoles(t testing.TB, db *database, vars ...string) (*fleet, roles) {
	t.Helper()
	r := roles{prefix: databaseOf(t, db.url) + "_"}
	t.Cleanup(func() {
		for _, role := range db.texts(`SELECT quote_ident(rolname) FROM pg_roles WHERE starts_with(rolname, $1)`, r.prefix) {
			db.exec(`DROP OWNED BY ` + role + ` CASCADE`)
			db.exec(`DROP ROLE ` + role)
		}
	})
	db.exec(`REVOKE ALL ON SCHEMA public FROM PUBLIC`)
	for _, kind := range []string{"FUNCTIONS", "TABLES", "SEQUENCES", "SCHEMAS", "TYPES"} {
		db.exec(`ALTER DEFAULT PRIVILEGES REVOKE ALL ON ` + kind + ` FROM PUBLIC`)
	}
	r.f = newUnmigratedFleet(t, db, vars...)
	r.grant("owner")
	migrated := r.call("owner", "migrate")
	require.Zero(t, migrated.code, migrated.stderr)
	r.grant("worker", "trigger", "reader", "ui")
	r.f.environ = append(r.f.environ, r.url("worker"))
	return r.f, r
}

// grant executes what is printed for some uses, and lets the roles log in.
func (r roles) grant(uses ...string) {
	r.f.t.Helper()
	args := []string{"grants"}
	for _, use := range uses {
		args = append(args, "--"+use+"="+r.prefix+use)
	}
	r.f.db.exec(r.f.must(args...))
	for _, use := range uses {
		r.f.db.exec(`ALTER ROLE ` + pgx.Identifier{r.prefix + use}.Sanitize() + ` PASSWORD 'secret'`)
	}
}

// url is the variable by which a command connects as a role.
func (r roles) url(use string) string {
	return "DATABASE_URL=" + withLogin(r.f.t, r.f.db.url, url.UserPassword(r.prefix+use, "secret"))
}

// call runs a command as a role.
func (r roles) call(use string, args ...string) result {
	r.f.t.Helper()
	return r.f.callWith([]string{r.url(use)}, args...)
}

// denied requires that a role may not execute any of the statements.
func (r roles) denied(use string, statements ...string) {
	r.f.t.Helper()
	conn, err := pgx.Connect(r.f.db.ctx(), strings.TrimPrefix(r.url(use), "DATABASE_URL="))
	require.NoError(r.f.t, err)
	defer func() { _ = conn.Close(r.f.db.ctx()) }()
	for _, sql := range statements {
		_, err := conn.Exec(r.f.db.ctx(), sql)
		var refused *pgconn.PgError
		require.ErrorAs(r.f.t, err, &refused, "%s may: %s", use, sql)
		require.Equal(r.f.t, "42501", refused.Code, "%s: %s", sql, refused.Message)
	}
}

// requireNoMore fails the test if a role may do more than it is for.
func (r roles) requireNoMore() {
	r.f.t.Helper()
	r.denied("owner", `SELECT FROM public.refresh_tokens`, `DELETE FROM public.refresh_tokens`)
	r.denied("worker",
		`SELECT token_hash FROM public.refresh_tokens`, `SELECT token_hash FROM public.password_resets`, `SELECT user_id FROM public.refresh_tokens`, `TABLE public.refresh_tokens`,
		`UPDATE public.refresh_tokens SET token_hash = ''`, `UPDATE public.refresh_tokens SET expires_at = now()`, `UPDATE public.password_resets SET token_hash = ''`,
		`INSERT INTO public.refresh_tokens (expires_at) VALUES (now())`, `TRUNCATE public.refresh_tokens`, `DROP TABLE public.refresh_tokens`,
		`CREATE TABLE siltgate.mine ()`, `CREATE TABLE public.mine ()`)
	r.denied("trigger",
		`INSERT INTO siltgate.river_job (kind, args, max_attempts) VALUES ('x', '{}', 1)`,
		`INSERT INTO siltgate.river_job (kind, args, max_attempts) VALUES ('token_cleanup', '{}', 1)`,
		`INSERT INTO siltgate.ticks (tick, job_id, inserted_by, digest) VALUES (now(), 1, '', '')`,
		`INSERT INTO siltgate.river_queue (name) VALUES ('x')`, `INSERT INTO public.refresh_tokens (expires_at) VALUES (now())`,
		`UPDATE siltgate.river_job SET state = 'cancelled'`, `DELETE FROM siltgate.river_job`, `TABLE siltgate.river_job`,
		`SELECT siltgate.pause_token_cleanup()`, `SELECT siltgate.cancel_token_cleanup(1)`, `SELECT FROM public.refresh_tokens`)
	r.denied("reader",
		`SELECT siltgate.enqueue_token_cleanup()`, `SELECT siltgate.pause_token_cleanup()`, `TABLE siltgate.river_job`, `SELECT FROM public.refresh_tokens`)
	r.denied("ui",
		`INSERT INTO siltgate.ticks (tick, job_id, inserted_by, digest) VALUES (now(), 1, '', '')`,
		`DELETE FROM siltgate.river_job`, `SELECT FROM public.refresh_tokens`, `DELETE FROM public.refresh_tokens`)
}
