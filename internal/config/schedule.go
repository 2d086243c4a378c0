package config

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/siltgate/siltgate/internal/schedule"
)

func (l *loader) schedule(c Config) schedule.Schedule {
	zone := l.zone("SILTGATE_TIMEZONE", c.Timezone)
	parsed, err := schedule.Parse(c.Cron, zone)
	if err != nil {
		l.refuse("REFRESH_TOKEN_CLEANUP_CRON", err.Error())
	}
	if c.TestEnvironment {
		return schedule.Schedule{}
	}
	return parsed
}

// finishWithin is the time of a scheduled run: the default fits any schedule, a value that is
// set has to.
func (l *loader) finishWithin(c Config) time.Duration {
	longest := c.Schedule.Period() / 2
	switch {
	case longest == 0, c.FinishWithin <= longest:
	case l.given["SILTGATE_FINISH_WITHIN"] == "":
		return longest
	case !l.refused("SILTGATE_FINISH_WITHIN"):
		l.refuse("SILTGATE_FINISH_WITHIN", fmt.Sprintf(
			"want at most %s, half of the shortest time between two ticks of REFRESH_TOKEN_CLEANUP_CRON, or 0", longest))
	}
	return c.FinishWithin
}

// testVariable is the variable that says this is a test environment; empty if none does.
func (l *loader) testVariable() string {
	for _, name := range []string{"APP_ENV", "NODE_ENV"} {
		if value := l.given[name]; isTest(value) {
			return name
		} else if value != "" {
			return ""
		}
	}
	return ""
}

// isTest reports whether a value says test, whatever the case and the signs round it: a schedule that
// runs where it should not deletes rows, one that does not run says so.
func isTest(value string) bool {
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, value)
	return letters == "test"
}

func (l *loader) zone(variable, name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" { // which is another zone on another replica
		l.refuse(variable, "want an IANA zone such as UTC or Europe/Berlin")
		return time.UTC
	}
	return zone
}
