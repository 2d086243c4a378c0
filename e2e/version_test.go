package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/migrations"
)

// nextMigration is what a later version of this major one may do: add.
const nextMigration = `
-- +goose Up
ALTER TABLE {schema}.river_job ADD COLUMN next_note text;
ALTER TABLE {schema}.installation ADD COLUMN note text;
CREATE TABLE {schema}.next_thing (id bigint PRIMARY KEY);

-- +goose Down
DROP TABLE {schema}.next_thing;
ALTER TABLE {schema}.installation DROP COLUMN note;
ALTER TABLE {schema}.river_job DROP COLUMN next_note;
`

// nextVersion builds the program of the version after this one: it has one more migration.
func nextVersion(t testing.TB) string {
	t.Helper()
	const next = migrations.Latest + 1
	dir := t.TempDir()
	source, err := filepath.Abs("../migrations")
	require.NoError(t, err)
	code, err := os.ReadFile(filepath.Join(source, "migrations.go"))
	require.NoError(t, err)
	constant := regexp.MustCompile(`(?m)^const Latest = \d+$`)
	require.Len(t, constant.FindAll(code, -1), 1)
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	replace := map[string]string{
		filepath.Join(source, "migrations.go"): write("migrations.go",
			constant.ReplaceAllString(string(code), fmt.Sprintf("const Latest = %d", next))),
		filepath.Join(source, "sql", fmt.Sprintf("%05d_next.sql", next)): write("next.sql", nextMigration),
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	path, err := build("-overlay", write("overlay.json", string(overlay)))
	require.NoError(t, err)
	return path
}

func TestFault35AFleetIsUpgradedUnderARunAndOnItsSchedule(t *testing.T) {
	t.Parallel()
	const (
		period     = 5 * time.Second
		dead, live = 22_000, 200
	)
	db := newDatabase(t)
	db.fill(dead, live)
	db.slow(300 * time.Millisecond) // until all is replaced
	older := newUnmigratedFleet(t, db, append(smallBatches(), "REFRESH_TOKEN_CLEANUP_CRON=*/5 * * * * *")...)
	newer := newUnmigratedFleet(t, db, older.environ[len(older.environ)-3:]...)
	newer.program = nextVersion(t)

	older.must("migrate")
	id := db.ask(`{"requested_by":"ops"}`) // before any tick, whose run would go first
	old := older.start(2)
	older.awaitLeader(old)
	app := startApp(t, db)
	db.awaitCounted(id)

	early := newer.call("run")
	require.Equal(t, 1, early.code, "a replica whose schema is behind does not start")
	require.Contains(t, early.stderr, fmt.Sprintf("is at version %d, this program needs %d: run `siltgate migrate`", migrations.Latest, migrations.Latest+1))
	require.False(t, db.run(id).Ended(), "the run ended too soon: make it longer")
	newer.must("migrate") // under the run
	for _, r := range old {
		require.True(t, r.running())
		status, body := older.get(r, "/readyz")
		require.Equal(t, http.StatusOK, status, body)
	}
	late := older.start(1)
	require.Len(t, late[0].logged("schema is ahead of this program: upgrade this replica too"), 1)

	young := newer.start(2)
	for _, r := range append(old, late...) {
		r.signal(sigterm)
		require.Zero(t, r.wait(stopWithin))
	}
	require.False(t, db.run(id).Ended(), "the run ended too soon: make it longer")
	db.dawdle(time.Millisecond)
	run := db.awaitEnd(id, patience)
	require.Equal(t, "completed", run.State)
	require.Equal(t, 1, run.Attempt, "a stop spends none")
	byID(t, young, *run.Replica)
	known := len(db.runs(`trigger = 'schedule'`))
	await(t, patience, "ticks of the new version", func() bool { return len(db.runs(`trigger = 'schedule'`)) >= known+2 })
	app.Stop()
	db.awaitNoDeadTokens()

	ticks := db.requireEveryTickOnce(period)
	app.requireUndisturbed()
	require.EqualValues(t, live, db.number(`SELECT count(*) FROM refresh_tokens WHERE user_id = 0`))
	t.Logf("%d ticks, %d slices of the run", len(ticks), run.result(t).Slices)
}

func TestARollingRestartLosesNoTickAndNoRun(t *testing.T) {
	t.Parallel()
	const (
		replicas   = 5
		period     = 5 * time.Second
		dead, live = 18_000, 200
	)
	db := newDatabase(t)
	db.fill(dead, live)
	db.slow(300 * time.Millisecond) // until all is replaced
	f := newFleet(t, db, append(smallBatches(), "REFRESH_TOKEN_CLEANUP_CRON=*/5 * * * * *")...)
	id := db.ask(`{"requested_by":"ops"}`) // before any tick, whose run would go first
	old := f.start(replicas)
	f.awaitLeader(old)
	app := startApp(t, db)
	db.awaitCounted(id)

	began := time.Now()
	var young []*replica
	for i, r := range old {
		if i == replicas-1 { // in the moment of a tick
			await(t, patience, "a tick", func() bool { return time.Until(time.Now().Truncate(period).Add(period)) < 50*time.Millisecond })
		}
		r.signal(sigterm)
		require.Zero(t, r.wait(stopWithin))
		young = append(young, f.start(1)...)
	}
	took := time.Since(began)
	require.False(t, db.run(id).Ended(), "the run ended too soon: make it longer")
	db.dawdle(time.Millisecond)
	f.awaitLeader(young)
	run := db.awaitEnd(id, patience)
	require.Equal(t, "completed", run.State)
	require.Equal(t, 1, run.Attempt, "a stop spends none")
	require.EqualValues(t, 0, db.number(`SELECT coalesce(cardinality(errors), 0) FROM siltgate.river_job WHERE id = $1`, id))
	known := len(db.runs(`trigger = 'schedule'`))
	await(t, patience, "more ticks", func() bool { return len(db.runs(`trigger = 'schedule'`)) >= known+2 })
	app.Stop()
	db.awaitNoDeadTokens()

	ticks := db.requireEveryTickOnce(period)
	for _, r := range db.runs(`trigger = 'schedule'`) {
		require.Less(t, r.CreatedAt.Sub(*r.Tick), period, "tick %s was late", r.Tick)
	}
	db.awaitRecorded()
	app.requireUndisturbed()
	t.Logf("%d replicas in %s, %d ticks, %d slices of the run: %s", replicas, took.Round(time.Second), len(ticks), run.result(t).Slices,
		strings.TrimSpace(string(run.Outcome)))
}
