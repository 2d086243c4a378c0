package migrations

import (
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/jobs"
)

// grantsOfTheDocs is the SQL of docs/runs.md that grants to a role, with %[1]s for its name.
func grantsOfTheDocs(t *testing.T, role string) string {
	t.Helper()
	text, err := os.ReadFile("../docs/runs.md")
	require.NoError(t, err)
	for _, block := range strings.Split(string(text), "```sql\n")[1:] {
		sql, _, _ := strings.Cut(block, "```")
		if strings.Contains(sql, "ON SCHEMA siltgate TO "+role+";") {
			return strings.ReplaceAll(sql, " TO "+role+";", " TO %[1]s;")
		}
	}
	require.Fail(t, "docs/runs.md grants nothing", role)
	return ""
}

// In a hardened database PUBLIC has lost what Postgres gives it by default.
func TestFault76TheGrantsOfTheDocsSufficeUnderHardenedDefaults(t *testing.T) {
	t.Parallel()
	const insert = `INSERT INTO siltgate.river_job (kind, args) VALUES ('token_cleanup', '{}')`
	for role, use := range map[string]func(t *testing.T, conn *pgx.Conn){
		"admin_tool": func(t *testing.T, conn *pgx.Conn) {
			t.Helper()
			id, err := jobs.Enqueue(t.Context(), conn, jobs.TokenCleanupArgs{DryRun: true, Reason: "incident 42"})
			require.NoError(t, err)
			var state, by string
			require.NoError(t, conn.QueryRow(t.Context(), `
				SELECT state, requested_by FROM siltgate.runs WHERE id = $1 AND dry_run AND duration IS NULL AND found IS NULL AND requested_by = session_user`,
				id).Scan(&state, &by))
			require.Equal(t, "available", state)
			for _, sql := range []string{
				insert, `TABLE siltgate.river_job`, `UPDATE siltgate.river_job SET kind = 'x'`, `DELETE FROM siltgate.river_job`,
				`INSERT INTO siltgate.river_queue (name) VALUES ('x')`, `TABLE siltgate.ticks`, `INSERT INTO siltgate.runs (id) VALUES (1)`,
			} {
				_, err := conn.Exec(t.Context(), sql)
				require.Error(t, err, sql)
			}
		},
		"job_writer": func(t *testing.T, conn *pgx.Conn) {
			t.Helper()
			_, err := conn.Exec(t.Context(), insert)
			require.NoError(t, err)
			_, err = conn.Exec(t.Context(), `TABLE siltgate.river_job`)
			require.ErrorContains(t, err, "permission denied")
		},
		"river_client": func(t *testing.T, conn *pgx.Conn) {
			t.Helper()
			tx, err := conn.Begin(t.Context())
			require.NoError(t, err)
			client, err := river.NewClient(riverpgxv5.New(nil), &river.Config{Schema: "siltgate"})
			require.NoError(t, err)
			_, err = client.InsertTx(t.Context(), tx, jobs.TokenCleanupArgs{}, nil)
			require.NoError(t, err)
			_, err = client.InsertManyTx(t.Context(), tx, []river.InsertManyParams{{Args: jobs.TokenCleanupArgs{}}, {Args: jobs.TokenCleanupArgs{}}})
			require.NoError(t, err)
			require.NoError(t, tx.Commit(t.Context()))

			// No column that the role may update ends a run, or makes one of another job.
			tag, err := conn.Exec(t.Context(), `UPDATE siltgate.river_job SET kind = 'x'`)
			require.NoError(t, err)
			require.EqualValues(t, 3, tag.RowsAffected())
			var runs int
			require.NoError(t, conn.QueryRow(t.Context(), `SELECT count(*) FROM siltgate.river_job WHERE kind = 'token_cleanup'`).Scan(&runs))
			require.Equal(t, 3, runs)
			var id int64
			require.NoError(t, conn.QueryRow(t.Context(), `
				INSERT INTO siltgate.river_job (kind, args, metadata) VALUES ('x', '{}', '{"output":{"outcome":"running"}}') RETURNING id`).Scan(&id))
			_, err = conn.Exec(t.Context(), `UPDATE siltgate.river_job SET kind = 'token_cleanup'`)
			require.NoError(t, err)
			var metadata string
			require.NoError(t, conn.QueryRow(t.Context(), `SELECT metadata FROM siltgate.river_job WHERE id = $1`, id).Scan(&metadata))
			require.Equal(t, "{}", metadata)
		},
	} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			m, pool := newMigrator(t, "siltgate")
			_, err := pool.Exec(t.Context(), `
				ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC;
				ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM PUBLIC;
				ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM PUBLIC;
				ALTER DEFAULT PRIVILEGES REVOKE ALL ON SCHEMAS FROM PUBLIC;
				ALTER DEFAULT PRIVILEGES REVOKE ALL ON TYPES FROM PUBLIC`)
			require.NoError(t, err)
			_, err = m.Up(t.Context())
			require.NoError(t, err)
			use(t, asRole(t, pool, grantsOfTheDocs(t, role)))
			var runs int
			require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM siltgate.runs`).Scan(&runs))
			require.Positive(t, runs)
		})
	}
}
