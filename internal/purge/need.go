package purge

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Need is what a role must be allowed to do to purge a table. It does not depend on what the role that
// reads it from the catalog may do.
type Need struct {
	// Table is the name as configured. Object is the table; with an OID of 0 there is none.
	Table  string
	Object Object

	// Heaps are where its rows are: the table itself, or what is below it.
	Heaps []Object

	// Columns are those that its rules read.
	Columns []string

	// Keys are the foreign keys that a run looks up, to see which rows are referred to.
	Keys []NeededKey

	// Triggers are the statements that grant what the table's triggers do themselves and a role
	// without privileges may not.
	Triggers []string

	// Owners are the roles that own the table and its partitions, if partitions are to be dropped.
	Owners []string

	// Policed are the heaps, and what these are partitions or children of, that have row security:
	// it needs a policy that lets it work on all rows.
	Policed []Object
}

// NeededKey is a foreign key of which a run reads the columns on both sides.
type NeededKey struct {
	Key

	// Own is set if rows of the table refer to others of it, Cascades if the key would delete rows of
	// another configured table. Without the columns of such a key the table is not purged. Without those
	// of other keys, rows are tried one by one.
	Own, Cascades bool
}

// SystemColumns are those columns of the heaps that a run reads although nobody has declared them.
func (n Need) SystemColumns() []string {
	if slices.ContainsFunc(n.Keys, func(k NeededKey) bool { return k.Cascades }) {
		return []string{"ctid", "tableoid", "xmax"}
	}
	return []string{"ctid", "tableoid"}
}

// nobody is a role that every server has and that may do what PUBLIC may.
const nobody = "pg_signal_backend"

// Needs says what a role needs to purge the tables, each by itself. It reads the catalog and
// nothing else.
func Needs(ctx context.Context, config *pgx.ConnConfig, tables []Table, role string) (all []Need, err error) {
	err = reading(ctx, config, tables, func(_ *Session, read *reader) error {
		for _, t := range tables {
			meant, err := read.tablesOf(ctx, t)
			if err != nil {
				return err
			}
			if len(meant) == 0 {
				all = append(all, Need{Table: t.String()})
			}
			for _, one := range meant {
				need, err := read.need(ctx, one, role)
				if err != nil {
					return fmt.Errorf("look at %s: %w", one, err)
				}
				all = append(all, need)
			}
		}
		return nil
	})
	return all, err
}

// need is what a role needs for one table.
func (r *reader) need(ctx context.Context, t Table, role string) (Need, error) {
	n := Need{Table: t.String()}
	e, err := r.examine(ctx, t, true)
	switch {
	case errors.Is(err, errAbsent):
		return n, nil
	case err != nil:
		return n, err
	case len(e.heaps) == 0:
		return n, nil
	}
	n.Object = e.object
	for _, name := range t.columnNames() {
		if _, exists := e.columns[name]; exists {
			n.Columns = append(n.Columns, name)
		}
	}
	reach, err := r.reachOf(ctx, e, true)
	if err != nil {
		return n, err
	}
	n.Heaps = reach.Heaps
	for _, key := range reach.Keys {
		if key.lookedUp() || key.spared() {
			n.Keys = append(n.Keys, NeededKey{Key: key.Key, Own: key.lookedUp(), Cascades: key.cascadeSpared()})
		}
	}
	if n.Triggers, err = r.triggerNeeds(ctx, e, role); err != nil {
		return n, err
	}
	if t.DropPartitions && e.object.Kind == "p" {
		if _, n.Owners, err = r.ownersOf(ctx, append([]uint32{e.oid}, e.heaps...)); err != nil {
			return n, err
		}
	}
	n.Policed, err = r.policedBy(ctx, reach)
	return n, err
}

// triggerNeeds are the statements that grant what the table's triggers do with the rights of
// whoever deletes.
func (r *reader) triggerNeeds(ctx context.Context, e *examined, role string) ([]string, error) {
	a, err := r.account(ctx)
	if err != nil {
		return nil, err
	}
	triggers, err := r.triggersOf(ctx, e.heaps)
	if err != nil {
		return nil, err
	}
	var statements []string
	for _, t := range triggers {
		if t.definer {
			continue // it runs with its owner's rights
		}
		t.role, t.judged = role, nobody
		for _, d := range t.body.deeds {
			findings, err := r.lacking(ctx, a, t, d)
			if err != nil {
				return nil, err
			}
			for _, f := range findings {
				statements = append(statements, f.SQL...)
			}
		}
	}
	return distinct(statements), nil
}
