package worker

import "time"

// The durations that depend on each other, and on River's and the database's. TestDurationsFitTogether says which of
// them must be longer than which. A duration of a replica that depends on no other stands where it is used. Those of a
// run's session are in internal/purge/timing.go. Durations that SQL has are in the migrations: a rest between two slices
// lasts ten minutes at most by 00017_clocks.sql. The test reads those too.

// A run works for a slice at a time. A slice ends well before River's timeout, which ends well
// before River takes the replica for dead: so a killed replica's run is soon rescued.
const (
	sliceLength = 30 * time.Second
	jobTimeout  = 60 * time.Second

	// rescueAfter is the age at which a slice's replica is taken for dead.
	rescueAfter = 90 * time.Second

	// leastWait is how long a scheduled run waits at least before it counts as starved. Otherwise,
	// with a tick every few seconds, one always would, and a run by hand would never go on.
	leastWait = time.Minute

	// leastSlice is how long a starved run may work at least. It is so short that a run by hand
	// that is asked for meanwhile still begins within 6 s.
	leastSlice = 3 * time.Second

	// recordInterval is how often progress is recorded: a killed run loses no more of its counts.
	recordInterval = 5 * time.Second

	// recordTimeout is how long to write or read such a record may take.
	recordTimeout = recordInterval

	// firstRecord comes sooner, and each of the next ones after twice the time: a run that loses
	// its database again and again still makes progress.
	firstRecord = 500 * time.Millisecond

	// firstRetry is the pause after the first attempt. Each further one is retryGrowth times as long, up
	// to longestRetry.
	firstRetry   = 15 * time.Second
	retryGrowth  = 4
	longestRetry = 8 * time.Minute

	// watchInterval is how often a slice reads whether it has to end, see watch.go.
	watchInterval = 2 * time.Second
)

// A run that waits for its turn.
const (
	// A run that finds another one at work asks again for a moment, since most runs are short, and
	// then goes back to the queue. While it asks, it occupies the replica, which could not fetch
	// the next slice of the run at work if many did.
	turnInterval = 100 * time.Millisecond
	turnPatience = 500 * time.Millisecond

	// snoozeForTurn is how long a run that waits stays in the queue. The run that ends wakes it
	// sooner; this is for one that could not. It is longer than River's interval: within that
	// River would keep the job available, and fetch it too early.
	snoozeForTurn = riverScheduleInterval + time.Second

	// wantedFor is how long a run that waits is known to wait. It is longer than the run pauses
	// until it asks again.
	wantedFor = snoozeForTurn + 9*time.Second

	// reservation is how long after its rest a run is waited for between two slices. In
	// that time River hands it out again.
	reservation = 15 * time.Second

	// longestReservation is longer than any reservation that a replica makes. One that ends later
	// was made before the clock was set back, and does not count.
	longestReservation = 15 * time.Minute

	// turnLockTimeout is how long the turn's row is waited for: longer than a batch, which
	// is all that locks it.
	turnLockTimeout = 2 * time.Second

	// turnNoteTimeout is the same for a note in that row: who wants the turn, or for whom it is kept. What
	// could not be noted is noted later, or done without.
	turnNoteTimeout = 500 * time.Millisecond

	// blockersAfter is how long a session waits for it before the replica asks who has locked it.
	blockersAfter = 300 * time.Millisecond
)

// A tick.
const (
	// assertEvery is how often a leader makes sure at least that the latest tick has its job.
	assertEvery = time.Minute

	// enqueuerSlack is more than River runs ahead of time, so that a tick is due by the time
	// River asks for it.
	enqueuerSlack = riverAsksEarly + 50*time.Millisecond

	// How long an insert may take, and the pauses before it is tried again.
	insertTimeout = 5 * time.Second
	firstPause    = 100 * time.Millisecond
	longestPause  = 5 * time.Second
)

// What a replica hears without a notification.
const (
	// readInterval is how often a replica reads whether runs are paused, cancelled, or waiting
	// to be fetched. Notifications say so sooner.
	readInterval = 5 * time.Second

	// pollInterval is how late a run may start while the replica cannot listen for notifications.
	pollInterval = 30 * time.Second

	// How long after a notification River is told of the next one of the same topic. All that come
	// meanwhile are one.
	insertInterval     = riverFetchCooldown / 2
	controlInterval    = 250 * time.Millisecond
	leadershipInterval = time.Second
)

// A replica that says that it runs.
const (
	// beatInterval is how often a replica says that it runs.
	beatInterval = time.Minute

	// beatTimeout is how long a beat may take; the next one makes up for it.
	beatTimeout = 2 * time.Second

	// aliveFor is how long after a beat the replica counts as running: two beats, and half of one
	// for a slow database.
	aliveFor = 150 * time.Second

	// yieldFor is how long a tick's run is left to replicas with the configuration of the
	// one that inserted it.
	yieldFor = 2 * time.Minute
)

// A replica that stops.
const (
	// stopTimeout is how long a replica waits for its run to end its batch. After that it leaves
	// the run to be rescued by another replica.
	stopTimeout = 20 * time.Second

	// restopTimeout is the same for a replica that starts River anew. It is longer than any
	// statement is waited for.
	restopTimeout = time.Minute
)

// What the promises say, in docs/reliability.md.
const (
	promisedRescue = 3 * time.Minute  // a killed run goes on elsewhere
	promisedLeader = 30 * time.Second // another replica leads
	promisedEffect = 6 * time.Second  // a pause, a cancel, or a run by hand takes effect
	promisedStop   = 25 * time.Second // a replica that is told to stop has ended
)

// Numbers of River's that cannot be configured. TestRiver… holds them.
const (
	// riverScheduleInterval is how often River makes jobs available: all that fall due before the
	// next time.
	riverScheduleInterval = 5 * time.Second

	// riverRescueInterval is how often River looks for jobs whose replica is dead.
	riverRescueInterval = 30 * time.Second

	// riverElectInterval is how often River looks whether there is a leader, riverLeaderTerm
	// how long a leader leads without saying so again.
	riverElectInterval = 5 * time.Second
	riverLeaderTerm    = 15 * time.Second

	// riverAsksEarly is how much earlier than its time a periodic job may be asked for.
	riverAsksEarly = 100 * time.Millisecond

	// riverFetchCooldown is the least time between two fetches.
	riverFetchCooldown = 100 * time.Millisecond
)
