package purge

import (
	"context"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"
)

// matcher collects the tables that patterns match.
type matcher struct {
	catalog

	places []int // of the patterns among the configured tables
	args   []any
	page   portion // how many relations one statement looks through

	all     []match
	parents map[uint32][]uint32 // by a table's OID all relations above it
}

// readPages looks through all relations of the database, some at a time: however many there are, no
// statement reaches a time-out.
func (m *matcher) readPages(ctx context.Context) error {
	const last = math.MaxUint32
	for from := uint32(0); from != last; {
		to, err := readRow(ctx, m.catalog, "count relations", pgx.RowTo[uint32], `
			SELECT coalesce((
				SELECT c.oid
				FROM pg_catalog.pg_class AS c
				WHERE c.oid OPERATOR(pg_catalog.>) $1::pg_catalog.oid
				ORDER BY c.oid
				OFFSET $2::pg_catalog.int8
				LIMIT 1
			), $3::pg_catalog.oid)`, from, m.page.size, uint32(last))
		if err == nil {
			err = m.read(ctx, "c.oid OPERATOR(pg_catalog.>) $5::pg_catalog.oid AND c.oid OPERATOR(pg_catalog.<=) $6::pg_catalog.oid", from, to)
		}
		switch {
		case isHindered(err) && m.page.shrink(m.page.size):
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
	found, err := readRows(ctx, m.catalog, "list tables", func(row pgx.CollectableRow) (one match, err error) {
		var by []int32
		var above []uint32
		err = row.Scan(&one.oid, &one.schema, &one.name, &by, &above)
		for _, place := range by {
			one.by = append(one.by, m.places[place])
		}
		if len(above) > 0 {
			m.parents[one.oid] = above
		}
		return one, err
	}, `
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
	m.all = append(m.all, found...)
	return err
}

// plainAmong describes those of the relations that are plain and small.
func (c catalog) plainAmong(ctx context.Context, oids []uint32, columns []string) ([]plain, error) {
	all, err := readEach(ctx, c, "describe the tables of a pattern", oids, func(p *plain) []any {
		return []any{&p.object.OID, &p.object.Schema, &p.object.Name, &p.object.Kind, &p.blocks}
	}, plainRelations, columns)
	for i := range all {
		p := &all[i]
		p.oid, p.name, p.title = p.object.OID, p.object.SQL(), p.object.Title()
	}
	return slices.DeleteFunc(all, func(p plain) bool { return p.blocks > mostBlocks }), err
}

// plainRelations describes tables that have no partitions, children or parents, no row security,
// no rules, and no trigger that a DELETE fires, foreign keys' included, and with which the role may
// do all that a run does. A table may have keys to itself that nothing refuses: they matter only to
// dead rows.
const plainRelations = `
		SELECT
			c.oid,
			n.nspname,
			c.relname,
			c.relkind::pg_catalog.text,
			-- NULL if it was dropped while the statement waited for it. Then it is examined by itself, which says so.
			coalesce(pg_catalog.pg_relation_size(c.oid::pg_catalog.regclass)
				OPERATOR(pg_catalog./) pg_catalog.current_setting('block_size')::pg_catalog.int8, 2147483647)
		FROM pg_catalog.pg_class AS c
		JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		WHERE c.oid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])
			AND c.relkind OPERATOR(pg_catalog.=) 'r'::pg_catalog."char"
			AND c.relam OPERATOR(pg_catalog.=) 2::pg_catalog.oid -- heap
			AND NOT c.relrowsecurity
			AND NOT c.relhasrules
			AND NOT c.relhassubclass
			AND NOT c.relispartition
			AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) c.oid)
			AND NOT EXISTS (
				SELECT
				FROM pg_catalog.pg_trigger AS g
				LEFT JOIN pg_catalog.pg_constraint AS k ON k.oid OPERATOR(pg_catalog.=) g.tgconstraint
					AND g.tgisinternal
					AND k.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
					AND k.conrelid OPERATOR(pg_catalog.=) c.oid
					AND k.confrelid OPERATOR(pg_catalog.=) c.oid
					AND k.confdeltype OPERATOR(pg_catalog.=) ANY('{a,r}'::pg_catalog."char"[])
				WHERE g.tgrelid OPERATOR(pg_catalog.=) c.oid
					-- 8 = on DELETE
					AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8
					AND (
						k.oid IS NULL
						OR NOT ` + keyIndexed + `
						OR EXISTS (
							SELECT
							FROM pg_catalog.unnest(k.conkey OPERATOR(pg_catalog.||) k.confkey) AS key (attnum)
							WHERE NOT pg_catalog.has_column_privilege(c.oid, key.attnum, 'SELECT'::pg_catalog.text)
						)
					)
			)
			AND pg_catalog.to_regclass('pg_catalog.pg_dist_partition') IS NULL
			AND pg_catalog.has_schema_privilege(n.oid, 'USAGE'::pg_catalog.text)
			AND pg_catalog.has_table_privilege(c.oid, 'DELETE'::pg_catalog.text)
			AND pg_catalog.has_any_column_privilege(c.oid, 'UPDATE'::pg_catalog.text)
			AND NOT EXISTS (
				SELECT
				FROM pg_catalog.pg_attribute AS a
				WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid
					AND a.attname OPERATOR(pg_catalog.=) ANY($2::pg_catalog.name[])
					AND NOT a.attisdropped
					AND NOT pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT'::pg_catalog.text)
			)`
