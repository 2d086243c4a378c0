package cli

import (
	"context"
	"fmt"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/jobs"
)

func (p *program) enqueueCommand() *cobra.Command {
	var args jobs.TokenCleanupArgs
	var wait bool
	cmd := &cobra.Command{
		Use:   "enqueue",
		Short: "Ask for a run",
		Long: reads(`Ask for a run, which any replica executes. Prints the job's id: of an identical
run that still waits, the id of that one.

With --wait the command shows the run's progress and its result, and fails if
the run failed. It connects again to a database that was away. Ended before the
run, the command leaves it to go on.`, append(databaseVariables(), "SILTGATE_TABLES_<n>_NAME")...),
		Example: `  siltgate enqueue --dry-run --wait
  siltgate enqueue --table refresh_tokens --full-speed --reason "incident 42"`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(p.environ)
			if err != nil {
				return err
			}
			return p.enqueue(cmd.Context(), c, args, wait)
		},
	}
	cmd.Flags().BoolVar(&args.DryRun, "dry-run", false, "count the dead rows and delete nothing")
	cmd.Flags().StringArrayVar(&args.Tables, "table", nil, "purge this configured table only; may be repeated")
	cmd.Flags().BoolVar(&args.FullSpeed, "full-speed", false, "leave out the pauses between batches")
	cmd.Flags().StringVar(&args.Reason, "reason", "", "why, for the history")
	cmd.Flags().StringVar(&args.RequestedBy, "requested-by", "", "who asks, for the history (default: the user's name)")
	cmd.Flags().BoolVar(&wait, "wait", false, "show progress, then the result; exit 1 if the run failed")
	return cmd
}

func (p *program) enqueue(ctx context.Context, c config.Config, args jobs.TokenCleanupArgs, wait bool) error {
	for _, name := range args.Tables {
		if !slices.ContainsFunc(c.Tables, func(t purge.Table) bool { return t.Is(name) }) {
			return usageError{fmt.Errorf("--table %s: is not configured in SILTGATE_TABLES_*", name)}
		}
	}
	if args.RequestedBy == "" {
		if u, err := user.Current(); err == nil {
			args.RequestedBy = u.Username
		}
	}

	f := &follower{config: c}
	var err error
	if f.conn, err = connect(ctx, c); err != nil {
		return err
	}
	defer func() { disconnect(ctx, f.conn) }()
	f.id, err = jobs.EnqueueIn(ctx, f.conn, c.Schema, args)
	if err != nil {
		return explainMissing(err, c.Schema)
	}
	if !wait {
		p.printf("%d\n", f.id)
		return nil
	}
	p.printf("run %d\n", f.id)
	return p.follow(ctx, f)
}

// printResult is the end of a run, a line per table.
func (p *program) printResult(result jobs.Result) {
	for _, t := range result.Tables {
		var notes []string
		if result.Outcome == jobs.OutcomeDryRun {
			p.printf("%s: %d dead rows", printable(t.Table), t.Estimate)
			if t.Oldest != nil {
				notes = append(notes, "oldest expired "+t.Oldest.UTC().Format(time.RFC3339))
			}
		} else {
			p.printf("%s: %d rows deleted", printable(t.Table), t.Deleted)
		}
		if t.Locked > 0 {
			notes = append(notes, fmt.Sprintf("%d locked, left for the next run", t.Locked))
		}
		if t.Undeletable > 0 {
			notes = append(notes, fmt.Sprintf("%d cannot be deleted", t.Undeletable))
		}
		if t.Plan != "" {
			notes = append(notes, printable(t.Plan))
		}
		if t.Error != "" {
			notes = append(notes, "failed: "+printable(t.Error))
		}
		if len(notes) > 0 {
			p.printf(" (%s)", strings.Join(notes, "; "))
		}
		p.printf("\n")
	}
	if result.Outcome != "" {
		p.printf("%s in %s\n", printable(string(result.Outcome)), time.Duration(result.DurationMS)*time.Millisecond)
	}
}
