package purge

import (
	"context"
	"errors"
)

// purgeTable works on one table from its position on. If some of its heaps cannot be purged, it
// returns that error once the others are done.
func (r *slice) purgeTable(ctx context.Context, table Table, t *TableProgress) error {
	read, err := newReader(ctx, r.Session.catalog(), r.configured())
	if err != nil {
		return err
	}
	e, err := read.examine(ctx, table, false)
	switch {
	case errors.Is(err, errAbsent) && len(e.findings) > 0:
		return e.err()
	case errors.Is(err, errAbsent) && table.Optional:
		t.Absent = true
		return nil
	case err != nil:
		return err
	}
	if twin := r.twin(t, e.relation); twin != "" && r.pattern == nil { // else the run's request names it besides
		return errors.New(sameTable(twin).String())
	}
	t.Title = e.title
	if e.whole {
		return e.err()
	}
	t.of(e.relation)
	t.under(table)
	t.checkStart()
	if err := r.Session.noteSettings(ctx); err != nil {
		return err
	}
	walk := &heapWalk{slice: r, examined: e, conditions: e.conditionsOf(r.progress.Cutoff), read: read, into: t}
	t.Rule = words(walk.conditions)
	if r.DryRun { // counts the dead rows first, and decides by that whether the rule would be held
		if err := r.dropPartitions(ctx, e, read, t); err != nil {
			return err
		}
		if err := walk.all(ctx); err != nil {
			return err
		}
		return walk.hold(ctx)
	}
	if err := walk.hold(ctx); err != nil || t.Held != "" {
		return err
	}
	if err := r.dropPartitions(ctx, e, read, t); err != nil {
		return err
	}
	return walk.all(ctx)
}

// of makes the progress that of a relation. It begins anew if another relation had the table's name
// before.
func (t *TableProgress) of(r relation) {
	if t.Relation != r.oid {
		t.Relation = r.oid
		t.beginAnew()
		t.Trial, t.Held, t.Cleared = nil, "", ""
	}
}

// beginAnew forgets where the run is in the table, and the rows that it has counted. What was deleted stays deleted.
func (t *TableProgress) beginAnew() {
	t.Position, t.Through, t.Left, t.LeftMore, t.Rounds, t.Stayed = position{}, 0, nil, 0, 0, Stayed{}
}

// denied returns which privilege is missing, if it was taken away since the table was examined. It
// returns err as it is if that is not why, as when a trigger was denied something.
func (r *slice) denied(ctx context.Context, table Table, err error) error {
	read, readErr := newReader(ctx, r.Session.catalog(), r.configured())
	if readErr != nil {
		return err
	}
	e, readErr := read.examine(ctx, table, false)
	if readErr != nil || e.err() == nil {
		return err
	}
	return e.err()
}

// configured are all tables that a cascade must not reach.
func (r *slice) configured() []Table {
	if r.Configured == nil {
		return r.Tables
	}
	return r.Configured
}

// dropped reports whether a heap could not be purged because it was a partition that has been
// dropped or detached since.
func (r *slice) dropped(ctx context.Context, h heap, err error) bool {
	if errors.Is(err, errDropped) {
		return true
	}
	if !isUndefinedTable(err) || h.oid == h.relation.oid {
		return false
	}
	exists, err := r.Session.exists(ctx, h)
	return err == nil && !exists
}

// twin is the name of an earlier table of the run if that is the same relation, and has not failed.
func (r *slice) twin(t *TableProgress, relation relation) string {
	for i := range r.progress.Tables {
		switch other := &r.progress.Tables[i]; {
		case other == t:
			return ""
		case other.Title == relation.title && other.Error == "":
			return other.Name
		}
	}
	return ""
}
