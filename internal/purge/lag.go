package purge

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// lagInterval is how often standbys are looked at.
const lagInterval = time.Second

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
	blind   bool // the role may not see standbys
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
	if now := time.Now(); !g.blind && now.Sub(g.asked) >= lagInterval {
		g.asked = now
		lag, err := g.measure(ctx, s, now)
		switch {
		case s.lost():
			return false // the next statement will say so
		case err != nil:
			// A guard that cannot see must not stop the purge either.
			g.blind = true
			log.Warn("replica lag is not watched: it cannot be read", "error", err)
			return false
		}
		if late := lag > g.Limit; late != g.late {
			g.late = late
			log.Info("replica lag changed", "waiting", late, "lag", lag.Round(time.Millisecond), "limit", g.Limit)
		}
	}
	return g.late && !g.blind
}

// measure finds the time since the oldest WAL was written that some standby has
// not replayed.
func (g *LagGuard) measure(ctx context.Context, s *Session, now time.Time) (time.Duration, error) {
	var end, standbys, visible int64
	var replayed *int64
	st := &statement{}
	st.WriteString(`
		SELECT
			pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint,
			min(pg_wal_lsn_diff(r.replay_lsn, '0/0'))::bigint,
			count(*),
			count(r.state)
		FROM pg_stat_replication AS r
		LEFT JOIN pg_replication_slots AS slot ON slot.active_pid = r.pid
		WHERE coalesce(slot.slot_type, 'physical') = 'physical'
			AND coalesce(r.state, 'streaming') IN ('catchup', 'streaming')`)
	if err := s.query(ctx, st, &end, &replayed, &standbys, &visible); err != nil {
		return 0, err
	}
	if standbys > visible {
		return 0, errBlind
	}
	if replayed == nil {
		g.written = g.written[:0]
		return 0, nil
	}

	for len(g.written) > 0 && g.written[0].lsn <= *replayed {
		g.written = g.written[1:]
	}
	if end > *replayed && (len(g.written) == 0 || end > g.written[len(g.written)-1].lsn) {
		g.written = append(g.written, walPosition{lsn: end, at: now})
	}
	if len(g.written) == 0 {
		return 0, nil
	}
	return now.Sub(g.written[0].at), nil
}
