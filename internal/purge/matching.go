package purge

import (
	"context"
	"fmt"
	"slices"
)

// match is a table that patterns match.
type match struct {
	oid          uint32
	schema, name string
	by           []int // the places of the patterns among the configured tables
}

func (m match) title() string { return m.schema + "." + m.name }

// firstBy are the matches whose first pattern is this one of the configured tables: each table belongs to
// one pattern.
func firstBy(pattern Table, configured []Table, all []match) []match {
	var own []match
	for _, m := range all {
		if configured[m.by[0]].String() == pattern.String() {
			own = append(own, m)
		}
	}
	return own
}

const (
	// mostRelations is how many relations of the database one statement looks through for tables that
	// patterns match, and fewestRelations how many if that takes too long.
	mostRelations   = 5000
	fewestRelations = 50
)

// matching lists the tables that patterns match, by OID: ordinary and partitioned ones, in any
// schema but the system's and Siltgate's own. A pattern without a schema means those that the
// search_path leads to. It leaves out tables that are named exactly, and partitions and children
// of tables that are purged themselves. If among is not nil, only these are looked at.
func (r *reader) matching(ctx context.Context, among []uint32) ([]match, error) {
	m := r.newMatcher()
	if len(m.places) == 0 {
		return nil, nil
	}
	var err error
	if among != nil {
		err = m.read(ctx, "c.oid OPERATOR(pg_catalog.=) ANY($5::pg_catalog.oid[])", among)
	} else {
		err = m.readPages(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("look for tables that patterns match: %w", err)
	}
	return r.withoutChildren(m.all, m.parents), nil
}

func (r *reader) newMatcher() matcher {
	m := matcher{catalog: r.catalog, page: portion{size: mostRelations, least: fewestRelations}, parents: map[uint32][]uint32{}}
	var schemas, names, own []string
	for i, t := range r.tables {
		if t.IsPattern() {
			m.places = append(m.places, i)
			schemas, names, own = append(schemas, like(t.Schema)), append(names, like(t.Name)), append(own, t.Except)
		}
	}
	exact := make([]uint32, 0, len(r.exact))
	for oid := range r.exact {
		exact = append(exact, oid)
	}
	m.args = []any{schemas, names, own, exact}
	return m
}

// withoutChildren leaves out what is purged with its parent.
func (r *reader) withoutChildren(all []match, parents map[uint32][]uint32) []match {
	if len(parents) == 0 {
		return all
	}
	purged := map[uint32]bool{}
	for _, m := range all {
		purged[m.oid] = true
	}
	return slices.DeleteFunc(all, func(m match) bool {
		return slices.ContainsFunc(parents[m.oid], func(oid uint32) bool {
			_, exact := r.exact[oid]
			return exact || purged[oid]
		})
	})
}

// configuredAmong are the configured tables among relations, by their OIDs: those that are named, and
// those that patterns match by now.
func (r *reader) configuredAmong(ctx context.Context, oids []uint32) (map[uint32]Table, error) {
	found := map[uint32]Table{}
	for _, oid := range oids {
		if t, ok := r.exact[oid]; ok {
			found[oid] = t
		}
	}
	all, err := r.matching(ctx, oids)
	for _, m := range all {
		found[m.oid] = ruledBy(r.tables, m.by, m.schema, m.name)
	}
	return found, err
}
