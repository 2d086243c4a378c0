package scenario

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/bench/internal/method"
	"github.com/siltgate/siltgate/bench/internal/replica"
	"github.com/siltgate/siltgate/bench/internal/report"
	"github.com/siltgate/siltgate/bench/internal/server"
	"github.com/siltgate/siltgate/bench/internal/stats"
)

// Spread is what a run costs where its rows lie in many places.
type Spread struct {
	Places     int     `json:"places"`
	Partitions bool    `json:"partitions"` // of one table; else tables of their own
	Rows       int64   `json:"rows"`       // in all of them
	Empty      float64 `json:"empty_ms"`   // nothing is dead
	Daily      float64 `json:"daily_ms"`   // 2 % are
	Statements float64 `json:"statements"` // of the replica, for a run that finds nothing; 0 = not known
}

// many measures the same rows in one place and in many.
func (b *Bench) many(ctx context.Context) (report.Section, error) {
	table := report.Table{
		Title:   "The same rows in many places, at full speed",
		Columns: []string{"the rows are in", "rows in each", "nothing dead, ms", "for each", "statements for each", "2 % dead, ms", "deleted/s"},
		Notes: []string{
			fmt.Sprintf("Medians of %d runs of their own duration_ms. Statements are all of the replica's, by pg_stat_statements.", b.Repetitions),
			"Each place has an index on expiry and one on revoked rows.",
		},
	}
	var all []Spread
	for _, places := range []int{1, 10, 100, 1000} {
		if err := b.spread(ctx, places); err != nil {
			return report.Section{}, err
		}
		for _, s := range []Spread{{Places: places}, {Places: places, Partitions: true}} {
			if err := b.runOver(ctx, &s); err != nil {
				return report.Section{}, err
			}
			all = append(all, s)
			name := fmt.Sprintf("%d tables", places)
			if s.Partitions {
				name = fmt.Sprintf("%d partitions", places)
			}
			b.Log.Info("measured", "places", name, "empty_ms", s.Empty, "daily_ms", s.Daily, "statements", s.Statements)
			n := float64(places)
			table.Add(name, report.Count(float64(s.Rows)/n), report.Millis(s.Empty), report.Millis(s.Empty/n),
				report.Millis(s.Statements/n), report.Millis(s.Daily), report.Count(float64(s.Rows)*dailyDead/100/(s.Daily/1000)))
		}
		if err := b.Server.Drop(ctx, working); err != nil {
			return report.Section{}, err
		}
	}
	return report.Section{Tables: []report.Table{table}, Data: all}, nil
}

// spread fills tables tokens_1, tokens_2 and so on, alike, all rows alive.
func (b *Bench) spread(ctx context.Context, places int) error {
	if err := b.Server.Create(ctx, working); err != nil {
		return err
	}
	conn, err := b.Server.Connect(ctx, working, "bench")
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // its work is done
	each := b.Rows / int64(places)
	for place := 1; place <= places; place++ {
		_, err := conn.Exec(ctx, fmt.Sprintf(`
			CREATE TABLE tokens_%[1]d (
				id         uuid NOT NULL PRIMARY KEY,
				place      integer NOT NULL,
				expires_at timestamptz NOT NULL,
				revoked    boolean NOT NULL DEFAULT false
			);
			INSERT INTO tokens_%[1]d
			SELECT gen_random_uuid(), %[1]d, now() + interval '30 days' + n * interval '1 millisecond', false
			FROM generate_series(1, %[2]d) AS n;
			CREATE INDEX ON tokens_%[1]d (expires_at);
			CREATE INDEX ON tokens_%[1]d (id) WHERE revoked`, place, each))
		if err != nil {
			return fmt.Errorf("fill table %d: %w", place, err)
		}
	}
	if _, err := conn.Exec(ctx, `VACUUM (ANALYZE)`); err != nil {
		return fmt.Errorf("vacuum %d tables: %w", places, err)
	}
	return replica.Migrate(ctx, b.Program, b.Server.URL(working))
}

// runOver measures runs over tables of their own, or makes partitions of them first.
func (b *Bench) runOver(ctx context.Context, s *Spread) error {
	settings := b.Settings
	if s.Partitions {
		if err := b.attach(ctx, s.Places); err != nil {
			return err
		}
		settings = append(settings, "SILTGATE_TABLES_0_NAME=refresh_tokens", "SILTGATE_TABLES_0_DONE_COLUMN=revoked")
	} else {
		for place := 1; place <= s.Places; place++ {
			settings = append(settings,
				fmt.Sprintf("SILTGATE_TABLES_%d_NAME=tokens_%d", place-1, place),
				fmt.Sprintf("SILTGATE_TABLES_%d_DONE_COLUMN=revoked", place-1))
		}
	}
	each := b.Rows / int64(s.Places)
	s.Rows = each * int64(s.Places)
	return b.onWorking(ctx, settings, func(conn *pgx.Conn, _ *replica.Replica) error {
		var empty, daily []float64
		if err := b.Server.ResetStatements(ctx); err != nil {
			return err
		}
		for range b.Repetitions {
			took, err := runOnce(ctx, conn, 0)
			if err != nil {
				return err
			}
			empty = append(empty, took)
		}
		statements, err := b.Server.Statements(ctx, working)
		if err != nil {
			return err
		}
		for _, statement := range statements {
			s.Statements += float64(statement.Calls) / float64(b.Repetitions)
		}
		for range b.Repetitions {
			dead := each * dailyDead / 100
			if err := die(ctx, conn, s.Places, dead); err != nil {
				return err
			}
			took, err := runOnce(ctx, conn, dead*int64(s.Places))
			if err != nil {
				return err
			}
			daily = append(daily, took)
		}
		s.Empty, s.Daily = stats.Median(empty), stats.Median(daily)
		return nil
	})
}

// attach makes the tables partitions of one.
func (b *Bench) attach(ctx context.Context, places int) error {
	conn, err := b.Server.Connect(ctx, working, "bench")
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // its work is done
	if _, err := conn.Exec(ctx, `CREATE TABLE refresh_tokens (LIKE tokens_1) PARTITION BY LIST (place)`); err != nil {
		return fmt.Errorf("create a partitioned table: %w", err)
	}
	for place := 1; place <= places; place++ {
		_, err := conn.Exec(ctx, fmt.Sprintf(`ALTER TABLE refresh_tokens ATTACH PARTITION tokens_%[1]d FOR VALUES IN (%[1]d)`, place))
		if err != nil {
			return fmt.Errorf("attach partition %d: %w", place, err)
		}
	}
	return nil
}

// die adds so many expired rows to each table.
func die(ctx context.Context, conn *pgx.Conn, places int, dead int64) error {
	for place := 1; place <= places; place++ {
		_, err := conn.Exec(ctx, fmt.Sprintf(`
			INSERT INTO tokens_%[1]d
			SELECT gen_random_uuid(), %[1]d, now() - n * interval '1 millisecond', false
			FROM generate_series(1, %[2]d) AS n `, place, dead)+server.Own)
		if err != nil {
			return fmt.Errorf("insert dead rows into table %d: %w", place, err)
		}
	}
	return nil
}

// runOnce executes a run that is to delete so many rows, and returns its own
// duration in ms.
func runOnce(ctx context.Context, conn *pgx.Conn, dead int64) (float64, error) {
	run, err := method.Ask(ctx, conn, true, poll)
	if err != nil {
		return 0, err
	}
	if err := run.Settle(ctx, conn); err != nil {
		return 0, err
	}
	if run.Deleted != dead {
		return 0, fmt.Errorf("a run deleted %d of %d dead rows", run.Deleted, dead)
	}
	return float64(run.Result.DurationMS), nil
}
