package migrations

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// limitLocks makes a connection wait for a table no longer than LockTimeout.
func limitLocks() string { return fmt.Sprintf("SET lock_timeout TO '%s'", LockTimeout) }

// explainLock says who has the lock that a migration waited for in vain.
func (m Migrator) explainLock(ctx context.Context, pool *pgxpool.Pool, err error) error {
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); !ok || pgErr.Code != "55P03" { // lock_not_available
		return err
	}
	var holders []string
	if err := pool.QueryRow(ctx, `
		SELECT ARRAY(
			SELECT format('process %s of role %s', activity.pid, quote_ident(activity.usename))
			FROM pg_stat_activity AS activity
			WHERE activity.pid <> pg_backend_pid()
				AND EXISTS (
					SELECT
					FROM pg_locks AS held
					JOIN pg_class AS class ON class.oid = held.relation
					JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
					WHERE held.pid = activity.pid
						AND held.granted
						AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
						AND namespace.nspname = $1
				)
			ORDER BY activity.xact_start
			LIMIT 3
		)`, m.Schema).Scan(&holders); err != nil {
		return fmt.Errorf("read who locks a table of the schema: %w", err)
	}
	who := "another session"
	if len(holders) > 0 {
		who = strings.Join(holders, ", ")
	}
	return fmt.Errorf("%s has locked a table of it for more than %s: end that transaction, then run `siltgate migrate` again", who, LockTimeout)
}
