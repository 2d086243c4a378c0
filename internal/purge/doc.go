// Package purge deletes dead rows in small committed batches, so gently that the application beside it
// does not notice.
//
// A run reads its cutoff from the database's clock and works table by table. The rows of a table lie in
// one heap, or in one for each partition. In each heap one of two plans finds the dead rows: the index
// plan lists them by indexes, the sweep plan reads one range of blocks after another. Each batch is one
// transaction, and its DELETE restates the rules, so a row that was renewed meanwhile stays. A batch
// that meets a lock deletes the rows that are not locked; a batch with rows that cannot be deleted
// isolates those. A table that fails does not stop the others. Run returns a Progress that is valid
// beside any error, and from which another process goes on.
//
// # Where to find what
//
// In the order in which a run comes to it:
//
//	purge.go            Engine, Request, Run: one table after another; tableorder.go: which one first
//	purgetable.go       one table; locked.go: again while it is locked; share.go: each table's share of a cap
//	session.go          the connection that deletes, and its settings; searchpath.go: nothing is found by a
//	                    search_path; transaction.go: a batch's transaction; fence.go: the end of the right to delete;
//	                    unprepared.go: statements that are executed once; patient.go: with a longer time-out;
//	                    fetched.go: all of their rows, or none
//	clock.go            the database's clock, by which rows die, and this process's
//	progress.go         where a run is, for another replica to go on; recorded.go: checks it;
//	                    capped.go: where the next run begins after a capped one; timing.go: durations
//
// What a table is, and whether it may be purged. All of this only reads:
//
//	examine.go          all that is wrong with a table, as findings (finding.go), for a run;
//	                    inspection.go, inspectpattern.go: the same for whoever asks
//	relation.go         a configured table in the database; absence.go: why it is not found;
//	                    reserved.go: tables that nobody may name; keptapart.go: rows that another table's rules keep;
//	                    object.go: a relation; column.go, columncheck.go: do the rules fit its columns;
//	                    zone.go: the database's time zone; sqlstate.go, advice.go: errors in words
//	reach.go            what a DELETE reaches: foreignkey.go, referrer.go; refusal.go: what of that refuses the table
//	privilege.go        what keeps the role from deleting: rowsecurity.go, publication.go,
//	                    trigger.go, triggerbody.go; owner.go: whose code would run; need.go: what to grant
//
// What Postgres's catalog says, one file for each subject (a test holds that no other file reads it):
//
//	catalog.go          how it is read; catalogobject.go: relations; catalogcolumn.go: columns; catalogfamily.go: partitions,
//	                    children and parents; catalogkey.go: foreign keys; catalogtrigger.go: triggers;
//	                    catalogright.go: privileges and policies; catalogowner.go: owners; catalogpublication.go: publications;
//	                    catalogheap.go: the size, indexes and fingerprint of a heap;
//	                    catalogpattern.go: tables that patterns match; catalogpartition.go: partitions to drop
//
// Which rows are dead:
//
//	table.go, rule.go   the configuration: a table and its rules; fingerprint.go: the same rules or others;
//	                    words.go: a rule in words
//	predicate.go        the rules as SQL: moment.go, value.go; lead.go: which columns' indexes lead to dead rows
//
// One heap (partition.go):
//
//	heapwalk.go         the heaps of a table one after another; which could not be purged
//	purgeheap.go        one heap by its plan; plan.go: which one
//	list.go             the index plan: rows by ctid (rowid.go); walk.go: batch after batch, for both plans
//	window.go           a heap whose rows refer to each other; roworder.go: in which order they are deleted
//	batch.go            one batch; target.go: of what; statement.go: its SQL; isolate.go: rows that cannot be deleted;
//	                    failure.go: does an error concern rows, the table or the server;
//	                    restriction.go: rows that others refer to; spare.go: what a cascade would delete
//
// How fast:
//
//	pacer.go            how large a batch is
//	governor.go         how much of its time a run deletes; rest.go: the rests; overhead.go: what each batch costs
//	                    besides; workload.go, cost.go: what is left
//	proceed.go          whether to go on now; lag.go: waits for standbys; walguard.go: for slots and the archiver;
//	                    walguardread.go: reads their state; sight.go: how often they are asked
//
// More than one table, or less than a deletion:
//
//	pattern.go          a name with *: matching.go: its tables; purgepattern.go, matched.go: through all of them;
//	                    idle.go: many at once that have nothing to delete
//	held.go             does a changed rule delete too much: then the table is held
//	survey.go           what a dry run sees besides: edge.go: the rows around each bound; warning.go: which settings look wrong;
//	                    touched.go: rows of other tables; forecast.go: what a run would meet, by estimates;
//	                    logrange.go: how much log it would write
//	droppartition.go    whole partitions are dropped: dropplan.go: which ones; detach.go: the
//	                    attempt; mark.go: what proves that a run has detached one
package purge
