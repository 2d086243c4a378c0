package scenario

import (
	"fmt"
	"strings"

	"github.com/siltgate/siltgate/bench/internal/report"
	"github.com/siltgate/siltgate/bench/internal/stats"
)

// group is the trials of one method.
type group []Trial

// groups keeps the order in which methods came first.
func groups(trials []Trial) []group {
	var all []group
	at := map[string]int{}
	for _, t := range trials {
		i, known := at[t.Method]
		if !known {
			i = len(all)
			at[t.Method] = i
			all = append(all, nil)
		}
		all[i] = append(all[i], t)
	}
	return all
}

// purges reports whether the method does.
func (g group) purges() bool { return g[0].Batches > 0 }

func (g group) median(figure func(Trial) float64) float64 { return stats.MedianOf(g, figure) }

func (g group) latency(figure func(Trial) stats.Latency) stats.Latency {
	values := make([]stats.Latency, len(g))
	for i, t := range g {
		values[i] = figure(t)
	}
	return stats.MedianLatency(values)
}

func (g group) sum(figure func(Trial) int64) int64 {
	var sum int64
	for _, t := range g {
		sum += figure(t)
	}
	return sum
}

func speed(t Trial) float64 { return t.RowsPerSecond }

// limit is the speed of the faster DELETE without a foreground; 0 if none was
// measured.
func limit(trials []Trial) float64 {
	fastest := 0.0
	for _, g := range groups(trials) {
		if strings.HasPrefix(g[0].Method, "limit") {
			fastest = max(fastest, g.median(speed))
		}
	}
	return fastest
}

func (b *Bench) speedTable(trials []Trial) report.Table {
	table := report.Table{
		Title: "Speed and cost of the purge",
		Columns: []string{
			"method", "rows/s", "of limit", "seconds", "batches", "write tx p99 ms", "max", "read tx max",
			"WAL B/row", "replica MB", "CPU s", "left", "lost",
		},
	}
	fastest := limit(trials)
	capped := false
	for _, g := range groups(trials) {
		if !g.purges() {
			continue
		}
		name := g[0].Method
		if g[0].Plan != "" {
			name += " (" + g[0].Plan + ")"
		}
		if g[0].Capped {
			name += " *"
			capped = true
		}
		writes := g.latency(func(t Trial) stats.Latency { return t.Writes })
		reads := g.latency(func(t Trial) stats.Latency { return t.Reads })
		memory, cpu := "–", "–"
		if g[0].PeakMemory > 0 {
			memory = fmt.Sprint(g.sum(func(t Trial) int64 { return t.PeakMemory }) / int64(len(g)) >> 20)
			cpu = report.Millis(g.median(func(t Trial) float64 { return t.ReplicaCPU }))
		}
		table.Add(name,
			report.Count(g.median(speed)),
			report.Ratio(g.median(speed), fastest),
			report.Millis(g.median(func(t Trial) float64 { return t.Seconds })),
			report.Count(g.median(func(t Trial) float64 { return float64(t.Batches) })),
			report.Millis(writes.P99), report.Millis(writes.Max), report.Millis(reads.Max),
			report.Count(g.median(func(t Trial) float64 { return t.WALPerRow })),
			memory, cpu,
			fmt.Sprint(g.sum(func(t Trial) int64 { return t.Left })),
			fmt.Sprint(g.sum(func(t Trial) int64 { return t.Lost })),
		)
	}
	table.Notes = []string{
		fmt.Sprintf("Medians of %d repetitions; of transactions the longest of all, left and lost summed up.", b.Repetitions),
		fmt.Sprintf("Transactions as seen in pg_stat_activity every %s, up to the sample that did not find them any more: up to that much too long, and of those shorter than that only some.", b.Sample),
	}
	if capped {
		table.Notes = append(table.Notes, fmt.Sprintf("* stopped after %s: it slows down as it goes on, so the whole would be slower.", b.Limit))
	}
	if !b.Server.Cron {
		table.Notes = append(table.Notes, "pg_cron: not installed.")
	}
	return table
}

func (b *Bench) foregroundTable(trials []Trial) report.Table {
	table := report.Table{
		Title: fmt.Sprintf("The foreground, %d requests/s, latency in ms from when a request was due", b.Rate),
		Columns: []string{
			"method", "p50", "p99", "p99.9", "max", "idle p50", "idle p99", "p99/idle", "after p99",
			"lock waits", "longest ms", "errors", "deadlocks", "requests",
		},
	}
	for _, g := range groups(trials) {
		during := g.latency(func(t Trial) stats.Latency { return t.During })
		if during.N == 0 {
			continue
		}
		before := g.latency(func(t Trial) stats.Latency { return t.Before })
		locks := g.latency(func(t Trial) stats.Latency { return t.LockWaits })
		table.Add(g[0].Method,
			report.Millis(during.P50), report.Millis(during.P99), report.Millis(during.P999), report.Millis(during.Max),
			report.Millis(before.P50), report.Millis(before.P99),
			fmt.Sprintf("%.2f", g.median(func(t Trial) float64 { return t.During.P99 / max(t.Before.P99, 0.001) })),
			report.Millis(g.latency(func(t Trial) stats.Latency { return t.After }).P99),
			fmt.Sprint(locks.N), report.Millis(locks.Max),
			fmt.Sprint(g.sum(func(t Trial) int64 { return t.Errors })),
			fmt.Sprint(g.sum(func(t Trial) int64 { return t.Deadlocks })),
			fmt.Sprint(during.N),
		)
	}
	table.Notes = []string{
		"Medians of the repetitions' figures; max and longest are of all, waits, errors, deadlocks and requests are summed up. Idle is the phase before the purge.",
		fmt.Sprintf("Lock waits as seen every %s: shorter ones may be missed.", b.Sample),
	}
	return table
}

// statementTable is what Siltgate's batches cost, by Postgres's own count.
func (b *Bench) statementTable(trials []Trial) report.Table {
	table := report.Table{
		Title: "Siltgate's statements",
		Columns: []string{
			"method", "begun after ms", "recorded s", "batches", "statements", "per batch", "deleting s", "other s", "in the server", "longest DELETE ms",
		},
		Notes: []string{
			"Begun: from the request to the run's cutoff. Recorded: the run's own duration.",
			"Statements by pg_stat_statements, of the whole replica from the request to the end, without BEGIN and COMMIT, first repetition. In the server: the share of the recorded duration.",
		},
	}
	for _, g := range groups(trials) {
		if g[0].PeakMemory == 0 || len(g[0].Statements) == 0 {
			continue
		}
		t := g[0]
		var calls int64
		var deleting, other, longest float64
		for _, s := range t.Statements {
			calls += s.Calls
			if s.Deletes() {
				deleting += s.TotalMS / 1000
				longest = max(longest, s.MaxMS)
			} else {
				other += s.TotalMS / 1000
			}
		}
		recorded := float64(t.RecordedMS) / 1000
		table.Add(t.Method, report.Millis(t.DelayMS), report.Millis(recorded),
			fmt.Sprint(t.Batches), fmt.Sprint(calls), report.Ratio(float64(calls), float64(t.Batches)),
			report.Millis(deleting), report.Millis(other), report.Ratio(deleting+other, recorded), report.Millis(longest))
	}
	return table
}

func snapshotTable(trials []Trial) report.Table {
	table := report.Table{
		Title:   "Rows a second while an old snapshot is held",
		Columns: []string{"method", "without", "with", "with/without", "left", "lost"},
		Notes:   []string{"Medians of the repetitions."},
	}
	for _, g := range groups(trials) {
		var free, held group
		for _, t := range g {
			if t.Snapshot {
				held = append(held, t)
			} else {
				free = append(free, t)
			}
		}
		if !g.purges() {
			continue
		}
		table.Add(g[0].Method, report.Count(free.median(speed)), report.Count(held.median(speed)),
			report.Ratio(held.median(speed), free.median(speed)),
			fmt.Sprint(g.sum(func(t Trial) int64 { return t.Left })), fmt.Sprint(g.sum(func(t Trial) int64 { return t.Lost })))
	}
	return table
}

// charts draws the first repetition's latency, and the medians.
func charts(trials []Trial) ([]report.Panel, []report.Bar) {
	var panels []report.Panel
	var bars []report.Bar
	for _, g := range groups(trials) {
		bar := report.Bar{Label: g[0].Method, RowsPerSecond: g.median(speed)}
		if g[0].During.N > 0 {
			bar.P99 = g.latency(func(t Trial) stats.Latency { return t.During }).P99
			bar.Idle = g.latency(func(t Trial) stats.Latency { return t.Before }).P99
			panels = append(panels, report.Panel{Title: g[0].Method, Windows: g[0].Timeline, Seconds: g[0].Seconds})
		}
		if g.purges() {
			bars = append(bars, bar)
		}
	}
	return panels, bars
}
