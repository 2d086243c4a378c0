package ui

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/jobs"
)

func TestTheFirstLineSaysTheWorstOfWhatIsWrong(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	leader, by, reason, why := "one", "ops", "incident 42", "role lacks DELETE"
	lacks := "role lacks UPDATE"
	standby, resting, slice := `standby "b" is 14s behind`, "resting", "a replica to take it up"
	tick, ended := now.Add(-time.Hour), now.Add(-3*time.Hour)
	twoDays, threeDays := now.Add(-49*time.Hour), now.Add(-73*time.Hour)
	next := now.Add(18 * time.Hour)
	well := overview{Now: now, Status: jobs.Status{Leader: &leader, Replicas: 3, NextTick: &next}, Runs: []jobs.Run{{ID: 7, State: "completed", Outcome: jobs.OutcomeCompleted, FinishedAt: &ended}}}
	for want, change := range map[string]func(*overview){
		"ok All is well. The last run ended 3 h ago. The next is due in 18 h.": func(*overview) {},
		"ok All is well. No run has ended yet. The next is due in 18 h.":       func(o *overview) { o.Runs = nil },
		"ok All is well. Run 6 is at work.": func(o *overview) {
			o.AtWork = &jobs.Run{ID: 6, State: "available", WaitingFor: &slice}
		},
		"ok All is well. Run 8 is at work.":                                            func(o *overview) { o.AtWork = &jobs.Run{ID: 8} },
		"bad No replica is running: nothing is purged. Start one with `siltgate run`.": func(o *overview) { o.Status = jobs.Status{} },
		"bad Overdue: the tick of 2026-11-22 08:00:00 was given no run.":               func(o *overview) { o.Status.Overdue = &tick },
		"warn Paused by ops: incident 42.": func(o *overview) {
			o.Status.Paused, o.Status.PausedBy, o.Status.PauseReason = true, &by, &reason
		},
		"warn No replica leads just now. One is elected within half a minute, or ticks get no run.": func(o *overview) { o.Status.Leader = nil },
		"bad Run 8 fails: role lacks DELETE": func(o *overview) {
			o.Waiting = []jobs.Run{{ID: 8, State: "retryable", Outcome: jobs.OutcomeFailed, Error: &why}}
		},
		"bad Run 8 fails: role lacks UPDATE": func(o *overview) { // it had no time to record an outcome
			o.Waiting = []jobs.Run{{ID: 8, State: "retryable", Error: &lacks}}
		},
		"bad Run 9 has failed: role lacks DELETE": func(o *overview) {
			o.Runs = []jobs.Run{{ID: 9, State: "discarded", Outcome: jobs.OutcomeFailed, Error: &why, FinishedAt: &ended}}
		},
		"bad Run 9 has failed: role lacks UPDATE": func(o *overview) {
			o.Runs = []jobs.Run{
				{ID: 11, State: "completed", Outcome: jobs.OutcomeSuperseded, FinishedAt: &ended},
				{ID: 10, State: "completed", Outcome: jobs.OutcomeDryRun, DryRun: true, FinishedAt: &ended},
				{ID: 9, State: "discarded", Outcome: jobs.OutcomeFailed, Error: &lacks, FinishedAt: &ended},
			}
		},
		"bad public.a is not purged: role lacks DELETE": func(o *overview) { o.Tables = []table{{Name: "public.a", Why: &why, Failed: true}} },
		"bad public.a is held: its rule has changed and would delete much of it. Below is how to confirm it.": func(o *overview) {
			o.Tables = []table{{Name: "public.a", Held: true}}
		},
		`warn Run 8 waits: standby "b" is 14s behind.`: func(o *overview) {
			o.AtWork = &jobs.Run{ID: 8, State: "running", WaitingFor: &standby}
		},
		"warn Run 8 is late: it will not be done in time.": func(o *overview) {
			o.AtWork = &jobs.Run{ID: 8, WaitingFor: &resting, Output: []byte(`{"pace":{"late":true}}`)}
		},
		"warn public.b is late: rows that died up to 3 days ago may still be there.": func(o *overview) {
			o.Tables = []table{{Name: "public.a", Late: true, Watermark: &twoDays}, {Name: "public.b", Late: true, Watermark: &threeDays}}
		},
		"warn Replicas disagree in their configuration: three, two.": func(o *overview) { o.Status.Disagreeing = []string{"three", "two"} },
	} {
		o := well
		change(&o)
		got := o.judge()
		require.Equal(t, want, got.Level+" "+got.Sentence)
	}
}

func TestAPauseIsSaidOnceWhateverElseIsWrong(t *testing.T) {
	t.Parallel()
	leader, reason := "one", "incident 42"
	tick := time.Now()
	for _, overdue := range []*time.Time{nil, &tick} {
		o := overview{Status: jobs.Status{Leader: &leader, Replicas: 1, Overdue: overdue, Paused: true, PauseReason: &reason}}
		var page strings.Builder
		require.NoError(t, (&Page{}).template().Execute(&page, view{overview: o, Verdict: o.judge()}))
		require.Equal(t, 1, strings.Count(page.String(), "Paused: incident 42."))
	}
}
