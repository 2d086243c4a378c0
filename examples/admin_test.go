package examples_test

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// admin is an admin tool of this folder that works as a role. signOut returns an error if the
// tool refuses; both return what the tool printed.
type admin struct {
	signOut func(user, reason string) (string, error)
	runs    func() string
}

// tables are what the tools in all languages but one expect.
const tables = `
	CREATE TABLE refresh_tokens (
		id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint NOT NULL, token_hash text NOT NULL,
		expires_at timestamptz NOT NULL, revoked boolean NOT NULL DEFAULT false);
	INSERT INTO refresh_tokens (user_id, token_hash, expires_at) VALUES
		(7, 'first of 7', now() + interval '1 day'), (7, 'second of 7', now() + interval '1 day'),
		(7, 'expired', now() - interval '1 minute'), (8, 'of 8', now() + interval '1 minute'), (9, 'of 9', now() + interval '1 day');`

// typeORMTables are as TypeORM makes them. Its process has the zone of New York.
const typeORMTables = `
	CREATE TABLE "refresh_token" (
		"id" SERIAL PRIMARY KEY, "userId" integer NOT NULL, "tokenHash" character varying NOT NULL,
		"expiresAt" TIMESTAMP NOT NULL, "isRevoked" boolean NOT NULL DEFAULT false);
	INSERT INTO "refresh_token" ("userId", "tokenHash", "expiresAt")
	SELECT user_id, token_hash, now() AT TIME ZONE 'America/New_York' + lasting
	FROM (VALUES
		(7, 'first of 7', interval '1 day'), (7, 'second of 7', interval '1 day'),
		(7, 'expired', interval '-1 minute'), (8, 'of 8', interval '1 minute'), (9, 'of 9', interval '1 day')) AS v (user_id, token_hash, lasting);`

// refusal makes the database refuse, when the transaction commits, that tokens of user 9 change.
const refusal = `
	CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;
	DO $$
	DECLARE a record;
	BEGIN
		FOR a IN SELECT attrelid::regclass AS token, attname FROM pg_attribute WHERE attname IN ('user_id', 'userId') LOOP
			EXECUTE format('CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON %s DEFERRABLE INITIALLY DEFERRED
				FOR EACH ROW WHEN (NEW.%I = 9) EXECUTE FUNCTION refuse()', a.token, a.attname);
		END LOOP;
	END $$;`

var adminTools = []struct {
	name    string
	tables  string
	environ []string

	// grants are what the role needs besides the printed ones and the application's.
	grants string

	start func(t *testing.T, url string) admin
}{
	{name: "go", tables: tables, start: goAdmin("sign-out")},
	{name: "go, a River client of its own", tables: tables, start: goAdmin("sign-out-by-river"), grants: `
		GRANT SELECT, INSERT, UPDATE (kind) ON siltgate.river_job TO %[1]s;
		GRANT USAGE ON SEQUENCE siltgate.river_job_id_seq TO %[1]s;`},
	{name: "psql", tables: tables, start: psqlAdmin},
	{name: "python", tables: tables, start: pythonAdmin},
	{name: "nestjs", tables: typeORMTables, start: nestAdmin, environ: []string{
		"SILTGATE_TABLES_0_NAME=refresh_token", "SILTGATE_TABLES_0_EXPIRES_COLUMN=expiresAt",
		"SILTGATE_TABLES_0_DONE_COLUMN=isRevoked", "SILTGATE_TABLES_0_TIMESTAMP_ZONE=America/New_York",
	}},
}

func TestEveryAdminToolRevokesTokensAndAsksForTheirRunInOneTransaction(t *testing.T) {
	t.Parallel()
	for _, tool := range adminTools {
		t.Run(tool.name, func(t *testing.T) {
			t.Parallel()
			url := pgtest.Database(t)
			pool := pgtest.Pool(t, url)
			execute(t, pool, tool.tables+refusal)
			environ := append([]string{"DATABASE_URL=" + url, "REFRESH_TOKEN_CLEANUP_CRON=off"}, tool.environ...)
			siltgate(t, environ, "migrate")
			role, roleURL := pgtest.Role(t, url, `GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA public TO %[1]s;`+tool.grants)
			execute(t, pool, siltgate(t, environ, "grants", "--trigger="+role))
			tool := tool.start(t, roleURL)

			before := rows(t, pool)
			usage := `USAGE ON SCHEMA siltgate`
			execute(t, pool, `REVOKE `+usage+` FROM `+pgx.Identifier{role}.Sanitize())
			printed, err := tool.signOut("7", "refused when it asks for the run")
			require.Error(t, err, printed)
			require.Equal(t, before, rows(t, pool), "without a run nothing is revoked")
			execute(t, pool, `GRANT `+usage+` TO `+pgx.Identifier{role}.Sanitize())
			printed, err = tool.signOut("9", "refused when the transaction commits")
			require.Error(t, err, printed)
			require.Equal(t, before, rows(t, pool))
			require.Zero(t, count(t, pool, `SELECT count(*) FROM siltgate.runs`), "what is rolled back asks for no run")

			printed, err = tool.signOut("7", "lost laptop")
			require.NoError(t, err, printed)
			require.Regexp(t, `revoked"?[: ]3\b`, printed)
			require.Contains(t, tool.runs(), "lost laptop")
			startReplica(t, environ)
			require.Eventually(t, func() bool {
				return count(t, pool, `SELECT count(*) FROM siltgate.runs WHERE state = 'completed'`) == 1
			}, pgtest.Patience, 20*time.Millisecond)

			require.Equal(t, []string{"of 8", "of 9"}, tokens(t, pool))
			history := tool.runs()
			for _, part := range []string{"completed", "alice", "lost laptop", "3"} {
				require.Contains(t, history, part)
			}
		})
	}
}

func tokens(t *testing.T, pool *pgxpool.Pool) []string {
	t.Helper()
	var hashes []string
	for _, row := range rows(t, pool) {
		hashes = append(hashes, regexp.MustCompile(`_?[hH]ash": "([^"]*)"`).FindStringSubmatch(row)[1])
	}
	slices.Sort(hashes)
	return hashes
}

func execute(t *testing.T, pool *pgxpool.Pool, sql string) {
	t.Helper()
	_, err := pool.Exec(t.Context(), sql)
	require.NoError(t, err, sql)
}

func count(t *testing.T, pool *pgxpool.Pool, sql string) (n int) {
	t.Helper()
	require.NoError(t, pool.QueryRow(t.Context(), sql).Scan(&n))
	return n
}
