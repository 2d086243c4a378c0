package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/jobs"
)

// A program revokes tokens and asks for their run in one transaction: both or neither.
func ExampleEnqueue() {
	ctx := context.Background()
	pool, closeAll := open(ctx)
	defer closeAll()
	refused := errors.New("the user is the last administrator")

	for _, mistake := range []error{refused, nil} {
		err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			id, err := jobs.Enqueue(ctx, tx, jobs.TokenCleanupArgs{RequestedBy: "ops@example.com"})
			if err != nil {
				return err
			}
			fmt.Println("a run is asked for:", id > 0)
			return mistake // rolls back, unless it is nil
		})
		runs, readErr := jobs.Recent(ctx, pool, jobs.Recently{})
		if readErr != nil {
			panic(readErr)
		}
		fmt.Println("error:", err, "- runs:", len(runs))
	}
	// Output:
	// a run is asked for: true
	// error: the user is the last administrator - runs: 0
	// a run is asked for: true
	// error: <nil> - runs: 1
}

// In an incident no run starts or works on, for two hours at most.
func ExamplePause() {
	ctx := context.Background()
	pool, closeAll := open(ctx)
	defer closeAll()

	changed, err := jobs.Pause(ctx, pool, jobs.PauseArgs{Reason: "the disk is full", RequestedBy: "alice", For: 2 * time.Hour})
	if err != nil {
		panic(err)
	}
	status, err := jobs.GetStatus(ctx, pool)
	if err != nil {
		panic(err)
	}
	fmt.Println(changed, status.Paused, *status.PausedBy, *status.PauseReason, status.PausedUntil.Sub(*status.PausedAt).Round(time.Second))

	changed, err = jobs.Resume(ctx, pool)
	if err != nil {
		panic(err)
	}
	status, err = jobs.GetStatus(ctx, pool)
	if err != nil {
		panic(err)
	}
	fmt.Println(changed, status.Paused)
	// Output:
	// true true alice the disk is full 2h0m0s
	// true false
}

// The fleet at a glance. Here no replica runs.
func ExampleGetStatus() {
	ctx := context.Background()
	pool, closeAll := open(ctx)
	defer closeAll()

	status, err := jobs.GetStatus(ctx, pool)
	if err != nil {
		panic(err)
	}
	fmt.Println("replicas:", status.Replicas, "leader:", status.Leader != nil, "paused:", status.Paused)
	// Output:
	// replicas: 0 leader: false paused: false
}

// A run that waits is cancelled at once, one that is at work after the batch in hand.
func ExampleCancel() {
	ctx := context.Background()
	pool, closeAll := open(ctx)
	defer closeAll()

	id, err := jobs.Enqueue(ctx, pool, jobs.TokenCleanupArgs{})
	if err != nil {
		panic(err)
	}
	cancelled, err := jobs.Cancel(ctx, pool, id)
	if err != nil {
		panic(err)
	}
	run, err := jobs.Get(ctx, pool, id)
	if err != nil {
		panic(err)
	}
	fmt.Println(cancelled, run.Standing())

	cancelled, err = jobs.Cancel(ctx, pool, id)
	fmt.Println("again:", cancelled, err)
	_, err = jobs.Cancel(ctx, pool, 1000)
	fmt.Println("none has the number 1000:", errors.Is(err, jobs.ErrNoRun))
	// Output:
	// true cancelled
	// again: false <nil>
	// none has the number 1000: true
}
