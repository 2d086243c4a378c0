package metrics

import "time"

// Table is where a run stands with one table.
type Table struct {
	// Name is the table as configured, Title as the database knows it.
	Name, Title string

	// Deleted and Found count rows since the run began.
	Deleted, Found int64
}

// Slice counts what a run does while this replica has it in hand. It is used by one goroutine.
type Slice struct {
	metrics *Metrics
	deleted map[string]int64 // by title, as counted last
	waited  time.Duration
	rested  time.Duration
	waiting string
}

// Begin takes a run in hand, which has come so far.
func (m *Metrics) Begin(tables []Table, waited, rested time.Duration) *Slice {
	m.working.Set(1)
	s := &Slice{metrics: m, deleted: map[string]int64{}, waited: waited, rested: rested}
	for _, t := range tables {
		s.deleted[t.Title] = t.Deleted
	}
	return s
}

// Batch counts a batch that took so long.
func (s *Slice) Batch(took time.Duration) { s.metrics.batches.Observe(took.Seconds()) }

// Progress counts what has come since it was called last. WaitingFor says in a sentence what
// the run waits for now, if it does.
func (s *Slice) Progress(tables []Table, waitingFor string, waited, rested time.Duration) {
	for _, t := range tables {
		if n := t.Deleted - s.deleted[t.Title]; n > 0 {
			s.metrics.deleted.WithLabelValues(s.metrics.tables.of(t.Name, t.Title)).Add(float64(n))
		}
		s.deleted[t.Title] = t.Deleted
	}
	if more := waited - s.waited; more > 0 {
		reason := waitOf(s.waiting)
		if reason == "" {
			reason = other
		}
		s.metrics.waited.WithLabelValues(reason).Add(more.Seconds())
	}
	if more := rested - s.rested; more > 0 {
		s.metrics.waited.WithLabelValues(resting).Add(more.Seconds())
	}
	s.waited, s.rested, s.waiting = waited, rested, waitingFor
}

// End lets go of the run.
func (s *Slice) End() { s.metrics.working.Set(0) }

// RunEnded counts a run that ended for good.
func (m *Metrics) RunEnded(outcome string, bySchedule bool, tables []Table) {
	trigger := manual
	if bySchedule {
		trigger = scheduled
	}
	m.runs.WithLabelValues(outcome, trigger).Inc()
	for _, t := range tables {
		m.found.WithLabelValues(m.tables.of(t.Name, t.Title)).Add(float64(max(t.Found, 0)))
	}
}

// AttemptFailed counts an attempt at a run that failed.
func (m *Metrics) AttemptFailed() { m.failures.Inc() }
