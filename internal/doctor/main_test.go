package doctor

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/migrations"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// fixture is a migrated database with the default tables, and a doctor for it.
type fixture struct {
	t      *testing.T
	url    string // of the superuser
	pool   *pgxpool.Pool
	doctor Doctor

	server  *localpg.Server // of its own
	role    string          // that was made
	roleURL string
	reader  *reader
	stop    func() // ends what was started
}

const defaultTables = `
	CREATE TABLE refresh_tokens (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, token_hash text, expires_at timestamptz, revoked boolean);
	CREATE TABLE password_resets (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, token_hash text, expires_at timestamptz, used boolean)`

// migrated has the schema and the tables, and no schema in which anyone may create objects, as Postgres 14 lets them
// in public. Each test gets a copy: to migrate takes longer.
var migrated = pgtest.Template{Name: "migrated", Fill: func(ctx context.Context, url string) error {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	if _, err := (migrations.Migrator{Config: pool.Config(), Schema: "siltgate"}).Up(ctx); err != nil {
		return err
	}
	_, err = pool.Exec(ctx, defaultTables+`; REVOKE CREATE ON SCHEMA public FROM PUBLIC`)
	return err
}}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	url := migrated.Database(t)
	f := &fixture{t: t, url: url, pool: pgtest.Pool(t, url)}
	f.exec(`UPDATE siltgate.installation SET created_at = now()`)
	f.doctor = f.as(url)
	return f
}

// as is a doctor that connects by another URL, with further variables.
func (f *fixture) as(url string, environ ...string) Doctor {
	f.t.Helper()
	c, err := config.Load(append([]string{"DATABASE_URL=" + url}, environ...))
	require.NoError(f.t, err)
	return Doctor{Config: c, Digest: "digest", Connections: 4}
}

func (f *fixture) exec(statements ...string) {
	f.t.Helper()
	for _, sql := range statements {
		_, err := f.pool.Exec(f.t.Context(), sql)
		require.NoError(f.t, err, sql)
	}
}

// is finds the check of a name that has the status and whose reason has the words.
func (f *fixture) is(r Report, name string, status Status, words string) Check {
	f.t.Helper()
	for _, c := range r.Checks {
		if c.Name == name && c.Status == status && strings.Contains(c.Reason, words) {
			return c
		}
	}
	require.Fail(f.t, "no such check", "%s %s: %s\n%s", status, name, words, r)
	return Check{}
}
