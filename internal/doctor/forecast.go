package doctor

import (
	"fmt"
	"strings"
	"time"

	"github.com/siltgate/siltgate/internal/config"
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
	c.Brief = "about " + rows(f.Dead) + " dead"
	switch {
	case !f.Oldest.IsZero():
		c.Reason += ", the oldest expired at " + f.Oldest.UTC().Format(time.DateTime)
		c.Brief += ", the oldest since " + f.Oldest.UTC().Format(time.DateOnly)
	case f.Dead > 0:
		c.Reason += ", since when is not known without an index on their expiry"
	}
	c.Reason += fmt.Sprintf("; a run finds them by %s, takes about %s at SILTGATE_DUTY_CYCLE=%g, and writes %s of write-ahead log",
		plan(f.Plan), lasting(roughly(time.Duration(float64(f.Work)/duty))), duty, logged(f.Log))
	var checks []Check
	if f.Plan != "" {
		checks = append(checks, c)
	}
	if len(f.Indexes) > 0 {
		checks = append(checks, Check{
			Area: "table", Name: name, Status: Warn, SQL: f.Indexes,
			Reason: "few rows are dead, and without an index each run reads all of the table to find them",
		})
	}
	if len(f.Hidden) > 0 {
		checks = append(checks, Check{
			Area: "table", Name: name, Status: Warn, Remedy: remedyOfLock,
			Reason: "not in the forecast, because somebody holds a lock on it, or the server is slow: " + few(f.Hidden),
		})
	}
	return checks
}

// wholeForecast says what a run of all tables would take, at the pace of the schedule and by hand.
func wholeForecast(all []purge.Forecast, c config.Config) Check {
	var sum purge.Forecast
	for _, f := range all {
		sum.Hidden = append(sum.Hidden, f.Hidden...)
		sum.Dead += f.Dead
		sum.Work += f.Work
		sum.Log = purge.LogRange{Least: sum.Log.Least + f.Log.Least, Most: sum.Log.Most + f.Log.Most}
	}
	text := "a run of all tables"
	if c.MaxRows > 0 && sum.Dead > c.MaxRows {
		part := float64(c.MaxRows) / float64(sum.Dead)
		sum.Work, sum.Log = time.Duration(float64(sum.Work)*part), sum.Log.Share(part)
		text += fmt.Sprintf(" up to SILTGATE_MAX_ROWS=%d", c.MaxRows)
	}
	byHand := purge.Pace{DutyCycle: c.DutyCycle}
	scheduled := byHand
	if !c.Schedule.Off() {
		scheduled.FinishWithin = c.FinishWithin
	}
	check := Check{Area: "table", Name: "forecast", Status: OK}
	takes := scheduled.Lasts(sum.Work)
	if scheduled.FinishWithin > 0 {
		text += fmt.Sprintf(" takes about %s on schedule, within SILTGATE_FINISH_WITHIN=%s,", lasting(roughly(takes)), lasting(c.FinishWithin))
		text += " and if asked for by hand"
	} else {
		text += " takes"
	}
	text += fmt.Sprintf(" about %s at SILTGATE_DUTY_CYCLE=%g, or %s at full speed; it writes %s of write-ahead log",
		lasting(roughly(byHand.Lasts(sum.Work))), c.DutyCycle, lasting(roughly(sum.Work)), logged(sum.Log))
	if len(sum.Hidden) > 0 {
		text += ", without what could not be looked at"
	}
	check.Reason = text
	check.Brief = fmt.Sprintf("a run takes about %s", lasting(roughly(takes)))
	if scheduled.FinishWithin > 0 {
		check.Brief += " on schedule"
	}
	check.Brief += fmt.Sprintf(", %s at full speed, and writes %s of log", lasting(roughly(sum.Work)), logged(sum.Log))
	if scheduled.FinishWithin > 0 && takes > scheduled.FinishWithin {
		check.Status = Warn
		check.Reason = strings.Replace(text, ", within SILTGATE_FINISH_WITHIN=", ", longer than SILTGATE_FINISH_WITHIN=", 1)
		check.Remedy = "a late run does no harm; to be in time, raise SILTGATE_FINISH_WITHIN or SILTGATE_DUTY_CYCLE, or purge the backlog once by siltgate enqueue --full-speed"
	}
	return check
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

// logged writes an amount of log: about 12 MB, or 2 MB to 60 MB where it depends on how the rows lie.
func logged(r purge.LogRange) string {
	if r.Most <= r.Least+r.Least/2 {
		return "about " + bytes(r.Most)
	}
	return fmt.Sprintf("%s (dead rows that lie together) to %s (scattered ones)", bytes(r.Least), bytes(r.Most))
}
