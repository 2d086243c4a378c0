package worker

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/siltgate/siltgate/internal/purge"
)

// inspectTimeout is how long the tables of a replica are inspected at most: there may
// be tens of thousands of partitions.
const inspectTimeout = 5 * time.Minute

// inspection is a replica's inspection of its tables, once, beside its other work.
type inspection struct {
	once  sync.Once
	group sync.WaitGroup
}

// begin inspects the tables, unless the replica has done so before.
func (i *inspection) begin(ctx context.Context, c *cleaner) {
	i.once.Do(func() {
		i.group.Go(func() {
			if c.replica.pool.Config().MaxConns < mostPool {
				// The replica got so few connections that the only one for this is the one for runs, which wait.
				select {
				case c.session <- struct{}{}:
					defer func() { <-c.session }()
				case <-ctx.Done():
					return
				}
			}
			c.replica.inspect(ctx)
		})
	})
}

// inspect logs what is wrong with the configured tables, a line for each, so that nobody has to wait
// for the first tick to learn of it. The replica works all the same. Until such a table is mended,
// runs fail on it with the same error.
func (r Replica) inspect(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, inspectTimeout)
	defer cancel()
	inspected, err := purge.Inspect(ctx, r.pool.Config().ConnConfig, r.Tables)
	if err != nil && ctx.Err() == nil {
		r.Log.Warn("tables not inspected: what is wrong with one shows when a run comes to it", "replica", r.ID, "error", err)
	}
	var found []any
	for _, table := range inspected {
		if err := table.Err(); err != nil {
			r.Log.Error("table cannot be purged", "replica", r.ID, "table", table.Table, "error", err)
		}
		var warnings []string
		for _, w := range table.Warnings() {
			warnings = append(warnings, w.String())
		}
		if len(warnings) > 0 {
			r.Log.Warn("table is purged, but should be looked at", "replica", r.ID, "table", table.Table,
				"warning", strings.Join(warnings, "; "))
		}
		if table.ByPath && table.Title != "" {
			found = append(found, slog.String(table.Table, table.Title))
		}
	}
	if len(found) > 0 {
		r.Log.Info("tables found by search_path", "replica", r.ID, slog.Group("tables", found...))
	}
}
