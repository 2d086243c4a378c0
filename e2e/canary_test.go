package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// canaries must be found in nothing that Siltgate writes.
const (
	canaryPassword = "canary-Pa55word"
	wrongPassword  = "canary-Wr0ng-Pa55word"
	canaryToken    = "canary-t0ken"
)

// owner makes a role with the canary password that owns the database and its tables, as an
// application's does. It returns the role's connection string; the role goes with the server.
func owner(t testing.TB, db *database) string {
	t.Helper()
	role := "canary_" + strings.TrimPrefix(databaseOf(t, db.url), "test_")
	server := pgtest.Server(t).URL("postgres")
	once := func(sql string) {
		conn, err := pgx.Connect(t.Context(), server)
		require.NoError(t, err)
		defer func() { _ = conn.Close(t.Context()) }()
		_, err = conn.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
	}
	once(fmt.Sprintf(`CREATE ROLE %s LOGIN PASSWORD '%s'`, role, canaryPassword))
	once(fmt.Sprintf(`ALTER DATABASE %s OWNER TO %s`, databaseOf(t, db.url), role))
	for _, table := range []string{"refresh_tokens", "password_resets"} {
		db.exec(fmt.Sprintf(`ALTER TABLE %s OWNER TO %s`, table, role))
	}
	return withLogin(t, db.url, url.UserPassword(role, canaryPassword))
}

func TestFault31Promise9NoPasswordAndNoTokenIsWrittenAnywhere(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	asOwner := owner(t, db)
	db.fill(300, 20)
	db.fillResets(30, 5)
	db.exec(`UPDATE refresh_tokens SET token_hash = '` + canaryToken + `-' || id, device = '` + canaryToken + `'`)
	db.exec(`UPDATE password_resets SET token_hash = '` + canaryToken + `-' || id`)
	f := newFleet(t, db, "DATABASE_URL="+asOwner, "REFRESH_TOKEN_CLEANUP_CRON=* * * * * *", "SILTGATE_MAX_ATTEMPTS=1")
	replicas := f.start(2)
	var bodies []string
	ask := func(r *replica) {
		for _, path := range []string{"/healthz", "/readyz", "/metrics", "/", "/debug/vars"} {
			_, body := f.get(r, path)
			bodies = append(bodies, body)
		}
	}

	// Runs that end well, that are refused, that fail in every table, and for single rows.
	db.awaitCompleted(db.ask(`{}`))
	db.awaitEnd(db.ask(`{"dry_run":true}`), patience)
	db.awaitEnd(db.ask(`{"dry_rn":true}`), patience)
	db.exec(`
		CREATE TABLE audit (token_hash text REFERENCES refresh_tokens (token_hash));
		CREATE INDEX ON audit (token_hash);
		INSERT INTO refresh_tokens (token_hash, expires_at)
		SELECT '` + canaryToken + `-again-' || i, now() - interval '1 hour' FROM generate_series(1, 20) AS i;
		INSERT INTO audit SELECT token_hash FROM refresh_tokens WHERE expires_at < now()`)
	kept := db.awaitCompleted(db.ask(`{}`))
	require.EqualValues(t, 20, kept.result(t).Tables[0].Undeletable)
	db.exec(`
		CREATE FUNCTION fail_on() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			RAISE EXCEPTION 'this row is odd: %', OLD.token_hash USING ERRCODE = '22000', DETAIL = 'it is ' || OLD.token_hash;
		END; $$;
		CREATE TRIGGER fail_on BEFORE DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION fail_on();
		DROP TABLE audit`)
	db.awaitEnd(db.ask(`{}`), patience)
	db.exec(`ALTER TABLE refresh_tokens RENAME expires_at TO valid_until`)
	failed := db.awaitEnd(db.ask(`{}`), patience)
	require.Equal(t, "discarded", failed.State)
	db.exec(`ALTER TABLE refresh_tokens RENAME valid_until TO expires_at`)
	ask(replicas[0])

	// Every command, also where it fails.
	f.call("--help")
	for _, command := range []string{"run", "migrate", "enqueue", "history", "pause", "resume", "cancel", "doctor", "grants", "ui", "healthcheck", "version"} {
		require.Zero(t, f.call(command, "--help").code)
		f.call(command, "--nonsense")
	}
	f.must("history")
	f.must("history", "--json")
	f.must("migrate", "--status")
	f.must("enqueue", "--wait", "--table", "password_resets")
	f.callWith([]string{"SILTGATE_HTTP_ADDR=" + replicas[1].http}, "healthcheck")
	f.must("history", "--wide")
	f.must("history", "--failed")
	for _, flags := range [][]string{nil, {"--sql"}, {"--json"}, {"--suggest"}} {
		said := f.call(append([]string{"doctor"}, flags...)...)
		// There may be nothing that SQL mends.
		require.True(t, slices.Contains(flags, "--sql") || strings.Contains(said.stdout, "refresh_tokens"), "%s %s", said.stdout, said.stderr)
	}
	require.Contains(t, f.must("grants"), "GRANT SELECT")
	f.must("pause", "--for", "1h", "--reason", "incident 42", "--requested-by", "ops")
	waiting := db.ask(`{}`)
	f.must("cancel", strconv.FormatInt(waiting, 10))
	page := f.servePageBy("DATABASE_URL=" + asOwner)
	page.see("incident 42", "public.refresh_tokens")
	look := func(wants int) {
		for _, path := range []string{"", "river/jobs?state=discarded", "river/api/jobs?state=discarded&limit=100", "river/api/jobs?state=completed&limit=100", "river/api/jobs?state=cancelled&limit=100", "river/api/queues?limit=20", "static/page.js"} {
			status, body := page.ask(http.MethodGet, path, nil)
			require.True(t, wants == 0 || status == wants, "%s: %d %s", path, status, body)
			bodies = append(bodies, body)
		}
	}
	look(http.StatusOK)
	page.press("run", "what", "dry", "reason", "a look")
	page.press("resume")

	// Start-ups that fail, however the password was given. Some wait a minute for their database.
	var failing []*process
	wrong := withLogin(t, asOwner, url.UserPassword(userOf(t, asOwner), wrongPassword))
	inFile := filepath.Join(t.TempDir(), "url")
	require.NoError(t, os.WriteFile(inFile, []byte(wrong), 0o600))
	for _, vars := range [][]string{
		{"DATABASE_URL=" + wrong},
		{"DATABASE_URL=", "DATABASE_URL_FILE=" + inFile},
		{"DATABASE_URL=", "PGHOST=127.0.0.1", "PGPORT=" + portOf(t, db.url), "PGUSER=" + userOf(t, asOwner), "PGDATABASE=postgres", "PGPASSWORD=" + wrongPassword},
		{"DATABASE_URL=postgres://app:" + canaryPassword + "@127.0.0.1:1/auth?sslmode=disable"},
		{"DATABASE_URL=postgres://app:" + canaryPassword + "@nowhere.invalid/auth"},
		{"DATABASE_URL=postgres://app:" + canaryPassword + "/@127.0.0.1/auth"},
		{"DATABASE_URL=postgres://app:" + canaryPassword + "@127.0.0.1:" + portOf(t, db.url) + "/no_such?sslmode=disable"},
		{"DATABASE_URL=app:" + canaryPassword + "@127.0.0.1"},
		{"SILTGATE_DATABASE_URL=postgres://app:" + canaryPassword + "@127.0.0.1/auth"},
		{"SILTGATE_TIMEZONE=postgres://app:" + canaryPassword + "@127.0.0.1/auth"},
	} {
		for _, command := range []string{"run", "migrate", "enqueue", "history", "doctor", "grants", "pause"} {
			failing = append(failing, f.launch(vars, command))
		}
	}
	for _, p := range failing {
		require.NotZero(t, p.wait(patience), "%s %s", p.name, p.cmd.Env)
	}

	// A database that throws the fleet out, then is not there for it.
	db.exec(`ALTER ROLE ` + userOf(t, asOwner) + ` NOLOGIN`)
	db.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1`, userOf(t, asOwner))
	f.awaitUnready("", replicas[0])
	ask(replicas[0])
	look(0)
	for _, r := range replicas {
		r.signal(sigterm)
	}
	for _, r := range replicas {
		r.wait(stopWithin)
	}

	for _, canary := range []string{canaryPassword, wrongPassword, canaryToken, url.QueryEscape(canaryPassword), pagePassword} {
		for _, p := range f.processes {
			require.NotContains(t, p.output(), canary, "%s %s", p.name, p.cmd.Args)
		}
		for _, body := range bodies {
			require.NotContains(t, body, canary)
		}
		for _, table := range db.texts(`SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'siltgate'`) {
			found := db.texts(`SELECT t::text FROM `+table+` AS t WHERE t::text LIKE '%' || $1 || '%' LIMIT 3`, canary)
			require.Empty(t, found, table)
		}
	}
	require.NotEmpty(t, bodies)
	require.Contains(t, replicas[0].output(), `"level":"DEBUG"`)
}

func parsed(t testing.TB, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	require.NoError(t, err)
	return u
}

func withLogin(t testing.TB, text string, login *url.Userinfo) string {
	t.Helper()
	u := parsed(t, text)
	u.User = login
	return u.String()
}

func userOf(t testing.TB, text string) string { t.Helper(); return parsed(t, text).User.Username() }
func portOf(t testing.TB, text string) string { t.Helper(); return parsed(t, text).Port() }
func databaseOf(t testing.TB, text string) string {
	t.Helper()
	return strings.TrimPrefix(parsed(t, text).Path, "/")
}
