package scenario

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/bench/internal/method"
	"github.com/siltgate/siltgate/bench/internal/replica"
	"github.com/siltgate/siltgate/bench/internal/report"
	"github.com/siltgate/siltgate/bench/internal/server"
)

// turns measures how soon a run by hand begins while a scheduled run is at work that takes days. The
// run by hand is for another table.
func (b *Bench) turns(ctx context.Context) (report.Section, error) {
	start := Start{Runs: b.Runs}
	err := b.withReplica(ctx, templates{}, b.shape(backlogDead, true), func(conn *pgx.Conn, _ *replica.Replica) error {
		_, err := conn.Exec(ctx, `CREATE TABLE password_resets (id bigserial PRIMARY KEY, expires_at timestamptz NOT NULL, used boolean NOT NULL DEFAULT false)`)
		if err == nil {
			err = noteDeletions(ctx, conn, "password_resets")
		}
		if err != nil {
			return fmt.Errorf("make the table of runs by hand: %w", err)
		}
		if _, err := method.Tick(ctx, conn); err != nil {
			return err
		}
		return b.interruptions(ctx, conn, &start)
	}, "SILTGATE_FINISH_WITHIN=24h", "SILTGATE_DUTY_CYCLE=0.001")
	table := report.Table{
		Title:   fmt.Sprintf("From the request of a run by hand to its first batch, while a scheduled run is at work that takes a day, ms, %d runs", start.Runs),
		Columns: []string{"until", "p50", "p99", "max"},
		Notes:   []string{"By the database's clock, as in latency. Each is asked for while the scheduled run has the turn, up to four seconds after it got it back."},
	}
	start.show(&table)
	return report.Section{Tables: []report.Table{table}, Data: start}, err
}

// interruptions asks for one run after the other.
func (b *Bench) interruptions(ctx context.Context, conn *pgx.Conn, start *Start) error {
	return start.measure(ctx, conn, func(chance *rand.Rand) (method.SiltgateRun, error) {
		if err := scheduledAtWork(ctx, conn); err != nil {
			return method.SiltgateRun{}, err
		}
		if err := wait(ctx, time.Duration(chance.Int64N(int64(4*time.Second)))); err != nil {
			return method.SiltgateRun{}, err
		}
		// They expire after the scheduled run's cutoff, so that these rows are not its work.
		if _, err := conn.Exec(ctx, `INSERT INTO password_resets (expires_at) SELECT now() FROM generate_series(1, 100)`); err != nil {
			return method.SiltgateRun{}, fmt.Errorf("insert dead rows: %w", err)
		}
		return method.AskFor(ctx, conn, []string{"password_resets"}, true, poll)
	})
}

// scheduledAtWork waits until a session of the scheduled run has the turn.
func scheduledAtWork(ctx context.Context, conn *pgx.Conn) error {
	for range 3000 {
		var has bool
		err := conn.QueryRow(ctx, `
			SELECT job.args ? 'tick' AND job.state = 'running'
				AND EXISTS (SELECT FROM pg_stat_activity WHERE pid = turn.pid AND application_name = 'siltgate')
			FROM siltgate.turn
			JOIN siltgate.river_job AS job ON job.id = turn.job_id `+server.Own).Scan(&has)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("look whose turn it is: %w", err)
		}
		if has {
			return nil
		}
		if err := wait(ctx, poll); err != nil {
			return err
		}
	}
	return errors.New("the scheduled run does not get the turn back within a minute")
}
