package worker

import (
	"runtime/debug"

	"github.com/siltgate/siltgate/internal/metrics"
	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/jobs"
)

// newMetrics makes the metrics of the replica.
func (r Replica) newMetrics() *metrics.Metrics {
	return metrics.New(metrics.Build{Version: r.Version, River: riverVersion()}, namesOf(r.Tables), r.Log)
}

// riverVersion is the version of River that the program was built with.
func riverVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/riverqueue/river" {
				return module.Version
			}
		}
	}
	return "unknown"
}

// beginMetrics begins to count what the run does in this slice.
func (r *run) beginMetrics() *metrics.Slice {
	return r.replica.metrics.Begin(r.counts(&r.progress), r.progress.Waited, r.progress.Rested)
}

// addMetrics counts what the run has done since it was called last.
func (r *run) addMetrics(slice *metrics.Slice, progress *purge.Progress) {
	slice.Progress(r.counts(progress), progress.WaitingFor, progress.Waited, progress.Rested)
}

// countEnd counts the run as ended.
func (r *run) countEnd(outcome jobs.Outcome) {
	r.replica.metrics.RunEnded(string(outcome), r.request.args.Tick != nil, r.counts(&r.progress))
}

func (r *run) counts(progress *purge.Progress) []metrics.Table {
	tables := make([]metrics.Table, len(progress.Tables))
	for i := range progress.Tables {
		t := &progress.Tables[i]
		tables[i] = metrics.Table{
			Name: t.Name, Title: t.Title, Deleted: t.Deleted,
			Found: t.Found(),
		}
	}
	return tables
}
