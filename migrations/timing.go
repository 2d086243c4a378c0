package migrations

import "time"

const (
	// LockTimeout is how long a migration waits for a table of the schema: the statements of replicas wait
	// behind it. What must hold is a test in worker/timing_test.go.
	LockTimeout = 10 * time.Second

	// turnPatience is how long a migration waits for another one by default.
	turnPatience = 5 * time.Minute

	// turnInterval is how often it asks whether the other one has ended.
	turnInterval = time.Second
)
