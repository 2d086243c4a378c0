package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/migrations"
)

func (p *program) migrateCommand() *cobra.Command {
	var down, status bool
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Create Siltgate's schema, or bring it up to date",
		Long: p.reads(`Create Siltgate's schema, or bring it up to date: it has River's tables and
Siltgate's. The application's tables are not touched. Any number of these may run at once.
The role must own the schema, or be allowed to create it.`, databaseVariables()...),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(p.environ)
			if err != nil {
				return err
			}
			if down && status {
				return usageError{errors.New("--down and --status: want one of them")}
			}
			if err := p.awaitDatabase(cmd.Context(), c); err != nil {
				return err
			}
			migrator := migrations.Migrator{Config: c.Database.PoolConfig(), Schema: c.Schema, Waiting: p.migrationWaits}
			switch {
			case status:
				return p.migrationStatus(cmd.Context(), migrator)
			case down:
				return p.migrateDown(cmd.Context(), migrator)
			default:
				return p.migrateUp(cmd.Context(), migrator)
			}
		},
	}
	cmd.Flags().BoolVar(&down, "down", false, "undo the newest migration")
	cmd.Flags().BoolVar(&status, "status", false, "list the migrations and change nothing; exit 1 if one is missing")
	return cmd
}

func (p *program) migrateUp(ctx context.Context, migrator migrations.Migrator) error {
	applied, err := migrator.Up(ctx)
	for _, step := range applied {
		p.printf("applied %d %s\n", step.Version, step.Name)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return errors.New("interrupted: what is applied stays, and `siltgate migrate` goes on with the rest")
	case err != nil:
		return err
	}
	p.printf("schema %q is up to date\n", migrator.Schema)
	return nil
}

// migrationWaits says for whom a migration waits.
func (p *program) migrationWaits(holder string, patience time.Duration) {
	p.complain(fmt.Sprintf("waiting for %s at most: %s, has the lock of the schema's migrations", patience, holder))
}

func (p *program) migrateDown(ctx context.Context, migrator migrations.Migrator) error {
	undone, err := migrator.Down(ctx)
	if err != nil {
		return err
	}
	for _, step := range undone {
		p.printf("undid %d %s\n", step.Version, step.Name)
	}
	if len(undone) == 0 {
		p.printf("schema %q has no migration left to undo\n", migrator.Schema)
	}
	return nil
}

func (p *program) migrationStatus(ctx context.Context, migrator migrations.Migrator) error {
	steps, err := migrator.Status(ctx)
	if err != nil {
		return err
	}
	missing := 0
	for _, step := range steps {
		at := "missing"
		if step.AppliedAt.IsZero() {
			missing++
		} else {
			at = step.AppliedAt.UTC().Format(time.RFC3339)
		}
		p.printf("%d\t%-10s\t%s\n", step.Version, step.Name, at)
	}
	if missing > 0 {
		return fmt.Errorf("schema %q lacks %d of %d migrations: run `siltgate migrate`", migrator.Schema, missing, len(steps))
	}
	return nil
}
