package scenario

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/bench/internal/replica"
	"github.com/siltgate/siltgate/bench/internal/report"
	"github.com/siltgate/siltgate/bench/internal/stats"
	"github.com/siltgate/siltgate/bench/internal/tokens"
)

// Again is what runs cost that follow on each other. Times are those that the
// runs recorded, in ms.
type Again struct {
	Dead     int64   `json:"dead_rows"`
	Indexed  bool    `json:"indexed"`
	First    float64 `json:"first_ms"`  // deletes them
	Second   float64 `json:"second_ms"` // finds nothing; no row has been removed yet
	Third    float64 `json:"third_ms"`
	Vacuumed float64 `json:"vacuumed_ms"` // after VACUUM (ANALYZE)
	Plans    string  `json:"plans"`
}

// again measures runs over rows that are deleted and not yet vacuumed.
func (b *Bench) again(ctx context.Context) (report.Section, error) {
	table := report.Table{
		Title:   "Runs one after the other, at full speed, ms",
		Columns: []string{"data", "dead rows", "first", "second", "third", "after VACUUM", "plans"},
		Notes: []string{
			fmt.Sprintf("Medians of %d repetitions of the run's own duration_ms. The first run deletes the dead rows, the others find none.", b.Repetitions),
			"Autovacuum leaves the table alone: what was deleted is still there for the second and the third.",
		},
	}
	var all []Again
	made := templates{}
	for _, data := range b.datasets() {
		runs, err := repeat(ctx, b, made, data, func(conn *pgx.Conn, _ *replica.Replica) (Again, error) {
			return againOn(ctx, conn, data.shape)
		})
		if err != nil {
			return report.Section{}, err
		}
		all = append(all, runs...)
		median := func(figure func(Again) float64) string { return report.Millis(stats.MedianOf(runs, figure)) }
		table.Add(data.name, report.Count(float64(data.shape.Dead)),
			median(func(a Again) float64 { return a.First }),
			median(func(a Again) float64 { return a.Second }),
			median(func(a Again) float64 { return a.Third }),
			median(func(a Again) float64 { return a.Vacuumed }),
			runs[len(runs)-1].Plans)
	}
	return report.Section{Tables: []report.Table{table}, Data: all}, nil
}

func againOn(ctx context.Context, conn *pgx.Conn, shape tokens.Shape) (Again, error) {
	a := Again{Dead: shape.Dead, Indexed: shape.Indexed}
	var plans []string
	for _, step := range []struct {
		before string // "" is a statement too
		finds  int64
		took   *float64
	}{
		{"ALTER TABLE refresh_tokens SET (autovacuum_enabled = false)", shape.Dead, &a.First},
		{"", 0, &a.Second},
		{"", 0, &a.Third},
		{"VACUUM (ANALYZE) refresh_tokens", 0, &a.Vacuumed},
	} {
		if _, err := conn.Exec(ctx, step.before); err != nil {
			return a, fmt.Errorf("prepare a run: %w", err)
		}
		run, err := purge(ctx, conn, step.finds)
		if err != nil {
			return a, err
		}
		*step.took = float64(run.Result.DurationMS)
		plans = append(plans, run.Plan)
	}
	a.Plans = strings.Join(plans, ", ")
	return a, nil
}
