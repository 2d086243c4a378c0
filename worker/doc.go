// Package worker is one replica of the fleet: a River client that takes part in
// electing a leader, the schedule that the leader sees to, the job that purges,
// and the health of all that over HTTP.
//
// All replicas are alike. The leader asserts that the latest due tick has its
// job; any replica executes it; the row siltgate.turn lets one run delete at a time.
// Losing a replica at any instant loses nothing: its leadership passes on within
// half a minute, its run within three. A replica that is told to stop ends the
// batch in hand and gives its run back.
//
// # Where to find what
//
//	replica.go          a replica from its start to its end; start.go: waits for the database; schema.go: checks our schema;
//	                    pool.go: its connections, and how many; health.go: /healthz and /readyz; metrics.go: what it counts
//	client.go           River's settings; listener.go: hears notifications; notification.go: believes the tables alone;
//	                    transaction.go, flush.go: fewer round trips and flushes for River's statements; riverlog.go: River's log
//	heartbeat.go        says once a minute that the replica runs; digest.go: with which configuration
//	inspection.go       what is wrong with the tables, when the replica starts
//	tick.go             each tick has its job; tickrow.go: the row of a tick
//	job.go              a job that River hands out; attempts.go: which attempts count, and when the next one is;
//	                    surplus.go: too many by hand
//	turn.go             the right to delete; precedence.go: who goes first; wake.go: wakes the next one; loggedreason.go: says once
//	                    why a run waits
//	run.go              one slice of a run; watch.go: what ends it early; control.go: pause and cancel; gone.go: no schema any more
//	record.go           progress and result on the job; recorded.go: checks what was recorded; survey.go: what a dry run saw;
//	                    summary.go: the line in the log
//	tablestate.go       what runs have found out about each table; acceptedrules.go: rules that are not held
//	once.go             run --once
//	timing.go           durations that depend on each other
//
// # The life of a run
//
// A run is a row of river_job. It waits (available, scheduled, retryable), it is worked
// (running), or it has ended (completed, cancelled, discarded). A waiting run has begun if its
// output has a cutoff. River's eighth state, pending, is not used.
//
//	state      event                           next        written by
//
//	-          a tick is due                   available   tickrow.go: insertTick, with the row of siltgate.ticks
//	-          a person or a program asks      available   00011: enqueue_token_cleanup, or any INSERT
//	-          the same, for a later time      scheduled   the same
//	-          whatever is inserted                        00016: siltgate_guard_inserted makes it a new run,
//	                                                       to begin a day ahead at most, and else at once;
//	                                                       00014: siltgate_notify_inserted tells all replicas
//	available  a replica fetches it            running     River: attempt + 1, attempted_at, attempted_by
//	scheduled  it is due                       available   River's job scheduler, in the leader;
//	                                                       00014: siltgate_notify_available
//	scheduled  another run ends, gives way     available   wake.go: wakeNext
//	scheduled  the turn became free as the      available   wake.go: wakeSetAside
//	           run went back to wait
//	scheduled  runs are resumed                available   00020: record_pause
//	retryable  it is due                       available   River's job scheduler, in the leader
//	waiting    it is cancelled                 cancelled   00020: cancel_token_cleanup, or River's JobCancel;
//	                                                       00013: siltgate_record_end closes its output
//	waiting    a later tick is inserted        completed   00012: siltgate_supersede, if it has not begun (superseded);
//	                                                       tickrow.go: insertTick touches its row
//
//	running    its arguments are wrong         cancelled   run.go: refuse
//	running    100 runs by hand wait before it cancelled   surplus.go, then run.go: refuse
//	running    it is given back after a later  completed   00012: siltgate_supersede; tickrow.go: checkTick gives it back once more if
//	           tick was inserted                           both happened at once (superseded)
//	running    another run has the turn        scheduled   job.go: Work; the attempt is not spent
//	running    its tick is another digest's    scheduled   tickrow.go: checkTick; the attempt is not spent
//	running    runs are paused                 scheduled   control.go: givePaused; the attempt is not spent
//	running    its slice is over               available   run.go: giveBack; the attempt is not spent. 00017: siltgate_start_now
//	                                                       makes it due by the database's clock
//	running    its slice is over, long rest    scheduled   the same; 00017: siltgate_start_within_minutes bounds the rest
//	running    another run goes first          available   watch.go ends the slice, then run.go: giveBack
//	running    its replica stops               available   replica.go: stop, then run.go: giveBack; the attempt is not spent
//	running    its connection is lost          available   run.go: interrupted; the attempt is not spent
//	running    the same, before a first record retryable   run.go: fail
//	running    its slice failed                retryable   run.go: fail; attempts.go: NextRetry says when
//	running    its last attempt failed         discarded   run.go: fail, conclude
//	running    it is cancelled                 cancelled   watch.go ends the slice, then run.go: conclude
//	running    its tables are gone through     completed   run.go: end, conclude (completed or dry_run; held, if a table's
//	                                                       changed rule would delete much: acceptedrules.go)
//	running    it reaches a cap                completed   the same (capped); tablestate.go: saveStops, for the next run
//	running    its replica was killed          retryable   River's job rescuer, in the leader; due at once
//	running    the same, for the 25th time     discarded   the same. A run that kills its replicas must not do so for ever
//	running    it was killed, of `run --once`  available   once.go: rescueOnce, in the next such replica
//	running    its replica froze, and wakes   -           if its session lives, which may be idle for 30 s, the slice goes on
//	           before it is replaced           available   if not, run.go: interrupted; the attempt is not spent
//	running    its replica froze, and wakes               00015: siltgate_fence ignores what it writes of the run
//	           after it was replaced
//
//	ended      its row is as old as History    (none)      River's job cleaner, in the leader; once.go: tidy
//	ended      a person retries it             available   River's JobRetry; it is a new run, since 00013:
//	                                                       siltgate_record_end has removed the progress, and
//	                                                       siltgate_forget_canceller removes who cancelled it
//	any        its row is deleted              (none)      whoever may; watch.go ends its slice, and its tick stays
//	any        the schema is dropped           (none)      whoever may; watch.go ends its slice by gone.go: explainGone
//	any        its kind becomes token_cleanup              00016: siltgate_guard_kind makes it a new run
//	any        its kind becomes another one                00016: siltgate_keep_kind keeps it
//	any        River could not read its row                00016: siltgate_make_readable mends the row
//
// The output is recorded every few seconds while a run works (record.go), and when the run is given
// back or ends. Since others may write it, the next slice checks it (recorded.go).
//
// # What is relied on in River
//
// To upgrade River: read its changelog beside this list, then run the tests that are named.
// Durations of River's that cannot be configured stand in timing.go.
//
//	River's                                           used by            held by
//
//	names of three statements that need no            transaction.go     TestAnIdleReplicaBeginsNoTransaction
//	transaction: JobSchedule, LeaderDeleteExpired,
//	LeaderAttemptElect
//	riverdriver: a Driver's GetListener,              listener.go,       TestALateTransactionIsOneFromItsFirstStatementOn
//	GetExecutor, UnwrapExecutor                       transaction.go
//	an Executor's JobGetAvailable is one statement    flush.go           TestOnlyTheEndOfARunIsWaitedForUntilItIsOnDisk
//	that commits by itself and returns the jobs
//	channels <schema>.river_insert, river_control,    notification.go,   TestARunIsFetchedWithoutANotification
//	river_leadership and their payloads               control.go, 00014, TestFault73ANotificationAlonePausesNothing
//	                                                  00020              TestInsertsAndRevivalsNotify
//	a pause is river_queue.paused_at                  control.go, 00020  TestPromise11APauseTakesEffectHoweverItIsAskedFor
//	a row of a queue that was long not worked is      00020              TestAFleetThatIsPausedBeforeItStartsIsPaused
//	deleted, and inserted again without its pause
//	cancelling writes cancel_attempted_at             watch.go, 00020    TestPromise11ACancelTakesEffectHoweverItIsAskedFor
//	a cancelled job's context has the cause           job.go             TestACancelledRunEndsBetweenTwoBatches
//	ErrJobCancelledRemotely
//	JobSnooze spends no attempt, counts snoozes;      client.go,         TestRiverGivesASnoozedJobBackWithinItsIntervalAndSchedulesItBeyond
//	up to 5 s the job stays available                 wake.go
//	the scheduler makes a job available up to 5 s     wake.go, 00020     TestRiverMakesAJobAvailableBeforeItsTimeAndFetchesItThen
//	before its time; it is fetched at its time
//	a leader's term is 15 s in river_leader, by       heartbeat.go,      TestRiverElectsALeaderForATerm
//	the database's clock                              00017, 00019
//	who inserts or updates no row of river_leader     00019              TestFault95AReplicaForARunOfItsOwnDoesNotLeadAFleet
//	leads no more
//	only the leader has periodic jobs: they run when  tick.go            TestRiverAsksForTicksAtTheStartAndNoEarlierThanExpected
//	it is elected, up to 100 ms early; one that
//	returns no arguments inserts nothing
//	the worker's own job row decides between retry    attempts.go        TestTheLastAttemptDiscardsTheRun
//	and discard: Attempt, MaxAttempts
//	the rescuer reads attempted_at by its process's   client.go,         TestARunThatMayBeTriedOnceIsRescuedAllTheSame
//	clock, asks NextRetry, and counts                 attempts.go, 00015 TestRetriesComeSoonAndRescuesAtOnce
//	river:rescue_count; then the job in hand decides,                    TestARunThatFailedOftenAndIsThenKilledGoesOn
//	not its row: Attempt, MaxAttempts
//	one row that cannot be read stops every fetch     00016              TestFault72NoRowIsStoredThatRiverCannotRead
//	and every rescue
//	fetching goes by priority, then time, then id     00016              TestFault75AFloodOfRunsByHandHoldsUpNoTickAndFillsNoMemory
//	a fetch writes attempted_at and appends to        00015              TestFault05Promise3AFrozenReplicaDeletesNoMoreWhenItWakes
//	attempted_by; an end merges metadata              turn.go
//	output is in metadata, RecordOutput's at the end  record.go          TestARunThatLosesItsSessionGoesOnFromItsRecordAndSpendsNoAttempt
//	of an attempt, JobUpdate's at once
//	arguments that cannot be decoded are retried      job.go             TestBadArgumentsEndARunForGood
//	an unknown kind comes to the error handler        client.go          TestFault28AnUnknownKindIsEndedAndTheQueueFlows
//	Stop ends no run by itself while its context      replica.go         TestARunStoppedWithItsReplicaIsGivenBack
//	lives
//	events of jobs are sent after their state is      wake.go            TestARunWhoseTurnComesWhileItGoesBackToWaitIsWoken
//	written
//	JobRetry keeps metadata except the mark of a      00013              TestARunCancelledBetweenTwoSlicesHasEndedAndItsRetryBeginsAfresh
//	cancelling
//	ended jobs are deleted after their retention      client.go          TestRiverForgetsAnEndedRunWhenItsHistoryIsOver
//	river_job_state_in_bitmask, river_job_id_seq      00016, rights.go,  TestUpMakesTheSchemaAndDownUnmakesIt
//	                                                  tickrow.go
//	the newest of River's migrations is the eighth    migrations.go      TestRiverHasNoMigrationThatTheSchemaLacks
//	what River's client executes needs the rights of  rights.go,         TestFault103AFleetLivesUnderTheRolesThatArePrinted
//	rights.go on river_job, river_leader and          internal/doctor
//	river_queue, and River UI those of doctor
//	the longest channel is <schema>.river_leadership  internal/config    TestAValueAtItsBoundIsTaken
//	River UI: NewEndpoints for a client that works    internal/ui        TestRiverUIShowsRunsAndCancelsThem
//	no jobs, its Schema, a handler under a prefix
//
// Written directly into River's tables, as River would write it or so that River goes on from it:
//
//	an id, a kind and arguments are a new job         tickrow.go,        TestFault63ATickIsInsertedOnceWhateverBecomesOfItsJob
//	                                                  once.go, 00011,    TestEveryWayOfInsertingARunRunsIt
//	                                                  00016
//	available, with scheduled_at, is fetched          wake.go, once.go,  TestARunWhoseTurnComesWhileItGoesBackToWaitIsWoken
//	                                                  00017, 00020       TestARunsNextSliceBeginsByTheDatabasesClock
//	a running job made available, and counted in      once.go            TestFault95ARunOfAKilledReplicaIsRescuedAtOnceByTheNextOne
//	river:rescue_count, is rescued
//	completed or cancelled, with finalized_at, is an  00012, 00013,      TestALaterTickSupersedesTheRunsOfEarlierOnesThatHaveNotBegun
//	end                                               00020              TestARunInHandWhenTheNextTickComesIsSupersededAsItGoesBack
//	an ended job may be deleted                       once.go            TestFault95AYearOfDailyRunsLeavesNoGrowingHistory
//	river_queue has paused_at, and updated_at, by     control.go, 00016, TestPromise11APauseTakesEffectHoweverItIsAskedFor
//	which River deletes a row that is not worked      00020              TestFault72AQueueIsStoredAsRiverCanReadIt
//	a row of river_leader may be deleted: then        00017              TestFault17ADatabaseClockThatIsAnHourOffDeletesNothing
//	another replica is elected
//
// Read from River's tables:
//
//	river_job: state, kind, args, metadata, times,    surplus.go,        TestFault75AFloodOfRunsByHandHoldsUpNoTickAndFillsNoMemory
//	attempts                                          turn.go, run.go,   TestRunsTakeTurns
//	                                                  watch.go,          TestARunIsCancelledByItsRowAlone
//	                                                  precedence.go,     TestSQLHasTheSameOrderOfRuns
//	                                                  schema.go,         TestAReplicaRefusesASchemaThatIsBehindAndWarnsOfOneAhead
//	                                                  recorded.go
//	that there is river_job                           gone.go            TestFault107ASchemaThatIsDroppedUnderARunIsSaidWithWhatToDo
//	the same, for people                              internal/cli,      TestRunOncePrintsTheResultAndItsExitCodeSaysHowItEnded
//	                                                  internal/metrics,  TestAScrapeTellsOfTheFleetAndOfTheReplica
//	                                                  internal/ui        TestAPersonSeesTheRunAtWorkAndWhyItWaits
//	river_leader: leader_id, expires_at               internal/doctor,   TestFault99WhatADoctorFindsIsMendedByItsSQL
//	                                                  internal/demo,     TestTheDemo
//	                                                  00022
package worker
