package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"github.com/siltgate/siltgate/internal/config"
)

func (p *program) historyCommand() *cobra.Command {
	var limit int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "history",
		Short: "Show recent runs",
		Long: reads(`Show recent runs, the latest first: those that wait, run and have ended, by
schedule and by hand. The view siltgate.runs has the same for any SQL client.`, databaseVariables()...),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 {
				return usageError{fmt.Errorf("--limit %d: want at least 1", limit)}
			}
			c, err := config.Load(p.environ)
			if err != nil {
				return err
			}
			return p.history(cmd.Context(), c, limit, asJSON)
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 20, "how many runs")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array of whole rows of siltgate.runs")
	return cmd
}

// pastRun is a row of siltgate.runs.
type pastRun struct {
	ID          int64
	State       string
	Trigger     string
	Tick        *time.Time
	RequestedBy *string
	Attempt     int
	Replica     *string
	CreatedAt   time.Time
	StartedAt   *time.Time
	Duration    *time.Duration
	Deleted     *string
	Outcome     *string
	Error       *string
}

func (p *program) history(ctx context.Context, c config.Config, limit int, asJSON bool) error {
	conn, err := connect(ctx, c)
	if err != nil {
		return err
	}
	defer disconnect(ctx, conn)
	if asJSON {
		return p.historyJSON(ctx, conn, c.Schema, limit)
	}

	runs, err := recentRuns(ctx, conn, c.Schema, limit)
	if err != nil {
		return err
	}
	p.printRuns(runs)
	return nil
}

// recentRuns reads the latest runs, the latest first.
func recentRuns(ctx context.Context, conn *pgx.Conn, schema string, limit int) ([]pastRun, error) {
	rows, _ := conn.Query(ctx, `
		SELECT
			id,
			state,
			trigger,
			tick,
			requested_by,
			attempt,
			replica,
			created_at,
			started_at,
			duration,
			CASE
				WHEN outcome = 'dry_run' THEN (
					-- Anyone may have inserted the output: what is no number is none of ours.
					SELECT trunc(coalesce(sum(n::numeric), 0))
					FROM jsonb_path_query(output, '$.tables[*].estimate ? (@.type() == "number")') AS n
				) || ' found'
				ELSE deleted::text
			END AS deleted,
			outcome,
			error
		FROM `+pgx.Identifier{schema, "runs"}.Sanitize()+`
		ORDER BY id DESC
		LIMIT $1`, limit)
	runs, err := pgx.CollectRows(rows, pgx.RowToStructByName[pastRun])
	if err != nil {
		return nil, explainMissing(fmt.Errorf("read the history: %w", err), schema)
	}
	return runs, nil
}

// printRuns draws runs as a table.
func (p *program) printRuns(runs []pastRun) {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "ID\tSTATE\tOUTCOME\tTRIGGER\tTICK / ASKED BY\tSTARTED\tDURATION\tDELETED\tATTEMPT\tREPLICA\tERROR")
	for _, r := range runs {
		cause := or(r.RequestedBy, text)
		if r.Trigger == "schedule" {
			cause = or(r.Tick, timestamp)
		}
		_, _ = fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\n",
			r.ID, r.State, or(r.Outcome, text), r.Trigger, cause, or(r.StartedAt, timestamp),
			or(r.Duration, time.Duration.String), or(r.Deleted, text), r.Attempt, or(r.Replica, text), or(r.Error, text))
	}
	_ = w.Flush()
}

// historyJSON prints whole rows, as Postgres writes them.
func (p *program) historyJSON(ctx context.Context, conn *pgx.Conn, schema string, limit int) error {
	var all json.RawMessage
	err := conn.QueryRow(ctx, `
		SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.id DESC), '[]')
		FROM (SELECT * FROM `+pgx.Identifier{schema, "runs"}.Sanitize()+` ORDER BY id DESC LIMIT $1) AS r`, limit).Scan(&all)
	if err != nil {
		return explainMissing(fmt.Errorf("read the history: %w", err), schema)
	}
	p.printf("%s\n", all)
	return nil
}

// or formats a value, and what is not there as a dash.
func or[T any](value *T, format func(T) string) string {
	if value == nil {
		return "-"
	}
	return format(*value)
}

func timestamp(t time.Time) string { return t.UTC().Format(time.DateTime) }

// text keeps a value on its line of the table.
func text(s string) string {
	const most = 80
	s = strings.Join(strings.Fields(printable(s)), " ")
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return s
}

// printable keeps a text from steering the terminal: anyone who may ask for a
// run may write anything into it.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
}
