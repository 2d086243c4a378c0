package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/doctor"
	"github.com/siltgate/siltgate/internal/doctor/suggest"
	"github.com/siltgate/siltgate/worker"
)

// doctorOptions are the command's flags.
type doctorOptions struct{ asSQL, asJSON, suggestions, wide bool }

func (p *program) doctorCommand() *cobra.Command {
	var o doctorOptions
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check configuration and database, and say what mends them",
		Long: p.reads(`Check configuration and live database as a replica and a run would find them:
connection, schema, this role's privileges, every table, server, fleet. It
changes nothing, takes no lock that anyone waits for, and reads no token. Exit
code 1 if a check fails or the database cannot be reached. Of what is ok it says
little; --wide says more.`),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.asSQL && o.asJSON || o.suggestions && (o.asSQL || o.asJSON) {
				return usageError{errors.New("want one of --sql, --json and --suggest")}
			}
			c, err := config.Load(p.environ)
			if err != nil {
				return err
			}
			if o.suggestions {
				return p.suggest(cmd.Context(), c)
			}
			return p.doctor(cmd.Context(), c, o)
		},
	}
	cmd.Flags().BoolVar(&o.asSQL, "sql", false, "print the statements that mend what was found, ready for psql")
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print the checks as JSON")
	cmd.Flags().BoolVar(&o.suggestions, "suggest", false, "look for tables of tokens and sessions by their names and types, and print the variables that would purge them")
	cmd.Flags().BoolVar(&o.wide, "wide", false, "also the reasons of what is ok")
	return cmd
}

// suggest prints variables for the tables that look like tokens or sessions.
func (p *program) suggest(ctx context.Context, c config.Config) error {
	conn, err := connect(ctx, c)
	if err != nil {
		return err
	}
	defer disconnect(ctx, conn)
	tables, err := suggest.Tables(ctx, conn, c.Schema)
	if err != nil {
		return err
	}
	var all []suggest.Suggestion
	for _, table := range tables {
		if s, ok := suggest.Judge(table); ok {
			all = append(all, s)
		}
	}
	p.printf("%s", printableLines(suggest.Environ(all)))
	return nil
}

// paintChecks gives the status of each check its colour.
func (p *program) paintChecks(report string) string {
	terminal := p.terminal()
	var out strings.Builder
	for line := range strings.Lines(report) {
		for status, color := range map[doctor.Status]string{doctor.OK: green, doctor.Warn: yellow, doctor.Fail: red} {
			if rest, found := strings.CutPrefix(line, "  "+string(status)+" "); found {
				line = "  " + terminal.paint(color, string(status)) + " " + rest
			}
		}
		out.WriteString(line)
	}
	return out.String()
}

func (p *program) doctor(ctx context.Context, c config.Config, o doctorOptions) error {
	report := doctor.Doctor{Config: c, Digest: replica(c).Digest(), Connections: worker.Connections}.Examine(ctx)
	switch {
	case o.asJSON:
		encoded, err := json.MarshalIndent(report, "", "  ")
		if err != nil {
			return fmt.Errorf("print the checks: %w", err)
		}
		p.printf("%s\n", printableJSON(encoded))
	case o.asSQL:
		p.printf("%s", printableLines(report.SQL()))
	default:
		p.printf("%s", p.paintChecks(printableLines(report.Text(p.terminal().width, o.wide))))
	}
	switch failed := report.Count(doctor.Fail); {
	case failed == 1:
		return errors.New("1 check failed")
	case failed > 1:
		return fmt.Errorf("%d checks failed", failed)
	}
	return nil
}
