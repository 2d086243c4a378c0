package purge

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// instantOf is when a row's moment is, or nil for never.
func instantOf(row ruled, name, zone string, unit Unit) *time.Time {
	var at time.Time
	switch v := row[name].(type) {
	case nil:
		return nil
	case time.Time:
		if v.Equal(infinite) {
			return nil
		}
		at = v
		if !strings.HasPrefix(name, "tz") {
			location, err := time.LoadLocation(zone)
			if err != nil {
				panic(err)
			}
			if name[0] == 'd' {
				v = v.AddDate(0, 0, 1)
			}
			at = time.Date(v.Year(), v.Month(), v.Day(), v.Hour(), v.Minute(), v.Second(), v.Nanosecond(), location)
		}
	case int64:
		switch {
		case unit == Milliseconds && v < 1000*leastSeconds, v < leastSeconds:
			return nil
		case unit == Milliseconds:
			at = time.UnixMilli(v)
		case v > 1e12:
			return nil // far in the future
		default:
			at = time.Unix(v, 0)
		}
	case float64:
		switch {
		case unit == Milliseconds && v < 1000*leastSeconds, unit == Seconds && v > 1e12:
			return nil
		case unit == Milliseconds:
			at = time.UnixMicro(int64(math.Round(v * 1e3)))
		default:
			at = time.UnixMicro(int64(math.Round(v * 1e6)))
		}
	}
	return &at
}

func textOf(value any) *string {
	if value == nil {
		return nil
	}
	text := fmt.Sprint(value)
	return &text
}

func among(row ruled, name string, values []string) bool {
	text := textOf(row[name])
	if text == nil {
		return slices.Contains(values, nullValue)
	}
	return slices.Contains(values, anyValue) || *text != nullValue && slices.Contains(values, *text)
}

func deadInModel(rules []Rule, row ruled) bool {
	var dead bool
	for _, r := range rules {
		if r.Keep != "" {
			switch kept := row[r.Keep].(type) {
			case bool:
				if kept && r.KeepValues == nil {
					return false
				}
			case nil:
				if ruledColumns[r.Keep].kind == boolean && r.KeepValues == nil {
					return false
				}
			case time.Time, int64, float64:
				at := instantOf(row, r.Keep, r.ExpiresZone, r.ExpiresUnit)
				if r.KeepValues == nil && (at == nil || !at.Before(ruledCutoff)) {
					return false
				}
			}
			if r.KeepValues != nil && among(row, r.Keep, r.KeepValues) {
				return false
			}
		}
		if r.Only != "" && !among(row, r.Only, r.OnlyValues) {
			continue
		}
		dead = dead || expiredInModel(r, row) || doneInModel(r, row)
	}
	return dead
}

func expiredInModel(r Rule, row ruled) bool {
	var latest *time.Time
	for _, name := range r.Expires {
		if row[name] == nil {
			continue
		}
		at := instantOf(row, name, r.ExpiresZone, r.ExpiresUnit)
		if at == nil {
			return false
		}
		if latest == nil || at.After(*latest) {
			latest = at
		}
	}
	if latest == nil {
		return false
	}
	end := *latest
	if r.Lifetime != "" {
		switch v := row[r.Lifetime].(type) {
		case nil:
			return false
		case int64:
			if v < 0 {
				return false
			}
			end = end.Add(time.Duration(v) * time.Second)
		case time.Duration:
			if v < 0 {
				return false
			}
			end = end.Add(v)
		}
	}
	return end.Before(ruledCutoff.Add(-r.KeepExpired))
}

func doneInModel(r Rule, row ruled) bool {
	if r.Done == "" || r.KeepDoneUntilExpired {
		return false
	}
	bound := ruledCutoff.Add(-r.KeepDone)
	since := func(name string) bool {
		at := instantOf(row, name, r.DoneZone, r.DoneUnit)
		return at != nil && at.Before(bound)
	}
	kind := ruledColumns[r.Done].kind
	switch {
	case r.DoneValues != nil:
		if !among(row, r.Done, r.DoneValues) {
			return false
		}
	case kind == boolean:
		if row[r.Done] != true {
			return false
		}
	default:
		return since(r.Done)
	}
	return r.DoneSince == "" || since(r.DoneSince)
}
