package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/siltgate/siltgate/bench/internal/report"
)

// In the middle of a purge the load becomes so many times as high.
const (
	stepAfter  = 10 * time.Second
	stepFactor = 3
)

// grow is a table that is purged every day while the load grows.
func (b *Bench) grow(ctx context.Context) (report.Section, error) {
	b.step = true
	trials, err := b.trials(ctx, dailyDead, []bool{false})
	table := report.Table{
		Title:   fmt.Sprintf("The foreground while its load becomes %d times as high %s after the purge began, pooled, ms", stepFactor, stepAfter),
		Columns: []string{"method", "seconds", "requests before", "p50", "p99", "p99.9", "requests after", "p50", "p99", "p99.9"},
	}
	for _, g := range groups(trials) {
		before := g.pooled(func(t Trial) []time.Duration { return t.calm })
		after := g.pooled(func(t Trial) []time.Duration { return t.loads })
		table.Add(g[0].Method, report.Millis(g.median(func(t Trial) float64 { return t.Seconds })),
			fmt.Sprint(before.N), report.Millis(before.P50), report.Millis(before.P99), report.Millis(before.P999),
			fmt.Sprint(after.N), report.Millis(after.P50), report.Millis(after.P99), report.Millis(after.P999))
	}
	return report.Section{Tables: []report.Table{table, paceTable(trials)}, Data: trials, Failures: failures(trials)}, err
}
