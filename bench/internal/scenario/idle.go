package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/bench/internal/replica"
	"github.com/siltgate/siltgate/bench/internal/report"
	"github.com/siltgate/siltgate/bench/internal/server"
)

// beginning is how long a started replica is left alone before it is watched: it
// becomes the leader meanwhile.
const beginning = 20 * time.Second

// Idle is what a replica without work costs.
type Idle struct {
	Seconds     float64            `json:"seconds"`
	PerSecond   float64            `json:"statements_per_second"`
	Connections int                `json:"most_connections"`
	PeakMB      float64            `json:"peak_mb"`
	CPU         float64            `json:"cpu_share"` // of one processor
	How         string             `json:"counted_by"`
	Statements  []server.Statement `json:"statements"`
}

// idle counts the statements of a replica that has nothing to do. It is the only
// one, and so the leader: the others do less.
func (b *Bench) idle(ctx context.Context) (report.Section, error) {
	var idle Idle
	err := b.withReplica(ctx, templates{}, b.shape(0, true), func(conn *pgx.Conn, program *replica.Replica) error {
		_ = conn.Close(ctx) // only the replica is to be counted
		if err := wait(ctx, beginning); err != nil {
			return err
		}
		return b.watchIdle(ctx, program, &idle)
	})
	table := report.Table{
		Title:   fmt.Sprintf("An idle replica, the leader, for %.0f s", idle.Seconds),
		Columns: []string{"statements/s", "most connections", "peak MB", "CPU share"},
		Notes:   []string{"Statements counted by " + idle.How + "."},
	}
	table.Add(fmt.Sprintf("%.2f", idle.PerSecond), fmt.Sprint(idle.Connections), report.Millis(idle.PeakMB), fmt.Sprintf("%.4f", idle.CPU))
	statements := report.Table{Title: "Its statements", Columns: []string{"statement", "per minute"}}
	for _, s := range idle.Statements {
		statements.Add(abridge(s.Query), fmt.Sprintf("%.1f", float64(s.Calls)*60/max(idle.Seconds, 1)))
	}
	return report.Section{Tables: []report.Table{table, statements}, Data: idle}, err
}

func (b *Bench) watchIdle(ctx context.Context, program *replica.Replica, idle *Idle) error {
	read, how, err := b.Server.CountStatements(ctx, working)
	if err != nil {
		return err
	}
	began, cpu := time.Now(), program.CPU()
	for time.Since(began) < b.Idle {
		n, err := b.Server.Connections(ctx, working)
		if err != nil {
			return err
		}
		idle.Connections = max(idle.Connections, n)
		if err := wait(ctx, time.Second); err != nil {
			return err
		}
	}
	if idle.Statements, err = read(ctx); err != nil {
		return err
	}
	idle.How, idle.Seconds = how, time.Since(began).Seconds()
	idle.CPU = (program.CPU() - cpu).Seconds() / idle.Seconds
	idle.PeakMB = megabytes(program.PeakMemory())
	var calls int64
	for _, s := range idle.Statements {
		calls += s.Calls
	}
	idle.PerSecond = float64(calls) / idle.Seconds
	return nil
}

// abridge makes a statement fit into a table.
func abridge(query string) string {
	const most = 90
	runes := []rune(query)
	for i, r := range runes {
		if r == '|' {
			runes[i] = '¦'
		}
	}
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(runes)
}
