package purge

import (
	"cmp"
	"context"
	"errors"
	"slices"
)

// hastyTries is how often a locked table of a pattern is tried again before the walk goes on to the
// other tables. After those, lockedAgain tries it again, with pauses.
const hastyTries = 1

// patternWalk goes through the tables of a pattern.
type patternWalk struct {
	*slice

	all     []match // in the order of a round
	into    *TableProgress
	mayHave int64 // how many rows the pattern may have deleted, if there is a cap
}

// purgePattern works on the tables that a pattern matches, from the pattern's progress on. If a table
// fails, the others are purged all the same, and the error at the end names it.
func (r *slice) purgePattern(ctx context.Context, pattern Table, t *TableProgress) error {
	all, err := r.matchedBy(ctx, pattern)
	if err != nil {
		return err
	}
	if t.Matched == nil {
		t.Matched = &Matched{}
		if r.rowCap() > 0 || r.MaxDuration > 0 {
			t.Matched.First = pivot(all, r.progress.Cutoff)
		}
	}
	m := t.Matched
	m.Tables = int64(len(all))
	if fingerprint := pattern.FingerprintAmong(r.configured()); fingerprint != t.Fingerprint {
		if t.Fingerprint != "" {
			m.anew()
			t.Held = ""
		}
		t.Fingerprint = fingerprint
	}
	r.confirm(t)
	r.pattern = t
	slices.SortFunc(all, func(a, b match) int { return cmp.Compare(m.place(a.oid), m.place(b.oid)) })
	w := &patternWalk{slice: r, all: all, into: t, mayHave: r.shareEnd}
	defer func() {
		t.tally()
		r.current, r.shareEnd, r.pattern = t, w.mayHave, nil
	}()
	return w.rounds(ctx)
}

// matchedBy are the tables whose first pattern this one is. The database is asked once in a slice.
func (r *slice) matchedBy(ctx context.Context, pattern Table) ([]match, error) {
	matches, err := r.allMatches(ctx)
	if err != nil {
		return nil, err
	}
	return firstBy(pattern, r.configured(), matches), nil
}

func (r *slice) allMatches(ctx context.Context) ([]match, error) {
	if r.matches != nil {
		return r.matches, nil
	}
	read, err := newReader(ctx, r.Session.catalog(), r.configured())
	if err != nil {
		return nil, err
	}
	all, err := read.matching(ctx, nil)
	r.matches = all
	return all, err
}

// named is a table that a request named, with the rules of the patterns that match it.
func (r *slice) named(ctx context.Context, t Table) (Table, error) {
	all, err := r.allMatches(ctx)
	if err != nil {
		return t, err
	}
	i := slices.IndexFunc(all, func(m match) bool { return m.title() == t.String() || t.Schema == "" && m.name == t.Name })
	if i < 0 {
		return t, errors.New("does not exist, or is none of the tables that a pattern matches")
	}
	return ruledBy(r.configured(), all[i].by, all[i].schema, all[i].name), nil
}

// rounds visits every table once. If some tables had to stop at their share of the cap, it visits all
// tables again, until no table had to stop or nothing is left of the cap.
func (w *patternWalk) rounds(ctx context.Context) error {
	m := w.into.Matched
	for {
		if err := w.onward(ctx); err != nil {
			return err
		}
		if err := w.lockedAgain(ctx); err != nil {
			return err
		}
		if m.Cut == 0 {
			return m.err()
		}
		left := w.left()
		if left <= 0 {
			w.into.Cut = true
			return errShare
		}
		w.into.anotherRound(left)
	}
}

// onward visits the tables that the round has not come to, and ends those that are open.
func (w *patternWalk) onward(ctx context.Context) error {
	m := w.into.Matched
	for {
		from, _ := slices.BinarySearchFunc(w.all, m.Next, func(a match, next uint64) int { return cmp.Compare(m.place(a.oid), next) })
		chunk := w.all[from:min(len(w.all), from+mostOIDs)]
		if len(chunk) == 0 && len(m.Open) == 0 {
			return nil
		}
		if len(chunk) == 0 || len(m.Open) == mostOpen {
			if err := w.one(ctx, 0, hastyTries); err != nil {
				return err
			}
			continue
		}
		if err := w.visit(ctx, chunk); err != nil {
			return err
		}
	}
}

// visit works on tables of a chunk until too many are open.
func (w *patternWalk) visit(ctx context.Context, chunk []match) error {
	m := w.into.Matched
	if err := w.mayGoOn(ctx); err != nil {
		return err
	}
	idle, err := w.idle(ctx, chunk)
	if err != nil {
		return err
	}
	worked := false
	for _, table := range chunk {
		if len(m.Open) == mostOpen {
			return nil
		}
		if worked && !idle[table.oid] { // a table that is refused makes no batch that would ask
			if err := w.mayGoOn(ctx); err != nil {
				return err
			}
		}
		m.Next = m.place(table.oid) + 1
		m.Visited++
		if idle[table.oid] {
			w.moved = true
			continue
		}
		m.Open = append(m.Open, TableProgress{Name: table.title(), Title: table.title(), Relation: table.oid})
		if err := w.one(ctx, len(m.Open)-1, hastyTries); err != nil {
			return err
		}
		worked, w.moved = true, true
	}
	w.report()
	return nil
}

// mayGoOn is proceed between two tables.
func (w *patternWalk) mayGoOn(ctx context.Context) error {
	w.current, w.shareEnd = w.into, w.mayHave
	return w.proceed(ctx)
}

// one works on an open table. A failure that concerns that table alone is noted in the progress. An
// error that one returns ends the work on the whole pattern for now.
func (w *patternWalk) one(ctx context.Context, i, tries int) error {
	t, m := w.into, w.into.Matched
	p := &m.Open[i]
	oid := p.Relation
	at := slices.IndexFunc(w.all, func(a match) bool { return a.oid == oid })
	if at < 0 { // dropped, or renamed
		t.close(i, false)
		return nil
	}
	w.current, w.shareEnd = p, w.share(p)
	table := ruledBy(w.configured(), w.all[at].by, w.all[at].schema, w.all[at].name)
	err := w.attempt(ctx, table, p, tries)
	switch {
	case err == nil, errors.Is(err, errAbsent):
		p.Done, p.Absent = true, err != nil || p.Absent
		t.close(i, false)
	case errors.Is(err, errShare):
		if w.left() <= 0 {
			return err
		}
		m.Cut++
		t.close(i, true)
	case isGivenBack(err):
		// Another one begins the next slice.
		m.Open = append(slices.Delete(slices.Clone(m.Open), i, i+1), *p)
		return err
	case ctx.Err() != nil, errors.Is(err, ErrFenced), errors.Is(err, ErrFenceLocked), w.Session.lost(), isServers(err):
		return err
	default:
		locked := errors.Is(err, errTableLocked) || isLockConflict(err)
		t.fail(i, oid, Explain(err).Error(), !locked)
	}
	return nil
}

// left is how many rows the pattern may still delete.
func (w *patternWalk) left() int64 {
	w.into.tally()
	return w.mayHave - w.into.Deleted
}

// share is how many rows an open table may have deleted by now, if there is a cap.
func (w *patternWalk) share(p *TableProgress) int64 {
	m := w.into.Matched
	left := w.left()
	if m.Share == 0 {
		m.shareOut(left, m.Tables)
	}
	return max(min(m.Share, p.Deleted+left), p.Deleted)
}

// lockedAgain tries locked tables again, in rounds with pauses, until they are free or have been
// tried often enough.
func (w *patternWalk) lockedAgain(ctx context.Context) error {
	m := w.into.Matched
	for ; m.Rounds <= LockTries; m.Rounds++ {
		locked := slices.IndexFunc(m.Failed, func(f failedTable) bool { return !f.Final })
		if locked < 0 {
			return nil
		}
		if m.Rounds > 0 {
			w.backOff(m.Rounds, m.Failed[locked].Name+" is locked by another session")
			if err := w.mayGoOn(ctx); err != nil {
				return err
			}
		}
		var again []failedTable
		m.Failed, again = nil, m.Failed
		for n, f := range again {
			if f.Final {
				m.Failed = append(m.Failed, f)
				continue
			}
			m.Open = append(m.Open, TableProgress{Name: f.Name, Title: f.Name, Relation: f.OID})
			if err := w.one(ctx, len(m.Open)-1, 0); err != nil {
				m.Failed = append(m.Failed, again[n+1:]...)
				return err
			}
		}
		w.forgive()
	}
	return nil
}

// forgive clears Worst if it is there for an error, and its table is not among the failed ones any more.
func (w *patternWalk) forgive() {
	m := w.into.Matched
	if m.Worst == nil || m.Worst.Error == "" || slices.ContainsFunc(m.Failed, func(f failedTable) bool { return f.Name == m.Worst.Table }) {
		return
	}
	m.Worst = nil
	if len(m.Failed) > 0 {
		m.Worst = &Worst{Table: m.Failed[0].Name, Error: m.Failed[0].Reason}
	}
}
