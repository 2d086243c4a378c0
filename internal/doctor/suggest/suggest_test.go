package suggest

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/internal/testkit/schemas"
	"github.com/siltgate/siltgate/internal/testkit/turn"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// suggested is what is suggested for the tables that some SQL makes.
func suggested(t *testing.T, conn *pgx.Conn) []Suggestion {
	t.Helper()
	tables, err := Tables(t.Context(), conn, "siltgate")
	require.NoError(t, err)
	var all []Suggestion
	for _, table := range tables {
		if s, ok := Judge(table); ok {
			all = append(all, s)
		}
	}
	return all
}

func made(t *testing.T, sql string) (*pgx.Conn, string) {
	t.Helper()
	url := pgtest.Database(t)
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(context.WithoutCancel(t.Context()))) })
	_, err = conn.Exec(t.Context(), sql)
	require.NoError(t, err)
	return conn, url
}

// variables are the lines of a file that hold, those that are commented out too.
func variables(file string, guesses bool) []string {
	var all []string
	for line := range strings.Lines(file) {
		line = strings.TrimSpace(line)
		if guesses {
			line = strings.TrimPrefix(line, "# ")
		}
		if strings.HasPrefix(line, "SILTGATE_") {
			all = append(all, line)
		}
	}
	return all
}

// Every table that the schema's own variables name is found, and purging with what is suggested,
// guesses or not, leaves every row that lives. With no grace it deletes dead ones.
func TestOfEverySchemaTheTablesAreFoundAndNoLiveRowGoes(t *testing.T) {
	t.Parallel()
	all, err := schemas.All()
	require.NoError(t, err)
	for _, schema := range all {
		t.Run(schema.Name, func(t *testing.T) {
			t.Parallel()
			conn, url := made(t, schema.SQL)
			requireFoundAndHarmless(t, schema, conn, url)
		})
	}
}

// otherNames are names of columns for others that mean the same.
var otherNames = strings.NewReplacer(
	"expires_at", "valid_until", "expiresAt", "validUntil", "expire_date", "not_after", "expires_in", "lifetime",
	"expires", "good_until", "Expiration", "NotAfter", "Expires", "ValidTo", "expiry_time", "valid_to", "expire", "deadline",
	"revoked_at", "invalidated_at", "revokedAt", "invalidatedAt", "isRevoked", "loggedOut", "revoked", "redeemed",
	"consumedAt", "redeemedAt", "usedAt", "spentAt", "used", "spent", "created_at", "issued_at", "last_activity", "last_seen")

func TestOfEverySchemaTheSameIsFoundWithOtherNamesAndTypes(t *testing.T) {
	t.Parallel()
	all, err := schemas.All()
	require.NoError(t, err)
	for _, schema := range all {
		t.Run(schema.Name, func(t *testing.T) {
			t.Parallel()
			conn, url := made(t, schema.SQL)
			c, err := config.Load(append(schema.Environ, "DATABASE_URL="+url))
			require.NoError(t, err)
			_, err = schemas.Exchange(t.Context(), conn, c.Tables, otherNames.Replace)
			require.NoError(t, err)
			requireFoundAndHarmless(t, schema, conn, url)
		})
	}
}

func requireFoundAndHarmless(t *testing.T, schema schemas.Schema, conn *pgx.Conn, url string) {
	t.Helper()
	found := suggested(t, conn)
	file := Environ(found)
	for _, variable := range schema.Environ {
		if _, name, ok := strings.Cut(variable, "_NAME="); ok && !slices.Contains(schema.Unsuggested, name) {
			require.True(t, slices.ContainsFunc(found, func(s Suggestion) bool {
				matches, err := path.Match(name, s.Table.title())
				require.NoError(t, err)
				return matches || s.Table.title() == "public."+name
			}), "%s is not found\n%s", name, file)
		}
	}
	live := count(t, conn, "live")
	for _, guesses := range []bool{false, true} {
		purged(t, url, variables(file, guesses))
		require.Equal(t, live, count(t, conn, "live"), file)
	}
}

func TestWhatIsSuggestedDeletesDeadRowsWithoutItsGrace(t *testing.T) {
	t.Parallel()
	all, err := schemas.All()
	require.NoError(t, err)
	deleted := 0
	for _, schema := range all {
		if !slices.Contains([]string{"hasura_auth", "sequelize", "knex", "lucia_v3", "better_auth", "duende", "authjs_pg", "authentik", "spring_session"}, schema.Name) {
			continue
		}
		conn, url := made(t, schema.SQL)
		live, dead := count(t, conn, "live"), count(t, conn, "dead")
		environ := slices.DeleteFunc(variables(Environ(suggested(t, conn)), false), func(line string) bool { return strings.HasSuffix(line, "_KEEP_EXPIRED=30d") })
		if schema.Name == "spring_session" {
			environ = append(environ, "SILTGATE_TABLES_0_ALLOW_CASCADE=true")
		}
		purged(t, url, environ)
		require.Equal(t, live, count(t, conn, "live"), schema.Name)
		require.Less(t, count(t, conn, "dead"), dead, schema.Name)
		deleted += dead - count(t, conn, "dead")
	}
	require.Greater(t, deleted, 9)
}

func purged(t *testing.T, url string, environ []string) {
	t.Helper()
	if len(environ) == 0 {
		return // the defaults are other tables
	}
	c, err := config.Load(append([]string{"DATABASE_URL=" + url}, environ...))
	require.NoError(t, err, strings.Join(environ, "\n"))
	session, err := purge.Open(t.Context(), c.Database.ConnConfig(), turn.Alone)
	require.NoError(t, err)
	defer session.Close(t.Context())
	engine := purge.Engine{Session: session, Pace: purge.Pace{DutyCycle: 1}, Log: slog.New(slog.DiscardHandler)}
	_, err = engine.Run(t.Context(), purge.Request{Tables: c.Tables}, purge.Progress{})
	if err != nil { // a table that a cascade leaves from is refused, and only that
		require.ErrorContains(t, err, "CASCADE")
	}
}

// count is how many rows have a text that begins with a word.
func count(t *testing.T, conn *pgx.Conn, word string) int {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		SELECT format('SELECT count(*) FROM %s AS t WHERE EXISTS (SELECT FROM jsonb_each_text(to_jsonb(t)) AS e WHERE starts_with(e.value, %L))', c.oid::regclass, $1::text)
		FROM pg_class AS c
		JOIN pg_namespace AS n ON n.oid = c.relnamespace
		WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'`, word)
	require.NoError(t, err)
	queries, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	sum := 0
	for _, query := range queries {
		var n int
		require.NoError(t, conn.QueryRow(t.Context(), query).Scan(&n))
		sum += n
	}
	return sum
}

// Where names leave a doubt, the row lives.
func TestTheVariablesFollowNamesAndTypes(t *testing.T) {
	t.Parallel()
	conn, _ := made(t, `
		CREATE DOMAIN epoch AS bigint;
		CREATE TABLE a_tokens (token text, expiration epoch, used_at timestamp);
		CREATE TABLE b_sessions (token text, expires timestamp, remember_me boolean, expired boolean);
		CREATE TABLE c_tokens (access_token text, refresh_token text, expires_at timestamptz);
		CREATE TABLE d_session (sid text, last_activity int);
		CREATE TABLE e_tokens (token text, issued_at timestamptz, ttl interval) PARTITION BY RANGE (issued_at);
		CREATE TABLE e_tokens_1 PARTITION OF e_tokens DEFAULT;
		CREATE TABLE f_tokens (token text, "access expiry" timestamptz, refresh_expiry timestamptz);
		CREATE TABLE "odd""tokens" (token text, expires_at timestamptz);
		CREATE TABLE g_api_tokens (token text, created_at timestamptz)`)
	file := Environ(suggested(t, conn))
	require.Equal(t, []string{
		"SILTGATE_TABLES_0_NAME=public.a_tokens", "SILTGATE_TABLES_0_EXPIRES_COLUMN=expiration", "SILTGATE_TABLES_0_EXPIRES_UNIT=ms",
		"SILTGATE_TABLES_0_KEEP_EXPIRED=30d", "SILTGATE_TABLES_0_DONE_COLUMN=used_at", "SILTGATE_TABLES_0_KEEP_DONE=until-expired", "SILTGATE_TABLES_0_TIMESTAMP_ZONE=Etc/GMT+12",
		"SILTGATE_TABLES_1_NAME=public.b_sessions", "SILTGATE_TABLES_1_EXPIRES_COLUMN=expires", "SILTGATE_TABLES_1_KEEP_EXPIRED=30d",
		"SILTGATE_TABLES_1_KEEP_COLUMN=remember_me", "SILTGATE_TABLES_1_TIMESTAMP_ZONE=Etc/GMT+12",
		"SILTGATE_TABLES_2_NAME=public.c_tokens", "SILTGATE_TABLES_2_EXPIRES_COLUMN=expires_at", "SILTGATE_TABLES_2_KEEP_EXPIRED=30d",
		"SILTGATE_TABLES_2_KEEP_COLUMN=refresh_token", "SILTGATE_TABLES_2_KEEP_VALUES=*",
		"SILTGATE_TABLES_3_NAME=public.e_tokens", "SILTGATE_TABLES_3_EXPIRES_COLUMN=issued_at", "SILTGATE_TABLES_3_LIFETIME_COLUMN=ttl", "SILTGATE_TABLES_3_KEEP_EXPIRED=30d",
		"SILTGATE_TABLES_4_NAME=public.f_tokens", "SILTGATE_TABLES_4_EXPIRES_COLUMN='access expiry,refresh_expiry'", "SILTGATE_TABLES_4_KEEP_EXPIRED=30d",
	}, variables(file, false), file)
	require.Contains(t, file, "# SILTGATE_TABLES_5_NAME=public.d_session\n# SILTGATE_TABLES_5_EXPIRES_COLUMN=last_activity\n# SILTGATE_TABLES_5_EXPIRES_UNIT=s\n# SILTGATE_TABLES_5_KEEP_EXPIRED=365d")
	require.Contains(t, file, `how to name "public.odd\"tokens" in a variable`)
	require.NotContains(t, file, "g_api_tokens", "nobody knows for how long a token without an expiry is good")
	require.NotContains(t, file, "e_tokens_1")
}

// A role that may create a table gives it its name, and the file is made to be sourced.
func TestAShellReadsTheSuggestionsAsTheyAre(t *testing.T) {
	t.Parallel()
	const name = "auth tokens $(touch pwned); touch pwned #"
	conn, _ := made(t, `CREATE TABLE `+pgx.Identifier{name}.Sanitize()+` (token text, expires_at timestamptz);
		CREATE TABLE "auth tokens
			touch pwned" (token text, expires_at timestamptz);
		CREATE TABLE "auth tokens'; touch pwned; '" (token text, "expires_at
			touch pwned" timestamptz)`)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "siltgate.env"), []byte(Environ(suggested(t, conn))), 0o600))
	shell := exec.CommandContext(t.Context(), "sh", "-c", `set -a; . ./siltgate.env; printf %s "$SILTGATE_TABLES_0_NAME"`)
	shell.Dir = dir
	printed, err := shell.CombinedOutput()
	require.NoError(t, err, string(printed))
	require.Equal(t, "public."+name, string(printed))
	require.NoFileExists(t, filepath.Join(dir, "pwned"))
}

func TestWhatGoesWithARowIsSaidBeforeTheFirstRun(t *testing.T) {
	t.Parallel()
	conn, _ := made(t, `
		CREATE TABLE user_sessions (id bigint PRIMARY KEY, token text, expires_at timestamptz, parent bigint REFERENCES user_sessions ON DELETE CASCADE);
		CREATE TABLE "session devices" (id bigint, session_id bigint REFERENCES user_sessions ON DELETE CASCADE);
		CREATE TABLE session_notices (id bigint, session_id bigint REFERENCES user_sessions ON DELETE SET NULL)`)
	require.Contains(t, Environ(suggested(t, conn)), `# Not known: whether rows of "session devices" may go with a row of this table (ON DELETE CASCADE); it is refused until they are named too, or ALLOW_CASCADE=true is added.`)
}
