package cli

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/doctor"
)

func TestDoctorSaysWhatFailsAndHowToMendIt(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	_, err := pool.Exec(t.Context(), `
		CREATE TABLE refresh_tokens (id int PRIMARY KEY, expires_at timestamptz, revoked boolean);
		CREATE TABLE logins (token int REFERENCES refresh_tokens)`)
	require.NoError(t, err)

	out := siltgate(t.Context(), environ, "doctor")
	require.Equal(t, 1, out.code)
	require.Contains(t, out.stdout, `schema "siltgate" does not exist`)
	require.Contains(t, out.stdout, "→ siltgate migrate")
	require.Contains(t, out.stdout, `CREATE INDEX CONCURRENTLY ON "public"."logins" ("token");`)
	require.Contains(t, out.stderr, "checks failed")

	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)
	out = siltgate(t.Context(), environ, "doctor", "--sql")
	require.Equal(t, 1, out.code)
	require.Contains(t, out.stdout, "-- public.refresh_tokens: foreign key")
	_, err = pool.Exec(t.Context(), `CREATE INDEX ON logins (token)`)
	require.NoError(t, err)

	out = siltgate(t.Context(), environ, "doctor", "--json")
	require.Zero(t, out.code, out.stdout)
	var report doctor.Report
	require.NoError(t, json.Unmarshal([]byte(out.stdout), &report))
	require.NotEmpty(t, report.Checks)
	for _, c := range report.Checks {
		require.NotEqual(t, doctor.Fail, c.Status, c.Reason)
	}

	require.Equal(t, 2, siltgate(t.Context(), environ, "doctor", "--sql", "--json").code)
	require.Equal(t, 2, siltgate(t.Context(), append(environ, "SILTGATE_DUTY_CYCLE=2"), "doctor").code)
	require.Equal(t, 1, siltgate(t.Context(), []string{"DATABASE_URL=postgres://app:canary@127.0.0.1:1/app"}, "doctor").code)
}

func TestDoctorSuggestsVariablesAndChangesNothing(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	out := siltgate(t.Context(), environ, "doctor", "--suggest")
	require.Zero(t, out.code, out.stderr)
	require.Equal(t, "# No table looks like tokens or sessions.\n", out.stdout)
	_, err := pool.Exec(t.Context(), `
		CREATE TABLE "ResetToken" (id int PRIMARY KEY, "tokenHash" text, "validUntil" timestamptz);
		INSERT INTO "ResetToken" SELECT n, 'h', '2001-01-01' FROM generate_series(1, 500) AS n;
		ANALYZE`)
	require.NoError(t, err)
	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)
	out = siltgate(t.Context(), environ, "doctor", "--suggest")
	require.Contains(t, out.stdout, "likely; about 500 rows")
	require.Contains(t, out.stdout, "SILTGATE_TABLES_0_NAME=public.ResetToken\nSILTGATE_TABLES_0_EXPIRES_COLUMN=validUntil\n")
	require.NotContains(t, out.stdout, "TABLES_1", "ours are no tokens")
	var left int
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM "ResetToken"`).Scan(&left))
	require.Equal(t, 500, left)
	require.Equal(t, 2, siltgate(t.Context(), environ, "doctor", "--suggest", "--json").code)
}
