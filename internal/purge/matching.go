package purge

import (
	"context"
	"fmt"
	"math"
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

const (
	// mostRelations is how many relations of the database one statement looks through for tables that
	// patterns match, and fewestRelations how many if that takes too long.
	mostRelations   = 5000
	fewestRelations = 50
)

// matching lists the tables that patterns match, by OID: ordinary and partitioned ones, in any
// schema but the system's and Siltgate's own. A pattern without a schema means those that the
// search_path leads to. Left out are tables that are named exactly, and partitions and children
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

// matcher collects the tables that patterns match.
type matcher struct {
	catalog

	places []int // of the patterns among the configured tables
	args   []any
	page   int // how many relations one statement looks through

	all     []match
	parents map[uint32][]uint32 // by a table's OID all relations above it
}

func (r *reader) newMatcher() matcher {
	m := matcher{catalog: r.catalog, page: mostRelations, parents: map[uint32][]uint32{}}
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

// readPages looks through all relations of the database, some at a time: however many there are, no
// statement reaches a time-out.
func (m *matcher) readPages(ctx context.Context) error {
	const last = math.MaxUint32
	for from := uint32(0); from != last; {
		var to uint32
		rows, err := m.db.Query(ctx, `
			SELECT coalesce((
				SELECT c.oid
				FROM pg_catalog.pg_class AS c
				WHERE c.oid OPERATOR(pg_catalog.>) $1::pg_catalog.oid
				ORDER BY c.oid
				OFFSET $2::pg_catalog.int8
				LIMIT 1
			), $3::pg_catalog.oid)`, from, m.page, uint32(last))
		if err == nil {
			to, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[uint32])
		}
		if err == nil {
			err = m.read(ctx, "c.oid OPERATOR(pg_catalog.>) $5::pg_catalog.oid AND c.oid OPERATOR(pg_catalog.<=) $6::pg_catalog.oid", from, to)
		}
		switch {
		case isHindered(err) && m.page > fewestRelations:
			m.page = max(m.page/10, fewestRelations)
		case err != nil:
			return err
		default:
			from = to
		}
	}
	return nil
}

// read collects the tables among the relations for which a condition holds: all of them, or none if it
// returns an error.
func (m *matcher) read(ctx context.Context, which string, args ...any) error {
	rows, err := m.db.Query(ctx, `
		SELECT
			c.oid,
			n.nspname,
			c.relname,
			pg_catalog.array_agg((p.place OPERATOR(pg_catalog.-) 1)::pg_catalog.int4 ORDER BY p.place),
			CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) c.oid) THEN ARRAY(
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
			) END
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
			AND c.oid OPERATOR(pg_catalog.<>) ALL($4::pg_catalog.oid[])
			AND `+which+`
		GROUP BY c.oid, n.nspname, c.relname
		ORDER BY c.oid`, append(slices.Clone(m.args), args...)...)
	if err != nil {
		return err
	}
	var found []match
	var one match
	var by []int32
	var above []uint32
	_, err = pgx.ForEachRow(rows, []any{&one.oid, &one.schema, &one.name, &by, &above}, func() error {
		one.by = make([]int, len(by))
		for i, place := range by {
			one.by[i] = m.places[place]
		}
		if len(above) > 0 {
			m.parents[one.oid] = slices.Clone(above)
		}
		found = append(found, one)
		return nil
	})
	if err == nil {
		m.all = append(m.all, found...)
	}
	return err
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
