package e2e

import (
	"flag"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// rows is how many the table of the test of memory has; the long form has ten million.
var rows = flag.Int("rows", 1_000_000, "rows of the table that a replica with 64 MB purges")

func TestFault36Promise8MemoryDoesNotGrowWithTheTable(t *testing.T) {
	t.Parallel()
	const most = 64 << 10 // KB
	for plan, c := range map[string]struct {
		dead string // of which a row is dead
		ddl  string
	}{
		"sweep": {dead: `i % 5 < 4`},
		"index": {dead: `i % 250 = 0`, ddl: `
			CREATE INDEX ON refresh_tokens (expires_at);
			CREATE INDEX ON refresh_tokens (id) WHERE revoked`},
	} {
		t.Run(plan, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t)
			// Narrow rows, and nobody who notes each of them.
			db.exec(`
				DROP TABLE refresh_tokens;
				CREATE TABLE refresh_tokens (id bigint, expires_at timestamptz, revoked boolean)`)
			db.exec(`
				INSERT INTO refresh_tokens
				SELECT i, now() + CASE WHEN `+c.dead+` AND i % 2 = 0 THEN -1 ELSE 1 END * interval '1 hour', `+c.dead+` AND i % 2 = 1
				FROM generate_series(1, $1::integer) AS i`, *rows)
			db.exec(c.ddl)
			db.exec(`ANALYZE refresh_tokens`)
			dead, live := db.tokensLeft()
			f := newFleet(t, db, "SILTGATE_DUTY_CYCLE=1")
			r := f.start(1)[0]

			run := db.awaitEnd(db.ask(`{}`), 5*time.Minute)
			require.Equal(t, "completed", run.State)
			require.Equal(t, plan, run.result(t).Tables[0].Plan)
			require.Equal(t, dead, *run.Deleted)
			left, kept := db.tokensLeft()
			require.Zero(t, left)
			require.Equal(t, live, kept)

			peak := peakMemory(t, r.process)
			t.Logf("%d of %d rows deleted in %s; at most %d KB were resident", dead, *rows, run.Duration, peak)
			if !raceDetector { // which has a memory of its own
				require.Less(t, peak, most)
			}
		})
	}
}

// peakMemory is the most that was resident of a process, in KB.
func peakMemory(t testing.TB, p *process) int {
	t.Helper()
	status, err := os.ReadFile("/proc/" + strconv.Itoa(p.pid()) + "/status")
	require.NoError(t, err)
	found := regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB$`).FindSubmatch(status)
	require.NotNil(t, found)
	peak, err := strconv.Atoi(string(found[1]))
	require.NoError(t, err)
	return peak
}
