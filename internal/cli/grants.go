package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/doctor"
)

func (p *program) grantsCommand() *cobra.Command {
	var roles doctor.Roles
	cmd := &cobra.Command{
		Use:   "grants",
		Short: "Print roles with the least privileges as SQL",
		Long: p.reads(`Print, as SQL for psql, roles that may do what they are for and nothing else: all
five, or those that are asked for. The worker sees the columns that decide, and
no token. It reads the catalog of the database, for the tables' foreign keys,
partitions, triggers and policies, and changes nothing. Give a name of your own
as in --worker=auth_cleaner.`),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if roles == (doctor.Roles{}) {
				for _, name := range []string{"owner", "worker", "trigger", "reader", "ui"} {
					flag := cmd.Flags().Lookup(name)
					if err := flag.Value.Set(flag.NoOptDefVal); err != nil {
						return err
					}
				}
			}
			c, err := config.Load(p.environ)
			if err != nil {
				return err
			}
			sql, err := doctor.Doctor{Config: c}.Grants(cmd.Context(), roles)
			if err != nil {
				return err
			}
			p.printf("%s", sql)
			return nil
		},
	}
	for _, role := range []struct {
		into      *string
		name, use string
	}{
		{&roles.Owner, "owner", "the role that owns the schema and migrates it"},
		{&roles.Worker, "worker", "the role of replicas"},
		{&roles.Trigger, "trigger", "a role that asks for runs"},
		{&roles.Reader, "reader", "a role that looks at runs"},
		{&roles.UI, "ui", "the role of the web page"},
	} {
		cmd.Flags().StringVar(role.into, role.name, "", fmt.Sprintf("%s (siltgate_%s)", role.use, role.name))
		cmd.Flags().Lookup(role.name).NoOptDefVal = "siltgate_" + role.name
	}
	return cmd
}
