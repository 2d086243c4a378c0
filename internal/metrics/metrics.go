// Package metrics is what a replica shows to Prometheus, in a registry of its own.
//
// Metrics of the fleet are read from the schema, so that any replica's scrape tells the same;
// all scrapes of a replica share one reading of it in 15 seconds. Where they cannot be read they
// are left out, and siltgate_fleet_read_success is 0. The counters and the histogram are those
// of the replica alone: sum them over all replicas.
//
// # Where to find what
//
//	metrics.go          the registry, the replica's own counters, and how many scrapes are answered
//	fleet.go            when the schema is read, once for all scrapes; snapshot.go: what is read; gauge.go: the metrics of it
//	run.go              what a run at work counts; label.go: labels, which stay few
package metrics

import (
	"context"
	"log/slog"
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	// mostScrapes is how many scrapes are answered at a time, the others are refused.
	mostScrapes = 4

	// scrapeTimeout bounds a scrape, the reading of the database included.
	scrapeTimeout = 5 * time.Second
)

// Metrics are those of one replica.
type Metrics struct {
	registry *prometheus.Registry
	handler  http.Handler
	tables   labels
	fleet    *fleetCollector

	deleted  *prometheus.CounterVec
	found    *prometheus.CounterVec
	runs     *prometheus.CounterVec
	failures prometheus.Counter
	batches  prometheus.Histogram
	waited   *prometheus.CounterVec
	working  prometheus.Gauge
}

// Build says which program the replica runs.
type Build struct{ Version, River string }

// New makes the metrics of a replica with these configured tables.
func New(build Build, tables []string, log *slog.Logger) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		tables:   tables,
		fleet:    newFleetCollector(log),
		deleted: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "siltgate_rows_deleted_total",
			Help: "Dead rows that this replica has deleted, by configured table.",
		}, []string{"table"}),
		found: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "siltgate_rows_found_total",
			Help: "Dead rows found by the runs that ended on this replica, deleted or not, dry runs included.",
		}, []string{"table"}),
		runs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "siltgate_runs_total",
			Help: "Runs that ended on this replica, by how they ended and by what asked for them.",
		}, []string{"outcome", "trigger"}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "siltgate_run_attempts_failed_total",
			Help: "Attempts at runs that failed on this replica.",
		}),
		batches: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "siltgate_batch_duration_seconds",
			Help:    "How long the batches of this replica took, pauses excluded.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5},
		}),
		waited: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "siltgate_run_wait_seconds_total",
			Help: "Time that runs on this replica have waited, by what for.",
		}, []string{"reason"}),
		working: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "siltgate_run_in_hand",
			Help: "1 while a run deletes on this replica.",
		}),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "siltgate_build_info",
		Help:        "Always 1; the labels say which program runs.",
		ConstLabels: prometheus.Labels{"version": build.Version, "river": build.River, "go": runtime.Version()},
	})
	info.Set(1)
	m.registry.MustRegister(m.deleted, m.found, m.runs, m.failures, m.batches, m.waited, m.working, info, m.fleet,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.begin()
	m.handler = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorHandling:       promhttp.ContinueOnError,
		MaxRequestsInFlight: mostScrapes,
		Timeout:             scrapeTimeout,
	})
	return m
}

// begin shows what has not happened yet as 0, so that the first time counts as an increase.
func (m *Metrics) begin() {
	for _, table := range m.tables {
		m.deleted.WithLabelValues(table)
		m.found.WithLabelValues(table)
	}
	for _, trigger := range []string{scheduled, manual} {
		for _, outcome := range []string{"completed", "capped", "held", "cancelled", "failed"} {
			m.runs.WithLabelValues(outcome, trigger)
		}
	}
	for _, reason := range waits() {
		m.waited.WithLabelValues(reason)
	}
}

// Watch reads the fleet's metrics from now on.
func (m *Metrics) Watch(fleet Fleet) {
	fleet.tables = m.tables
	m.fleet.watch(fleet)
}

// ServeHTTP answers a scrape.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	m.fleet.refresh(context.WithoutCancel(req.Context()))
	m.handler.ServeHTTP(w, req)
}
