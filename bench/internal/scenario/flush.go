package scenario

import (
	"fmt"

	"github.com/siltgate/siltgate/bench/internal/report"
)

// flushTable says how often the write-ahead log was flushed, by whomever. It has rows only where
// that is known.
func flushTable(trials []Trial) report.Table {
	table := report.Table{
		Title:   "Flushes of the write-ahead log during the purge, of all processes",
		Columns: []string{"method", "flushes", "seconds", "flushes/s"},
		Notes:   []string{"Medians of the repetitions."},
	}
	for _, g := range groups(trials) {
		flushes := g.median(func(t Trial) float64 { return float64(t.Flushes) })
		seconds := g.median(func(t Trial) float64 { return t.Seconds })
		if flushes > 0 {
			table.Add(g[0].Method, fmt.Sprint(int64(flushes)), report.Millis(seconds), report.Ratio(flushes, seconds))
		}
	}
	return table
}

// mostShares is how many statements of a replica are shown.
const mostShares = 12

// shareTable says what the replica's sessions were found doing.
func shareTable(trials []Trial) report.Table {
	table := report.Table{
		Title:   "Where the time of Siltgate's sessions went, ms",
		Columns: []string{"statement", "method", "in a transaction", "of it waiting for a flush"},
		Notes:   []string{"First repetition. Samples of pg_stat_activity that found a session of the replica at this statement, times the time between two samples."},
	}
	for _, g := range groups(trials) {
		if g[0].PeakMemory == 0 {
			continue
		}
		each := 1000 / max(g[0].Samples, 1)
		for i, s := range g[0].Shares {
			if i == mostShares {
				break
			}
			table.Add(abridge(s.Query), g[0].Method, report.Millis(float64(s.Samples)*each), report.Millis(float64(s.Flushes)*each))
		}
	}
	return table
}
