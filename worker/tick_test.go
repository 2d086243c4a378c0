package worker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/schedule"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestTheLatestTickIsDueWithinItsWindow(t *testing.T) {
	t.Parallel()
	parsed, err := schedule.Parse("0 3 * * *", time.UTC)
	require.NoError(t, err)
	at := func(text string) time.Time {
		t.Helper()
		at, err := time.Parse(time.DateTime, text)
		require.NoError(t, err)
		return at
	}
	long := at("2020-01-01 00:00:00")
	for name, c := range map[string]struct {
		now, born time.Time
		catchUp   time.Duration
		want      string
	}{
		"at the tick":                           {at("2026-11-22 03:00:00"), long, 24 * time.Hour, "2026-11-22 03:00:00"},
		"just before the tick: yesterday's":     {at("2026-11-22 02:59:59"), long, 24 * time.Hour, "2026-11-21 03:00:00"},
		"missed, within the window":             {at("2026-11-22 09:00:00"), long, 24 * time.Hour, "2026-11-22 03:00:00"},
		"missed, at the window's end":           {at("2026-11-22 04:00:00"), long, time.Hour, "2026-11-22 03:00:00"},
		"missed, past the window":               {at("2026-11-22 04:00:01"), long, time.Hour, ""},
		"no catching up":                        {at("2026-11-22 03:01:01"), long, 0, ""},
		"no catching up, but not missed yet":    {at("2026-11-22 03:00:25"), long, 0, "2026-11-22 03:00:00"},
		"before the schema was":                 {at("2026-11-22 09:00:00"), at("2026-11-22 03:00:01"), 24 * time.Hour, ""},
		"at the instant the schema was created": {at("2026-11-22 09:00:00"), at("2026-11-22 03:00:00"), 24 * time.Hour, "2026-11-22 03:00:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ticks := ticks{schedule: parsed, catchUp: c.catchUp, born: c.born, now: func() time.Time { return c.now }}
			if c.want == "" {
				require.Zero(t, ticks.due())
				return
			}
			require.Equal(t, at(c.want), ticks.due())
		})
	}
}

func TestTicksAreLookedForOnTimeAndEveryMinute(t *testing.T) {
	t.Parallel()
	parsed, err := schedule.Parse("30 0 3 * * *", time.UTC)
	require.NoError(t, err)
	ticks := ticks{schedule: parsed}
	now := time.Date(2026, 11, 22, 2, 58, 10, 0, time.UTC)
	var prompts []string
	for range 5 {
		now = ticks.Next(now)
		prompts = append(prompts, now.Format("15:04:05.000"))
	}
	require.Equal(t, []string{"02:59:00.150", "03:00:00.150", "03:00:30.150", "03:01:00.150", "03:02:00.150"}, prompts)
}

func TestAScheduleThatIsOffHasNoPeriodicJob(t *testing.T) {
	t.Parallel()
	require.Empty(t, Replica{}.ticks(time.Time{}).periodicJobs())
}

func TestPromise2ATickWhoseInsertFailsIsInsertedBeforeTheNext(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	parsed, err := schedule.Parse("*/2 * * * * *", time.UTC)
	require.NoError(t, err)
	f.replica.Schedule = parsed
	// Every other insert fails, and so every tick's first one.
	f.exec(`
		CREATE SEQUENCE tries;
		CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			IF nextval('public.tries') % 2 = 1 THEN
				RAISE EXCEPTION 'no luck';
			END IF;
			RETURN NEW;
		END; $$;
		CREATE TRIGGER fail BEFORE INSERT ON siltgate.river_job FOR EACH ROW EXECUTE FUNCTION fail()`)
	f.start()
	require.Eventually(t, func() bool { return f.number(`SELECT count(DISTINCT tick) FROM siltgate.runs`) >= 4 }, pgtest.Patience, 50*time.Millisecond)
	require.EqualValues(t, 0, f.number(`
		SELECT count(*) FROM (SELECT tick - lag(tick) OVER (ORDER BY tick) AS apart FROM siltgate.runs) AS ticks
		WHERE apart <> interval '2 s'`), "a tick was missed, or doubled")
	require.Contains(t, f.log.String(), `"msg":"tick not inserted: it is tried again until it is"`)
	require.Contains(t, f.log.String(), `"msg":"tick inserted"`)
	require.Contains(t, f.log.String(), "no luck")
}
