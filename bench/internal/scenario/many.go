package scenario

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/bench/internal/replica"
	"github.com/siltgate/siltgate/bench/internal/report"
	"github.com/siltgate/siltgate/bench/internal/server"
	"github.com/siltgate/siltgate/bench/internal/stats"
)

// The places in which the rows of a Spread lie.
const (
	ownTables  = "tables"              // each is named
	ofPattern  = "tables of a pattern" // one name with * means them all
	partitions = "partitions"          // of one table
)

// mostNamed is up to how many tables are also named one by one, and also made partitions.
const mostNamed = 1000

// Spread is what a run costs where its rows lie in many places.
type Spread struct {
	Places     int     `json:"places"`
	Kind       string  `json:"kind"`
	Each       int64   `json:"rows_in_each"`
	Empty      int64   `json:"empty_ms"`   // nothing is dead
	Daily      int64   `json:"daily_ms"`   // 2 % are
	Statements float64 `json:"statements"` // of the replica, for a run that finds nothing; 0 = not known
	PeakMB     float64 `json:"peak_mb"`    // resident, after those runs; 0 = not known
}

// many measures the same rows in one place and in many.
func (b *Bench) many(ctx context.Context) (report.Section, error) {
	table := report.Table{
		Title:   "The same rows in many places, at full speed",
		Columns: []string{"the rows are in", "rows in each", "nothing dead, ms", "for each", "statements for each", "resident, MB", "2 % dead, ms", "deleted/s"},
		Notes: []string{
			fmt.Sprintf("Medians of %d runs of their own duration_ms. Statements are all of the replica's, by pg_stat_statements.", b.Repetitions),
			"Each place has an index on expiry and one on revoked rows.",
		},
	}
	var all []Spread
	for _, places := range []int{1, 10, 100, 1000, 10_000} {
		each := max(b.Rows/int64(places), 1)
		if err := b.spread(ctx, places, each); err != nil {
			return report.Section{}, err
		}
		kinds := []string{ofPattern}
		if places <= mostNamed {
			kinds = []string{ownTables, ofPattern, partitions}
		}
		for _, kind := range kinds {
			s := Spread{Places: places, Kind: kind, Each: each}
			if err := b.runOver(ctx, &s); err != nil {
				return report.Section{}, err
			}
			all = append(all, s)
			name := fmt.Sprintf("%d %s", places, kind)
			b.Log.Info("measured", "places", name, "empty_ms", s.Empty, "daily_ms", s.Daily, "statements", s.Statements, "peak_mb", s.PeakMB)
			n, empty, daily := float64(places), float64(s.Empty), float64(s.Daily)
			table.Add(name, report.Count(float64(each)), report.Millis(empty), report.Millis(empty/n),
				report.Millis(s.Statements/n), report.Millis(s.PeakMB), report.Millis(daily), report.Count(float64(each)*n*dailyDead/100/(daily/1000)))
		}
		if err := b.Server.Drop(ctx, working); err != nil {
			return report.Section{}, err
		}
	}
	return report.Section{Tables: []report.Table{table}, Data: all}, nil
}

// spread fills tables tokens_0, tokens_1 and so on, alike, all rows alive.
func (b *Bench) spread(ctx context.Context, places int, each int64) error {
	if err := b.Server.Create(ctx, working); err != nil {
		return err
	}
	conn, err := b.Server.Connect(ctx, working, "bench")
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // its work is done
	for place := range places {
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
	settings := slices.Clone(b.Settings)
	configure := func(i int, table string) {
		settings = append(settings,
			fmt.Sprintf("SILTGATE_TABLES_%d_NAME=%s", i, table),
			fmt.Sprintf("SILTGATE_TABLES_%d_DONE_COLUMN=revoked", i))
	}
	switch s.Kind {
	case ofPattern:
		configure(0, "tokens_*")
	case partitions:
		configure(0, "refresh_tokens")
	default:
		for place := range s.Places {
			configure(place, fmt.Sprintf("tokens_%d", place))
		}
	}
	return b.onWorking(ctx, settings, func(conn *pgx.Conn, program *replica.Replica) error {
		if s.Kind == partitions {
			if err := attach(ctx, conn, s.Places); err != nil {
				return err
			}
		}
		return b.runsOver(ctx, conn, program, s)
	})
}

// runsOver measures runs that find nothing, then those that find some dead rows in
// each place.
func (b *Bench) runsOver(ctx context.Context, conn *pgx.Conn, program *replica.Replica, s *Spread) error {
	if err := b.Server.ResetStatements(ctx); err != nil {
		return err
	}
	var err error
	if s.Empty, err = b.runs(ctx, conn, s.Places, 0); err != nil {
		return err
	}
	s.PeakMB = megabytes(program.PeakMemory())
	statements, err := b.Server.Statements(ctx, working)
	if err != nil {
		return err
	}
	for _, statement := range statements {
		s.Statements += float64(statement.Calls) / float64(b.Repetitions)
	}
	s.Daily, err = b.runs(ctx, conn, s.Places, s.Each*dailyDead/100)
	return err
}

// runs are as many as the plan says, each over so many dead rows in each place. It
// returns the median of their durations, in ms.
func (b *Bench) runs(ctx context.Context, conn *pgx.Conn, places int, dead int64) (int64, error) {
	var took []int64
	for range b.Repetitions {
		if err := die(ctx, conn, places, dead); err != nil {
			return 0, err
		}
		run, err := purge(ctx, conn, dead*int64(places))
		if err != nil {
			return 0, err
		}
		took = append(took, run.Result.DurationMS)
	}
	return stats.Median(took), nil
}

// attach makes the tables partitions of one.
func attach(ctx context.Context, conn *pgx.Conn, places int) error {
	if _, err := conn.Exec(ctx, `CREATE TABLE refresh_tokens (LIKE tokens_0) PARTITION BY LIST (place)`); err != nil {
		return fmt.Errorf("create a partitioned table: %w", err)
	}
	for place := range places {
		_, err := conn.Exec(ctx, fmt.Sprintf(`ALTER TABLE refresh_tokens ATTACH PARTITION tokens_%[1]d FOR VALUES IN (%[1]d)`, place))
		if err != nil {
			return fmt.Errorf("attach partition %d: %w", place, err)
		}
	}
	return nil
}

// die adds so many expired rows to each table.
func die(ctx context.Context, conn *pgx.Conn, places int, dead int64) error {
	for place := range places {
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
