package worker

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/schedule"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/migrations"
)

const gone = `is gone, with all that it knew of runs and ticks: run ` + "`siltgate migrate`"

// dropSchema drops our schema. It is tried again, because it may be a deadlock's victim.
func (f *fixture) dropSchema() {
	f.t.Helper()
	require.Eventually(f.t, func() bool {
		_, err := f.pool.Exec(f.t.Context(), `DROP SCHEMA siltgate CASCADE`)
		return err == nil
	}, pgtest.Patience, 10*time.Millisecond)
}

func TestFault107ASchemaThatIsDroppedUnderARunIsSaidWithWhatToDo(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.startLasting()
	f.dropSchema()
	require.Eventually(t, func() bool {
		return strings.Contains(f.log.String(), `"run left off: there is nothing left to record it in"`)
	}, pgtest.Patience, 10*time.Millisecond)
	require.Contains(t, f.log.String(), gone)
	left := f.number(`SELECT count(*) FROM refresh_tokens`)
	require.Positive(t, left)

	_, err := migrations.Migrator{Config: f.pool.Config(), Schema: schema}.Up(t.Context())
	require.NoError(t, err)
	require.Equal(t, left, f.number(`SELECT count(*) FROM refresh_tokens`), "without the right to delete nothing is deleted")
	f.exec(`DELETE FROM refresh_tokens WHERE id % 100 <> 0`) // or it lasts, at that pace
	f.await(f.insert(`{}`), "completed")                     // the replica works on
}

func TestFault107ASchemaThatIsDroppedBetweenRunsIsSaidAtTheNextTick(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	parsed, err := schedule.Parse("* * * * * *", time.UTC)
	require.NoError(t, err)
	f.replica.Schedule = parsed
	f.start()
	require.Eventually(t, func() bool { return f.number(`SELECT count(*) FROM siltgate.ticks`) > 0 }, pgtest.Patience, 10*time.Millisecond)
	f.dropSchema()
	require.Eventually(t, func() bool {
		for line := range strings.Lines(f.log.String()) {
			if strings.Contains(line, `"tick not inserted: it is tried again until it is"`) && strings.Contains(line, gone) {
				return true
			}
		}
		return false
	}, pgtest.Patience, 10*time.Millisecond)
}
