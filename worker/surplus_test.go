package worker

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/schedule"
)

// A role that may call the function may ask for thousands of runs, each with other arguments.
func TestFault75AFloodOfRunsByHandHoldsUpNoTickAndFillsNoMemory(t *testing.T) {
	t.Parallel()
	const flood = 1000
	f := newFixture(t)
	parsed, err := schedule.Parse("*/5 * * * * *", time.UTC)
	require.NoError(t, err)
	f.replica.Schedule = parsed
	f.exec(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100)`)
	f.exec(`
		SELECT siltgate.enqueue_token_cleanup(dry_run => true, reason => repeat('x', 990) || n) FROM generate_series(1, 1000) AS n;
		INSERT INTO siltgate.river_job (kind, args) SELECT 'other', jsonb_build_object('n', n, 'x', repeat('x', 60000)) FROM generate_series(1, 100) AS n`)
	require.EqualValues(t, flood, f.number(`SELECT count(*) FROM siltgate.runs`), "none fails where it is asked for")
	began := f.number(`SELECT extract(epoch FROM now())::bigint`)
	f.start()

	var most uint64
	require.Eventually(t, func() bool {
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		most = max(most, memory.HeapInuse)
		return f.number(`SELECT count(*) FROM siltgate.runs WHERE tick IS NULL AND finished_at IS NULL`) == 0 &&
			f.number(`SELECT count(*) FROM siltgate.runs WHERE tick IS NOT NULL AND finished_at IS NOT NULL`) >= 3
	}, 3*time.Minute, 100*time.Millisecond)

	const surplus = `100 runs asked for by hand wait already: ask again when they have ended, or cancel some`
	require.EqualValues(t, flood, f.number(`
		SELECT count(*) FROM siltgate.runs
		WHERE tick IS NULL AND (outcome = 'dry_run' OR outcome = 'cancelled' AND error LIKE '%`+surplus+`%' AND output ->> 'error' = '`+surplus+`')`))
	require.GreaterOrEqual(t, f.number(`SELECT count(*) FROM siltgate.runs WHERE outcome = 'dry_run'`), int64(maxWaiting))
	require.Positive(t, f.number(`SELECT count(*) FROM siltgate.runs WHERE outcome = 'cancelled'`))
	require.Zero(t, f.number(`
		SELECT count(*) FROM (SELECT tick - lag(tick) OVER (ORDER BY tick) AS apart FROM siltgate.ticks) AS ticks
		WHERE apart <> interval '5 s'`), "a tick was missed, or doubled")
	first := f.number(`SELECT extract(epoch FROM min(attempted_at))::bigint FROM siltgate.river_job WHERE args ? 'tick'`)
	require.Less(t, first-began, int64(20), "a tick's run is fetched before the flood")
	require.Less(t, most, uint64(192<<20), "of this process, which has other tests")
	t.Logf("first tick fetched after %d s, heap in use %d MB at most", first-began, most>>20)
}
