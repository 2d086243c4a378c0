package migrations

import "time"

const (
	// LockTimeout is how long a migration waits for a table of the schema: the statements of replicas wait
	// behind it. What must hold is a test in worker/timing_test.go.
	LockTimeout = 10 * time.Second

	// exclusivePatience is how long a migration waits for another one by default.
	exclusivePatience = 5 * time.Minute

	// exclusiveInterval is how often it asks whether the other one has ended.
	exclusiveInterval = time.Second
)
