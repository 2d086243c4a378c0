package cli

import (
	"context"
	"fmt"
	"os/user"

	"github.com/spf13/cobra"

	"github.com/siltgate/siltgate/jobs"
)

func (p *program) pauseCommand() *cobra.Command {
	var args jobs.PauseArgs
	cmd := &cobra.Command{
		Use:   "pause",
		Short: "Keep all replicas from working runs",
		Long: p.reads(`Keep all replicas from working runs, within seconds. The run at work ends its
batch and goes back to the queue, without spending an attempt. Runs asked for by
hand wait, and ticks are recorded: of several the latest runs in the end. To pause
again changes the reason and the end.`, databaseVariables()...),
		Example: `  siltgate pause --for 2h --reason "incident 42"`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("for") && args.For <= 0 {
				return usageError{fmt.Errorf("--for %s: want more than 0; leave it out to pause until somebody resumes", args.For)}
			}
			if err := args.Validate(); err != nil {
				return usageError{err}
			}
			return p.withDatabase(cmd.Context(), func(ctx context.Context, db jobs.Querier, schema string) error {
				return p.pause(ctx, db, schema, args)
			})
		},
	}
	cmd.Flags().DurationVar(&args.For, "for", 0, "how long, such as 2h (default: until siltgate resume)")
	cmd.Flags().StringVar(&args.Reason, "reason", "", "why, for whoever looks why no run is at work")
	cmd.Flags().StringVar(&args.RequestedBy, "requested-by", "", "who asks (default: the user's name)")
	return cmd
}

func (p *program) pause(ctx context.Context, db jobs.Querier, schema string, args jobs.PauseArgs) error {
	args.RequestedBy = orUser(args.RequestedBy)
	changed, err := jobs.PauseIn(ctx, db, schema, args)
	if err != nil {
		return explainMissing(err, schema)
	}
	until := "until `siltgate resume`"
	if args.For > 0 {
		until = "for " + args.For.String()
	}
	if !changed {
		p.printf("runs were paused already, and are so %s from now on\n", until)
		return nil
	}
	p.printf("runs are paused %s; a run at work ends its batch\n", until)
	return nil
}

func (p *program) resumeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "resume",
		Short: "Let runs go on that were paused",
		Long: p.reads(`Let runs go on that were paused: the one that was at work, those that were asked for
meanwhile, and of the ticks meanwhile the latest.`, databaseVariables()...),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withDatabase(cmd.Context(), func(ctx context.Context, db jobs.Querier, schema string) error {
				resumed, err := jobs.ResumeIn(ctx, db, schema)
				switch {
				case err != nil:
					return explainMissing(err, schema)
				case resumed:
					p.printf("runs go on\n")
				default:
					p.printf("runs were not paused\n")
				}
				return nil
			})
		},
	}
}

// orUser is the name of who asks: as given, else the user of this process.
func orUser(name string) string {
	if name == "" {
		if u, err := user.Current(); err == nil {
			return u.Username
		}
	}
	return name
}
