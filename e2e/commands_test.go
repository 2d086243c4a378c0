package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFault35ASchemaThatIsBehindIsRefusedWithTheRemedy(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	f := newUnmigratedFleet(t, db)
	for _, command := range [][]string{{"run"}, {"enqueue"}, {"history"}} {
		never := f.call(command...)
		require.Equal(t, 1, never.code, command)
		require.Contains(t, never.stderr, "siltgate migrate", command)
		require.Equal(t, 1, strings.Count(never.stderr, "\n"), "one line: %s", never.stderr)
	}
	require.Equal(t, 1, f.call("migrate", "--status").code)
	require.Zero(t, db.number(`SELECT count(*) FROM pg_namespace WHERE nspname = 'siltgate'`), "run migrates nothing by itself")

	f.must("migrate")
	f.must("migrate", "--status")
	f.must("migrate", "--down")
	behind := f.call("run")
	require.Equal(t, 1, behind.code)
	require.Contains(t, behind.stderr, "siltgate migrate")
}

func TestFault35ASchemaThatIsAheadIsWarnedOfAndWorkedOn(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	db.fill(11, 2)
	f := newFleet(t, db)
	db.exec(`INSERT INTO siltgate.siltgate_migration (version_id, is_applied) VALUES (1000, true)`)
	r := f.start(1)[0]
	lines := r.logged("schema is ahead of this program: upgrade this replica too")
	require.Len(t, lines, 1)
	require.Equal(t, "WARN", lines[0]["level"])
	status, body := f.get(r, "/readyz")
	require.Equal(t, http.StatusOK, status, body)
	require.EqualValues(t, 11, *db.awaitCompleted(db.ask(`{}`)).Deleted)
}

func TestManyMigrationsAtOnceAllSucceed(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	db.fill(3, 1)
	f := newUnmigratedFleet(t, db)
	processes := make([]*process, 8)
	for i := range processes {
		processes[i] = f.launch(nil, "migrate")
	}
	for _, p := range processes {
		require.Zero(t, p.wait(patience), p.output())
	}
	f.must("migrate", "--status")
	require.Empty(t, db.texts(`
		SELECT version_id::text FROM siltgate.siltgate_migration GROUP BY version_id HAVING count(*) > 1`), "a migration ran twice")
	f.start(1)
	require.EqualValues(t, 3, *db.awaitCompleted(db.ask(`{}`)).Deleted)
}

func TestReadinessFollowsTheSchema(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	f := newFleet(t, db)
	r := f.start(1)[0]
	here := []string{"SILTGATE_HTTP_ADDR=" + r.http}

	// An answer may be a second old.
	awaitReady := func(want int) (facts map[string]any) {
		await(t, patience, fmt.Sprintf("/readyz to answer %d", want), func() bool {
			status, body := f.get(r, "/readyz")
			facts = nil
			require.NoError(t, json.Unmarshal([]byte(body), &facts), body)
			return status == want
		})
		return facts
	}
	require.Equal(t, map[string]any{"ready": true, "replica": r.id}, awaitReady(http.StatusOK))
	healthy := f.callWith(here, "healthcheck")
	require.Zero(t, healthy.code, healthy.stderr)

	db.exec(`CREATE TABLE kept AS SELECT * FROM siltgate.siltgate_migration`)
	db.exec(`DELETE FROM siltgate.siltgate_migration WHERE version_id = (SELECT max(version_id) FROM siltgate.siltgate_migration)`)
	facts := awaitReady(http.StatusServiceUnavailable)
	require.Equal(t, false, facts["ready"])
	require.Contains(t, facts["reasons"].([]any)[0], "siltgate migrate")
	sick := f.callWith(here, "healthcheck")
	require.Equal(t, 1, sick.code)
	require.Contains(t, sick.stderr, "not ready")
	require.Contains(t, sick.stderr, "siltgate migrate")
	status, _ := f.get(r, "/healthz")
	require.Equal(t, http.StatusOK, status, "it lives")

	db.exec(`TRUNCATE siltgate.siltgate_migration; INSERT INTO siltgate.siltgate_migration OVERRIDING SYSTEM VALUE SELECT * FROM kept`)
	awaitReady(http.StatusOK)

	r.signal(sigterm)
	require.Zero(t, r.wait(stopWithin))
	gone := f.callWith(here, "healthcheck")
	require.Equal(t, 1, gone.code, "nobody answers")
	require.Equal(t, 1, strings.Count(gone.stderr, "\n"), gone.stderr)
}

func TestFault30AllConfigurationErrorsComeInOneMessageWithExitCodeTwo(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	f := newUnmigratedFleet(t, db)
	wrong := []string{
		"DATABASE_URL=",
		"REFRESH_TOKEN_CLEANUP_CRON=0 0 30 2 *",
		"SILTGATE_TIMEZONE=Mars/Olympus",
		"SILTGATE_DUTY_CYCLE=1.5",
		"SILTGATE_CATCH_UP=-1h",
		"SILTGATE_MAX_ATTEMPTS=many",
		"SILTGATE_DUTYCYCLE=0.5",
		"SILTGATE_TABLES_0_NAME=a\";DROP TABLE x--",
	}
	for _, command := range []string{"run", "migrate", "enqueue", "history"} {
		r := f.callWith(wrong, command)
		require.Equal(t, 2, r.code, command)
		for _, assignment := range wrong {
			name, _, _ := strings.Cut(assignment, "=")
			require.Contains(t, r.stderr, name, command)
		}
		require.Contains(t, r.stderr, "SILTGATE_DUTY_CYCLE=1.5: want more than 0 and at most 1")
		require.Contains(t, r.stderr, "SILTGATE_DUTYCYCLE: no such variable: want SILTGATE_DUTY_CYCLE")
		require.Empty(t, r.stdout, command)
	}
	require.Equal(t, 2, f.callWith([]string{"SILTGATE_HTTP_ADDR="}, "healthcheck").code)
}

func TestBadUsageExitsWithTwo(t *testing.T) {
	t.Parallel()
	f := newUnmigratedFleet(t, newDatabase(t))
	for _, args := range [][]string{
		{"nonsense"},
		{"run", "--nonsense"},
		{"run", "now"},
		{"enqueue", "refresh_tokens"},
		{"enqueue", "--dry-run=perhaps"},
		{"history", "--limit", "0"},
		{"history", "--limit", "some"},
		{"migrate", "--up"},
		{"migrate", "--up", "--status"},
		{"migrate", "--down", "--status"},
	} {
		r := f.call(args...)
		require.Equal(t, 2, r.code, args)
		require.Equal(t, 1, strings.Count(r.stderr, "\n"), "%s: one line: %s", args, r.stderr)
		require.Empty(t, r.stdout, args)
	}
	for _, args := range [][]string{{"--help"}, {"run", "--help"}, {"version"}} {
		require.NotEmpty(t, f.must(args...), args)
	}
}
