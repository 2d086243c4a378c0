package purge

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// Dropped is what a run has done with whole partitions of a table.
type Dropped struct {
	// Partitions counts those that were dropped; in a dry run, those that would be dropped. Rows is
	// about how many rows they had, by the statistics: nobody has counted them.
	Partitions int64 `json:"partitions,omitempty"`
	Rows       int64 `json:"rows,omitempty"`

	// Why says in a sentence why others are not dropped, or not yet.
	Why string `json:"why,omitempty"`

	// Tries is how often the run has tried to finish what others keep it from.
	Tries int `json:"tries,omitempty"`

	// Finished is set when nothing is left to drop in this attempt.
	Finished bool `json:"finished,omitempty"`
}

// retry lets the next attempt go on.
func (d *Dropped) retry() {
	if d != nil {
		d.Tries, d.Finished, d.Why = 0, false, ""
	}
}

// dropPartitions drops the partitions whose rows are all dead by their bounds, one after the other. It
// detaches each one CONCURRENTLY, so that nobody has to wait, and then drops it. A partition that
// older transactions still use is left to the next run.
func (r *slice) dropPartitions(ctx context.Context, e *examined, read *reader, t *TableProgress) error {
	if !e.table.DropPartitions {
		return nil
	}
	if t.Dropped == nil {
		t.Dropped = &Dropped{}
	}
	d := t.Dropped
	if d.Finished {
		return nil
	}
	reason, err := read.rowByRow(ctx, e)
	switch {
	case err != nil:
		return err
	case reason != "":
		d.Why, d.Finished = reason, true
		return nil
	case r.rowCap() > 0:
		d.Why, d.Finished = "SILTGATE_MAX_ROWS is set, and cannot be kept when a whole partition is dropped", true
		return nil
	}
	if !r.DryRun {
		if done, err := r.finishDrops(ctx, e, d); err != nil || !done {
			return err
		}
	}
	all, err := r.wholes(ctx, read, e)
	if err != nil {
		return err
	}
	if r.DryRun {
		for _, w := range all {
			d.Partitions++
			d.Rows += w.rows
		}
		d.Finished = true
		return nil
	}
	for _, w := range all {
		if err := r.proceed(ctx); err != nil {
			return err
		}
		begun, err := r.beginDrop(ctx, e, w)
		if err != nil {
			return err
		}
		if !begun { // its rows are deleted
			d.Why = fmt.Sprintf("partition %s cannot be detached while others have it or the table locked: the next run tries again", w.Title())
			continue
		}
		e.heaps = slices.DeleteFunc(e.heaps, func(oid uint32) bool { return oid == w.OID })
		if done, err := r.finishDrops(ctx, e, d); err != nil || !done {
			return err
		}
	}
	d.Finished = true
	return nil
}

// wholes asks for the partitions to drop, with what Postgres concludes from their bounds.
func (r *slice) wholes(ctx context.Context, read *reader, e *examined) ([]whole, error) {
	if err := r.Session.set(ctx, "constraint_exclusion", "on"); err != nil {
		return nil, err
	}
	all, err := read.wholes(ctx, e, r.progress.Cutoff)
	return all, errors.Join(err, r.Session.set(ctx, "constraint_exclusion", "partition"))
}

// beginDrop marks a partition and detaches it. It returns false if others keep it from that. Its mark says
// afterwards whether this run detaches it, and nobody else.
func (r *slice) beginDrop(ctx context.Context, e *examined, w whole) (bool, error) {
	if err := r.checkTurn(ctx); err != nil {
		return false, err
	}
	d := detachment{whole: w, parent: e.relation, attempt: rand.Text()}
	err := r.define(ctx, d.announce())
	if isHindered(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("mark partition %s to be dropped: %w", w.Title(), err)
	}
	err = r.detach(ctx, d)
	if err == nil {
		return true, nil
	}
	if !isHindered(err) {
		return false, fmt.Errorf("detach partition %s: %w", w.Title(), err)
	}
	heaps, err := r.Session.catalog().heapsOf(ctx, e.object)
	return err == nil && !slices.Contains(heaps, w.OID), err
}

// finishDrops drops the partitions that runs have detached, or have begun to detach. It returns false if
// other transactions still use one of them, and names that partition in Why.
func (r *slice) finishDrops(ctx context.Context, e *examined, d *Dropped) (bool, error) {
	for {
		all, err := r.Session.catalog().markedOf(ctx, e.oid)
		if err != nil {
			return false, err
		}
		kept := ""
		for _, m := range all {
			if err := r.checkTurn(ctx); err != nil {
				return false, err
			}
			done, err := r.finishMarked(ctx, e, m, d)
			if err != nil {
				return false, err
			}
			if !done {
				kept = m.Title()
			}
		}
		if kept == "" {
			return true, nil
		}
		if d.Tries > LockTries {
			d.Finished = true
			d.Why = fmt.Sprintf("partition %s is used by transactions that began before it was detached: the next run drops it", kept)
			return false, nil
		}
		d.Tries++
		d.Why = fmt.Sprintf("partition %s is still used by other transactions", kept)
		r.backOff(d.Tries, d.Why)
		if err := r.proceed(ctx); err != nil {
			return false, err
		}
		d.Why = ""
	}
}

// finishMarked does what is to be done with a table that carries a mark, and returns false if others keep it from that.
func (r *slice) finishMarked(ctx context.Context, e *examined, m marked, d *Dropped) (bool, error) {
	switch m.state {
	case markStale:
		err := r.define(ctx, detachment{whole: m.whole, parent: e.relation, attempt: rand.Text()}.unmarkStale())
		if err != nil && !isHindered(err) {
			return false, fmt.Errorf("take the mark away from partition %s: %w", m.Title(), err)
		}
		return true, nil // it permits nothing
	case markDoubtful:
		d.Why = m.doubt()
		return true, nil
	}
	err := r.finishDrop(ctx, e, m)
	switch {
	case err == nil && m.state == markBegun:
		d.Why = m.doubt()
		return true, nil
	case err == nil:
		d.Partitions++
		d.Rows += m.rows
		r.report()
		return true, nil
	case isUndefinedTable(err): // somebody else has dropped it
		return true, nil
	case isHindered(err), errors.Is(err, errNotOurs):
		return false, nil
	}
	return false, fmt.Errorf("drop partition %s, which is detached: %w", m.Title(), err)
}

// finishDrop finishes detaching a marked partition, and drops it in the same transaction, unless somebody else may
// have begun to detach it. With the partition locked, it first makes sure that this is still the one that a run has
// detached, and that all its rows are dead.
func (r *slice) finishDrop(ctx context.Context, e *examined, m marked) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), StatementPatience)
	defer cancel()
	tx, err := r.Session.conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }() // nothing, after the commit
	execute := func(statements ...string) error {
		for _, statement := range statements {
			if _, err := tx.Exec(ctx, statement, pgx.QueryExecModeSimpleProtocol); err != nil {
				return err
			}
		}
		return nil
	}
	if err := execute("LOCK TABLE ONLY "+e.name+" IN SHARE UPDATE EXCLUSIVE MODE",
		"LOCK TABLE ONLY "+m.SQL()+" IN ACCESS EXCLUSIVE MODE", "SET LOCAL constraint_exclusion = on"); err != nil {
		return err
	}
	if err := r.checkTurn(ctx); err != nil { // whoever takes the turn waits for this transaction from now on
		return err
	}
	now, err := newCatalog(tx).markedOf(ctx, e.oid)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(now, func(n marked) bool { return n.OID == m.OID && n.Title() == m.Title() && n.state == m.state }) {
		return errNotOurs
	}
	if m.state == markBegun {
		if err := execute(finalize(e, m)); err != nil {
			return err
		}
		return tx.Commit(ctx)
	}
	s := &statement{}
	h := heap{relation: e.relation, conditions: e.conditionsOf(r.progress.Cutoff), name: m.SQL()}
	fmt.Fprintf(s, "SELECT EXISTS (SELECT FROM ONLY %s AS t WHERE %s)", m.SQL(), h.lives(s))
	var lives bool
	if err := tx.QueryRow(ctx, s.String(), once(s.args)...).Scan(&lives); err != nil {
		return err
	}
	if lives {
		return errors.New("it has rows that are not dead")
	}
	if m.state == markPending {
		if err := execute(finalize(e, m)); err != nil {
			return err
		}
	}
	if err := execute("DROP TABLE " + m.SQL()); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// errNotOurs is a table that was changed while its mark was looked at.
var errNotOurs = errors.New("it is not the partition any more that a run has detached")

// lives is SQL for the rows that are not dead. Where a rule is by one date alone, the bounds of a partition
// answer it.
func (h heap) lives(s *statement) string {
	if c, found := byDate(h.conditions); found {
		by := c.expires[0]
		return by.sql() + " IS NULL OR " + by.sql() + " OPERATOR(pg_catalog.>=) " + by.bound(s, c.certainBefore())
	}
	return "NOT " + h.dead(s)
}

// define runs a statement that defines something, which ends by itself under the session's short limits.
func (r *slice) define(ctx context.Context, sql string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), StatementPatience)
	defer cancel()
	began := time.Now()
	_, err := r.Session.conn.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol)
	r.read(time.Since(began))
	return err
}

// checkTurn returns an error if the session may not delete any more.
func (r *slice) checkTurn(ctx context.Context) error {
	if r.Session.fence.Table == "" {
		return errNoFence
	}
	s := &statement{}
	s.WriteString("SELECT WHERE true")
	s.WriteString(r.Session.fence.compare(s))
	_, err := r.Session.conn.Exec(ctx, s.String(), s.args...)
	return r.Session.explain(ctx, err)
}
