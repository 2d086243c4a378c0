package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// DefaultSchema is where Siltgate's tables live unless SILTGATE_SCHEMA says otherwise.
const DefaultSchema = "siltgate"

// Querier is a pgx connection, pool or transaction.
type Querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Enqueue asks for a run and returns its job's id. If an identical run still waits, it returns the
// id of that one. In a transaction call it last: then the run begins after the commit and sees what
// the transaction did. It calls the schema's function enqueue_token_cleanup, so the role needs
// EXECUTE on that and nothing else but USAGE on the schema. Without RequestedBy the session's user
// is recorded. Arguments that Validate refuses are an error. The schema is DefaultSchema.
func Enqueue(ctx context.Context, db Querier, args TokenCleanupArgs) (int64, error) {
	return EnqueueIn(ctx, db, DefaultSchema, args)
}

// EnqueueIn is Enqueue for another schema than DefaultSchema.
func EnqueueIn(ctx context.Context, db Querier, schema string, args TokenCleanupArgs) (int64, error) {
	if args.Tick != nil {
		return 0, errors.New("enqueue run: only the schedule sets a tick: leave it out")
	}
	if err := args.Validate(); err != nil {
		return 0, fmt.Errorf("enqueue run: %w", err)
	}

	function := pgx.Identifier{schema, "enqueue_token_cleanup"}.Sanitize()
	var id int64
	err := db.QueryRow(ctx, `
		SELECT `+function+`(
			tables => $1,
			dry_run => $2,
			full_speed => $3,
			requested_by => $4,
			reason => $5,
			confirm => $6)`,
		args.Tables, args.DryRun, args.FullSpeed, args.RequestedBy, args.Reason, args.Confirm).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("enqueue run: %w", err)
	}
	return id, nil
}
