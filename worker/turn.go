package worker

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"

	"github.com/siltgate/siltgate/internal/purge"
)

// The turn is the right to delete. The row of siltgate.turn says who has it; no job that others
// insert changes that.
//
//   - Its holder is the session that took it last, for as long as that lives.
//   - Between two slices it is reserved for the run that goes on.
//   - A run that waits says in the row that it wants the turn, unless one that goes before it
//     has said so. The holder ends its slice early for a run that goes before its own.
//
// Which of two runs goes first is said by contender.before.

// turnLockedError says that a session which is no replica's has locked the turn's row.
type turnLockedError struct{ by string }

func (e turnLockedError) Error() string { return "the row of siltgate.turn is locked by " + e.by }

// taken is SQL for: run $1, whose rank is $2, must wait. Either the holder's session still lives, or
// another run goes first: the one for which the turn is reserved, or the one that wants it. A
// reservation or a wish that ends later than $3 from now does not count, because the clock was set back.
func (r Replica) taken() string {
	return `(
		EXISTS (
			SELECT
			FROM pg_catalog.pg_locks AS held
			JOIN pg_catalog.pg_stat_activity AS holder ON holder.pid OPERATOR(pg_catalog.=) held.pid
			WHERE held.pid OPERATOR(pg_catalog.=) turn.pid
				AND holder.usesysid OPERATOR(pg_catalog.=) turn.role
				AND held.locktype OPERATOR(pg_catalog.=) 'advisory'
				AND held.granted
				AND held.objsubid OPERATOR(pg_catalog.=) 1
				AND held.database OPERATOR(pg_catalog.=) holder.datid
				AND ((held.classid::pg_catalog.int8 OPERATOR(pg_catalog.<<) 32) OPERATOR(pg_catalog.|) held.objid::pg_catalog.int8)
					OPERATOR(pg_catalog.=) turn.nonce)
		OR EXISTS (
			SELECT
			FROM (VALUES
				(turn.wanted_by, turn.wanted_rank, turn.wanted_until),
				(turn.job_id, turn.rank, turn.reserved_until)
			) AS other (job_id, rank, until)
			JOIN ` + r.table("river_job") + ` AS job ON job.id OPERATOR(pg_catalog.=) other.job_id
			WHERE job.finalized_at IS NULL
				AND other.until OPERATOR(pg_catalog.>) pg_catalog.now()
				AND other.until OPERATOR(pg_catalog.<) (pg_catalog.now() OPERATOR(pg_catalog.+) $3::pg_catalog.interval)
				AND ROW (other.rank, other.job_id) OPERATOR(pg_catalog.<) ROW ($2::pg_catalog.int4, $1::pg_catalog.int8)))`
}

// tryTurn opens the session in which the run may delete, or returns ErrBusy.
func (c *cleaner) tryTurn(ctx context.Context, run *run) (*purge.Session, error) {
	me := run.contender()
	taken, err := c.replica.mustWait(ctx, me)
	switch {
	case err != nil:
		return nil, err
	case taken:
		run.wishNoted = run.wishNoted || c.replica.wantTurn(ctx, me)
		return nil, purge.ErrBusy
	}
	return c.openSession(ctx, func(config *pgx.ConnConfig) (*purge.Session, error) {
		return purge.Open(ctx, config, func(ctx context.Context, conn *pgx.Conn) (purge.Fence, error) {
			return c.replica.claimTurn(ctx, conn, me)
		})
	})
}

// mustWait reports whether a run must wait for its turn.
func (r Replica) mustWait(ctx context.Context, me contender) (bool, error) {
	var taken bool
	err := r.pool.QueryRow(ctx, `
		SELECT `+r.taken()+`
		FROM `+r.table("turn")+` AS turn`, me.job, int(me.rank), longestReservation).Scan(&taken)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return false, r.errNoTurn()
	case err != nil:
		return false, fmt.Errorf("read whose turn it is: %w", err)
	}
	return taken, nil
}

// errNoTurn says what to do about a schema that was restored without its data.
func (r Replica) errNoTurn() error {
	return fmt.Errorf("%s has no row, it seems to be restored without its data: INSERT INTO %[1]s DEFAULT VALUES", r.table("turn"))
}

// claimTurn takes the turn for the session: it locks the row, sees that nobody has the turn
// now, and writes the next epoch.
func (r Replica) claimTurn(ctx context.Context, conn *pgx.Conn, me contender) (purge.Fence, error) {
	fence := purge.Fence{Table: r.table("turn")}
	batch := &pgx.Batch{}
	batch.Queue(`
		SELECT
			pg_catalog.set_config('lock_timeout', $1, true),
			pg_catalog.set_config('statement_timeout', '0', true),
			pg_catalog.set_config('synchronous_commit', 'off', true), -- see doNotAwaitFlush
			pg_catalog.set_config('idle_in_transaction_session_timeout', $1, true)`,
		fmt.Sprint(turnLockTimeout.Milliseconds()))
	rows := int64(-1)
	batch.Queue(`SELECT FROM ` + fence.Table + ` FOR UPDATE`).Exec(func(tag pgconn.CommandTag) error {
		rows = tag.RowsAffected()
		return nil
	})
	// The statement that publishes the nonce takes the lock on it. So nobody can have that lock
	// before, and whether it was granted need not be looked at.
	nonce := rand.Int64()
	batch.Queue(`
		UPDATE `+fence.Table+` AS turn
		SET
			epoch = turn.epoch OPERATOR(pg_catalog.+) 1,
			pid = pg_catalog.pg_backend_pid(),
			role = (SELECT usesysid FROM pg_catalog.pg_stat_activity WHERE pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()),
			nonce = $4,
			replica = $5,
			job_id = $1,
			rank = $2,
			last_scheduled_at = CASE WHEN $6 THEN pg_catalog.now() ELSE turn.last_scheduled_at END,
			taken_at = pg_catalog.now(),
			reserved_until = NULL,
			wanted_by = CASE WHEN turn.wanted_by OPERATOR(pg_catalog.<>) $1 THEN turn.wanted_by END
		WHERE NOT `+r.taken()+`
		RETURNING epoch, pg_catalog.pg_try_advisory_lock($4)`,
		me.job, int(me.rank), longestReservation, nonce, r.ID, me.rank.scheduled(),
	).QueryRow(func(row pgx.Row) error { return row.Scan(&fence.Epoch, new(bool)) })
	by, err := r.sendNamingBlockers(ctx, conn, batch)
	switch {
	case rows == 0:
		return fence, r.errNoTurn()
	case errors.Is(err, pgx.ErrNoRows):
		return fence, purge.ErrBusy
	case isLockTimeout(err):
		return fence, turnLockedError{by}
	case err != nil:
		return fence, fmt.Errorf("take the turn: %w", err)
	}
	return fence, nil
}

// wantTurn writes that a run waits for the turn, unless the row names one that goes before it. It
// reports whether the row could be written; if not, the run tries again when it next asks.
func (r Replica) wantTurn(ctx context.Context, me contender) bool {
	batch := &pgx.Batch{}
	batch.Queue(`SELECT pg_catalog.set_config('lock_timeout', $1, true)`, fmt.Sprint(turnNoteTimeout.Milliseconds()))
	batch.Queue(`
		UPDATE `+r.table("turn")+` AS turn
		SET
			wanted_by = $1,
			wanted_rank = $2,
			wanted_until = pg_catalog.now() + $4::pg_catalog.interval
		WHERE NOT EXISTS (
			SELECT
			FROM `+r.table("river_job")+` AS job
			WHERE job.id = turn.wanted_by
				AND job.finalized_at IS NULL
				AND turn.wanted_until > pg_catalog.now()
				AND turn.wanted_until < pg_catalog.now() + $3::pg_catalog.interval
				AND ROW (turn.wanted_rank, turn.wanted_by) < ROW ($2::pg_catalog.int4, $1::pg_catalog.int8))`,
		me.job, int(me.rank), longestReservation, wantedFor)
	err := r.pool.SendBatch(ctx, batch).Close()
	if err != nil {
		r.Log.Debug("turn not asked for", "job_id", me.job, "error", err)
	}
	return err == nil
}

// reserveTurn keeps the turn for a run that goes on after a rest. It does nothing if another run
// has taken the turn.
func (r Replica) reserveTurn(ctx context.Context, me contender, rest time.Duration) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	batch := &pgx.Batch{}
	batch.Queue(`SELECT pg_catalog.set_config('lock_timeout', $1, true)`, fmt.Sprint(turnNoteTimeout.Milliseconds()))
	batch.Queue(`
		UPDATE `+r.table("turn")+`
		SET
			rank = $4,
			last_scheduled_at = CASE WHEN $5 THEN pg_catalog.now() ELSE last_scheduled_at END,
			reserved_until = pg_catalog.now() + $3::pg_catalog.interval
		WHERE job_id = $1 AND replica = $2`,
		me.job, r.ID, min(rest+reservation, longestReservation-time.Second), int(me.rank), me.rank.scheduled())
	if err := r.pool.SendBatch(ctx, batch).Close(); err != nil {
		r.Log.Debug("turn not reserved", "job_id", me.job, "error", err)
	}
}

// sendNamingBlockers sends a batch. It names the sessions by process and role whose locks the batch waits long for.
func (r Replica) sendNamingBlockers(ctx context.Context, conn *pgx.Conn, batch *pgx.Batch) (by string, err error) {
	var pid int32
	if err := conn.QueryRow(ctx, `SELECT pg_catalog.pg_backend_pid()`, pgx.QueryExecModeExec).Scan(&pid); err != nil {
		return "", err
	}
	blockers := r.watchBlockers(ctx, pid)
	err = conn.SendBatch(ctx, batch).Close()
	return blockers(), err
}

// watchBlockers finds out whose locks a session waits long for. It returns a function that ends the search and names
// those sessions.
func (r Replica) watchBlockers(ctx context.Context, pid int32) func() string {
	ctx, cancel := context.WithCancel(ctx)
	found := make(chan string, 1)
	go func() {
		defer close(found)
		for pause := blockersAfter; ctx.Err() == nil; pause = blockersAfter / 3 {
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
			if by, err := r.blockers(ctx, pid); err == nil && by != "" {
				found <- by
				return
			}
		}
	}()
	return func() string {
		cancel()
		if by := <-found; by != "" {
			return by
		}
		return "a session that could not be found"
	}
}

// blockers names the sessions whose locks a session waits for. Process 0 is a prepared transaction.
func (r Replica) blockers(ctx context.Context, pid int32) (string, error) {
	rows, _ := r.pool.Query(ctx, `
		SELECT CASE blocker.pid
			WHEN 0 THEN 'a prepared transaction (see pg_prepared_xacts)'
			ELSE pg_catalog.format('process %s of role %s', blocker.pid, coalesce(pg_catalog.quote_ident(session.usename), 'unknown'))
		END
		FROM (SELECT DISTINCT pid FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids($1)) AS pid) AS blocker
		LEFT JOIN pg_catalog.pg_stat_activity AS session ON session.pid = blocker.pid
		ORDER BY blocker.pid`, pid)
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(all, ", "), err
}

// isLockTimeout reports whether a statement waited for a lock as long as it may.
func isLockTimeout(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pgErr.Code == "55P03"
}

// postpone gives back a run that somebody outside the fleet keeps from its turn, and records why.
func (c *cleaner) postpone(ctx context.Context, run *run, reason error) error {
	if c.waits.due(reason.Error()) {
		run.log().Warn("run waits for its turn", "reason", reason.Error(), "again_in", snoozeForTurn)
	}
	run.progress.WaitingFor = reason.Error()
	run.sliceBegan = time.Now() // the wait for the turn does not count
	run.fill(run.result.Outcome)
	if err := river.RecordOutput(ctx, run.result); err != nil {
		return err
	}
	return river.JobSnooze(snoozeForTurn)
}
