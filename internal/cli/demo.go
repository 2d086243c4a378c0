package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/siltgate/siltgate/internal/demo"
	"github.com/siltgate/siltgate/internal/testkit/localpg"
)

func (p *program) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Watch three replicas purge dead tokens on a private Postgres",
		Long: `Watch three replicas purge the dead tokens of an application that goes on working,
on a private Postgres: who leads, the ticks, the rows going, a leader that is
killed, a run asked for by SQL. At the end the runs are listed and every promise
is checked; one that was not kept fails the command. It takes under a minute and
leaves nothing behind, also when interrupted.

Postgres is found on this machine, else downloaded. Nothing else is needed, and
no other variable is read.

Environment:
  POSTGRES_BIN_DIR  -  directory of the Postgres binaries to use
  NO_COLOR          -  if set, plain text also on a terminal
`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			self, err := os.Executable()
			if err != nil {
				return fmt.Errorf("find the siltgate program: %w", err)
			}
			localpg.ForgetLibpq(p.environ) // the user's psql is to connect to something else
			return demo.Demo{
				Program: self,
				BinDir:  p.variable("POSTGRES_BIN_DIR"),
				Path:    p.variable("PATH"),
				Out:     p.stdout,
				Live:    isTerminal(p.stdout),
				Color:   isTerminal(p.stdout) && p.variable("NO_COLOR") == "",
			}.Run(cmd.Context())
		},
	}
}

// variable reads a variable of the environment that is no setting of Siltgate's.
func (p *program) variable(name string) string {
	value := ""
	for _, entry := range p.environ {
		if v, ok := strings.CutPrefix(entry, name+"="); ok {
			value = v
		}
	}
	return value
}
