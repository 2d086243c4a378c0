package worker

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/siltgate/siltgate/jobs"
)

// controls is what River has to know of the queue and its jobs, as the tables say.
type controls struct {
	known     bool // River has made its queue
	pause     pause
	over      bool             // the pause's time is over, and no replica has ended the pause yet
	available bool             // a run can be fetched
	cancelled map[int64]string // this replica's jobs: when their cancelling was asked for
}

// pause says why runs are paused, in a sentence. It is empty if they are not.
type pause string

// paused is the SQL of the pause that is not over: one row, or none.
func (r Replica) paused() string {
	return `(
		SELECT
			coalesce(noted.paused_until > pg_catalog.now(), true) AS lasts,
			noted.paused_until,
			noted.requested_by,
			noted.reason
		FROM ` + r.table("river_queue") + ` AS queue
		LEFT JOIN ` + r.table("pauses") + ` AS noted ON noted.resumed_at IS NULL
		WHERE queue.name = '` + river.QueueDefault + `' AND queue.paused_at IS NOT NULL)`
}

// pausedColumns are the columns of a pause, in the order in which scan reads them.
const pausedColumns = `coalesce(paused.lasts, false), paused.paused_until, paused.requested_by, paused.reason`

type pauseRow struct{ jobs.Status }

func (p *pauseRow) scan() []any {
	return []any{&p.Paused, &p.PausedUntil, &p.PausedBy, &p.PauseReason}
}

func (p *pauseRow) pause() pause { return pause(p.Pause()) }

// readPause reads whether runs are paused, and why.
func (r Replica) readPause(ctx context.Context) (pause, error) {
	var row pauseRow
	err := r.pool.QueryRow(ctx, `
		SELECT `+pausedColumns+`
		FROM (SELECT) AS one
		LEFT JOIN `+r.paused()+` AS paused ON true`).Scan(row.scan()...)
	if err != nil {
		return "", fmt.Errorf("look whether runs are paused: %w", err)
	}
	return row.pause(), nil
}

// awaitQueue waits until the queue's row can be written. Whoever pauses runs in a transaction that stays open has locked
// it. River would not wait for long, and then fail as if the database were away. A replica for one run gives up in time.
func (r Replica) awaitQueue(ctx context.Context, health *health) error {
	patience := cmp.Or(r.StartPatience, startPatience)
	var waits loggedReason
	for began := time.Now(); ; {
		by, err := r.touchQueue(ctx)
		switch {
		case err == nil:
			health.waitFor("")
			return nil
		case !isLockTimeout(err):
			return fmt.Errorf("look at the queue: %w", err)
		case r.once && time.Since(began) >= patience:
			return fmt.Errorf("the row of %s is locked by %s, as by a pause that is not committed: end that transaction", r.table("river_queue"), by)
		case waits.due(by):
			health.waitFor("the queue's row is locked, the log says by whom")
			r.Log.Warn("replica waits to start: the queue's row is locked, as by a pause that is not committed: end that transaction",
				"replica", r.ID, "table", r.table("river_queue"), "by", by)
		}
	}
}

// touchQueue makes the queue's row, or says that it is in use, as River does when it starts. If the row is locked, it
// names by whom.
func (r Replica) touchQueue(ctx context.Context) (by string, err error) {
	ctx, cancel := context.WithTimeout(ctx, preflightTimeout)
	defer cancel()
	err = r.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		batch := &pgx.Batch{}
		batch.Queue(`SELECT pg_catalog.set_config('lock_timeout', $1, true)`, fmt.Sprint(turnLockTimeout.Milliseconds()))
		batch.Queue(`
			INSERT INTO `+r.table("river_queue")+` (name, updated_at)
			VALUES ($1, pg_catalog.now())
			ON CONFLICT (name) DO UPDATE SET updated_at = excluded.updated_at`, river.QueueDefault)
		by, err = r.sendNamingBlockers(ctx, conn.Conn(), batch)
		return err
	})
	return by, err
}

// control reads the tables, and prepares what River is to be told. It does not stop when River
// interrupts its wait for notifications, as it does every five seconds: River is told in its next
// wait.
func (c *confirmer) control(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), watchInterval)
	defer cancel()
	now, err := c.replica.readControls(ctx)
	if err != nil {
		return err
	}
	if now.over {
		if err := c.replica.endPause(ctx); err != nil {
			return err
		}
	}

	switch {
	case !now.known:
	case now.pause != "":
		c.tell(controlTopic, `{"action":"pause","queue":"default"}`)
	default:
		c.tell(controlTopic, `{"action":"resume","queue":"default"}`)
	}
	for id, at := range now.cancelled {
		if c.cancelled[id] != at {
			c.tell(controlTopic, fmt.Sprintf(`{"action":"cancel","queue":"default","job_id":%d}`, id))
		}
	}
	c.cancelled = now.cancelled
	if now.available && now.pause == "" {
		c.tell(insertTopic, `{"queue":"default"}`)
	}
	c.logPause(now.pause)
	return nil
}

// readControls is one statement: it is most of the load that an idle replica adds to River's own.
func (r Replica) readControls(ctx context.Context) (now controls, err error) {
	var cancelled []byte
	var row pauseRow
	err = r.pool.QueryRow(ctx, `
		SELECT
			EXISTS (SELECT FROM `+r.table("river_queue")+` WHERE name = $1),
			NOT coalesce(paused.lasts, true),
			EXISTS (
				SELECT
				FROM `+r.table("river_job")+`
				WHERE state = 'available' AND queue = $1 AND scheduled_at <= pg_catalog.now()),
			(
				SELECT coalesce(pg_catalog.jsonb_object_agg(id, coalesce(metadata ->> 'cancel_attempted_at', '')), '{}')
				FROM `+r.table("river_job")+`
				WHERE state = 'running'
					AND queue = $1
					AND metadata ? 'cancel_attempted_at'
					AND attempted_by[cardinality(attempted_by)] = $2),
			`+pausedColumns+`
		FROM (SELECT) AS one
		LEFT JOIN `+r.paused()+` AS paused ON true`,
		river.QueueDefault, r.ID).Scan(append([]any{&now.known, &now.over, &now.available, &cancelled}, row.scan()...)...)
	if err != nil {
		return now, fmt.Errorf("look at the queue: %w", err)
	}
	now.pause = row.pause()
	if err := json.Unmarshal(cancelled, &now.cancelled); err != nil {
		return now, fmt.Errorf("read which runs are cancelled: %w", err)
	}
	return now, nil
}

// endPause ends a pause whose time is over. Any replica may do so.
func (r Replica) endPause(ctx context.Context) error {
	_, err := r.pool.Exec(ctx, `
		UPDATE `+r.table("river_queue")+`
		SET paused_at = NULL, updated_at = pg_catalog.now()
		WHERE name = $1
			AND paused_at IS NOT NULL
			AND EXISTS (
				SELECT
				FROM `+r.table("pauses")+`
				WHERE resumed_at IS NULL AND paused_until <= pg_catalog.now())`, river.QueueDefault)
	if err != nil {
		return fmt.Errorf("end the pause: %w", err)
	}
	return nil
}

// logPause says once that runs are paused and why, and once that they go on.
func (c *confirmer) logPause(now pause) {
	switch {
	case now == c.paused:
	case now != "":
		c.replica.Log.Info("runs are paused", "replica", c.replica.ID, "reason", string(now))
	default:
		c.replica.Log.Info("runs go on", "replica", c.replica.ID)
	}
	c.paused = now
}

// pausedError is the end of a slice because runs were paused.
type pausedError struct{ pause pause }

func (e pausedError) Error() string { return "runs are " + string(e.pause) }

// givePaused gives the run back until runs go on, without spending an attempt.
func (r *run) givePaused(ctx context.Context, reason pause) error {
	r.log().Info("run given back: runs are paused", "deleted", r.progress.Deleted(), "reason", string(reason))
	if r.result.Slices > 0 {
		r.progress.WaitingFor = string(reason)
		r.fill(jobs.OutcomeRunning)
		if err := river.RecordOutput(ctx, r.result); err != nil {
			return err
		}
	}
	return river.JobSnooze(snoozeForTurn) // whoever resumes wakes it
}
