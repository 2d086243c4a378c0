package metrics

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
)

// snapshot is what the schema said at one time.
type snapshot struct {
	now            time.Time // the database's clock
	replicas       int64
	configurations int64
	led            bool // someone leads
	leads          bool // this replica does
	paused         bool
	nextTick       time.Time // zero: the schedule is off
	lastSuccess    *time.Time
	oldestWaiting  *time.Time
	queue          map[string]int64 // runs by state
	atWork         *atWork
	overdue        *time.Time
	installed      *time.Time
	tables         map[string]*tableSnapshot // by label
}

// tableSnapshot is what is known of a configured table, or of a pattern: then it is the worst of all tables that the
// pattern matches.
type tableSnapshot struct {
	watermarkAge float64 // seconds, infinite if nothing is proven
	lastSuccess  *time.Time
	failed, held bool
	left         map[string]int64 // rows by reason
	matched      *int64           // how many tables the pattern matches; nil of a single table
	worst        string           // the one of them that needs attention most; empty if none does
	worstLeft    int64            // dead rows that are left in it
}

// atWork is the run that is under way.
type atWork struct {
	Deleted int64
	Pace    pace
}

// pace is what the run has recorded of it. Anyone may have inserted the run, so values that are not
// as they should be are left out.
type pace struct {
	Duty       *float64   `json:"duty"`
	FinishBy   *time.Time `json:"finish_by"`
	Forecast   *time.Time `json:"forecast"`
	WaitingFor string     `json:"waiting_for"`
}

// successes is how many of the latest runs are searched for the last success.
const successes = 100

// read reads the schema in one round trip, by statements whose cost does not grow with the history.
func (f Fleet) read(ctx context.Context) (*snapshot, error) {
	seen := &snapshot{queue: map[string]int64{}, tables: map[string]*tableSnapshot{}}
	table := func(name string) string { return pgx.Identifier{f.Schema, name}.Sanitize() }
	batch := &pgx.Batch{}
	var next *time.Time
	batch.Queue(`
		SELECT
			pg_catalog.now(),
			(SELECT pg_catalog.count(*) FROM `+table("replicas")+`),
			(SELECT pg_catalog.count(DISTINCT digest) FROM `+table("replicas")+`),
			coalesce((SELECT pg_catalog.bool_or(leader) FROM `+table("replicas")+`), false),
			coalesce((SELECT pg_catalog.bool_or(leader) FROM `+table("replicas")+` WHERE replica = $1), false),
			status.paused,
			status.next_tick,
			status.overdue,
			(SELECT pg_catalog.min(created_at) FROM `+table("installation")+`)
		FROM `+table("status")+` AS status`, f.Replica,
	).QueryRow(func(row pgx.Row) error {
		return row.Scan(&seen.now, &seen.replicas, &seen.configurations, &seen.led, &seen.leads, &seen.paused, &next, &seen.overdue, &seen.installed)
	})
	batch.Queue(`
		SELECT
			name,
			pg_catalog.date_part('epoch', pg_catalog.now() - watermark),
			last_success,
			error IS NOT NULL,
			held IS NOT NULL,
			coalesce(locked, 0),
			coalesce(referenced, 0),
			coalesce(undeletable, 0),
			matched,
			coalesce(worst, ''),
			coalesce(worst_left, 0)
		FROM ` + table("tables") + `
		WHERE configured IS NOT FALSE`).Query(func(rows pgx.Rows) error { return seen.readTables(rows, f.tables) })
	batch.Queue(`
		SELECT state::pg_catalog.text, pg_catalog.count(*), pg_catalog.min(created_at) FILTER (WHERE state <> 'running' AND pg_catalog.isfinite(created_at))
		FROM ` + table("river_job") + `
		WHERE kind = 'token_cleanup'
			AND state IN ('available', 'pending', 'retryable', 'running', 'scheduled')
		GROUP BY state`).Query(func(rows pgx.Rows) error {
		var state string
		var n int64
		var oldest *time.Time
		_, err := pgx.ForEachRow(rows, []any{&state, &n, &oldest}, func() error {
			seen.queue[state] = n
			if oldest != nil && (seen.oldestWaiting == nil || oldest.Before(*seen.oldestWaiting)) {
				seen.oldestWaiting = oldest
			}
			return nil
		})
		return err
	})
	batch.Queue(`
		SELECT pg_catalog.max(finished_at)
		FROM (SELECT * FROM `+table("runs")+` ORDER BY id DESC LIMIT $1) AS latest
		WHERE outcome = 'completed' AND state = 'completed' AND pg_catalog.isfinite(finished_at)`, successes,
	).QueryRow(func(row pgx.Row) error { return row.Scan(&seen.lastSuccess) })
	batch.Queue(`
		SELECT coalesce(deleted, 0), coalesce(output -> 'pace', '{}')
		FROM ` + table("runs") + `
		WHERE id = (SELECT job_id FROM ` + table("turn") + `)
			AND outcome = 'running'
			AND state IN ('available', 'running', 'scheduled')`).Query(func(rows pgx.Rows) error {
		var deleted int64
		var encoded []byte
		_, err := pgx.ForEachRow(rows, []any{&deleted, &encoded}, func() error {
			seen.atWork = &atWork{Deleted: deleted}
			if json.Unmarshal(encoded, &seen.atWork.Pace) != nil {
				seen.atWork.Pace = pace{}
			}
			return nil
		})
		return err
	})
	if err := f.Pool.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("read the state of the fleet: %w", err)
	}
	switch {
	case next != nil:
		seen.nextTick = *next
	case f.Next != nil: // nobody has led yet
		seen.nextTick = f.Next(seen.now)
	}
	return seen, nil
}

// readTables keeps for each label the worst of its tables.
func (s *snapshot) readTables(rows pgx.Rows, labels labels) error {
	var name string
	var age *float64
	var success *time.Time
	var failed, held bool
	var locked, referenced, undeletable, worstLeft int64
	var matched *int64
	var worst string
	into := []any{&name, &age, &success, &failed, &held, &locked, &referenced, &undeletable, &matched, &worst, &worstLeft}
	_, err := pgx.ForEachRow(rows, into, func() error {
		label := labels.of(name)
		t, known := s.tables[label]
		if !known {
			t = &tableSnapshot{lastSuccess: success, left: map[string]int64{}}
			s.tables[label] = t
		}
		if age == nil {
			t.watermarkAge = math.Inf(1)
		} else {
			t.watermarkAge = max(t.watermarkAge, *age)
		}
		if success == nil || t.lastSuccess != nil && success.Before(*t.lastSuccess) {
			t.lastSuccess = success
		}
		t.failed = t.failed || failed
		t.held = t.held || held
		t.left["locked"] += locked
		t.left["referenced"] += referenced
		t.left["undeletable"] += undeletable
		if matched != nil {
			t.matched, t.worst, t.worstLeft = matched, worst, worstLeft
		}
		return nil
	})
	return err
}
