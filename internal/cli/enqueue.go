package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/jobs"
)

func (p *program) enqueueCommand() *cobra.Command {
	var args jobs.TokenCleanupArgs
	var wait bool
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "enqueue",
		Short: "Ask for a run",
		Long: p.reads(`Ask for a run, which any replica executes. Prints the run's id. If
an identical run waits already, the command prints its id and adds none.

With --wait the command shows the run's progress and its result, and fails if
the run failed or has held a table whose rule has changed. If the command ends
before the run, by Ctrl-C or --timeout, the run goes on. While the database is
away the command connects again. If no replica is running it says so, and without
--timeout gives up after ten minutes.`, append(databaseVariables(), "SILTGATE_TABLES_<n>_NAME")...),
		Example: `  siltgate enqueue --dry-run --wait
  siltgate enqueue --table refresh_tokens --full-speed --reason "incident 42"`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(p.environ)
			if err != nil {
				return err
			}
			if timeout < 0 || timeout > 0 && !wait {
				return usageError{fmt.Errorf("--timeout %s: want more than 0, and --wait beside it", timeout)}
			}
			return p.enqueue(cmd.Context(), c, args, wait, timeout)
		},
	}
	cmd.Flags().BoolVar(&args.DryRun, "dry-run", false, "count the dead rows and delete nothing")
	cmd.Flags().StringArrayVar(&args.Tables, "table", nil, "purge this configured table only; may be repeated")
	cmd.Flags().BoolVar(&args.FullSpeed, "full-speed", false, "leave out the pauses between batches")
	cmd.Flags().BoolVar(&args.Confirm, "confirm", false, "let a rule that has changed delete more than SILTGATE_MAX_SHARE of its table")
	cmd.Flags().StringVar(&args.Reason, "reason", "", "why, for the history")
	cmd.Flags().StringVar(&args.RequestedBy, "requested-by", "", "who asks, for the history (default: the user's name)")
	cmd.Flags().BoolVar(&wait, "wait", false, "show progress, then the result; exit 1 if the run failed or held a table")
	cmd.Flags().DurationVar(&timeout, "timeout", 0, "with --wait: how long at most, such as 10m; exit 1 if the run has not ended")
	return cmd
}

func (p *program) enqueue(ctx context.Context, c config.Config, args jobs.TokenCleanupArgs, wait bool, timeout time.Duration) error {
	for _, name := range args.Tables {
		if !slices.ContainsFunc(c.Tables, func(t purge.Table) bool { return t.Is(name) || t.Matches(name) }) {
			return usageError{fmt.Errorf("--table %s: is not configured in SILTGATE_TABLES_*", name)}
		}
	}
	args.RequestedBy = orUser(args.RequestedBy)

	if err := args.Validate(); err != nil {
		return usageError{err}
	}

	if err := p.awaitDatabase(ctx, c); err != nil {
		return err
	}
	f := &follower{config: c, timeout: timeout}
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
