package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/siltgate/siltgate/internal/config"
)

// connect opens the one connection of a command.
func connect(ctx context.Context, c config.Config) (*pgx.Conn, error) {
	config := c.Database.ConnConfig()
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return conn, nil
}

// disconnect closes it, also after an interruption.
func disconnect(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if conn == nil {
		return
	}
	_ = conn.Close(ctx) // the process ends anyway
}

// explainMissing names the remedy where the schema is not there.
func explainMissing(err error, schema string) error {
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pgErr.Code {
		case "3F000", "42P01", "42883": // no such schema, table, function
			return fmt.Errorf("schema %q is not there, or behind this program: run `siltgate migrate`", schema)
		}
	}
	return err
}

// printf writes to standard output.
func (p *program) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(p.stdout, format, args...)
}
