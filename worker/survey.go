package worker

import (
	"slices"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/jobs"
)

// show puts into a table's result what the count of its dead rows has found: reasons, bounds,
// warnings.
func (r *run) show(t, counted *purge.TableProgress, into *jobs.TableResult) {
	into.Plan, into.Oldest = counted.Plan, counted.Oldest
	if t.Held != "" {
		into.Warnings = append(into.Warnings, t.Held)
	}
	if seen := counted.Seen(); seen != nil {
		into.Reasons = &jobs.Reasons{Expired: seen.Expired, Done: seen.Done, Both: seen.Both}
		for _, e := range seen.Edges {
			into.Bounds = append(into.Bounds, jobs.Bound{
				Column: e.Column, Zone: e.Zone, Before: e.Clock(&e.Bound),
				LastDead: e.Clock(e.LastDead), FirstLive: e.Clock(e.FirstLive),
			})
		}
		i := slices.IndexFunc(r.request.tables, func(table purge.Table) bool { return table.String() == t.Name })
		if i >= 0 {
			into.Warnings = append(into.Warnings, seen.Warnings(r.request.tables[i])...)
		}
	}
	for _, touched := range counted.Touched {
		into.Warnings = append(into.Warnings, touched.String())
	}
}

// warn logs each warning of a dry run, and why each held table is held.
func (r *run) warn() {
	for _, t := range r.result.Tables {
		for _, warning := range t.Warnings {
			if r.request.args.DryRun {
				r.log().Warn("dry run warns", "table", t.Table, "warning", warning)
			} else {
				r.log().Warn("the table is held", "table", t.Table, "warning", warning)
			}
		}
	}
}
