package doctor

import (
	"context"
	"fmt"
	"time"
)

// heldFor says for how long at least something has held a snapshot that is so many transactions old. Nobody notes
// when a slot or a standby took its snapshot, so this compares it with rows of our own that say when they
// were written: the ends of runs, and the schema's creation. 0: not known.
//
// A restored row is written later than it says. Therefore a row counts as written at the latest instant
// that an older row has.
func (e *examination) heldFor(ctx context.Context, transactions int64) (time.Duration, error) {
	var seconds float64
	err := e.conn.QueryRow(ctx, `
		WITH written AS (
			SELECT age(xmin) AS age, created_at AS at
			FROM `+e.table("installation")+`
			UNION ALL
			(
				SELECT age(xmin), finalized_at
				FROM `+e.table("river_job")+`
				WHERE kind = 'token_cleanup' AND finalized_at <= now()
				ORDER BY id DESC
				LIMIT 10000
			)
		)
		SELECT coalesce(extract(epoch FROM now() - max(at)), 0)::float8
		FROM written
		WHERE age >= (SELECT max(age) FROM written WHERE age <= $1)`, transactions).Scan(&seconds)
	switch sqlState(err) {
	case "42501", "42P01", "3F000": // no privilege, or no schema, which is said elsewhere
		return 0, nil
	}
	return max(time.Duration(seconds)*time.Second, 0), err
}

// keeper is a slot or a standby that holds a snapshot.
type keeper struct {
	what         string // replication slot a; standby b
	transactions int64  // age of its snapshot
}

// whoKeeps warns of those keepers whose snapshot is old.
func (e *examination) whoKeeps(ctx context.Context, all []keeper) (checks []Check, err error) {
	for _, k := range all {
		held, err := e.heldFor(ctx, k.transactions)
		if err != nil {
			return checks, err
		}
		if held < max(e.OldAfter, 1) {
			continue
		}
		checks = append(checks, Check{
			Status: Warn, Reason: fmt.Sprintf("%s keeps rows on disk that were deleted in the last %s: a transaction on the standby may still read them (hot_standby_feedback)", k.what, lasting(roughly(held))),
			Remedy: "on the standby, end the transaction that has been open for so long, or set hot_standby_feedback = off",
		})
	}
	return checks, nil
}
