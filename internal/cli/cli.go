// Package cli is the siltgate program: its commands, what they read from the
// environment, and how what they return becomes an exit code.
//
// Exit codes are 0 for success, 1 when the thing asked for failed, 2 for bad
// usage or configuration. An error is one readable line on stderr.
//
// # Where to find what
//
//	cli.go              the program, its errors and exit codes
//	run.go, once.go, migrate.go, enqueue.go, history.go, pause.go (and resume), cancel.go, doctor.go, grants.go, ui.go,
//	demo.go, healthcheck.go, version.go, man.go: one command each
//	database.go         the connection of a command
//	follow.go           how long, and with which exit code, run --once and enqueue --wait follow a run; followfleet.go: whether
//	                    a replica is there to work it; progress.go: the bar
//	runtable.go         runs as a table; day.go: the rows of each day; result.go: what one did; dryrun.go: what a dry run found
//	terminal.go         how wide the output is, and its colours; escape.go: words of others; number.go: numbers
//	log.go              the log
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/siltgate/siltgate/internal/config"
)

// program is one call of siltgate.
type program struct {
	environ []string
	stdout  io.Writer
	stderr  io.Writer

	// patience is how long a database that is not there yet is waited for.
	patience time.Duration
}

// Run executes the command that args name and returns the exit code.
func Run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	p := &program{environ: environ, stdout: stdout, stderr: stderr, patience: time.Minute}
	return p.execute(ctx, args)
}

func (p *program) execute(ctx context.Context, args []string) int {
	root := p.root()
	root.SetArgs(append([]string{}, args...)) // nil would mean os.Args
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)

	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	var problems config.Problems
	msg := err.Error()
	if !errors.As(err, &problems) {
		msg = oneLine(msg)
	}
	p.complain(msg)
	var usage usageError
	if errors.As(err, &problems) || errors.As(err, &usage) {
		return 2
	}
	return 1
}

// complain writes to standard error. On a terminal it breaks lines between words.
func (p *program) complain(msg string) {
	lines := strings.Split("siltgate: "+printableLines(msg), "\n")
	terminal := terminalOf(p.stderr, p.environ)
	for i, line := range lines {
		lines[i] = terminal.fold(line, "  ")
	}
	_, _ = fmt.Fprintln(p.stderr, strings.Join(lines, "\n"))
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
		Version:       version,
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
		p.pauseCommand(),
		p.resumeCommand(),
		p.cancelCommand(),
		p.doctorCommand(),
		p.grantsCommand(),
		p.uiCommand(),
		p.demoCommand(),
		p.healthcheckCommand(),
		p.versionCommand(),
		p.manCommand(),
	)
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(),
		"Flags.FlagUsages ", fmt.Sprintf("Flags.FlagUsagesWrapped %d ", p.helpWidth())))
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

// reads adds to a command's help the variables that it reads, as wide as the terminal is.
func (p *program) reads(long string, names ...string) string {
	return p.paragraphs(long) + "\nEnvironment:\n" + config.Usage(p.helpWidth(), names...)
}

// paragraphs are those of a text, which a blank line parts, in lines that the terminal has room for.
func (p *program) paragraphs(text string) string {
	var out strings.Builder
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		out.WriteString(hang(paragraph, "", min(p.helpWidth(), plainWidth)) + "\n\n")
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// wideHelp has room for all columns of the help.
const wideHelp = 200

// helpWidth is how wide help may be: as wide as its columns where it is not a terminal's.
func (p *program) helpWidth() int {
	if t := p.terminal(); t.live {
		return t.width
	}
	return wideHelp
}

// databaseVariables are what every command reads that needs the database.
func databaseVariables() []string {
	return []string{"DATABASE_URL", "DATABASE_URL_FILE", "SILTGATE_DATABASE_URL", "SILTGATE_DATABASE_URL_FILE", "PG*", "SILTGATE_SCHEMA"}
}
