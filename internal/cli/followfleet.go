package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/siltgate/siltgate/jobs"
)

const (
	// statusInterval is the time between two looks at the fleet.
	statusInterval = 2 * time.Second

	// heartbeatPatience is longer than a replica that has just been started needs for its first heartbeat.
	heartbeatPatience = 5 * time.Second
)

// fleetStatus tells whether a replica runs that can work the run, and whether runs are paused.
type fleetStatus struct {
	alone   time.Time // since when no replica was seen; zero: one was
	told    bool      // that no replica is running
	paused  string    // why runs are paused; empty: they are not
	unknown bool      // the role may not read the status
	read    time.Time // when the status was read last
}

// readStatus reads the fleet's status and returns what there is to say. A replica that was killed is counted
// for two and a half minutes more.
func (s *fleetStatus) readStatus(ctx context.Context, conn *pgx.Conn, schema string) []string {
	now := time.Now()
	if s.unknown || now.Sub(s.read) < statusInterval {
		return nil
	}
	s.read = now
	status, err := jobs.GetStatusIn(ctx, conn, schema)
	if err != nil {
		pgErr, ok := errors.AsType[*pgconn.PgError](err)
		s.unknown = ok && strings.HasPrefix(pgErr.Code, "42") // no privilege, or no such view
		return nil
	}
	var lines []string
	if line := s.note(now, status.Replicas == 0); line != "" {
		lines = append(lines, line)
	}
	if paused := printable(status.Pause()); paused != s.paused {
		if paused != "" {
			lines = append(lines, "runs are "+paused)
		} else {
			lines = append(lines, "runs are not paused any more")
		}
		s.paused = paused
	}
	return lines
}

// note says once that no replica is running, and once that there is one again.
func (s *fleetStatus) note(now time.Time, alone bool) string {
	switch {
	case !alone && s.told:
		s.alone, s.told = time.Time{}, false
		return "a replica is running"
	case !alone:
		s.alone = time.Time{}
	case s.alone.IsZero():
		s.alone = now
	case !s.told && now.Sub(s.alone) >= heartbeatPatience:
		s.told = true
		return "no replica is running, so the run waits: start one with `siltgate run`"
	}
	return ""
}

// late says why the wait for a run is given up, or is nil. A timeout of 0 means no timeout. The
// wait is given up all the same if no replica runs, or if the database stays away.
func (s *fleetStatus) late(id int64, began time.Time, timeout time.Duration) error {
	now := time.Now()
	switch out := timeout > 0 && now.Sub(began) >= timeout; {
	case !s.alone.IsZero() && (out || timeout == 0 && now.Sub(s.alone) >= followPatience):
		return fmt.Errorf("no replica is running: run %d waits for one, start it with `siltgate run`", id)
	case !out:
		return nil
	case s.paused != "":
		return fmt.Errorf("run %d waits: runs are %s", id, s.paused)
	}
	return fmt.Errorf("run %d has not ended within %s; it goes on", id, timeout)
}
