package purge

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"
)

const (
	// lagInterval is how often standbys are looked at.
	lagInterval = time.Second

	// blindInterval is how often, while they cannot be seen.
	blindInterval = time.Minute
)

var errBlind = errors.New("the role sees no other session's state: it needs pg_read_all_stats")

// LagGuard holds deleting back while a physical standby replays too far behind.
// It lives as long as the process: it measures by remembering when each piece
// of WAL was written, because what Postgres reports stands still while replay
// is paused. A nil guard holds nothing back.
type LagGuard struct {
	// Limit is how far a standby may be behind.
	Limit time.Duration

	mu      sync.Mutex
	written []walPosition // not yet replayed by every standby
	asked   time.Time
	late    bool
	blind   bool // standbys cannot be seen; looked again at every blindInterval
}

// walPosition is an end of the WAL and when it was there.
type walPosition struct {
	lsn int64
	at  time.Time
}

// behind reports whether a standby is further behind than the limit. It asks
// the database about once a second and otherwise repeats the last answer.
func (g *LagGuard) behind(ctx context.Context, s *Session, log *slog.Logger) bool {
	if g == nil || g.Limit <= 0 {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	interval := lagInterval
	if g.blind {
		interval = blindInterval
	}
	if now.Sub(g.asked) < interval {
		return g.late
	}
	g.asked = now
	lag, err := g.measure(ctx, s, now)
	if s.lost() {
		return false // the next statement will say so
	}
	if blind := err != nil; blind != g.blind {
		g.blind = blind
		if blind {
			log.Warn("replica lag is not watched: it cannot be read", "error", err)
		}
	}
	if late := err == nil && lag > g.Limit; late != g.late {
		g.late = late
		if late {
			log.Warn("waiting for a standby", "lag", lag.Round(time.Millisecond), "limit", g.Limit)
		} else {
			log.Info("the standby has caught up")
		}
	}
	return g.late
}

// measure finds the time since the oldest WAL was written that some standby has
// not replayed.
func (g *LagGuard) measure(ctx context.Context, s *Session, now time.Time) (time.Duration, error) {
	var end, standbys, visible int64
	var replayed *int64
	var reported float64 // seconds
	st := &statement{}
	st.WriteString(`
		SELECT
			pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint,
			min(pg_wal_lsn_diff(r.replay_lsn, '0/0'))::bigint,
			count(*),
			count(*) FILTER (WHERE r.state IS NOT NULL),
			coalesce(extract(epoch FROM max(r.replay_lag)), 0)::float8
		FROM pg_stat_replication AS r
		LEFT JOIN pg_replication_slots AS slot ON slot.active_pid = r.pid
		WHERE coalesce(slot.slot_type, 'physical') = 'physical'
			AND coalesce(r.state, 'streaming') IN ('catchup', 'streaming')`)
	if err := s.query(ctx, st, &end, &replayed, &standbys, &visible, &reported); err != nil {
		return 0, err
	}
	if standbys > visible {
		return 0, errBlind
	}
	if replayed == nil {
		g.written = g.written[:0]
		return 0, nil
	}

	// Another server after a fail-over may be behind what this one remembers.
	g.written = slices.DeleteFunc(g.written, func(p walPosition) bool { return p.lsn <= *replayed || p.lsn > end })
	if end > *replayed && (len(g.written) == 0 || end > g.written[len(g.written)-1].lsn) {
		g.written = append(g.written, walPosition{lsn: end, at: now})
	}
	if len(g.written) == 0 {
		return 0, nil
	}
	// Postgres's own figure knows what was written before this process looked.
	return max(now.Sub(g.written[0].at), time.Duration(reported*float64(time.Second))), nil
}
