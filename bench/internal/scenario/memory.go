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

// Memory is what a replica needed for one run.
type Memory struct {
	Dead    int64   `json:"dead_rows"`
	Indexed bool    `json:"indexed"`
	Plan    string  `json:"plan"`
	Deleted int64   `json:"deleted"`
	IdleMB  float64 `json:"idle_mb"` // its peak before the run
	PeakMB  float64 `json:"peak_mb"`
}

// memory measures the replica's peak resident memory, one process for a run.
func (b *Bench) memory(ctx context.Context) (report.Section, error) {
	table := report.Table{
		Title:   "The replica's peak resident memory (VmHWM), MB",
		Columns: []string{"data", "dead rows", "plan", "idle", "after a run"},
		Notes:   []string{fmt.Sprintf("Medians of %d repetitions, each a process and a run of its own, at full speed.", b.Repetitions)},
	}
	var all []Memory
	made := templates{}
	for _, data := range []struct {
		name    string
		percent int64
		indexed bool
	}{
		{"backlog, indexed", backlogDead, true},
		{"backlog, unindexed", backlogDead, false},
		{"daily, indexed", dailyDead, true},
	} {
		var idle, peak []float64
		var last Memory
		for range b.Repetitions {
			m, err := b.memoryOf(ctx, made, data.percent, data.indexed)
			if err != nil {
				return report.Section{}, err
			}
			last = m
			all = append(all, m)
			idle, peak = append(idle, m.IdleMB), append(peak, m.PeakMB)
			b.Log.Info("measured", "data", data.name, "idle_mb", m.IdleMB, "peak_mb", m.PeakMB)
		}
		table.Add(data.name, report.Count(float64(last.Dead)), last.Plan, report.Millis(stats.Median(idle)), report.Millis(stats.Median(peak)))
	}
	return report.Section{Tables: []report.Table{table}, Data: all}, nil
}

func (b *Bench) memoryOf(ctx context.Context, made templates, deadPercent int64, indexed bool) (Memory, error) {
	shape := b.shape(deadPercent, indexed)
	m := Memory{Dead: shape.Dead, Indexed: indexed}
	err := b.withReplica(ctx, made, shape, func(conn *pgx.Conn, program *replica.Replica) error {
		m.IdleMB = megabytes(program.PeakMemory())
		run, err := method.Ask(ctx, conn, true, poll)
		if err != nil {
			return err
		}
		if run.Deleted != shape.Dead {
			return fmt.Errorf("a run deleted %d of %d dead rows", run.Deleted, shape.Dead)
		}
		m.Plan, m.Deleted, m.PeakMB = run.Plan, run.Deleted, megabytes(program.PeakMemory())
		return nil
	})
	return m, err
}

func megabytes(bytes int64) float64 { return float64(bytes*10>>20) / 10 }
