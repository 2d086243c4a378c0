// Command go-admin is an admin tool in Go. It signs a user out everywhere and has the revoked
// tokens deleted, both or neither. The role needs what siltgate grants --trigger prints; for a
// River client of its own also what docs/runs.md has.
//
//	go-admin sign-out USER ADMIN REASON
//	go-admin sign-out-by-river USER ADMIN REASON
//	go-admin runs
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/siltgate/siltgate/jobs"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Getenv("DATABASE_URL")); err != nil {
		fmt.Fprintln(os.Stderr, "go-admin:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }() // the process ends anyway
	switch {
	case len(args) == 4 && args[0] == "sign-out":
		return signOut(ctx, conn, args[1], args[2], args[3], enqueue)
	case len(args) == 4 && args[0] == "sign-out-by-river":
		return signOut(ctx, conn, args[1], args[2], args[3], enqueueByRiver)
	case len(args) == 1 && args[0] == "runs":
		return printRuns(ctx, conn)
	}
	return errors.New("want sign-out or sign-out-by-river USER ADMIN REASON, or runs")
}

type asker func(context.Context, pgx.Tx, jobs.TokenCleanupArgs) (int64, error)

func signOut(ctx context.Context, conn *pgx.Conn, user, admin, reason string, ask asker) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		revoked, err := tx.Exec(ctx, `UPDATE refresh_tokens SET revoked = true WHERE user_id = $1 AND NOT revoked`, user)
		if err != nil {
			return fmt.Errorf("revoke tokens: %w", err)
		}
		// The run begins after the commit, on whichever replica is first, and sees what was revoked.
		id, err := ask(ctx, tx, jobs.TokenCleanupArgs{Tables: []string{"refresh_tokens"}, RequestedBy: admin, Reason: reason})
		if err != nil {
			return err
		}
		fmt.Printf("revoked %d tokens; run %d deletes them\n", revoked.RowsAffected(), id)
		return nil
	})
}

func enqueue(ctx context.Context, tx pgx.Tx, args jobs.TokenCleanupArgs) (int64, error) {
	return jobs.Enqueue(ctx, tx, args)
}

// enqueueByRiver inserts the job as any River client does, without a worker of its own.
func enqueueByRiver(ctx context.Context, tx pgx.Tx, args jobs.TokenCleanupArgs) (int64, error) {
	client, err := river.NewClient(riverpgxv5.New(nil), &river.Config{Schema: jobs.DefaultSchema})
	if err != nil {
		return 0, fmt.Errorf("make a client: %w", err)
	}
	inserted, err := client.InsertTx(ctx, tx, args, nil)
	if err != nil {
		return 0, fmt.Errorf("insert the run: %w", err)
	}
	return inserted.Job.ID, nil
}

func printRuns(ctx context.Context, conn *pgx.Conn) error {
	runs, err := jobs.Recent(ctx, conn, jobs.Recently{Limit: 20})
	if err != nil {
		return err
	}
	for _, run := range runs {
		fmt.Println(run.ID, run.Standing(), value(run.RequestedBy), value(run.Reason), value(run.Deleted), value(run.Error))
	}
	return nil
}

// value is what a column has: of NULL nothing.
func value[T any](column *T) (v T) {
	if column != nil {
		v = *column
	}
	return v
}
