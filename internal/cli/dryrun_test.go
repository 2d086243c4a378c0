package cli

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/jobs"
)

func TestARunThatHasHeldATableSaysWhatItWouldDelete(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := &program{stdout: &out}
	result := jobs.Result{Outcome: jobs.OutcomeHeld, Tables: []jobs.TableResult{{
		Table: "public.refresh_tokens", Found: 3, Rule: "revoked", Reasons: &jobs.Reasons{Done: 3},
		Held: "its rule has changed: siltgate enqueue --confirm", Warnings: []string{"its rule has changed: siltgate enqueue --confirm"},
	}, {Table: "public.password_resets", Deleted: 7}}}
	p.printResult(result)
	require.Equal(t, "public.refresh_tokens: 0 rows deleted (held)\n"+
		"  rule: revoked\n"+
		"  0 expired, 3 done, 0 both\n"+
		"  warning: its rule has changed: siltgate enqueue --confirm\n"+
		"public.password_resets: 7 rows deleted\n"+
		"held in 0s\n", out.String())
	f := &follower{id: 9}
	require.EqualError(t, f.verdict(jobs.Run{State: "completed", Outcome: jobs.OutcomeHeld}, result), "run 9 has held 1 table")
}

func TestADryRunSaysInWordsWhichRowsAreDead(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := &program{stdout: &out}
	p.printResult(jobs.Result{Outcome: jobs.OutcomeDryRun, Tables: []jobs.TableResult{{
		Table: "public.refresh_tokens", Found: 3, Rule: "expires_at < 2026-11-22T03:00:00Z or status is revoked", Reasons: &jobs.Reasons{Expired: 3},
	}}})
	require.Equal(t, "public.refresh_tokens: 3 dead rows\n"+
		"  rule: expires_at < 2026-11-22T03:00:00Z or status is revoked\n"+
		"  3 expired, 0 done, 0 both\n"+
		"dry run in 0s\n", out.String())
}
