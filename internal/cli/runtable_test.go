package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/golden"
	"github.com/siltgate/siltgate/jobs"
)

// shownRuns are runs of every standing.
func shownRuns() []jobs.Run {
	at := func(s string) *time.Time {
		t, err := time.Parse(time.DateTime, s)
		if err != nil {
			panic(err)
		}
		return &t
	}
	ptr := func(s string) *string { return &s }
	n := func(n int64) *int64 { return &n }
	d := func(d time.Duration) *time.Duration { return &d }
	remedy := `purge refresh_tokens: role "siltgate" lacks DELETE on table "public"."refresh_tokens": GRANT DELETE ON "public"."refresh_tokens" TO "siltgate"`
	return []jobs.Run{
		{ID: 1234567, State: "available", Trigger: "manual", WaitingFor: ptr("a replica to take it up")},
		{
			ID: 12, State: "running", Trigger: "schedule", Tick: at("2026-11-26 03:00:00"), Attempt: 1, Replica: ptr("auth-3-2176-95d7c78b"),
			StartedAt: at("2026-11-26 03:00:01"), Duration: d(65 * time.Second), Deleted: n(12_345_678), Outcome: jobs.OutcomeRunning,
		},
		{
			ID: 11, State: "retryable", Trigger: "schedule", Tick: at("2026-11-25 03:00:00"), Attempt: 2, Replica: ptr("auth-3-2176-95d7c78b"),
			StartedAt: at("2026-11-25 03:00:01"), Duration: d(68 * time.Millisecond), Deleted: n(0), Outcome: jobs.OutcomeFailed,
			Error: &remedy, WaitingFor: ptr("its next attempt at 2026-11-25 03:10:00"),
		},
		{
			ID: 10, State: "completed", Trigger: "manual", RequestedBy: ptr("ops@example.com"), Reason: ptr("incident 42: somebody left a table to grow for a year, and a\x1b[31m day"),
			Attempt: 1, DryRun: true, StartedAt: at("2026-11-05 13:00:01"), Duration: d(2100 * time.Millisecond), Deleted: n(0), Found: n(1), Outcome: jobs.OutcomeDryRun,
		},
		{ID: 9, State: "completed", Trigger: "schedule", Tick: at("2026-11-04 03:00:00"), Outcome: jobs.OutcomeSuperseded},
		{
			ID: 8, State: "completed", Trigger: "schedule", Attempt: 1, StartedAt: at("2025-11-04 03:00:00"), Duration: d(2*time.Hour + 5*time.Minute),
			Deleted: n(1000), Outcome: jobs.OutcomeCompleted,
		},
		{
			ID: 77, State: "completed", Trigger: "schedule", Attempt: 1, StartedAt: at("2025-11-04 03:00:00"), Duration: d(3 * time.Second), Deleted: n(0),
			Outcome: jobs.OutcomeHeld, Warnings: []string{"its rule is not the one by which a run last completed, and it would delete 60 of 100 rows. If the rule is right, confirm it: siltgate enqueue --confirm"},
		},
		{ID: 7, State: "discarded", Trigger: "manual", Attempt: 5, StartedAt: at("2025-11-04 03:00:00"), Outcome: jobs.OutcomeFailed, Error: ptr("first\nsecond")},
		{ID: 6, State: "cancelled", Trigger: "manual", Outcome: jobs.OutcomeCancelled, CancelledBy: ptr("ops")},
	}
}

func TestTheHistoryLooksLikeThis(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 20, 0, 0, 0, time.UTC)
	days := []day{{now, 1_210_603}, {now.AddDate(0, 0, -1), 8_400}, {now.AddDate(0, 0, -2), 0}}
	draw := func(width int, wide, color bool) string {
		table := runTable{terminal: terminal{width: width, live: true, color: color}, now: now, wide: wide}
		return table.draw(shownRuns()) + table.drawDays(days)
	}
	for _, width := range []int{80, 120} {
		for line := range strings.Lines(draw(width, false, false)) {
			require.LessOrEqual(t, len([]rune(strings.TrimSuffix(line, "\n"))), width, line)
		}
	}
	golden.Equal(t, "testdata/history.txt", draw(80, false, false))
	golden.Equal(t, "testdata/history-120.txt", draw(120, false, false))
	golden.Equal(t, "testdata/history-wide.txt", draw(80, true, false))
	require.NotContains(t, draw(80, false, false), "\x1b")
	run := jobs.Run{ID: 7, State: "completed", RequestedBy: new("ops@example.com"), Reason: new("incident 42: all sessions are revoked")}
	require.Contains(t, runTable{terminal: terminal{width: 80, live: true}, now: now}.row(run), "ops@example.com: incident…")
	require.Contains(t, runTable{terminal: terminal{width: 80}, now: now}.row(run), "ops@example.com: incident 42: all sessions are revoked", "a pipe")
	require.Contains(t, draw(80, false, true), "\x1b[31mfailed    \x1b[0m")
	require.Contains(t, strings.Join(strings.Fields(draw(40, false, false)), " "), `GRANT DELETE ON "public"."refresh_tokens" TO "siltgate"`, "a remedy is never cut")
}

func TestNumbersAreForPeople(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 rows", 1: "1 row", 999: "999 rows", 1000: "1,000 rows", -1234567: "-1,234,567 rows"} {
		require.Equal(t, want, count(n, "row"))
	}
	for d, want := range map[time.Duration]string{
		0: "0s", 68 * time.Millisecond: "68ms", 2140 * time.Millisecond: "2.1s", 63 * time.Second: "1m3s", 125 * time.Minute: "2h5m", 59*time.Minute + 59*time.Second: "59m59s",
	} {
		require.Equal(t, want, took(d))
	}
}

func TestSinceIsAnAgeOrATime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 20, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"": "0001-01-01T00:00:00Z", "90m": "2026-11-26T18:30:00Z", "7d": "2026-11-19T20:00:00Z",
		"2026-11-22": "2026-11-22T00:00:00Z", "2026-11-22T03:00:00Z": "2026-11-22T03:00:00Z",
	} {
		at, err := parseSince(text, now)
		require.NoError(t, err, text)
		require.Equal(t, want, at.Format(time.RFC3339), text)
	}
	for _, text := range []string{"yesterday", "-1h", "-7d", "d", "7"} {
		_, err := parseSince(text, now)
		require.ErrorContains(t, err, "--since", text)
	}
}

func TestAWaitShowsRateAndForecast(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)
	run := jobs.Run{State: "running", Attempt: 1}
	result := jobs.Result{Outcome: jobs.OutcomeRunning, Deleted: 612_000, DurationMS: 50_000, Tables: []jobs.TableResult{{Estimate: 950_000, Deleted: 612_000, Found: 612_000}}}
	p := progress{terminal: terminal{width: 80}}
	require.Equal(t, "running, 612,000 rows deleted of about 950,000, 12,240/s, about 28s left", p.describe(run, result, now))
	run.State = "completed"
	require.Equal(t, "completed, 612,000 rows deleted", p.describe(run, result, now))
	require.Equal(t, "completed, 612,000 rows deleted", p.live(run, result, now))
}

func TestATerminalShowsABarAndWhatElseThereIsRoomFor(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)
	run := jobs.Run{State: "running", Attempt: 1}
	soon, deadline := now.Add(12*time.Minute), now.Add(time.Hour)
	result := jobs.Result{Outcome: jobs.OutcomeRunning, Deleted: 61_200_000, DurationMS: 5_000_000, Tables: []jobs.TableResult{{Estimate: 95_000_000}}}
	result.Pace = jobs.Pace{Duty: 0.01, Forecast: &soon, FinishBy: &deadline}
	live := func(width int) string {
		line := (&progress{terminal: terminal{width: width, live: true}}).live(run, result, now)
		require.Less(t, len(line), width, line)
		return line
	}
	require.Equal(t, "[===============         ] 64%  61,200,000 of about 95,000,000 rows, 12,240/s, about 12m0s left, to end by 04:00:00, at 1% of its time", live(140))
	require.Equal(t, "[===========       ] 64%  61,200,000 of about 95,000,000 rows, 12,240/s, about 12m0s left, to end by 04:00:00", live(110))
	require.Equal(t, "[==========      ] 64%  61,200,000 of about 95,000,000 rows, about 12m0s left", live(78))
	require.Equal(t, "[=====    ] 64%  61,200,000 of about 95,000,000 rows", live(53))

	result.Pace.Forecast, result.Pace.FinishBy = &deadline, &soon
	require.Equal(t, "[==========      ] 64%  61,200,000 of about 95,000,000 rows, about 1h0m left, late: it was to end by 03:12:00", live(110), "that it is late says more than its rate")
	run.State, run.Attempt = "available", 2
	require.Equal(t, "[========     ] waiting, attempt 2, 64%  61,200,000 of about 95,000,000 rows, late: it was to end by 03:12:00", live(110))
}

func TestANoteBesideTheProgressBreaksBetweenWordsOnATerminalAlone(t *testing.T) {
	t.Parallel()
	noted := func(terminal terminal) string {
		var out strings.Builder
		p := &progress{w: &out, terminal: terminal}
		p.note(`  public.refresh_tokens: role "siltgate_worker" lacks DELETE on it`)
		return out.String()
	}
	require.Equal(t, "\r\x1b[K  public.refresh_tokens: role\n  \"siltgate_worker\" lacks DELETE on it\n", noted(terminal{width: 40, live: true}))
	require.Equal(t, "  public.refresh_tokens: role \"siltgate_worker\" lacks DELETE on it\n", noted(terminal{width: 40}))
}

func TestAPaceShowsTheDutyTheForecastAndTheDeadline(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)
	soon, deadline := now.Add(12*time.Minute), now.Add(time.Hour)
	passed, stale := now.Add(-time.Second), now.Add(-30*time.Second)
	require.Equal(t, "at 1% of its time, about 12m0s left, to end by 04:00:00", paceOf(0.01, &soon, &deadline, now))
	require.Equal(t, "at 30% of its time, about 1h0m left, late: it was to end by 03:12:00", paceOf(0.3, &deadline, &soon, now))
	require.Equal(t, "about 12m0s left", paceOf(1, &soon, nil, now))
	require.Equal(t, "nearly done", paceOf(0, &passed, nil, now))
	require.Equal(t, "was expected to end at 02:59:30", paceOf(0, &stale, nil, now), "its replica may have been killed")
	require.Empty(t, paceOf(0, nil, nil, now))

	duty := 0.01
	rested, standby := "resting", `standby "b" is 14s behind`
	run := jobs.Run{State: "running", Duty: &duty, Forecast: &soon, FinishBy: &deadline, WaitingFor: &rested}
	require.Equal(t, []string{"       at 1% of its time, about 12m0s left, to end by 04:00:00"}, runTable{now: now}.details(run))
	run.WaitingFor = &standby
	require.Equal(t, []string{"       waits: " + standby}, runTable{now: now}.details(run))
}
