package purge

import "context"

// columnsOf reads the named columns of tables, by the tables' OIDs. A domain is what it is based
// on, however many domains lie between.
func (c catalog) columnsOf(ctx context.Context, oids []uint32, names []string) (map[uint32]map[string]column, error) {
	type read struct {
		column

		of     uint32
		isEnum bool
	}
	all, err := readEach(ctx, c, "read its columns", oids, func(r *read) []any {
		return []any{&r.of, &r.name, &r.typeName, &r.notNull, &r.isEnum, &r.labels, &r.foldsCase}
	}, `
		WITH RECURSIVE based AS (
			SELECT
				a.attrelid,
				a.attname,
				a.atttypid AS type,
				-- From Postgres 18 on such a constraint may be NOT VALID: rows from before may have NULL.
				a.attnotnull AND NOT EXISTS (
					SELECT
					FROM pg_catalog.pg_constraint AS k
					WHERE k.conrelid OPERATOR(pg_catalog.=) a.attrelid
						AND k.contype OPERATOR(pg_catalog.=) 'n'::pg_catalog."char"
						AND a.attnum OPERATOR(pg_catalog.=) ANY(k.conkey)
						AND NOT k.convalidated
				) AS attnotnull
			FROM pg_catalog.pg_attribute AS a
			WHERE a.attrelid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])
				AND a.attname OPERATOR(pg_catalog.=) ANY($2::pg_catalog.name[])
				AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2
				AND NOT a.attisdropped
			UNION ALL
			SELECT based.attrelid, based.attname, t.typbasetype, based.attnotnull
			FROM based
			JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) based.type
			WHERE t.typtype OPERATOR(pg_catalog.=) 'd'::pg_catalog."char"
		)
		SELECT
			based.attrelid,
			based.attname,
			CASE
				WHEN n.nspname OPERATOR(pg_catalog.=) 'pg_catalog' THEN pg_catalog.format_type(t.oid, NULL)
				ELSE pg_catalog.format('%I.%I', n.nspname, t.typname)
			END,
			based.attnotnull,
			t.typtype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char",
			ARRAY(
				SELECT l.enumlabel::pg_catalog.text
				FROM pg_catalog.pg_enum AS l
				WHERE l.enumtypid OPERATOR(pg_catalog.=) t.oid
				ORDER BY l.enumsortorder
			),
			-- An extension's, of which every value is text.
			t.typname OPERATOR(pg_catalog.=) 'citext' AND EXISTS (
				SELECT
				FROM pg_catalog.pg_depend AS d
				JOIN pg_catalog.pg_extension AS e ON e.oid OPERATOR(pg_catalog.=) d.refobjid
				WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_type'::pg_catalog.regclass
					AND d.objid OPERATOR(pg_catalog.=) t.oid
					AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass
					AND e.extname OPERATOR(pg_catalog.=) 'citext'
			)
		FROM based
		JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) based.type
		JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
		WHERE t.typtype OPERATOR(pg_catalog.<>) 'd'::pg_catalog."char"`, names)
	columns := map[uint32]map[string]column{}
	for _, oid := range oids {
		columns[oid] = map[string]column{}
	}
	for _, r := range all {
		switch {
		case r.isEnum:
			r.kind = enumerated
		case r.foldsCase:
			r.kind = textual
		default:
			r.kind = kindOf(r.typeName)
		}
		columns[r.of][r.name] = r.column
	}
	return columns, err
}
