package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/ui"
)

func (p *program) uiCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "ui",
		Short: "Serve the web page until SIGTERM",
		Long: p.reads(`Serve a web page until SIGTERM: an overview of the fleet, and River UI under
/river/. It needs the database alone and may run anywhere, once or more often.

Without a password the page is for this machine only, and changes nothing. With
one it also starts, cancels, pauses and resumes runs. Its password goes over the
network as it is: put TLS in front.`,
			append(databaseVariables(), "SILTGATE_UI_ADDR", "SILTGATE_UI_USER", "SILTGATE_UI_PASSWORD", "SILTGATE_UI_PASSWORD_FILE", "SILTGATE_TABLES_<n>_NAME")...),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(p.environ)
			if err != nil {
				return err
			}
			return p.ui(cmd.Context(), c)
		},
	}
}

func (p *program) ui(ctx context.Context, c config.Config) error {
	var tables []string
	for _, t := range c.Tables {
		tables = append(tables, t.String())
	}
	page := &ui.Page{
		Database: c.Database.PoolConfig(),
		Schema:   c.Schema,
		Addr:     c.Page.Addr,
		User:     c.Page.User,
		Password: string(c.Page.Password),
		Tables:   tables,
		Version:  version,
		Log:      newLog(p.stdout, c, p.environ),
	}
	return page.Run(ctx)
}
