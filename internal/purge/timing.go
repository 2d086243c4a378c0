package purge

import "time"

// The durations that others depend on. A test in worker/timing_test.go says which of these and
// of a replica's durations must be longer than which. A duration that depends on no other stands where it is used.
const (
	// StatementTimeout is how long the server works at a statement at most, LockTimeout how long
	// a statement waits for a lock. Where deadlocks are looked for sooner, both are shorter.
	StatementTimeout = 800 * time.Millisecond
	LockTimeout      = 100 * time.Millisecond

	// StatementPatience is how long the client waits for a statement before it gives up the
	// connection. It is longer than the server's own limit, so that only a silent network ends a
	// connection so.
	StatementPatience = 14 * time.Second

	// SessionIdle is how long a session may be idle before the server ends it, so that a process
	// that freezes loses its right to delete. KeepAlive is how often a session that rests sends a
	// statement for that.
	SessionIdle = 30 * time.Second
	KeepAlive   = 10 * time.Second

	// CatalogTimeout is how long the server works at a statement that reads the catalog at most, for a run
	// and for an inspection. It locks nothing that others wait for.
	CatalogTimeout = 10 * time.Second

	// CloseTimeout is how long the end of a session is waited for.
	CloseTimeout = time.Second

	// FirstStepPatience is how much longer than its time a slice works that has not got the run further yet: long
	// enough for a list.
	FirstStepPatience = 15 * time.Second

	// ListPatience is how long a list may take before the rows on it are deleted. It is less than half a
	// slice: otherwise the slices of a huge table would end before they deleted anything.
	ListPatience = 10 * time.Second

	// TargetPatience is how long rows that cannot be deleted are isolated in one target: each locked or
	// slow row takes as long as a time-out. isolationPatience is the same for one run.
	TargetPatience    = 10 * time.Second
	isolationPatience = time.Minute

	// FirstBackOff is how long to wait before a locked table is tried again. Each further wait is twice as
	// long, up to LongestBackOff. After LockTries of them the table fails in this attempt.
	FirstBackOff   = 200 * time.Millisecond
	LongestBackOff = 5 * time.Second
	LockTries      = 8

	// LongestRest is how far a rest may reach beyond the end of its slice. A longer one is taken
	// between two slices, in the queue.
	LongestRest = 5 * time.Second

	// longRest is how long the rest after one batch should be at most. For longer rests, batches are made
	// smaller instead: at a duty of 0.01 one takes 2.5 ms. With 10 ms, and rests of a second, each request of the
	// application that met a batch took so much longer that its 99th percentile rose by a seventh. mostRest is how long a run with a deadline rests at most. A rest of shownRest or longer is
	// reported.
	longRest  = 250 * time.Millisecond
	shownRest = 2 * time.Second
	mostRest  = 10 * time.Second

	// lateMargin is by how much a run may be late before it says so. Where ticks are a few seconds
	// apart, a deadline at half of that is nothing that anybody has asked for.
	lateMargin = 10 * time.Second
)
