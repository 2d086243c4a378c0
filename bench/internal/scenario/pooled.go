package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/siltgate/siltgate/bench/internal/method"
	"github.com/siltgate/siltgate/bench/internal/report"
	"github.com/siltgate/siltgate/bench/internal/stats"
)

// unnoticed is the ratio of 99th percentiles up to which a purge counts as not noticed.
const unnoticed = 1.10

func isScheduled(t Trial) bool { return t.Method == method.Scheduled }

// pooled sums up the requests of all repetitions as one.
func (g group) pooled(of func(Trial) []time.Duration) stats.Latency {
	var all []time.Duration
	for _, t := range g {
		all = append(all, of(t)...)
	}
	return stats.Summarize(all)
}

// spread is the lowest and the highest of the repetitions' figures.
func (g group) spread(figure func(stats.Latency) float64) string {
	var all []float64
	for _, t := range g {
		all = append(all, figure(t.During))
	}
	return report.Millis(slices.Min(all)) + "–" + report.Millis(slices.Max(all))
}

// ratios compares the 99th percentile of each repetition with that of the control in the same
// repetition. It compares the control with itself in the next repetition.
func (g group) ratios(control group) []float64 {
	var all []float64
	for i, t := range g {
		other := i
		if t.Method == control[0].Method {
			other = (i + 1) % len(control)
		}
		if other < len(control) && (other != i || t.Method != control[0].Method) {
			all = append(all, t.During.P99/max(control[other].During.P99, 0.001))
		}
	}
	slices.Sort(all)
	return all
}

// pooledTable compares what the application notices with no purge at all, measured in turns.
func pooledTable(trials []Trial) report.Table {
	table := report.Table{
		Title: "The foreground beside a control without a purge, in turns, all repetitions pooled, ms",
		Columns: []string{
			"method", "requests", "p50", "spread", "p99", "spread", "p99.9", "spread", "p99/none", "p99.9/none",
			fmt.Sprintf("p99 ≤ %.2f × none", unnoticed), "ratio in each repetition",
		},
		Notes: []string{
			"Spread: the lowest and the highest figure of a repetition. The ratios of pooled figures, then those within each repetition, from the lowest to the highest.",
			"The row of none compares each repetition's with the next one's: by so much a figure differs from itself.",
		},
	}
	all := groups(trials)
	at := slices.IndexFunc(all, func(g group) bool { return g[0].Method == method.None })
	if at < 0 {
		table.Notes = append(table.Notes, "Without the method none there is nothing to compare with.")
	}
	took := func(t Trial) []time.Duration { return t.took }
	for _, g := range all {
		if g[0].During.N == 0 {
			continue
		}
		sum := g.pooled(took)
		row := []string{
			g[0].Method, fmt.Sprint(sum.N),
			report.Millis(sum.P50), g.spread(func(l stats.Latency) float64 { return l.P50 }),
			report.Millis(sum.P99), g.spread(func(l stats.Latency) float64 { return l.P99 }),
			report.Millis(sum.P999), g.spread(func(l stats.Latency) float64 { return l.P999 }),
		}
		if at < 0 {
			table.Add(append(row, "–", "–", "–", "–")...)
			continue
		}
		control := all[at].pooled(took)
		ratios := g.ratios(all[at])
		within := 0
		shown := make([]string, len(ratios))
		for i, ratio := range ratios {
			shown[i] = fmt.Sprintf("%.2f", ratio)
			if ratio <= unnoticed {
				within++
			}
		}
		table.Add(append(row, report.Ratio(sum.P99, control.P99), report.Ratio(sum.P999, control.P999),
			fmt.Sprintf("%d of %d", within, len(ratios)), strings.Join(shown, " "))...)
	}
	return table
}

// paceTable says how fast scheduled runs went, and how well they knew it.
func paceTable(trials []Trial) report.Table {
	table := report.Table{
		Title:   "The pace of scheduled runs",
		Columns: []string{"repetition", "seconds", "least duty", "most duty", "deleting, share of the time", "forecast after a third: off by"},
		Notes: []string{
			"Duty as the run recorded it. Deleting: the time of its DELETEs in the server. The forecast is the latest recorded within the first third of the run.",
		},
	}
	for _, t := range trials {
		if !isScheduled(t) || len(t.Paces) == 0 {
			continue
		}
		least, most := t.Paces[0].Duty, t.Paces[0].Duty
		off := "–"
		for _, p := range t.Paces {
			least, most = min(least, p.Duty), max(most, p.Duty)
			if p.Forecast > 0 && p.After.Seconds() <= t.Seconds/3 && !t.Capped {
				off = fmt.Sprintf("%+.0f %%", (p.Forecast.Seconds()/t.Seconds-1)*100)
			}
		}
		deleting := 0.0
		for _, s := range t.Statements {
			if s.Deletes() {
				deleting += s.TotalMS / 1000
			}
		}
		table.Add(fmt.Sprint(t.Repetition), report.Millis(t.Seconds), fmt.Sprintf("%.3f", least), fmt.Sprintf("%.3f", most),
			fmt.Sprintf("%.4f", deleting/max(t.Seconds, 1e-6)), off)
	}
	return table
}
