package config

import (
	"time"

	"github.com/siltgate/siltgate/worker"
)

func (l *loader) schedule(c Config) worker.Schedule {
	zone := l.zone("SILTGATE_TIMEZONE", c.Timezone)
	schedule, err := worker.ParseSchedule(c.Cron, zone)
	if err != nil {
		l.refuse("REFRESH_TOKEN_CLEANUP_CRON", err.Error())
	}
	if c.TestEnvironment {
		return worker.Schedule{}
	}
	return schedule
}

// testVariable is the variable that says this is a test environment; empty if none does.
func (l *loader) testVariable() string {
	for _, name := range []string{"APP_ENV", "NODE_ENV"} {
		if value := l.given[name]; value == "test" {
			return name
		} else if value != "" {
			return ""
		}
	}
	return ""
}

func (l *loader) zone(variable, name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" { // which is another zone on another replica
		l.refuse(variable, "want an IANA zone such as UTC or Europe/Berlin")
		return time.UTC
	}
	return zone
}
