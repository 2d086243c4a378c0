package scenario

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/bench/internal/method"
	"github.com/siltgate/siltgate/bench/internal/replica"
	"github.com/siltgate/siltgate/bench/internal/report"
	"github.com/siltgate/siltgate/bench/internal/stats"
)

// poll is how often the end of a run is looked for where that is not measured.
const poll = 20 * time.Millisecond

// Start is how soon runs begin after they were asked for. All times are the
// database's: the job's created_at, the run's cutoff, and clock_timestamp() at
// the end of its first DELETE.
type Start struct {
	Runs   int           `json:"runs"`
	Cutoff stats.Latency `json:"enqueued_to_cutoff"`
	Delete stats.Latency `json:"enqueued_to_first_delete"`
}

// latency measures how soon a run begins, on a table with a little to do.
func (b *Bench) latency(ctx context.Context) (report.Section, error) {
	start := Start{Runs: b.Runs}
	err := b.withReplica(ctx, templates{}, b.shape(0, true), func(conn *pgx.Conn, _ *replica.Replica) error {
		if err := noteDeletions(ctx, conn, "refresh_tokens"); err != nil {
			return err
		}
		return b.starts(ctx, conn, &start)
	})
	table := report.Table{
		Title:   fmt.Sprintf("From the request of a run to its first batch, ms, %d runs", start.Runs),
		Columns: []string{"until", "p50", "p99", "max"},
		Notes: []string{
			"By the database's clock, from the job's created_at: to the cutoff that the run reads first of all, and to the end of its first DELETE.",
			"Each run finds 100 dead rows, and is asked for by SQL up to a second after the one before has ended.",
		},
	}
	start.show(&table)
	return report.Section{Tables: []report.Table{table}, Data: start}, err
}

func (s *Start) show(table *report.Table) {
	for _, row := range []struct {
		name string
		stats.Latency
	}{{"the cutoff", s.Cutoff}, {"the first DELETE", s.Delete}} {
		table.Add(row.name, report.Millis(row.P50), report.Millis(row.P99), report.Millis(row.Max))
	}
}

// noteDeletions has a table note when rows of it were deleted.
func noteDeletions(ctx context.Context, conn *pgx.Conn, table string) error {
	for _, sql := range []string{
		`CREATE TABLE bench_deleted (at timestamptz NOT NULL)`,
		`CREATE FUNCTION bench_note() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			INSERT INTO bench_deleted VALUES (clock_timestamp());
			RETURN NULL;
		END $$`,
		`CREATE TRIGGER bench_note AFTER DELETE ON ` + table + ` EXECUTE FUNCTION bench_note()`,
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("watch for deletions: %w", err)
		}
	}
	return nil
}

// firstDeletion is when the first rows were deleted since it was asked last.
func firstDeletion(ctx context.Context, conn *pgx.Conn) (time.Time, error) {
	var deleted time.Time
	if err := conn.QueryRow(ctx, `SELECT min(at) FROM bench_deleted`).Scan(&deleted); err != nil {
		return deleted, fmt.Errorf("read when rows were deleted: %w", err)
	}
	if _, err := conn.Exec(ctx, `TRUNCATE bench_deleted`); err != nil {
		return deleted, fmt.Errorf("forget when rows were deleted: %w", err)
	}
	return deleted, nil
}

// starts asks for one run after the other, and waits up to a second before each.
func (b *Bench) starts(ctx context.Context, conn *pgx.Conn, start *Start) error {
	return start.measure(ctx, conn, func(chance *rand.Rand) (method.SiltgateRun, error) {
		_, err := conn.Exec(ctx, `
			INSERT INTO refresh_tokens (id, user_id, token_hash, expires_at)
			SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), now() - interval '1 hour'
			FROM generate_series(1, 100)`)
		if err != nil {
			return method.SiltgateRun{}, fmt.Errorf("insert dead rows: %w", err)
		}
		if err := wait(ctx, time.Duration(chance.Int64N(int64(time.Second)))); err != nil {
			return method.SiltgateRun{}, err
		}
		run, err := method.Ask(ctx, conn, false, poll)
		if err == nil {
			err = run.Settle(ctx, conn)
		}
		return run, err
	})
}

// measure asks for the runs, and notes how soon each one began.
func (s *Start) measure(ctx context.Context, conn *pgx.Conn, ask func(*rand.Rand) (method.SiltgateRun, error)) error {
	chance := rand.New(rand.NewPCG(1, 1))
	var cutoffs, deletes []time.Duration
	for range s.Runs {
		run, err := ask(chance)
		if err != nil {
			return err
		}
		deleted, err := firstDeletion(ctx, conn)
		if err != nil {
			return err
		}
		cutoffs = append(cutoffs, run.Result.Cutoff.Sub(run.Created))
		deletes = append(deletes, deleted.Sub(run.Created))
	}
	s.Cutoff, s.Delete = stats.Summarize(cutoffs), stats.Summarize(deletes)
	return nil
}
