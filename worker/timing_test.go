package worker

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/jobs"
	"github.com/siltgate/siltgate/migrations"
)

// intervals are the intervals in the migrations, by file and in their order.
func intervals(t *testing.T) map[string][]time.Duration {
	t.Helper()
	paths, err := filepath.Glob("../migrations/sql/*.sql")
	require.NoError(t, err)
	found := map[string][]time.Duration{}
	for _, path := range paths {
		sql, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, literal := range regexp.MustCompile(`interval '([^']*)'`).FindAllStringSubmatch(string(sql), -1) {
			var n int
			var unit string
			if literal[1] == "0" {
				continue
			}
			_, err := fmt.Sscan(literal[1], &n, &unit)
			require.NoError(t, err, literal[0])
			units := map[string]time.Duration{"second": time.Second, "minute": time.Minute, "day": 24 * time.Hour}
			require.Contains(t, units, strings.TrimSuffix(unit, "s"))
			name := filepath.Base(path)
			found[name] = append(found[name], time.Duration(n)*units[strings.TrimSuffix(unit, "s")])
		}
	}
	return found
}

func TestDurationsFitTogether(t *testing.T) {
	t.Parallel()
	sql := intervals(t)
	const (
		betweenClocks, farAhead = time.Second, 24 * time.Hour // how far a run may be asked for in advance
		longestRun              = 10 * time.Minute            // that a run stays scheduled
		farLeader               = time.Minute
		joinable                = time.Minute
		overdue                 = time.Minute
		settled                 = time.Minute // a replica has said by then that it runs
	)
	// An interval that is new in the migrations has its place here too.
	require.Equal(t, map[string][]time.Duration{
		"00011_enqueue.sql":  {joinable},
		"00013_history.sql":  {settled},
		"00016_inserted.sql": {betweenClocks, farAhead},
		"00017_clocks.sql":   {longestRun, farLeader, longestRun},
		"00019_replicas.sql": {aliveFor, aliveFor},
		"00020_control.sql":  {jobs.MaxPause},
		"00022_status.sql":   {overdue},
	}, sql)

	var backOffs time.Duration // until a locked table fails
	for pause, again := purge.FirstBackOff, 0; again < purge.LockTries; again++ {
		backOffs += min(pause, purge.LongestBackOff)
		pause *= 2
	}

	type durations = []time.Duration
	for says, rising := range map[string]durations{
		"a batch's lock, its statement, the turn that waits for it":   {purge.LockTimeout, purge.StatementTimeout, turnLockTimeout},
		"who locks the turn is asked while it is waited for":          {blockersAfter, turnLockTimeout},
		"the client waits longer than the server works":               {purge.StatementTimeout, purge.StatementPatience},
		"a batch, what reads the catalog, a client that waits for it": {purge.StatementTimeout, purge.CatalogTimeout, purge.StatementPatience},
		"a session that rests is kept":                                {purge.KeepAlive, purge.SessionIdle},
		"a frozen replica's session has ended before its run goes on": {purge.SessionIdle, rescueAfter},

		"a slice's last statement ends before River's timeout":    {sliceLength + purge.FirstStepPatience + purge.StatementPatience, jobTimeout},
		"a slice that begins late has time for a list":            {purge.ListPatience, purge.FirstStepPatience},
		"a slice deletes what it has listed":                      {2 * purge.ListPatience, sliceLength},
		"a slice's last target is isolated before the timeout":    {sliceLength + purge.TargetPatience + purge.StatementTimeout, jobTimeout},
		"a locked table fails within a slice":                     {backOffs + (purge.LockTries+1)*purge.LockTimeout, sliceLength},
		"a rest beyond a slice's end ends before River's timeout": {sliceLength + purge.LongestRest, jobTimeout},
		"what the timeout ended is over before the rescue":        {jobTimeout + purge.StatementPatience, rescueAfter},
		"a killed run goes on in time, though its replica led": {
			rescueAfter + riverLeaderTerm + riverElectInterval + riverRescueInterval + riverScheduleInterval + readInterval, promisedRescue,
		},
		"another replica leads in time": {riverLeaderTerm + 2*riverElectInterval, promisedLeader},

		"a slice sees a pause in time, and ends its batch":    {2*watchInterval + purge.StatementTimeout, promisedEffect},
		"a starved run gives way in time":                     {leastSlice + watchInterval + purge.StatementTimeout, promisedEffect},
		"a replica sees a pause in time without notification": {readInterval, promisedEffect},
		"asking again ends before a slice reads again":        {turnInterval, turnPatience, watchInterval},

		"a run that waits is scheduled, not fetched too early": {riverScheduleInterval, snoozeForTurn},
		"a run that waits is known to until it asks again":     {snoozeForTurn + readInterval + turnPatience, wantedFor},
		"a run between two slices is fetched while it is its turn": {
			riverScheduleInterval + readInterval, reservation,
		},
		"no reservation is taken for one of the future": {longestRun + reservation, longestReservation},
		"no retry is taken for one of a wrong clock":    {longestRetry, longestRun},
		"a retry is scheduled, not fetched too early":   {riverScheduleInterval, firstRetry, longestRetry},
		"a note in the turn's row waits for a batch's locks, and no longer than the turn": {
			purge.LockTimeout, turnNoteTimeout, turnLockTimeout,
		},
		"a migration that waits for a table makes no tick overdue": {
			migrations.LockTimeout + insertTimeout + 3*longestPause/2, overdue,
		},
		"a run that waits for its turn can be joined":      {snoozeForTurn, joinable},
		"no leader is taken for one of the future":         {riverLeaderTerm, farLeader},
		"a beat may be late, and one may be lost":          {2*beatInterval + beatTimeout, aliveFor},
		"a run is left to others only while they live":     {yieldFor, aliveFor},
		"a replica that lives has said so":                 {beatTimeout, settled, aliveFor},
		"a tick is due when River asks for it":             {riverAsksEarly, enqueuerSlack, time.Second},
		"a tick's insert is tried more than once a minute": {2 * (insertTimeout + 3*longestPause/2), assertEvery},
		"River is told no sooner than it fetches":          {insertInterval, riverFetchCooldown},

		"a replica stops in time":                        {stopTimeout + purge.CloseTimeout + time.Second, promisedStop},
		"River starts anew once its statements are over": {purge.StatementPatience, restopTimeout},
		"the first record comes soon":                    {firstRecord, recordInterval},
	} {
		for i := range rising[1:] {
			require.Less(t, rising[i], rising[i+1], says)
		}
	}
	require.Equal(t, assertEvery, overdue, "a tick is overdue when it should have been asserted")
}
