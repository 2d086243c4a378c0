package scenario

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/bench/internal/method"
	"github.com/siltgate/siltgate/bench/internal/replica"
	"github.com/siltgate/siltgate/bench/internal/report"
	"github.com/siltgate/siltgate/bench/internal/stats"
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
	for _, data := range []struct {
		name    string
		percent int64
		indexed bool
	}{
		{"backlog, indexed", backlogDead, true},
		{"backlog, unindexed", backlogDead, false},
		{"daily, indexed", dailyDead, true},
		{"daily, unindexed", dailyDead, false},
	} {
		var first, second, third, vacuumed []float64
		var last Again
		for range b.Repetitions {
			a, err := b.againOn(ctx, made, data.percent, data.indexed)
			if err != nil {
				return report.Section{}, err
			}
			last = a
			all = append(all, a)
			first, second = append(first, a.First), append(second, a.Second)
			third, vacuumed = append(third, a.Third), append(vacuumed, a.Vacuumed)
			b.Log.Info("measured", "data", data.name, "first", a.First, "second", a.Second, "third", a.Third, "vacuumed", a.Vacuumed)
		}
		table.Add(data.name, report.Count(float64(last.Dead)), report.Millis(stats.Median(first)), report.Millis(stats.Median(second)),
			report.Millis(stats.Median(third)), report.Millis(stats.Median(vacuumed)), last.Plans)
	}
	return report.Section{Tables: []report.Table{table}, Data: all}, nil
}

func (b *Bench) againOn(ctx context.Context, made templates, deadPercent int64, indexed bool) (Again, error) {
	shape := b.shape(deadPercent, indexed)
	a := Again{Dead: shape.Dead, Indexed: indexed}
	err := b.withReplica(ctx, made, shape, func(conn *pgx.Conn, _ *replica.Replica) error {
		for _, step := range []struct {
			before string
			finds  int64
			took   *float64
		}{
			{"ALTER TABLE refresh_tokens SET (autovacuum_enabled = false)", shape.Dead, &a.First},
			{"", 0, &a.Second},
			{"", 0, &a.Third},
			{"VACUUM (ANALYZE) refresh_tokens", 0, &a.Vacuumed},
		} {
			if _, err := conn.Exec(ctx, step.before); err != nil { // "" is a statement too
				return fmt.Errorf("prepare a run: %w", err)
			}
			run, err := method.Ask(ctx, conn, true, poll)
			if err != nil {
				return err
			}
			if err := run.Settle(ctx, conn); err != nil {
				return err
			}
			if run.Deleted != step.finds {
				return fmt.Errorf("a run deleted %d rows of %d", run.Deleted, step.finds)
			}
			*step.took = float64(run.Result.DurationMS)
			if a.Plans != "" {
				a.Plans += ", "
			}
			a.Plans += run.Plan
		}
		return nil
	})
	return a, err
}
