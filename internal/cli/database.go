package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/outage"
	"github.com/siltgate/siltgate/internal/session"
	"github.com/siltgate/siltgate/jobs"
)

// connect opens the one connection of a command, which finds nothing by name but what is
// built in. A pool that lends connections by transaction is refused.
func connect(ctx context.Context, c config.Config) (*pgx.Conn, error) {
	config := c.Database.ConnConfig()
	if err := c.Database.Refresh(ctx, config); err != nil {
		return nil, err
	}
	if err := outage.CheckPooling(ctx, c.Database.PoolConfig()); err != nil {
		return nil, err
	}
	session.Pin(config)
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return conn, nil
}

// awaitDatabase waits for a database that is not there yet, as when both have just been started. It returns
// why a command cannot work, such as that the database has not come.
func (p *program) awaitDatabase(ctx context.Context, c config.Config) error {
	began, told := time.Now(), false
	for {
		err := outage.CheckPooling(ctx, c.Database.PoolConfig())
		if err == nil || !outage.IsAway(err) || time.Since(began) >= p.patience {
			return err
		}
		if !told {
			told = true
			p.complain("the database is not there yet, waiting for up to " + p.patience.String() + ": " + oneLine(err.Error()))
		}
		if !pause(ctx, followInterval) {
			return err
		}
	}
}

// disconnect closes a connection, also after an interruption.
func disconnect(ctx context.Context, conn *pgx.Conn) {
	if conn != nil {
		session.Close(ctx, conn)
	}
}

// explainMissing names the remedy where the schema, or a privilege in it, is missing.
func explainMissing(err error, schema string) error {
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pgErr.Code {
		case "3F000", "42P01", "42883": // no such schema, table, function
			return fmt.Errorf("schema %q is not there, or behind this program: run `siltgate migrate`", schema)
		case "42501": // no privilege
			return fmt.Errorf("%w: `siltgate grants` prints the roles that may", err)
		}
	}
	return err
}

// printf writes to standard output.
func (p *program) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(p.stdout, format, args...)
}

// withDatabase does something on a connection of its own.
func (p *program) withDatabase(ctx context.Context, do func(ctx context.Context, db jobs.Querier, schema string) error) error {
	c, err := config.Load(p.environ)
	if err != nil {
		return err
	}
	conn, err := connect(ctx, c)
	if err != nil {
		return err
	}
	defer disconnect(ctx, conn)
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return do(ctx, conn, c.Schema)
}
