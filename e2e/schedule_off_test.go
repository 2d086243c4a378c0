package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheScheduleIsOffInATestEnvironment(t *testing.T) {
	t.Parallel()
	const everySecond = "REFRESH_TOKEN_CLEANUP_CRON=* * * * * *"
	for name, env := range map[string]struct {
		vars  []string
		ticks bool
	}{
		"APP_ENV":              {vars: []string{everySecond, "APP_ENV=test"}},
		"NODE_ENV":             {vars: []string{everySecond, "NODE_ENV=test"}},
		"APP_ENV over NODE":    {vars: []string{everySecond, "APP_ENV=test", "NODE_ENV=production"}},
		"off":                  {vars: []string{"REFRESH_TOKEN_CLEANUP_CRON=off"}},
		"production":           {vars: []string{everySecond, "APP_ENV=production"}, ticks: true},
		"NODE under APP_ENV":   {vars: []string{everySecond, "APP_ENV=production", "NODE_ENV=test"}, ticks: true},
		"neither of them":      {vars: []string{everySecond}, ticks: true},
		"empty counts as none": {vars: []string{everySecond, "APP_ENV=", "NODE_ENV="}, ticks: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t)
			db.fill(9, 4)
			f := newFleet(t, db, env.vars...)
			r := f.start(1)[0]
			await(t, patience, "the replica to have led for three ticks", func() bool {
				return time.Since(r.leadsSince()) > 4*time.Second
			})

			run := db.awaitCompleted(db.number(`SELECT siltgate.enqueue_token_cleanup()`))
			require.Equal(t, "manual", run.Trigger)
			scheduled := db.runs(`trigger = 'schedule'`)
			if env.ticks {
				require.GreaterOrEqual(t, len(scheduled), 3)
				return
			}
			require.Empty(t, scheduled)
			require.EqualValues(t, 9, *run.Deleted, "a run asked for by hand still runs")
			require.EqualValues(t, 1, db.number(`SELECT count(*) FROM siltgate.river_job`))
		})
	}
}

func TestATestEnvironmentIsLogged(t *testing.T) {
	t.Parallel()
	f := newFleet(t, newDatabase(t), "REFRESH_TOKEN_CLEANUP_CRON=@hourly", "NODE_ENV=test")
	r := f.start(1)[0]
	lines := r.logged("schedule is off in a test environment: runs asked for by hand still run")
	require.Len(t, lines, 1)
	require.Equal(t, "NODE_ENV", lines[0]["variable"])
	require.Equal(t, "off", r.logged("replica started")[0]["schedule"])
}
