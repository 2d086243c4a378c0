package metrics

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

const (
	// readInterval is the greatest age of the values that are shown: the database is asked once in
	// this time, however many scrapes come.
	readInterval = 15 * time.Second

	// readTimeout bounds one reading. Each statement that is broken off costs its connection.
	readTimeout = 2 * time.Second
)

// Fleet is where the fleet's metrics come from.
type Fleet struct {
	Pool    *pgxpool.Pool
	Schema  string
	Replica string // this one's ID
	Next    func(now time.Time) time.Time
	Gap     time.Duration // the schedule's longest, see schedule.LongestGap; 0: it is off

	tables labels
}

// fleetCollector shows what was read last of the schema.
type fleetCollector struct {
	log *slog.Logger

	mu     sync.Mutex
	source *Fleet // nil until there is a pool
	asked  time.Time
	took   time.Duration
	last   *snapshot // nil if it failed
	failed bool

	descriptions map[string]*prometheus.Desc
}

func newFleetCollector(log *slog.Logger) *fleetCollector {
	c := &fleetCollector{log: log, descriptions: map[string]*prometheus.Desc{}}
	for _, g := range gauges() {
		c.descriptions[g.name] = prometheus.NewDesc(g.name, g.help, g.labels, nil)
	}
	return c
}

func (c *fleetCollector) watch(fleet Fleet) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.source = &fleet
}

// refresh reads the schema, unless that was done a moment ago. A scrape that comes meanwhile waits
// for the same reading.
func (c *fleetCollector) refresh(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.source == nil || time.Since(c.asked) < readInterval {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	began := time.Now()
	seen, err := c.source.read(ctx)
	c.asked, c.took = time.Now(), time.Since(began)
	c.last = seen
	switch {
	case err != nil && !c.failed:
		c.log.Warn("metrics of the fleet cannot be read: they are left out until they can", "error", err)
	case err == nil && c.failed:
		c.log.Info("metrics of the fleet are read again")
	}
	c.failed = err != nil
}

// Describe implements prometheus.Collector.
func (c *fleetCollector) Describe(out chan<- *prometheus.Desc) {
	for _, description := range c.descriptions {
		out <- description
	}
}

// Collect implements prometheus.Collector.
func (c *fleetCollector) Collect(out chan<- prometheus.Metric) {
	c.mu.Lock()
	defer c.mu.Unlock()
	show := func(name string, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(c.descriptions[name], prometheus.GaugeValue, value, labels...)
	}
	show("siltgate_fleet_read_success", truth(c.last != nil))
	if c.source != nil && c.source.Gap > 0 {
		show("siltgate_schedule_period_seconds", c.source.Gap.Seconds())
	}
	if c.last == nil {
		return
	}
	show("siltgate_fleet_read_duration_seconds", c.took.Seconds())
	c.last.show(show)
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
