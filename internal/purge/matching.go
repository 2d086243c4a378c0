package purge

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
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

// matching lists the tables that patterns match, by OID: ordinary and partitioned ones, in any
// schema but the system's and Siltgate's own. A pattern without a schema means those that the
// search_path leads to. Left out are tables that are named exactly, and partitions and children
// of tables that are purged themselves. If among is not nil, only these are looked at.
func (r *reader) matching(ctx context.Context, among []uint32) ([]match, error) {
	var schemas, names, own []string
	var places []int
	for i, t := range r.tables {
		if t.IsPattern() {
			places = append(places, i)
			schemas, names, own = append(schemas, like(t.Schema)), append(names, like(t.Name)), append(own, t.Except)
		}
	}
	if len(places) == 0 {
		return nil, nil
	}
	exact := make([]uint32, 0, len(r.exact))
	for oid := range r.exact {
		exact = append(exact, oid)
	}
	only := ""
	args := []any{schemas, names, own, exact}
	if among != nil {
		only = "\n\t\t\tAND c.oid OPERATOR(pg_catalog.=) ANY($5::pg_catalog.oid[])"
		args = append(args, among)
	}
	rows, err := r.db.Query(ctx, `
		SELECT
			c.oid,
			n.nspname,
			c.relname,
			pg_catalog.array_agg((p.place OPERATOR(pg_catalog.-) 1)::pg_catalog.int4 ORDER BY p.place),
			ARRAY(
				WITH RECURSIVE line AS (
					SELECT i.inhparent
					FROM pg_catalog.pg_inherits AS i
					WHERE i.inhrelid OPERATOR(pg_catalog.=) c.oid
					UNION
					SELECT i.inhparent
					FROM line
					JOIN pg_catalog.pg_inherits AS i ON i.inhrelid OPERATOR(pg_catalog.=) line.inhparent
				)
				SELECT line.inhparent FROM line
			)
		FROM pg_catalog.pg_class AS c
		JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		JOIN pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS p (schema, place)
			ON c.relname::pg_catalog.text OPERATOR(pg_catalog.~~) ($2::pg_catalog.text[])[p.place]
			AND n.nspname OPERATOR(pg_catalog.<>) ($3::pg_catalog.name[])[p.place]
			AND CASE
				WHEN p.schema OPERATOR(pg_catalog.=) '' THEN pg_catalog.pg_table_is_visible(c.oid)
				ELSE n.nspname::pg_catalog.text OPERATOR(pg_catalog.~~) p.schema
			END
		WHERE c.relkind OPERATOR(pg_catalog.=) ANY('{r,p}'::pg_catalog."char"[])
			AND c.relpersistence OPERATOR(pg_catalog.<>) 't'::pg_catalog."char"
			AND NOT c.relispartition
			AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_')
			AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema'::pg_catalog.name
			AND c.oid OPERATOR(pg_catalog.<>) ALL($4::pg_catalog.oid[])`+only+`
		GROUP BY c.oid, n.nspname, c.relname
		ORDER BY c.oid`, args...)
	if err != nil {
		return nil, fmt.Errorf("look for tables that patterns match: %w", err)
	}
	var all []match
	var m match
	var by []int32
	var above []uint32
	parents := map[uint32][]uint32{}
	_, err = pgx.ForEachRow(rows, []any{&m.oid, &m.schema, &m.name, &by, &above}, func() error {
		m.by = make([]int, len(by))
		for i, place := range by {
			m.by[i] = places[place]
		}
		if len(above) > 0 {
			parents[m.oid] = slices.Clone(above)
		}
		all = append(all, m)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for tables that patterns match: %w", err)
	}
	return r.withoutChildren(all, parents), nil
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
