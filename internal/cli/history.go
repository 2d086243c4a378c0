package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/jobs"
)

// historyOptions are the command's flags.
type historyOptions struct {
	limit        int
	since        string
	failed       bool
	wide, asJSON bool
}

func (p *program) historyCommand() *cobra.Command {
	var o historyOptions
	cmd := &cobra.Command{
		Use:   "history",
		Short: "Show recent runs",
		Long: p.reads(`Show recent runs, the latest first: those that wait, run and have ended, by
schedule and by hand, and how many rows went on each of the last seven days. Times are in
UTC. The view siltgate.runs has the same for any SQL client.`, databaseVariables()...),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.limit < 1 {
				return usageError{fmt.Errorf("--limit %d: want at least 1", o.limit)}
			}
			since, err := parseSince(o.since, time.Now())
			if err != nil {
				return usageError{err}
			}
			c, err := config.Load(p.environ)
			if err != nil {
				return err
			}
			return p.history(cmd.Context(), c, o, jobs.Recently{Limit: o.limit, Since: since, Failed: o.failed})
		},
	}
	cmd.Flags().IntVar(&o.limit, "limit", jobs.DefaultRecent, "how many runs")
	cmd.Flags().StringVar(&o.since, "since", "", "leave out what ended before: how long ago (24h, 7d), or a date")
	cmd.Flags().BoolVar(&o.failed, "failed", false, "only runs with an error")
	cmd.Flags().BoolVar(&o.wide, "wide", false, "also tick, attempt, replica and reason, however wide")
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print a JSON array of whole rows of siltgate.runs")
	return cmd
}

// parseSince reads how long ago, or an instant in UTC. Empty is the zero instant.
func parseSince(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return now.AddDate(0, 0, -int(n)), nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	for _, layout := range []string{time.DateOnly, time.DateTime, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("--since %s: want how long ago (90m, 24h, 7d) or a time in UTC (2026-11-22, 2026-11-22T03:00:00Z)", printable(text))
}

func (p *program) history(ctx context.Context, c config.Config, o historyOptions, which jobs.Recently) error {
	conn, err := connect(ctx, c)
	if err != nil {
		return err
	}
	defer disconnect(ctx, conn)
	runs, err := jobs.RecentIn(ctx, conn, c.Schema, which)
	if err != nil {
		return explainMissing(err, c.Schema)
	}
	if o.asJSON {
		return p.historyJSON(ctx, conn, c.Schema, runs)
	}
	// A role that may read the history need not see this.
	if status, err := jobs.GetStatusIn(ctx, conn, c.Schema); err == nil && status.Paused {
		p.printf("runs are %s\n", printable(status.Pause()))
	}
	t := runTable{terminal: p.terminal(), now: time.Now(), wide: o.wide}
	p.printf("%s", t.draw(runs))
	if o.failed {
		return nil
	}
	days, err := readDays(ctx, conn, c.Schema)
	if err != nil {
		return explainMissing(err, c.Schema)
	}
	p.printf("%s", t.drawDays(days))
	return nil
}

// historyJSON prints whole rows, as Postgres writes them.
func (p *program) historyJSON(ctx context.Context, conn *pgx.Conn, schema string, runs []jobs.Run) error {
	ids := make([]int64, len(runs))
	for i, run := range runs {
		ids[i] = run.ID
	}
	var all json.RawMessage
	err := conn.QueryRow(ctx, `
		SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.id DESC), '[]')
		FROM `+pgx.Identifier{schema, "runs"}.Sanitize()+` AS r
		WHERE r.id = ANY ($1)`, ids).Scan(&all)
	if err != nil {
		return explainMissing(fmt.Errorf("read the history: %w", err), schema)
	}
	p.printf("%s\n", printableJSON(all))
	return nil
}

// text keeps a value on its line.
func text(s string) string { return strings.Join(strings.Fields(printable(s)), " ") }
