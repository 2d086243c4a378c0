package worker

import (
	"context"
	"strings"
	"time"
)

// beat writes once a minute that the replica runs, until ctx is done; then it deletes that. It
// warns of replicas with another configuration: at once, and when that changes. While the replica
// leads, beat writes its schedule too, and prompts ticks: River goes by the clock on the wall, which may be set back.
// ticks.beats tells that the replica may have become the leader: then the schedule is written sooner.
func (r Replica) beat(ctx context.Context, ticks *ticks) {
	ticker := time.NewTicker(beatInterval)
	defer ticker.Stop()
	var known string
	var led time.Time // the last beat as the leader
	for {
		others, leads, err := r.beatOnce(ctx)
		if leads {
			led = time.Now()
			nudge(ticks.prompts)
		}
		switch {
		case ctx.Err() != nil:
		case err != nil:
			r.Log.Debug("heartbeat not written", "error", err)
		case others != known && others != "":
			r.Log.Warn("replicas disagree in their configuration: whichever takes a run up works by its own",
				"digest", r.Digest(), "others", others)
		case others != known:
			r.Log.Info("replicas agree in their configuration", "digest", r.Digest())
		}
		if err == nil {
			known = others
		}
		if !awaitBeat(ctx, ticker, ticks.beats, led) {
			r.fallSilent(ctx)
			return
		}
	}
}

// awaitBeat returns when the next beat is due, or false when ctx is done.
func awaitBeat(ctx context.Context, ticker *time.Ticker, prompts <-chan struct{}, led time.Time) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case <-ticker.C:
			return true
		case <-prompts:
			if time.Since(led) > beatInterval+beatTimeout {
				ticker.Reset(beatInterval)
				return true
			}
		}
	}
}

// beatOnce writes the replica's heartbeat, clears away those of replicas that are gone, and
// returns the replicas whose configuration is another one, in a fixed order, and whether this
// one leads. The leader's schedule is the one that counts.
func (r Replica) beatOnce(ctx context.Context) (others string, leads bool, err error) {
	// A statement that is broken off costs its connection.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), beatTimeout)
	defer cancel()
	var all []string
	err = r.pool.QueryRow(ctx, `
		WITH gone AS (
			DELETE FROM `+r.table("heartbeats")+`
			WHERE replica <> $1
				AND seen_at NOT BETWEEN pg_catalog.now() - 4 * $4::pg_catalog.interval AND pg_catalog.now() + $4::pg_catalog.interval
		), own AS (
			INSERT INTO `+r.table("heartbeats")+` AS beat (replica, version, digest, tables)
			VALUES ($1, $2, $3, $7)
			ON CONFLICT (replica) DO UPDATE
			SET seen_at = pg_catalog.now(), digest = excluded.digest, tables = excluded.tables
		), leader AS (
			SELECT
			FROM `+r.table("river_leader")+`
			WHERE leader_id = $1 AND expires_at > pg_catalog.now()
		), plan AS (
			INSERT INTO `+r.table("schedule")+` AS plan (expression, next_ticks, replica)
			SELECT $5, $6, $1
			WHERE EXISTS (SELECT FROM leader)
			ON CONFLICT (one) DO UPDATE
			SET
				expression = excluded.expression,
				next_ticks = excluded.next_ticks,
				replica = excluded.replica,
				noted_at = pg_catalog.now()
		)
		SELECT
			EXISTS (SELECT FROM leader),
			ARRAY(
				SELECT replica || ' (' || digest || ')'
				FROM `+r.table("heartbeats")+`
				WHERE replica <> $1
					AND digest <> $3
					AND seen_at BETWEEN pg_catalog.now() - $4::pg_catalog.interval AND pg_catalog.now() + $4::pg_catalog.interval
				ORDER BY replica)`,
		r.ID, r.Version, r.Digest(), aliveFor, r.ownSchedule().String(), r.nextTicks(time.Now()), r.configuredTables()).Scan(&leads, &all)
	return strings.Join(all, ", "), leads, err
}

// nextTicks are the ticks until well after the next beat, at least one.
func (r Replica) nextTicks(now time.Time) []time.Time {
	ticks := []time.Time{}
	if r.ownSchedule().Off() {
		return ticks
	}
	for tick := r.Schedule.Next(now); !tick.IsZero(); tick = r.Schedule.Next(tick) {
		if len(ticks) > 0 && tick.Sub(now) > aliveFor {
			break
		}
		ticks = append(ticks, tick)
	}
	return ticks
}

// fallSilent deletes the heartbeat when the replica stops.
func (r Replica) fallSilent(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if _, err := r.pool.Exec(ctx, `DELETE FROM `+r.table("heartbeats")+` WHERE replica = $1`, r.ID); err != nil {
		r.Log.Debug("heartbeat not deleted: it is overlooked after a while", "error", err)
	}
}
