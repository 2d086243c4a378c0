package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/jobs"
)

const (
	// overviewInterval is the greatest age of what the page shows, however many people look at it.
	overviewInterval = time.Second

	// daysInterval is the same for the rows of each day, whose reading costs more.
	daysInterval = time.Minute

	readTimeout = 5 * time.Second

	// shownRuns is how many runs are listed, shownDays how many days are drawn.
	shownRuns = 12
	shownDays = 30

	// mostShown is how many characters of a text are shown.
	mostShown = 600
)

// overview is what the page shows.
type overview struct {
	Now      time.Time // the database's clock
	Status   jobs.Status
	Replicas []replica
	AtWork   *jobs.Run
	Waiting  []jobs.Run
	Runs     []jobs.Run
	Tables   []table
	Days     []dayRows
}

// replica is a row of siltgate.replicas.
type replica struct {
	Replica   string
	Version   string
	StartedAt time.Time
	SeenAt    time.Time
	Leader    bool
	Digest    string
}

// cachedOverview is what was read last, for all who have the page open.
type cachedOverview struct {
	mu   sync.Mutex
	at   time.Time
	seen overview
	err  error

	daysAt    time.Time
	days      []dayRows
	objective time.Duration
}

// current is the overview, read anew unless that was done a moment ago.
func (p *Page) current(ctx context.Context) (overview, error) {
	p.last.mu.Lock()
	defer p.last.mu.Unlock()
	if time.Since(p.last.at) < overviewInterval {
		return p.last.seen, p.last.err
	}
	// The reading goes on when the browser that waits for it goes away: a statement that is broken off
	// costs its connection.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTimeout)
	defer cancel()
	p.last.seen, p.last.err = p.read(ctx)
	if p.last.err == nil && time.Since(p.last.daysAt) >= daysInterval {
		p.last.days, p.last.err = p.readDays(ctx, p.last.seen.Now)
		p.last.objective = objective(p.last.seen.Status.Schedule, p.last.seen.Now)
		p.last.daysAt = time.Now()
	}
	p.last.seen.Days = p.last.days
	p.last.seen.noteLate(p.last.objective)
	p.last.at = time.Now()
	return p.last.seen, p.last.err
}

// forget makes the page read the schema at the next request: something was changed.
func (p *Page) forget() {
	p.last.mu.Lock()
	defer p.last.mu.Unlock()
	p.last.at = time.Time{}
}

func (p *Page) table(name string) string { return pgx.Identifier{p.Schema, name}.Sanitize() }

// read reads all but the days, by statements whose cost does not grow with the history.
func (p *Page) read(ctx context.Context) (overview, error) {
	var o overview
	var err error
	if o.Status, err = jobs.GetStatusIn(ctx, p.pool, p.Schema); err != nil {
		return o, err
	}
	batch := &pgx.Batch{}
	batch.Queue(`SELECT pg_catalog.now()`).QueryRow(func(row pgx.Row) error { return row.Scan(&o.Now) })
	batch.Queue(`
		SELECT replica, version, started_at, seen_at, leader, digest
		FROM ` + p.table("replicas") + `
		ORDER BY leader DESC, started_at
		LIMIT 100`).Query(collect(&o.Replicas))
	var open []int64
	batch.Queue(`
		SELECT id
		FROM `+p.table("river_job")+`
		WHERE kind = 'token_cleanup' AND state IN ('available', 'pending', 'retryable', 'running', 'scheduled')
		ORDER BY state = 'running' DESC, id
		LIMIT $1`, shownRuns).Query(func(rows pgx.Rows) (err error) {
		open, err = pgx.CollectRows(rows, pgx.RowTo[int64])
		return err
	})
	if err := p.pool.SendBatch(ctx, batch).Close(); err != nil {
		return o, fmt.Errorf("read the schema: %w", err)
	}
	if o.Runs, err = jobs.RecentIn(ctx, p.pool, p.Schema, jobs.Recently{Limit: shownRuns}); err != nil {
		return o, err
	}
	if err := p.readOpen(ctx, open, &o); err != nil {
		return o, err
	}
	o.Tables, err = p.readTables(ctx)
	return o, err
}

// readOpen reads the runs that have not ended: the one at work, and those that wait. The waiting runs
// that have begun come first.
func (p *Page) readOpen(ctx context.Context, ids []int64, o *overview) error {
	var begun, others []jobs.Run
	for _, id := range ids {
		run, err := jobs.GetIn(ctx, p.pool, p.Schema, id)
		switch {
		case errors.Is(err, jobs.ErrNoRun) || err == nil && run.Ended():
			continue // since its id was read
		case err != nil:
			return err
		case run.Outcome == jobs.OutcomeRunning && run.State != "retryable" && o.AtWork == nil:
			o.AtWork = &run
		case run.Outcome == jobs.OutcomeRunning:
			begun = append(begun, run)
		default:
			others = append(others, run)
		}
	}
	o.Waiting = slices.Concat(begun, others)
	return nil
}

// collect reads all rows into a slice of structs.
func collect[T any](into *[]T) func(pgx.Rows) error {
	return func(rows pgx.Rows) (err error) {
		*into, err = pgx.CollectRows(rows, pgx.RowToStructByNameLax[T])
		return err
	}
}

// dayRows is how many rows were deleted on one day, in UTC.
type dayRows struct {
	Day  time.Time
	Rows int64
}

// readDays sums up the rows of the latest days.
func (p *Page) readDays(ctx context.Context, now time.Time) ([]dayRows, error) {
	first := now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-shownDays)
	rows, _ := p.pool.Query(ctx, `
		SELECT pg_catalog.date_trunc('day', finished_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', pg_catalog.sum(deleted)::pg_catalog.int8
		FROM `+p.table("runs")+`
		WHERE finished_at >= $1 AND pg_catalog.isfinite(finished_at) AND deleted BETWEEN 1 AND 1000000000000
		GROUP BY 1`, first)
	summed := map[time.Time]int64{}
	var at time.Time
	var n int64
	_, err := pgx.ForEachRow(rows, []any{&at, &n}, func() error {
		summed[at.UTC()] = n
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the rows of each day: %w", err)
	}
	days := make([]dayRows, shownDays)
	for i := range days {
		days[i].Day = first.AddDate(0, 0, i)
		days[i].Rows = summed[days[i].Day]
	}
	return days, nil
}
