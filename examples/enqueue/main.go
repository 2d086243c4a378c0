// Command enqueue shows how an application asks Siltgate for a run in a
// transaction of its own: it revokes every refresh token and has them deleted,
// both or neither. The schema is that of docker-compose.yml.
//
//	DATABASE_URL=postgres://... go run ./examples/enqueue "incident 42"
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/jobs"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: enqueue REASON")
		os.Exit(2)
	}
	revoked, runID, err := signEveryoneOut(context.Background(), os.Getenv("DATABASE_URL"), os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "enqueue:", err)
		os.Exit(1)
	}
	fmt.Printf("revoked %d tokens; run %d deletes them\n", revoked, runID)
}

func signEveryoneOut(ctx context.Context, url, reason string) (revoked, runID int64, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return 0, 0, fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }() // the process ends anyway

	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE refresh_tokens SET revoked = true WHERE NOT revoked`)
		if err != nil {
			return fmt.Errorf("revoke tokens: %w", err)
		}
		revoked = tag.RowsAffected()

		// The run starts when the transaction commits, on whichever replica is first.
		runID, err = jobs.Enqueue(ctx, tx, jobs.TokenCleanupArgs{
			Tables:      []string{"refresh_tokens"},
			FullSpeed:   true,
			RequestedBy: "auth-service",
			Reason:      reason,
		})
		return err
	})
	return revoked, runID, err
}
