package cli

import (
	"context"
	"fmt"
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
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "enqueue",
		Short: "Ask for a run",
		Long: p.reads(`Ask for a run, which any replica executes. Prints the job's id: of an identical
run that still waits, the id of that one.

With --wait the command shows the run's progress and its result, and fails if
the run failed or has held a table whose rule has changed. It connects again to a database that was away. Ended before the
run, by --timeout too, the command leaves it to go on. Where no replica is running
the command says so, and gives up after ten minutes without --timeout.`, append(databaseVariables(), "SILTGATE_TABLES_<n>_NAME")...),
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

	if err := p.await(ctx, c); err != nil {
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

// printResult is the end of a run, a line per table.
func (p *program) printResult(result jobs.Result) {
	for _, t := range result.Tables {
		dry := result.Outcome == jobs.OutcomeDryRun
		if dry {
			p.printf("%s: %s", printable(t.Table), count(t.Found, "dead row"))
		} else {
			p.printf("%s: %s deleted", printable(t.Table), count(t.Deleted, "row"))
		}
		var notes []string
		if dry && t.Oldest != nil && t.Oldest.Before(result.Cutoff) {
			notes = append(notes, "oldest expired "+t.Oldest.UTC().Format(time.RFC3339))
		}
		if notes = append(notes, tableNotes(t)...); len(notes) > 0 {
			p.printf(" (%s)", strings.Join(notes, "; "))
		}
		p.printf("\n")
		p.printSurvey(t)
	}
	for _, standby := range result.Pace.StandbysLeftOut {
		p.printf("standby %s was not waited for any longer: it does not catch up\n", printable(standby))
	}
	if result.Pace.ArchiverLeftOut {
		p.printf("the archiver was not waited for any longer: it does not catch up\n")
	}
	if result.Outcome != "" {
		outcome := strings.ReplaceAll(printable(string(result.Outcome)), "_", " ")
		p.printf("%s in %s\n", outcome, took(time.Duration(result.DurationMS)*time.Millisecond))
	}
}

// tableNotes say what else there is to know of a table's result.
func tableNotes(t jobs.TableResult) []string {
	var notes []string
	if t.Held != "" {
		notes = append(notes, "held")
	}
	if t.Matched != nil {
		notes = append(notes, "in "+count(*t.Matched, "table"))
	}
	if w := t.Worst; w != nil && w.Error == "" && w.Found > 0 {
		notes = append(notes, fmt.Sprintf("%s of them in %s", number(w.Found), printable(w.Table)))
	}
	if t.DroppedPartitions > 0 {
		notes = append(notes, fmt.Sprintf("%s dropped, with about %s", count(t.DroppedPartitions, "partition"), count(t.DroppedRows, "row")))
	}
	if t.NotDropped != "" {
		notes = append(notes, "partitions are not dropped: "+printable(t.NotDropped))
	}
	if t.Locked > 0 {
		notes = append(notes, number(t.Locked)+" locked, left for the next run")
	}
	if t.Referenced > 0 {
		notes = append(notes, number(t.Referenced)+" stay because others refer to them")
	}
	if t.Undeletable > 0 {
		notes = append(notes, undeletable(t))
	}
	if t.Plan != "" {
		notes = append(notes, printable(t.Plan))
	}
	if t.Error != "" {
		notes = append(notes, "failed: "+printable(t.Error))
	}
	return notes
}

// undeletable says how many rows cannot be deleted, and why.
func undeletable(t jobs.TableResult) string {
	s := number(t.Undeletable) + " cannot be deleted"
	if t.Refusal != "" {
		s += ": " + printable(t.Refusal)
	}
	if t.Untried > 0 {
		s += "; " + number(t.Untried) + " of them were not tried one by one"
	}
	return s
}
