package scenario

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/siltgate/siltgate/bench/internal/method"
	"github.com/siltgate/siltgate/bench/internal/report"
)

// Shares of dead rows, in percent.
const (
	backlogDead = 80
	dailyDead   = 2
)

// backlog is a table that was never purged: most of it is dead.
func (b *Bench) backlog(ctx context.Context) (report.Section, error) {
	return b.compare(ctx, backlogDead)
}

// daily is a table that is purged every day.
func (b *Bench) daily(ctx context.Context) (report.Section, error) { return b.compare(ctx, dailyDead) }

func (b *Bench) compare(ctx context.Context, deadPercent int64) (report.Section, error) {
	trials, err := b.trials(ctx, deadPercent, []bool{false})
	section := report.Section{Data: trials}
	section.Tables = []report.Table{b.speedTable(trials), b.foregroundTable(trials)}
	if slices.ContainsFunc(trials, isScheduled) {
		section.Tables = append(section.Tables, pooledTable(trials), paceTable(trials))
	}
	if table := b.statementTable(trials); len(table.Rows) > 0 {
		section.Tables = append(section.Tables, table)
	}
	if table := flushTable(trials); len(table.Rows) > 0 {
		section.Tables = append(section.Tables, table, shareTable(trials))
	}
	section.Failures = failures(trials)
	section.Panels, section.Bars = charts(trials)
	return section, err
}

// snapshot is a backlog purged while someone holds an old snapshot, beside one
// where nobody does.
func (b *Bench) snapshot(ctx context.Context) (report.Section, error) {
	trials, err := b.trials(ctx, backlogDead, []bool{false, true})
	section := report.Section{Data: trials, Failures: failures(trials)}
	section.Tables = []report.Table{snapshotTable(trials)}
	return section, err
}

// unknownLength is how long the method none waits where no scheduled run was measured before.
const unknownLength = 10 * time.Second

// trials measures every method once, then every one again, and so on: so what
// changes meanwhile meets them all. Every second time it takes them in the opposite order, so that
// no method is always the first. The method none takes as long as the scheduled run before it.
func (b *Bench) trials(ctx context.Context, deadPercent int64, snapshots []bool) ([]Trial, error) {
	made := templates{}
	methods := b.usable()
	length := unknownLength
	var trials []Trial
	for repetition := 1; repetition <= b.Repetitions; repetition++ {
		for _, m := range methods {
			shape := b.shape(deadPercent, m.Indexed)
			template, err := b.template(ctx, made, shape)
			if err != nil {
				return trials, err
			}
			for _, snapshot := range snapshots {
				t := trial{Bench: b, method: m, shape: shape, template: template, snapshot: snapshot, length: length, step: b.step}
				t.result = Trial{Method: m.Name, Repetition: repetition, Snapshot: snapshot}
				began := time.Now()
				result, err := t.run(ctx)
				if err != nil {
					return trials, fmt.Errorf("%s, repetition %d: %w", m.Name, repetition, err)
				}
				if isScheduled(result) {
					length = time.Duration(result.Seconds * float64(time.Second))
				}
				trials = append(trials, result)
				b.logTrial(result, time.Since(began))
			}
		}
		slices.Reverse(methods)
	}
	return trials, nil
}

// usable are the methods that the server has.
func (b *Bench) usable() []method.Method {
	return slices.DeleteFunc(slices.Clone(b.Methods), func(m method.Method) bool { return m.Cron && !b.Server.Cron })
}

func (b *Bench) logTrial(t Trial, took time.Duration) {
	log := b.Log.With("method", t.Method, "repetition", t.Repetition)
	if t.Snapshot {
		log = log.With("snapshot", "held")
	}
	log.Info("measured",
		"rows_per_second", int64(t.RowsPerSecond), "seconds", t.Seconds,
		slog.Group("p99", "before", t.Before.P99, "during", t.During.P99),
		"longest_transaction", t.Writes.Max, "errors", t.Errors, "lost", t.Lost, "left", t.Left,
		"took", took.Round(100*time.Millisecond))
}

// failures are what must never be.
func failures(trials []Trial) []string {
	var failed []string
	for _, t := range trials {
		name := fmt.Sprintf("%s, repetition %d", t.Method, t.Repetition)
		if t.Lost > 0 {
			failed = append(failed, fmt.Sprintf("%s: %d live rows are gone", name, t.Lost))
		}
		if t.Left > 0 && !t.Capped && t.Batches > 0 {
			failed = append(failed, fmt.Sprintf("%s: %d dead rows are left", name, t.Left))
		}
		if t.Gone != t.Deleted {
			failed = append(failed, fmt.Sprintf("%s: %d rows are gone, it counted %d", name, t.Gone, t.Deleted))
		}
	}
	return failed
}
