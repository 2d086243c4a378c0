package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/bench/internal/method"
	"github.com/siltgate/siltgate/bench/internal/replica"
	"github.com/siltgate/siltgate/bench/internal/report"
	"github.com/siltgate/siltgate/bench/internal/stats"
	"github.com/siltgate/siltgate/bench/internal/tokens"
)

// Nothing is what it costs to find that there is nothing to do.
type Nothing struct {
	Indexed  bool          `json:"indexed"`
	Runs     int           `json:"runs"`
	Ended    stats.Latency `json:"enqueued_to_ended"` // of a run of Siltgate
	Work     stats.Latency `json:"recorded_duration"` // as the run recorded it, whole milliseconds
	InServer float64       `json:"in_server_ms"`      // for each run; 0 = not known
	Finding  float64       `json:"finding_ms"`        // of that, for statements on the table itself
	Delete   stats.Latency `json:"one_delete"`        // a plain DELETE of nothing
	Plan     string        `json:"plan"`
}

// empty measures runs over a table in which nothing is dead.
func (b *Bench) empty(ctx context.Context) (report.Section, error) {
	table := report.Table{
		Title: "A run that finds nothing to do, at full speed, in ms",
		Columns: []string{
			"table", "runs", "enqueued to ended p50", "p99", "recorded p50", "server, a run", "on the table", "one DELETE p50", "plan",
		},
		Notes: []string{
			"Enqueued to ended: from the SQL call until the end is recorded on the job. Recorded: the run's own duration_ms, in whole ms.",
			"Server: all statements of the replica, by pg_stat_statements, for each run; on the table: those on refresh_tokens.",
		},
	}
	var all []Nothing
	for _, indexed := range []bool{true, false} {
		n, err := b.nothing(ctx, indexed)
		if err != nil {
			return report.Section{}, err
		}
		all = append(all, n)
		name := "indexed"
		if !indexed {
			name = "unindexed"
		}
		table.Add(name, fmt.Sprint(n.Runs), report.Millis(n.Ended.P50), report.Millis(n.Ended.P99), report.Millis(n.Work.P50),
			report.Millis(n.InServer), report.Millis(n.Finding), report.Millis(n.Delete.P50), n.Plan)
	}
	return report.Section{Tables: []report.Table{table}, Data: all}, nil
}

// nothing measures one of the two tables.
func (b *Bench) nothing(ctx context.Context, indexed bool) (Nothing, error) {
	n := Nothing{Indexed: indexed, Runs: b.Runs}
	if !indexed {
		n.Runs = max(b.Runs/10, 3) // each one reads all of the table
	}
	err := b.withReplica(ctx, templates{}, b.shape(0, indexed), func(conn *pgx.Conn, _ *replica.Replica) error {
		if err := b.Server.ResetStatements(ctx); err != nil {
			return err
		}
		var ended, work, deletes []time.Duration
		for range n.Runs {
			run, err := method.Ask(ctx, conn, true, time.Millisecond)
			if err != nil {
				return err
			}
			if err := run.Settle(ctx, conn); err != nil {
				return err
			}
			ended = append(ended, run.Took)
			work = append(work, time.Duration(run.Result.DurationMS)*time.Millisecond)
			n.Plan = run.Plan
		}
		if err := n.weigh(ctx, b); err != nil {
			return err
		}
		for range n.Runs {
			began := time.Now()
			if _, err := conn.Exec(ctx, `DELETE FROM refresh_tokens WHERE expires_at < now() OR revoked`); err != nil {
				return fmt.Errorf("delete nothing: %w", err)
			}
			deletes = append(deletes, time.Since(began))
		}
		n.Ended, n.Work, n.Delete = stats.Summarize(ended), stats.Summarize(work), stats.Summarize(deletes)
		return nil
	})
	return n, err
}

// weigh reads what the runs cost the server.
func (n *Nothing) weigh(ctx context.Context, b *Bench) error {
	statements, err := b.Server.Statements(ctx, working)
	if err != nil {
		return err
	}
	for _, s := range statements {
		n.InServer += s.TotalMS / float64(n.Runs)
		if s.OnTokens() {
			n.Finding += s.TotalMS / float64(n.Runs)
		}
	}
	return nil
}

// withReplica gives do a connection to a fresh copy on which a replica works.
func (b *Bench) withReplica(ctx context.Context, made templates, shape tokens.Shape, do func(*pgx.Conn, *replica.Replica) error, settings ...string) error {
	template, err := b.template(ctx, made, shape)
	if err != nil {
		return err
	}
	if err := b.Server.Copy(ctx, working, template); err != nil {
		return err
	}
	if err := b.Server.LogStatements(ctx, working); err != nil {
		return err
	}
	if err := b.onWorking(ctx, append(settings, b.Settings...), do); err != nil {
		return err
	}
	return b.Server.Drop(ctx, working)
}

// onWorking gives do a connection to the database that is measured while a
// replica works on it.
func (b *Bench) onWorking(ctx context.Context, settings []string, do func(*pgx.Conn, *replica.Replica) error) error {
	program, err := replica.Start(ctx, b.Program, b.Server.URL(working), settings...)
	if err != nil {
		return err
	}
	conn, err := b.Server.Connect(ctx, working, "bench")
	if err == nil {
		err = do(conn, program)
		_ = conn.Close(context.WithoutCancel(ctx)) // its work is done
	}
	if stopErr := program.Stop(); err == nil {
		err = stopErr
	}
	return err
}
