package purge

import (
	"context"
	"fmt"
)

// A partition says in the first line of its comment how far a run has come with it, so that the next run can go
// on. Only its owner can set a comment.
//
// The first mark is set before the partition is detached, and taken away if detaching did not begin.
// It does not permit a run to drop the partition: somebody else who detaches a partition with this mark
// may want to keep it.
//
// The second mark is set when the run's own statement has begun to detach the partition, or has detached it. It
// names the transaction that wrote the partition's row in pg_inherits, while it is being detached, or in
// pg_class, once it stands alone. A partition that somebody else has finished detaching, attached
// again or altered was written by another transaction: its mark permits nothing either.
const (
	// detachingMark is SQL for the first one. Its parameters: the partition, its table, and the attempt.
	detachingMark = `pg_catalog.format('siltgate: is detaching this partition (%%s of %%s) to drop it, attempt %%s', %s::pg_catalog.oid, %s::pg_catalog.oid, %s::pg_catalog.text)`

	// detachedMark is SQL for the second one. Its parameters: the partition, its table, and the transaction.
	detachedMark = `pg_catalog.format('siltgate: has detached this partition (%%s of %%s) and drops it, transaction %%s', %s, %s, %s::pg_catalog.text)`

	// announced is SQL that is true of a comment with the first one. Its parameters: the comment, the partition, its table.
	announced = `pg_catalog.starts_with(%s, pg_catalog.format('siltgate: is detaching this partition (%%s of %%s) to drop it, attempt ', %s, %s))`

	// firstLine is SQL for the line of a comment where a mark may be.
	firstLine = `pg_catalog.split_part(%s, E'\n', 1)`
)

// marked is a table that carries a mark of ours.
type marked struct {
	whole

	state string // stale, begun, pending, alone, doubtful
}

// What to do with a table that carries a mark.
const (
	markStale    = "stale"    // it is a partition as all others: take the mark away
	markBegun    = "begun"    // a run tried to detach it, and somebody has begun to: finish that, and leave it
	markPending  = "pending"  // the run has begun to detach it: finish that, and drop it
	markAlone    = "alone"    // the run has detached it: drop it
	markDoubtful = "doubtful" // it is not certain that a run has detached it, or it was changed since: it stays
)

// abandoned warns of partitions that a run has detached, or begun to, and that no run drops any more.
func (c catalog) abandoned(ctx context.Context, e *examined) ([]Finding, error) {
	all, err := c.markedOf(ctx, e.oid)
	if err != nil {
		return nil, err
	}
	var findings []Finding
	for _, m := range all {
		f := Finding{Severity: Warned, Remedy: "drop it, or attach it again"}
		switch m.state {
		case markStale:
			continue
		case markBegun, markPending:
			f.Remedy = "complete that, then drop it, or attach it again"
			f.SQL = []string{fmt.Sprintf("ALTER TABLE %s DETACH PARTITION %s FINALIZE", e.name, m.SQL())}
		}
		f.Problem = fmt.Sprintf("a run has begun to drop partition %s, and SILTGATE_TABLES_<n>_DROP_PARTITIONS is off by now", m.Title())
		findings = append(findings, f)
	}
	return findings, nil
}

// doubt says in a sentence that the table stays, because it is not certain that a run has detached it.
func (m marked) doubt() string {
	return fmt.Sprintf("it is not certain that a run has detached %s, or it was changed since: it stays, drop it or take the first line of its comment away", m.Title())
}
