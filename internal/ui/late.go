package ui

import (
	"strings"
	"time"

	"github.com/siltgate/siltgate/internal/schedule"
)

// The objective of deploy/prometheus/alerts.yaml: dead rows may stay for two periods of the schedule,
// because a row that dies just after a tick waits for the next one, and a run takes time. (A tick that
// was given no run is overdue: that is said a minute later by siltgate.status, 00022_status.sql.)
const (
	objectivePeriods = 2
	leastObjective   = 30 * time.Minute
)

// objective is for how long rows may be dead and not gone, by the schedule of siltgate.status.
// It is zero where there is no schedule.
func objective(expression *string, now time.Time) time.Duration {
	if expression == nil {
		return 0
	}
	words, zone := *expression, time.UTC
	if at := strings.LastIndex(words, " in "); at >= 0 {
		loaded, err := time.LoadLocation(words[at+len(" in "):])
		if err != nil {
			return 0
		}
		words, zone = words[:at], loaded
	}
	s, err := schedule.Parse(words, zone)
	if err != nil || s.Off() {
		return 0
	}
	return max(objectivePeriods*s.LongestGap(now), leastObjective)
}

// noteLate marks the tables whose watermark is older than the objective.
func (o overview) noteLate(objective time.Duration) {
	for i := range o.Tables {
		t := &o.Tables[i]
		t.Late = objective > 0 && t.Watermark != nil && o.Now.Sub(*t.Watermark) > objective
	}
}

// late is the table whose dead rows have stayed the longest, if that is too long.
func (o overview) late() *table {
	var worst *table
	for i := range o.Tables {
		if t := &o.Tables[i]; t.Late && (worst == nil || t.Watermark.Before(*worst.Watermark)) {
			worst = t
		}
	}
	return worst
}
