package worker

import (
	"context"
	"fmt"

	"github.com/siltgate/siltgate/jobs"
)

// maxWaiting is how many runs asked for by hand may wait. To ask for a run never fails, because the
// caller's transaction may do other things too. So runs beyond this number end when they are
// fetched.
const maxWaiting = 100

var errSurplus = fmt.Errorf("%d runs asked for by hand wait already: ask again when they have ended, or cancel some", maxWaiting)

// isSurplus reports whether maxWaiting runs that were asked for earlier still wait. A run that has
// waited already is never surplus, and no run is while the number cannot be read.
func (c *cleaner) isSurplus(ctx context.Context, run *run) bool {
	if run.request.args.Tick != nil || run.hasCutoff || run.waited() {
		return false
	}
	var waiting int
	err := c.replica.pool.QueryRow(ctx, `
		SELECT count(*)
		FROM (
			SELECT
			FROM `+c.replica.table("river_job")+`
			WHERE kind = $1
				AND id < $2
				AND NOT args ? 'tick'
				AND (state IN ('available', 'running', 'retryable') OR state = 'scheduled' AND metadata ? 'snoozes')
			LIMIT $3
		) AS earlier`, jobs.TokenCleanupKind, run.job.ID, maxWaiting).Scan(&waiting)
	return err == nil && waiting >= maxWaiting
}
