package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/siltgate/siltgate/jobs"
)

func (p *program) cancelCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "cancel JOB_ID",
		Short: "End a run for good",
		Long: p.reads(`End a run for good: at once if it waits, else after the batch in hand, within
seconds. What it has deleted stays deleted. Fails if the run has ended.`, databaseVariables()...),
		Example: "  siltgate cancel 42",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || id < 1 {
				return usageError{fmt.Errorf("JOB_ID %q: want the number of a run, see `siltgate history`", args[0])}
			}
			return p.withDatabase(cmd.Context(), func(ctx context.Context, db jobs.Querier, schema string) error {
				cancelled, err := jobs.CancelIn(ctx, db, schema, id)
				switch {
				case errors.Is(err, jobs.ErrNoRun):
					return err
				case err != nil:
					return explainMissing(err, schema)
				case !cancelled:
					return fmt.Errorf("run %d has ended already, see `siltgate history`", id)
				}
				p.printf("run %d is cancelled; at work, it ends its batch\n", id)
				return nil
			})
		},
	}
}
