package method

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

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

// SiltgateRun is a run as it was seen from outside.
type SiltgateRun struct {
	Outcome
	ID int64

	// Created is when the job was inserted, by the database's clock.
	Created time.Time
}

// Ask asks for a run and looks, that often, whether its end is recorded on its
// job.
func Ask(ctx context.Context, conn *pgx.Conn, fullSpeed bool, every time.Duration) (SiltgateRun, error) {
	run := SiltgateRun{Outcome: Outcome{Began: time.Now()}}
	err := conn.QueryRow(ctx, `SELECT siltgate.enqueue_token_cleanup(full_speed => $1, requested_by => 'bench') `+server.Own, fullSpeed).Scan(&run.ID)
	if err != nil {
		return run, fmt.Errorf("enqueue: %w", err)
	}
	for {
		var state string
		var output []byte
		err := conn.QueryRow(ctx, `
			SELECT created_at, state::text, metadata -> 'output'
			FROM siltgate.river_job
			WHERE id = $1 `+server.Own, run.ID).Scan(&run.Created, &state, &output)
		if err != nil {
			return run, fmt.Errorf("read run %d: %w", run.ID, err)
		}
		run.Took = time.Since(run.Began)
		result, err := decode(output)
		if err != nil {
			return run, fmt.Errorf("read the output of run %d: %w", run.ID, err)
		}
		switch {
		case completed(result):
			run.take(result)
			return run, nil
		case result.Error != "", state == "discarded", state == "cancelled":
			return run, fmt.Errorf("run %d is %s: %s", run.ID, state, result.Error)
		}
		select {
		case <-time.After(every):
		case <-ctx.Done():
			return run, ctx.Err()
		}
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
