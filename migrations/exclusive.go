package migrations

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pressly/goose/v3/lock"
)

// exclusive lets one process at a time migrate a schema, by an advisory lock. A process that waits for it
// says at once who has it: any role that may connect can take such a lock, and another `siltgate migrate` may hang.
type exclusive struct {
	lock.SessionLocker // whose SessionUnlock is used

	migrator Migrator
	pool     *pgxpool.Pool
}

// SessionLock implements lock.SessionLocker.
func (e exclusive) SessionLock(ctx context.Context, conn *sql.Conn) error {
	patience := cmp.Or(e.migrator.Patience, exclusivePatience)
	deadline := time.After(patience)
	told := ""
	for {
		var locked bool
		if err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, lockID(e.migrator.Schema)).Scan(&locked); err != nil {
			return fmt.Errorf("take the lock of its migrations: %w", err)
		}
		if locked {
			return nil
		}
		holder, err := e.holder(ctx)
		if err != nil {
			return err
		}
		if holder != told && holder != "" && e.migrator.Waiting != nil {
			e.migrator.Waiting(holder, patience)
			told = holder
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-deadline:
			return fmt.Errorf("%s has had the lock of its migrations for more than %s: wait until that session ends, or end it, "+
				"then run `siltgate migrate` again", cmp.Or(holder, "another session"), patience)
		case <-time.After(exclusiveInterval):
		}
	}
}

// holder names the session that has the lock; empty if none has it any more.
func (e exclusive) holder(ctx context.Context) (string, error) {
	var holder string
	err := e.pool.QueryRow(ctx, `
		SELECT format('process %s of role %s, application %s', held.pid,
			coalesce(quote_ident(session.usename), 'unknown'), coalesce(quote_literal(session.application_name), 'unknown'))
		FROM pg_locks AS held
		LEFT JOIN pg_stat_activity AS session ON session.pid = held.pid
		WHERE held.locktype = 'advisory'
			AND held.granted
			AND held.objsubid = 1
			AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
			AND ((held.classid::bigint << 32) | held.objid::bigint) = $1
		LIMIT 1`, lockID(e.migrator.Schema)).Scan(&holder)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read who has the lock of its migrations: %w", err)
	}
	return holder, nil
}
