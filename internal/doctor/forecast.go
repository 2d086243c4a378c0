package doctor

import (
	"fmt"
	"time"

	"github.com/siltgate/siltgate/internal/purge"
)

// forecast says what a run would meet in a table now, and which indexes would pay.
func forecast(name string, f purge.Forecast, duty float64) []Check {
	c := Check{
		Area: "table", Name: name, Status: OK,
		Reason: fmt.Sprintf("dead where %s: about %s now", f.Rule, rows(f.Dead)),
	}
	if f.Partial {
		c.Reason += ", in some of its tables or partitions"
	}
	if !f.Oldest.IsZero() {
		c.Reason += ", the oldest expired at " + f.Oldest.UTC().Format(time.DateTime)
	}
	took := time.Duration(float64(f.Work) / duty)
	c.Reason += fmt.Sprintf("; a run finds them by %s, and takes about %s at SILTGATE_DUTY_CYCLE=%g", plan(f.Plan), lasting(roughly(took)), duty)
	checks := []Check{c}
	if len(f.Indexes) > 0 {
		checks = append(checks, Check{
			Area: "table", Name: name, Status: Warn, SQL: f.Indexes,
			Reason: "few rows are dead, and without an index each run reads all of the table to find them",
		})
	}
	return checks
}

func plan(name string) string {
	switch name {
	case "index":
		return "an index"
	case "mixed":
		return "indexes, and by reading all of those partitions that lack them"
	}
	return "reading all of the table"
}

// roughly rounds a duration, because an estimate is no more exact than that.
func roughly(d time.Duration) time.Duration {
	switch {
	case d < time.Second:
		return max(d.Round(10*time.Millisecond), 10*time.Millisecond)
	case d < time.Minute:
		return d.Round(time.Second)
	}
	return d.Round(time.Minute)
}
