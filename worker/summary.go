package worker

import (
	"log/slog"
	"time"

	"github.com/siltgate/siltgate/jobs"
)

// logEnd is the one line of a run.
func (r *run) logEnd(outcome jobs.Outcome) {
	r.fill(outcome)
	var counts []any
	for _, t := range r.result.Tables {
		count := t.Deleted
		if r.request.args.DryRun {
			count = t.Found
		}
		counts = append(counts, slog.Int64(t.Table, count))
	}
	log := r.log().With(slog.Group("tables", counts...), slog.Group("rules", rulesOf(r.result.Tables)...))
	var matched []any
	for i := range r.progress.Tables {
		t := &r.progress.Tables[i]
		if t.Absent {
			log = log.With("skipped", t.Name+" does not exist")
		}
		if d := t.Dropped; d != nil {
			log = log.With(slog.Group("partitions", slog.Group(t.Title,
				"dropped", d.Partitions, "rows_approximate", d.Rows, "not_dropped", d.Why)))
		}
		if t.Matched != nil {
			matched = append(matched, slog.Int64(t.Title, t.Matched.Tables))
		}
		if t.Locked+t.Referenced+t.Undeletable > 0 {
			log = log.With(slog.Group("left", slog.Group(t.Title,
				"locked", t.Locked, "referenced", t.Referenced, "undeletable", t.Undeletable,
				"untried", t.Untried, "refusal", t.Refusal)))
		}
	}
	if len(matched) > 0 {
		log = log.With(slog.Group("matched", matched...))
	}
	if left := r.progress.Standbys.LeftOut; len(left) > 0 {
		log = log.With("standbys_left_out", left)
	}
	if r.progress.WAL.ArchiverLeftOut {
		log = log.With("archiver_left_out", true)
	}
	if outcome == jobs.OutcomeCapped {
		log = log.With("cap", r.cap())
	}
	r.warn()
	log.Info("run finished", "outcome", string(outcome), "deleted", r.result.Deleted,
		"duration", time.Duration(r.result.DurationMS)*time.Millisecond, "slices", r.result.Slices)
}

// cap is the variable that ended a capped run.
func (r *run) cap() string {
	if most := r.replica.MaxRows; most > 0 && r.progress.Deleted() >= most {
		return "SILTGATE_MAX_ROWS"
	}
	return "SILTGATE_MAX_DURATION"
}

// rulesOf are the rules of tables in words.
func rulesOf(tables []jobs.TableResult) []any {
	var rules []any
	for _, t := range tables {
		if t.Rule != "" {
			rules = append(rules, slog.String(t.Table, t.Rule))
		}
	}
	return rules
}
