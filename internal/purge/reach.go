package purge

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Reach is everything that may make a DELETE on a table's heaps wrong: what it changes besides their
// rows, and what alters it (rewrite rules, policies, triggers). Findings says what of that refuses the table.
type Reach struct {
	Table  Table
	Object Object

	// Heaps are what rows are deleted from: the table itself, or what is below it.
	// Ancestors are what a heap is a partition or a child of, at any depth.
	Heaps, Ancestors []Object

	// Keys are the foreign keys that the DELETE concerns, each once: those that
	// refer to the heaps, then those that refer to rows that a cascade deletes.
	Keys []ReachedKey
}

// ReachedKey is a foreign key and the way to it.
type ReachedKey struct {
	Key

	// Way names the cascading keys that lead from the heaps to the rows that this
	// key's rows refer to. Empty: these are rows of the heaps.
	Way []Key

	// Self is set if the rows that refer are the table's own.
	Self bool

	// Configured is the configured table to which the rows that refer belong, or may belong.
	// Empty: none.
	Configured string

	// RuleColumns are those of Changed by which a configured table's rule says which of the rows that refer
	// are dead.
	RuleColumns []string

	// RewriteRules are those of From (CREATE RULE) that the key's action would set off.
	RewriteRules []string

	// Locks is how many relations each look-up of rows that refer locks: the
	// partitions of From and their indexes. LockSpace is how many the whole server
	// has room for. Both are 0 where From has no partitions.
	Locks, LockSpace int64
}

// cascades lists the other tables of which a DELETE deletes rows, or would delete them if the rows that these
// refer to were not spared.
func (r Reach) cascades() []uint32 {
	return r.from(func(k ReachedKey) bool { return k.Action == Cascade })
}

// cascadesSpared lists those of them of which a DELETE deletes none, because rows that they refer to are spared.
func (r Reach) cascadesSpared() []uint32 { return r.from(ReachedKey.cascadeSpared) }

// from lists the tables of the rows that refer through some of the keys.
func (r Reach) from(some func(ReachedKey) bool) []uint32 {
	var oids []uint32
	for _, k := range r.Keys {
		if some(k) {
			oids = append(oids, k.From)
		}
	}
	return oids
}

// reader finds out what a DELETE reaches, for one table after the other.
type reader struct {
	catalog

	// tables are the configured ones, exact those that are named and exist, by their OIDs.
	tables []Table
	exact  map[uint32]Table

	// known caches what was read of keys, by their OID and the table's.
	known map[[2]uint32]referrers
}

// referrers are a key and the relations whose rows refer through it.
type referrers struct {
	key  ReachedKey
	oids []uint32
}

// newReader looks up the configured tables.
func newReader(ctx context.Context, c catalog, configured []Table) (*reader, error) {
	r := &reader{catalog: c, tables: configured, exact: map[uint32]Table{}, known: map[[2]uint32]referrers{}}
	named := slices.DeleteFunc(slices.Clone(configured), Table.IsPattern)
	oids, err := c.resolve(ctx, named)
	for i, t := range named[:len(oids)] {
		if oids[i] != 0 {
			r.exact[oids[i]] = t
		}
	}
	return r, err
}

// reading opens a session that only reads, and looks up the configured tables, for as long as do takes.
func reading(ctx context.Context, config *pgx.ConnConfig, configured []Table, do func(*Session, *reader) error) error {
	s, err := connect(ctx, config)
	if err != nil {
		return Explain(err)
	}
	defer s.Close(ctx)
	read, err := newReader(ctx, s.catalog(), configured)
	if err == nil {
		err = do(s, read)
	}
	return Explain(err)
}

// reach says what a DELETE reaches that deletes rows of the table from the heaps,
// which are the table or below it. Its cost depends on their keys, and on how many
// partitions the tables have that these keys lead to.
func (r *reader) reach(ctx context.Context, table Table, object Object, heaps []uint32) (Reach, error) {
	reach := Reach{Table: table, Object: object}
	if err := r.family(ctx, &reach, heaps); err != nil {
		return reach, err
	}

	seen := map[uint32]bool{}
	var spared []source
	err := r.follow(ctx, object, []source{{oids: heaps}}, seen, r.keysTo, func(key ReachedKey, next source) bool {
		reach.Keys = append(reach.Keys, key)
		if key.cascadeSpared() {
			spared = append(spared, next)
			return false
		}
		return key.Action == Cascade && !key.Self
	})
	if err != nil {
		return reach, err
	}
	// Cascades may lead from the rows of another configured table back to the table's own. Nothing is deleted through
	// them, because rows that the other table refers to are spared. But rows of both that refer to each other would stay
	// for ever.
	err = r.follow(ctx, object, spared, seen, r.cascadesTo, func(key ReachedKey, _ source) bool {
		if key.Self {
			reach.Keys = append(reach.Keys, key)
		}
		return !key.Self
	})
	return reach, err
}

// source is relations of which a DELETE deletes rows, and the cascading keys that lead to them.
type source struct {
	oids []uint32
	way  []Key
}

// follow visits the foreign keys to the sources. If visit returns true, it also visits those to the rows that refer
// through the key. Each key is visited once, except one by which rows of the heaps are spared: through another cascade it
// may reach rows that nothing spares.
func (r *reader) follow(ctx context.Context, object Object, sources []source, seen map[uint32]bool,
	keysTo func(context.Context, []uint32) ([]Key, error), visit func(key ReachedKey, next source) bool,
) error {
	for ; len(sources) > 0; sources = sources[1:] {
		from := sources[0]
		keys, err := keysTo(ctx, from.oids)
		if err != nil {
			return err
		}
		for _, key := range keys {
			if seen[key.OID] {
				continue
			}
			reached, oids, err := r.reached(ctx, key, object)
			if err != nil {
				return err
			}
			reached.Way = from.way
			seen[key.OID] = !reached.cascadeSpared()
			if next := (source{oids: oids, way: append(slices.Clone(from.way), key)}); visit(reached, next) {
				sources = append(sources, next)
			}
		}
	}
	return nil
}

// cascadesTo lists the foreign keys by which a DELETE on any of the relations deletes rows that refer to them.
func (r *reader) cascadesTo(ctx context.Context, oids []uint32) ([]Key, error) {
	keys, err := r.keysTo(ctx, oids)
	return slices.DeleteFunc(keys, func(k Key) bool { return k.Action != Cascade }), err
}

// reached reads a key and the relations whose rows refer through it, once for each table.
func (r *reader) reached(ctx context.Context, key Key, object Object) (ReachedKey, []uint32, error) {
	t, ok := r.known[[2]uint32{key.OID, object.OID}]
	if ok {
		return t.key, t.oids, nil
	}
	t.key.Key = key
	var err error
	if t.oids, err = r.readReferrers(ctx, &t.key, object); err != nil {
		return t.key, nil, err
	}
	r.known[[2]uint32{key.OID, object.OID}] = t
	return t.key, t.oids, nil
}

// reachOfPartitions is what all partitions of a table have in common: its own
// triggers, rules and policies and those of its ancestors.
func (r *reader) reachOfPartitions(ctx context.Context, table Table, object Object) (Reach, error) {
	above, err := r.ancestors(ctx, object.OID)
	if err != nil {
		return Reach{}, err
	}
	ancestors, err := r.objects(ctx, append(above, object.OID))
	if err == nil {
		err = r.notePolicies(ctx, ancestors)
	}
	return Reach{Table: table, Object: object, Ancestors: ancestors}, err
}

// family reads what the heaps and their ancestors do to a DELETE.
func (r *reader) family(ctx context.Context, reach *Reach, heaps []uint32) error {
	above, err := r.ancestors(ctx, heaps...)
	if err != nil {
		return err
	}
	if reach.Ancestors, err = r.objects(ctx, above); err != nil {
		return err
	}
	if err := r.notePolicies(ctx, reach.Ancestors); err != nil {
		return err
	}
	reach.Heaps, err = r.objects(ctx, heaps)
	return err
}

// readReferrers lists the relations whose rows refer through a key, and notes to which configured
// tables they belong.
func (r *reader) readReferrers(ctx context.Context, key *ReachedKey, object Object) ([]uint32, error) {
	above, err := r.ancestors(ctx, key.From)
	if err != nil {
		return nil, err
	}
	touched := []uint32{key.From}
	// A key of a table that is not partitioned does not hold in the table's children.
	if key.FromPartitioned {
		below, err := r.descendants(ctx, key.From)
		if err != nil {
			return nil, err
		}
		for _, m := range below {
			touched = append(touched, m.oid)
		}
		if key.Locks, key.LockSpace, err = r.locks(ctx, touched); err != nil {
			return nil, err
		}
	}
	if err := r.noteOwners(ctx, key, object, slices.Concat(above, touched)); err != nil {
		return nil, err
	}
	if key.Restricts() {
		return touched, nil
	}
	from, err := r.objects(ctx, []uint32{key.From})
	if err != nil {
		return nil, err
	}
	for _, o := range from {
		key.RewriteRules = o.UpdateRules
		if key.Action == Cascade {
			key.RewriteRules = o.DeleteRules
		}
	}
	return touched, nil
}

// noteOwners notes to which configured tables the rows belong that refer through a key.
func (r *reader) noteOwners(ctx context.Context, key *ReachedKey, object Object, oids []uint32) error {
	known, err := r.configuredAmong(ctx, oids)
	if err != nil {
		return err
	}
	for _, oid := range oids {
		key.Self = key.Self || oid == object.OID
		configured, ok := known[oid]
		if ok && (key.Configured == "" || oid == object.OID) {
			key.Configured = configured.String()
		}
		for _, column := range key.Changed {
			if ok && slices.Contains(configured.columnNames(), column) && !slices.Contains(key.RuleColumns, column) {
				key.RuleColumns = append(key.RuleColumns, column)
			}
		}
	}
	return nil
}
