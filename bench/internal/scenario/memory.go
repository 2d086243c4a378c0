package scenario

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/bench/internal/replica"
	"github.com/siltgate/siltgate/bench/internal/report"
	"github.com/siltgate/siltgate/bench/internal/stats"
	"github.com/siltgate/siltgate/bench/internal/tokens"
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
	for _, data := range b.datasets()[:3] { // the last is as the second, with less to do
		runs, err := repeat(ctx, b, made, data, func(conn *pgx.Conn, program *replica.Replica) (Memory, error) {
			return memoryOf(ctx, conn, program, data.shape)
		})
		if err != nil {
			return report.Section{}, err
		}
		all = append(all, runs...)
		median := func(figure func(Memory) float64) string { return report.Millis(stats.MedianOf(runs, figure)) }
		table.Add(data.name, report.Count(float64(data.shape.Dead)), runs[len(runs)-1].Plan,
			median(func(m Memory) float64 { return m.IdleMB }),
			median(func(m Memory) float64 { return m.PeakMB }))
	}
	return report.Section{Tables: []report.Table{table}, Data: all}, nil
}

func memoryOf(ctx context.Context, conn *pgx.Conn, program *replica.Replica, shape tokens.Shape) (Memory, error) {
	m := Memory{Dead: shape.Dead, Indexed: shape.Indexed, IdleMB: megabytes(program.PeakMemory())}
	run, err := purge(ctx, conn, shape.Dead)
	if err != nil {
		return m, err
	}
	m.Plan, m.Deleted, m.PeakMB = run.Plan, run.Deleted, megabytes(program.PeakMemory())
	return m, nil
}

func megabytes(bytes int64) float64 { return float64(bytes*10>>20) / 10 }
