package purge

import "time"

// The durations of a session that others depend on. What must hold between these and those of a
// replica is a test in worker/timing_test.go.
const (
	// StatementTimeout is how long the server works at a statement at most, LockTimeout how long
	// a statement waits for a lock. Where deadlocks are looked for sooner, both are shorter.
	StatementTimeout = 800 * time.Millisecond
	LockTimeout      = 100 * time.Millisecond

	// StatementPatience is how long the client waits for a statement before it gives up the
	// connection. It is longer than the server's own limit, so that only a silent network ends a
	// connection so.
	StatementPatience = 25 * time.Second

	// SessionIdle is how long a session may be idle before the server ends it, so that a process
	// that freezes loses its right to delete. KeepAlive is how often a session that rests sends a
	// statement for that.
	SessionIdle = 30 * time.Second
	KeepAlive   = 10 * time.Second

	// LongestRest is how far a rest may reach beyond the end of its slice. A longer one is taken
	// between two slices, in the queue.
	LongestRest = 5 * time.Second
)
