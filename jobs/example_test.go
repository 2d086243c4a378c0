package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/jobs"
	"github.com/siltgate/siltgate/migrations"
)

// open is a database in which `siltgate migrate` has run.
func open(ctx context.Context) (pool *pgxpool.Pool, closeAll func()) {
	url, drop := pgtest.ExampleDatabase(ctx)
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		panic(err)
	}
	if _, err := (migrations.Migrator{Config: pool.Config(), Schema: jobs.DefaultSchema}).Up(ctx); err != nil {
		panic(err)
	}
	return pool, func() {
		pool.Close()
		drop()
	}
}

// end ends a run as a replica does, with what it has recorded.
func end(ctx context.Context, pool *pgxpool.Pool, id int64, output string) {
	_, err := pool.Exec(ctx, `
		UPDATE siltgate.river_job
		SET state = 'completed', attempt = 1, finalized_at = now(), metadata = jsonb_build_object('output', $2::jsonb)
		WHERE id = $1`, id, output)
	if err != nil {
		panic(err)
	}
}

// A program asks for a run in its own transaction, and looks later how it went.
func ExampleGet() {
	ctx := context.Background()
	pool, closeAll := open(ctx)
	defer closeAll()

	id, err := jobs.Enqueue(ctx, pool, jobs.TokenCleanupArgs{RequestedBy: "ops", Tables: []string{"refresh_tokens"}})
	if err != nil {
		panic(err)
	}
	run, err := jobs.Get(ctx, pool, id)
	if err != nil {
		panic(err)
	}
	fmt.Println(run.Standing(), *run.RequestedBy, run.Tables)

	end(ctx, pool, id, `{"outcome":"completed","deleted":40,"duration_ms":1500,
		"tables":[{"table":"public.refresh_tokens","found":42,"deleted":40,"locked":2}]}`)
	run, err = jobs.Get(ctx, pool, id)
	if err != nil {
		panic(err)
	}
	result, err := run.Result()
	if err != nil {
		panic(err)
	}
	fmt.Println(run.Standing(), "in", *run.Duration)
	for _, table := range result.Tables {
		fmt.Printf("%s: found %d, deleted %d, left %d locked\n", table.Table, table.Found, table.Deleted, table.Locked)
	}

	_, err = jobs.Get(ctx, pool, 1000)
	fmt.Println("none has the number 1000:", errors.Is(err, jobs.ErrNoRun))
	// Output:
	// waiting ops [refresh_tokens]
	// completed in 1.5s
	// public.refresh_tokens: found 42, deleted 40, left 2 locked
	// none has the number 1000: true
}

// Runs of the last day that show an error, the latest first.
func ExampleRecent() {
	ctx := context.Background()
	pool, closeAll := open(ctx)
	defer closeAll()

	for _, requestedBy := range []string{"alice", "bob"} {
		if _, err := jobs.Enqueue(ctx, pool, jobs.TokenCleanupArgs{RequestedBy: requestedBy}); err != nil {
			panic(err)
		}
	}
	_, err := pool.Exec(ctx, `
		UPDATE siltgate.river_job
		SET state = 'discarded', attempt = 5, finalized_at = now(), errors = ARRAY['{"error":"purge refresh_tokens: does not exist"}'::jsonb]
		WHERE id = 1`)
	if err != nil {
		panic(err)
	}

	runs, err := jobs.Recent(ctx, pool, jobs.Recently{Since: time.Now().Add(-24 * time.Hour), Failed: true})
	if err != nil {
		panic(err)
	}
	for _, run := range runs {
		fmt.Println(run.ID, run.Standing(), *run.RequestedBy, *run.Error)
	}
	// Output:
	// 1 failed alice purge refresh_tokens: does not exist
}
