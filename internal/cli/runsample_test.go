package cli

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/jobs"
)

func TestTheHistoryOfTheDocsLooksLikeThat(t *testing.T) {
	t.Parallel()
	ptr := func(s string) *string { return &s }
	n := func(n int64) *int64 { return &n }
	d := func(d time.Duration) *time.Duration { return &d }
	at := time.Date(2026, 11, 22, 9, 12, 0, 0, time.UTC)
	ops := ptr("ops@example.com")
	runs := []jobs.Run{
		{
			ID: 5, State: "discarded", Trigger: "manual", RequestedBy: ops, StartedAt: &at, Duration: d(63 * time.Second), Deleted: n(1_204_000), Outcome: jobs.OutcomeFailed,
			Error: ptr(`purge refresh_tokens: role "siltgate" lacks DELETE on it: GRANT DELETE ON "public"."refresh_tokens" TO "siltgate"`),
		},
		{ID: 4, State: "completed", Trigger: "manual", RequestedBy: ops, DryRun: true, StartedAt: &at, Duration: d(60 * time.Millisecond), Found: n(8), Outcome: jobs.OutcomeDryRun},
		{ID: 3, State: "completed", Trigger: "schedule", StartedAt: &at, Duration: d(94 * time.Millisecond), Deleted: n(3), Outcome: jobs.OutcomeCompleted},
		{
			ID: 2, State: "completed", Trigger: "manual", RequestedBy: ops, Reason: ptr("first run"), StartedAt: &at, Duration: d(103 * time.Millisecond),
			Deleted: n(6_600), Outcome: jobs.OutcomeCompleted,
		},
		{ID: 1, State: "completed", Trigger: "schedule", Outcome: jobs.OutcomeSuperseded},
	}
	table := runTable{terminal: terminal{width: 80, live: true}, now: at}
	drawn := table.draw(runs) + table.drawDays([]day{{at, 1_210_603}, {at.AddDate(0, 0, -1), 8_400}})

	page, err := os.ReadFile("../../docs/runs.md")
	require.NoError(t, err)
	_, sample, found := strings.Cut(string(page), "$ siltgate history\n")
	require.True(t, found)
	sample, _, _ = strings.Cut(sample, "```")
	require.Equal(t, sample, drawn)
}
