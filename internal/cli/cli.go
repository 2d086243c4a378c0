// Package cli is the siltgate program: its commands, what they read from the
// environment, and how what they return becomes an exit code.
//
// Exit codes are 0 for success, 1 when the thing asked for failed, 2 for bad
// usage or configuration. An error is one readable line on stderr.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/siltgate/siltgate/internal/config"
)

// program is one call of siltgate.
type program struct {
	environ []string
	stdout  io.Writer
	stderr  io.Writer
}

// Run executes the command that args name and returns the exit code.
func Run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	p := &program{environ: environ, stdout: stdout, stderr: stderr}
	root := p.root()
	root.SetArgs(append([]string{}, args...)) // nil would mean os.Args
	root.SetOut(stdout)
	root.SetErr(stderr)

	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	var problems config.Problems
	msg := err.Error()
	if !errors.As(err, &problems) {
		msg = oneLine(msg)
	}
	_, _ = fmt.Fprintln(stderr, "siltgate: "+msg)
	var usage usageError
	if errors.As(err, &problems) || errors.As(err, &usage) {
		return 2
	}
	return 1
}

// oneLine joins the lines of an error, such as pgx's list of addresses tried.
func oneLine(msg string) string {
	var line strings.Builder
	for part := range strings.Lines(msg) {
		part = strings.TrimSpace(part)
		switch {
		case part == "":
			continue
		case strings.HasSuffix(line.String(), ":"):
			line.WriteString(" ")
		case line.Len() > 0:
			line.WriteString("; ")
		}
		line.WriteString(part)
	}
	return line.String()
}

// usageError is a command called in a way that it does not know.
type usageError struct{ error }

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "siltgate",
		Short: "Deletes dead rows from the token tables of a live Postgres",
		Long: `Siltgate deletes dead rows (expired, revoked, used) from the token tables of a
live Postgres: on a cron schedule, by one replica at a time, in small batches
that the application does not notice.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
	}
	root.AddCommand(
		p.runCommand(),
		p.migrateCommand(),
		p.enqueueCommand(),
		p.historyCommand(),
		p.demoCommand(),
		p.healthcheckCommand(),
		p.versionCommand(),
	)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	for _, cmd := range append(root.Commands(), root) {
		args := cmd.Args
		if args == nil {
			args = cobra.NoArgs
		}
		cmd.Args = func(cmd *cobra.Command, given []string) error {
			if err := args(cmd, given); err != nil {
				return usageError{err}
			}
			return nil
		}
	}
	return root
}

// reads adds to a command's help the variables that it reads.
func reads(long string, names ...string) string {
	return strings.TrimSpace(long) + "\n\nEnvironment:\n" + config.Usage(names...)
}

// databaseVariables are what every command reads that needs the database.
func databaseVariables() []string {
	return []string{"DATABASE_URL", "DATABASE_URL_FILE", "PG*", "SILTGATE_SCHEMA"}
}

// isTerminal reports whether what is written to w is read by a person.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
