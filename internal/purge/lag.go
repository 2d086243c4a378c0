package purge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// mostPositions is how many ends of the WAL are remembered, also where a standby is a day behind on
// purpose.
const mostPositions = 4096

var errBlind = errors.New("the role sees no other session's state: it needs pg_read_all_stats")

// LagGuard makes deleting wait while a physical standby is too far behind. A standby that does not
// catch up within MaxWait is left out until it has: it may be delayed on purpose, which the primary
// cannot see.
//
// A guard lives as long as the process. It remembers when each piece of WAL was written, and measures
// by that, because the lag that Postgres reports stops growing while replay is paused. A nil guard
// holds nothing back.
type LagGuard struct {
	// Limit is how far a standby may be behind.
	Limit time.Duration

	// MaxWait is how long a run waits for one standby. 0: for ever.
	MaxWait time.Duration

	sight[[]standby]

	written []walPosition   // not yet replayed by every standby
	leftOut map[string]bool // by name
}

// walPosition is an end of the WAL and when it was there.
type walPosition struct {
	lsn int64
	at  time.Time
}

// standby is how far one is behind.
type standby struct {
	name     string
	lag      time.Duration
	replayed int64
}

// Standbys is for which standbys a run waits, or has given up waiting.
type Standbys struct {
	// Since says for each standby that is behind since when the run waits for it.
	Since map[string]time.Time `json:"since,omitempty"`

	// LeftOut are the standbys that the run does not wait for any more, by name.
	LeftOut []string `json:"left_out,omitempty"`
}

// reason says in one sentence why deleting must wait, and is empty if it need not. It asks
// the database about once a second and otherwise goes by the last answer.
func (g *LagGuard) reason(ctx context.Context, s *Session, known *Standbys, log *slog.Logger) string {
	if g == nil || g.Limit <= 0 {
		return ""
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if err := g.look(s, now, func() ([]standby, error) { return g.measure(ctx, s, now) }); err != nil {
		log.Warn("replica lag is not watched: it cannot be read", "error", Explain(err))
	}
	if s.lost() {
		return "" // the next statement will say so
	}
	return g.judge(known, now, log)
}

// judge says why to wait, by what was seen last.
func (g *LagGuard) judge(known *Standbys, now time.Time, log *slog.Logger) (reason string) {
	late := map[string]bool{}
	for _, s := range g.seen {
		if s.lag <= g.Limit {
			continue
		}
		late[s.name] = true
		if g.leftOut[s.name] || slices.Contains(known.LeftOut, s.name) {
			known.leaveOut(s.name)
			continue
		}
		since, waiting := known.Since[s.name]
		switch {
		case !waiting:
			known.wait(s.name, now)
			log.Warn("waiting for a standby", "standby", s.name, "lag", s.lag.Round(time.Millisecond), "limit", g.Limit)
		case g.MaxWait > 0 && now.Sub(since) >= g.MaxWait:
			if g.leftOut == nil {
				g.leftOut = map[string]bool{}
			}
			g.leftOut[s.name] = true
			known.leaveOut(s.name)
			log.Warn("no longer waiting for a standby: it does not catch up, or is delayed on purpose",
				"standby", s.name, "lag", s.lag.Round(time.Millisecond), "waited", now.Sub(since).Round(time.Second))
			continue
		}
		if reason == "" {
			reason = fmt.Sprintf("standby %q is %s behind", s.name, s.lag.Round(time.Second))
		}
	}
	for name := range known.Since {
		if !late[name] {
			delete(known.Since, name)
			log.Info("the standby has caught up", "standby", name)
		}
	}
	for name := range g.leftOut {
		if !late[name] {
			delete(g.leftOut, name)
		}
	}
	return reason
}

// wait notes since when the run waits for a standby.
func (k *Standbys) wait(name string, now time.Time) {
	if k.Since == nil {
		k.Since = map[string]time.Time{}
	}
	k.Since[name] = now
}

// leaveOut notes that the run does not wait for a standby.
func (k *Standbys) leaveOut(name string) {
	delete(k.Since, name)
	if !slices.Contains(k.LeftOut, name) {
		k.LeftOut = append(k.LeftOut, name)
	}
}

// measure finds for each standby the time since the oldest WAL was written that it has not
// replayed.
func (g *LagGuard) measure(ctx context.Context, s *Session, now time.Time) ([]standby, error) {
	var seen []standby
	var end int64
	var name *string
	var replayed *int64
	var visible bool
	var reported float64 // seconds
	hidden := 0
	st := &statement{}
	st.WriteString(`
		SELECT
			pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), '0/0')::pg_catalog.int8,
			coalesce(r.application_name, '') OPERATOR(pg_catalog.||) coalesce(' at '::pg_catalog.text OPERATOR(pg_catalog.||) pg_catalog.host(r.client_addr), ''),
			pg_catalog.pg_wal_lsn_diff(r.replay_lsn, '0/0')::pg_catalog.int8,
			r.state IS NOT NULL,
			coalesce(pg_catalog.date_part('epoch', r.replay_lag), 0)::pg_catalog.float8
		FROM pg_catalog.pg_stat_replication AS r
		LEFT JOIN pg_catalog.pg_replication_slots AS slot ON slot.active_pid OPERATOR(pg_catalog.=) r.pid
		WHERE coalesce(slot.slot_type, 'physical') OPERATOR(pg_catalog.=) 'physical'
			AND coalesce(r.state, 'streaming') OPERATOR(pg_catalog.=) ANY('{catchup,streaming}'::pg_catalog.text[])`)
	err := s.each(ctx, st, []any{&end, &name, &replayed, &visible, &reported}, func() {
		switch {
		case !visible:
			hidden++
		case replayed != nil:
			seen = append(seen, standby{name: *name, replayed: *replayed, lag: time.Duration(reported * float64(time.Second))})
		}
	})
	if err != nil {
		return nil, err
	}
	if hidden > 0 {
		return nil, errBlind
	}
	g.remember(seen, end, now)
	for i := range seen {
		// Postgres's own figure knows what was written before this process looked.
		first := slices.IndexFunc(g.written, func(p walPosition) bool { return p.lsn > seen[i].replayed })
		if first >= 0 {
			seen[i].lag = max(seen[i].lag, now.Sub(g.written[first].at))
		} else {
			seen[i].lag = 0
		}
	}
	return seen, nil
}

// remember notes where the WAL ends now, and forgets what every standby has replayed.
func (g *LagGuard) remember(seen []standby, end int64, now time.Time) {
	replayed := end
	for _, s := range seen {
		replayed = min(replayed, s.replayed)
	}
	// Another server after a fail-over may be behind what this one remembers.
	g.written = slices.DeleteFunc(g.written, func(p walPosition) bool { return p.lsn <= replayed || p.lsn > end })
	if end > replayed && (len(g.written) == 0 || end > g.written[len(g.written)-1].lsn) {
		g.written = append(g.written, walPosition{lsn: end, at: now})
	}
	if len(g.written) > mostPositions {
		i := 0 // every other one is enough
		g.written = slices.DeleteFunc(g.written, func(walPosition) bool { i++; return i%2 == 0 })
	}
}
