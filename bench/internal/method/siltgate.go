package method

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/siltgate/siltgate/jobs"

	"github.com/siltgate/siltgate/bench/internal/server"
)

// siltgate asks the running replica for a run by SQL, as anyone would, and
// waits until its end is recorded.
func siltgate(fullSpeed bool) func(context.Context, Purge) (Outcome, error) {
	return func(ctx context.Context, p Purge) (Outcome, error) {
		conn, err := p.Connect(ctx, "bench")
		if err != nil {
			return Outcome{}, err
		}
		defer func() { _ = conn.Close(ctx) }()
		run, err := Ask(ctx, conn, fullSpeed, 10*time.Millisecond)
		return run.Outcome, err
	}
}

// scheduled gives a tick its run, by the statement that the leader sends at the time of the tick.
func scheduled(ctx context.Context, p Purge) (Outcome, error) {
	conn, err := p.Connect(ctx, "bench")
	if err != nil {
		return Outcome{}, err
	}
	defer func() { _ = conn.Close(ctx) }()
	run, err := Tick(ctx, conn)
	if err != nil {
		return run.Outcome, err
	}
	err = run.await(ctx, conn, 100*time.Millisecond, p.Limit)
	return run.Outcome, err
}

// SiltgateRun is a run as it was seen from outside.
type SiltgateRun struct {
	Outcome
	ID int64

	// Created is when the job was inserted, by the database's clock.
	Created time.Time
}

// Pace is what a run recorded of its pace, so long after the request.
type Pace struct {
	After    time.Duration
	Duty     float64
	Forecast time.Duration // when it will probably have ended; 0: it did not know yet
}

// Ask asks for a run and looks, that often, whether its end is recorded on its
// job.
func Ask(ctx context.Context, conn *pgx.Conn, fullSpeed bool, every time.Duration) (SiltgateRun, error) {
	return AskFor(ctx, conn, nil, fullSpeed, every)
}

// AskFor is Ask for some of the tables; nil = all.
func AskFor(ctx context.Context, conn *pgx.Conn, tables []string, fullSpeed bool, every time.Duration) (SiltgateRun, error) {
	run := SiltgateRun{Outcome: Outcome{Began: time.Now()}}
	err := conn.QueryRow(ctx, `SELECT siltgate.enqueue_token_cleanup(tables => $1, full_speed => $2, requested_by => 'bench') `+server.Own,
		tables, fullSpeed).Scan(&run.ID)
	if err != nil {
		return run, fmt.Errorf("enqueue: %w", err)
	}
	err = run.await(ctx, conn, every, 0)
	return run, err
}

// Tick inserts a tick of now and its run, in the name of the replica at work.
func Tick(ctx context.Context, conn *pgx.Conn) (SiltgateRun, error) {
	run := SiltgateRun{Outcome: Outcome{Began: time.Now()}}
	err := conn.QueryRow(ctx, `
		WITH tick AS (
			INSERT INTO siltgate.ticks (tick, job_id, inserted_by, digest)
			SELECT date_trunc('second', now()), nextval('siltgate.river_job_id_seq'), replica, digest
			FROM siltgate.heartbeats
			RETURNING tick, job_id
		)
		INSERT INTO siltgate.river_job (id, kind, args)
		SELECT job_id, 'token_cleanup', jsonb_build_object('tick', tick)
		FROM tick
		RETURNING id `+server.Own).Scan(&run.ID)
	if err != nil {
		return run, fmt.Errorf("insert a tick: %w", err)
	}
	return run, nil
}

// await looks, that often, whether the run's end is recorded. A run that takes longer than the
// limit is cancelled; 0 = none is.
func (r *SiltgateRun) await(ctx context.Context, conn *pgx.Conn, every, limit time.Duration) error {
	for {
		var state string
		var output []byte
		err := conn.QueryRow(ctx, `
			SELECT created_at, state::text, metadata -> 'output'
			FROM siltgate.river_job
			WHERE id = $1 `+server.Own, r.ID).Scan(&r.Created, &state, &output)
		if err != nil {
			return fmt.Errorf("read run %d: %w", r.ID, err)
		}
		r.Took = time.Since(r.Began)
		result, err := decode(output)
		if err != nil {
			return fmt.Errorf("read the output of run %d: %w", r.ID, err)
		}
		switch {
		case result.Outcome == jobs.OutcomeCompleted, r.Capped && result.Outcome == jobs.OutcomeCancelled:
			r.take(result)
			return nil
		case result.Error != "", state == "discarded", state == "cancelled":
			return fmt.Errorf("run %d is %s: %s", r.ID, state, result.Error)
		case limit > 0 && r.Took > limit && !r.Capped:
			r.Capped = true
			if _, err := conn.Exec(ctx, `SELECT siltgate.cancel_token_cleanup($1) `+server.Own, r.ID); err != nil {
				return fmt.Errorf("cancel run %d: %w", r.ID, err)
			}
		}
		r.notePace(result)
		select {
		case <-time.After(every):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// notePace notes the pace if it is another one than before.
func (r *SiltgateRun) notePace(result Result) {
	if result.Pace.Duty == 0 {
		return
	}
	pace := Pace{After: r.Took, Duty: result.Pace.Duty}
	if result.Pace.Forecast != nil {
		pace.Forecast = result.Pace.Forecast.Sub(r.Created)
	}
	if n := len(r.Paces); n == 0 || r.Paces[n-1].Duty != pace.Duty || r.Paces[n-1].Forecast != pace.Forecast {
		r.Paces = append(r.Paces, pace)
	}
}

// Settle waits until River has closed the job too, and the replica is idle again.
func (r *SiltgateRun) Settle(ctx context.Context, conn *pgx.Conn) error {
	for {
		var ended bool
		err := conn.QueryRow(ctx, `SELECT finalized_at IS NOT NULL FROM siltgate.river_job WHERE id = $1 `+server.Own, r.ID).Scan(&ended)
		if err != nil {
			return fmt.Errorf("read run %d: %w", r.ID, err)
		}
		if ended {
			return nil
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (r *SiltgateRun) take(result Result) {
	r.Deleted = result.Deleted
	r.Result = &result
	r.Delay = result.Cutoff.Sub(r.Created)
	for _, t := range result.Tables {
		r.Batches += t.Batches
		r.Plan = t.Plan
	}
}
