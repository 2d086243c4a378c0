package cli

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// Runs of the schedule, under the roles that are printed, drop a partition that is wholly dead by its bounds, and
// only where that is asked for.
func TestAScheduledRunDropsPartitionsOnlyUnderTheVariable(t *testing.T) {
	t.Parallel()
	for _, wanted := range []bool{true, false} {
		t.Run(fmt.Sprintf("DROP_PARTITIONS=%v", wanted), func(t *testing.T) {
			t.Parallel()
			environ, pool := newDatabase(t)
			roles := newRoles(t, environ, pool)
			exec := func(sql string) {
				t.Helper()
				_, err := pool.Exec(t.Context(), sql)
				require.NoError(t, err, sql)
			}
			exec(`DROP TABLE IF EXISTS refresh_tokens, password_resets`)
			exec(hardened + fmt.Sprintf(`
				CREATE ROLE "%[1]sapplication";
				CREATE TABLE sessions (id int, expires_at timestamptz NOT NULL) PARTITION BY RANGE (expires_at);
				CREATE TABLE sessions_2019 PARTITION OF sessions FOR VALUES FROM ('2019-01-01') TO ('2020-01-01');
				CREATE TABLE sessions_2020 PARTITION OF sessions FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
				CREATE TABLE sessions_2021 PARTITION OF sessions FOR VALUES FROM ('2021-01-01') TO ('2999-01-01');
				CREATE TABLE others (id int);
				INSERT INTO sessions SELECT n, '2019-06-01' FROM generate_series(1, 10) AS n;
				INSERT INTO sessions VALUES (11, '2021-06-01'), (12, now() + interval '1 day');
				ALTER TABLE sessions OWNER TO "%[1]sapplication";
				ALTER TABLE sessions_2019 OWNER TO "%[1]sapplication";
				ALTER TABLE sessions_2020 OWNER TO "%[1]sapplication";
				ALTER TABLE sessions_2021 OWNER TO "%[1]sapplication"`, roles.prefix))
			roles.environ = append(roles.environ, "SILTGATE_TABLES_0_NAME=sessions", "SILTGATE_TABLES_0_EXPIRES_COLUMN=expires_at",
				fmt.Sprintf("SILTGATE_TABLES_0_DROP_PARTITIONS=%v", wanted), "REFRESH_TOKEN_CLEANUP_CRON=* * * * * *", "APP_ENV=production")
			require.Zero(t, siltgate(t.Context(), roles.environ, "migrate").code)
			grants := roles.grant("worker")
			membership := fmt.Sprintf("GRANT %[1]q TO %[2]q", roles.prefix+"application", roles.prefix+"worker")
			if !wanted {
				require.NotContains(t, grants, membership)
			} else {
				require.Contains(t, grants, membership)
			}
			out := siltgate(t.Context(), roles.as("worker"), "doctor")
			require.NotContains(t, out.stdout, "fail  sessions", out.stderr)

			roles.start()
			var deleted, partitions int64
			require.Eventually(t, func() bool {
				require.NoError(t, pool.QueryRow(t.Context(), `
					SELECT coalesce(sum(deleted), 0), coalesce(sum((output #>> '{tables,0,dropped_partitions}')::int), 0)
					FROM siltgate.runs WHERE trigger = 'schedule' AND outcome = 'completed'`).Scan(&deleted, &partitions))
				return deleted > 0
			}, pgtest.Patience, 100*time.Millisecond)
			var left []string
			require.NoError(t, pool.QueryRow(t.Context(), `SELECT array_agg(relname::text ORDER BY 1) FROM pg_class WHERE relname ~ '^sessions_'`).Scan(&left))
			if wanted {
				require.Equal(t, []string{"sessions_2021"}, left)
				require.EqualValues(t, 2, partitions)
				require.EqualValues(t, 1, deleted, "the rows of a partition are not counted")
			} else {
				require.Equal(t, []string{"sessions_2019", "sessions_2020", "sessions_2021"}, left)
				require.Zero(t, partitions)
				require.EqualValues(t, 11, deleted)
			}
			roles.denied("worker", `SELECT FROM others`)
		})
	}
}
