// Package scenario has what can be measured, each with its data, its figures
// and its report.
package scenario

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/siltgate/siltgate/bench/internal/method"
	"github.com/siltgate/siltgate/bench/internal/report"
	"github.com/siltgate/siltgate/bench/internal/server"
	"github.com/siltgate/siltgate/bench/internal/tokens"
)

// Plan is what to measure, and for how long.
type Plan struct {
	Rows        int64
	Repetitions int
	Methods     []method.Method
	Heap        tokens.Heap

	// Dead is the share of dead rows in percent; 0 = the scenario's own.
	Dead int64

	// Rate is of the foreground's requests, a second.
	Rate int

	// Before and After are the phases without a purge, Limit the longest that
	// a loop may take.
	Before, After, Limit time.Duration

	// Sample is how often sessions are sampled.
	Sample time.Duration

	// Checkpoints is how often a checkpoint happens during a purge; 0 = none does.
	Checkpoints time.Duration

	// Idle is how long an idle replica is watched.
	Idle time.Duration

	// Runs is how many runs latency and empty count.
	Runs int

	// Settings are further variables of the replica's environment, as NAME=value.
	Settings []string
}

// Bench measures on a server.
type Bench struct {
	Plan
	Server  *server.Server
	Program string // of Siltgate
	Log     *slog.Logger

	step bool // the load grows in the middle of each purge
}

// Names are the scenarios.
func Names() []string {
	return []string{"backlog", "daily", "empty", "again", "many", "kept", "snapshot", "step", "turns", "memory", "latency", "idle"}
}

// Run measures one scenario.
func (b *Bench) Run(ctx context.Context, name string) (report.Section, error) {
	run, ok := map[string]func(context.Context) (report.Section, error){
		"backlog":  b.backlog,
		"daily":    b.daily,
		"empty":    b.empty,
		"again":    b.again,
		"many":     b.many,
		"kept":     b.kept,
		"snapshot": b.snapshot,
		"step":     b.grow,
		"turns":    b.turns,
		"memory":   b.memory,
		"latency":  b.latency,
		"idle":     b.idle,
	}[name]
	if !ok {
		return report.Section{}, fmt.Errorf("measure %s: no such scenario", name)
	}
	section, err := run(ctx)
	if err != nil {
		return section, fmt.Errorf("measure %s: %w", name, err)
	}
	section.Scenario, section.Rows, section.Heap = name, b.Rows, string(b.Heap)
	return section, nil
}

// shape is of a table with that share of dead rows, in percent, unless the plan
// has one.
func (b *Bench) shape(deadPercent int64, indexed bool) tokens.Shape {
	if b.Dead > 0 && deadPercent > 0 {
		deadPercent = b.Dead
	}
	return tokens.Shape{Rows: b.Rows, Dead: b.Rows * deadPercent / 100, Heap: b.Heap, Indexed: indexed}
}
