package purge

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
)

// triggersOf reads the triggers in PL/pgSQL that a DELETE on any of the heaps fires.
func (c catalog) triggersOf(ctx context.Context, heaps []uint32) ([]trigger, error) {
	type read struct {
		trigger

		text        string
		conditional bool
		settings    []string
	}
	found, err := readEach(ctx, c, "read its triggers", heaps, func(r *read) []any {
		return []any{&r.heap.OID, &r.heap.Schema, &r.heap.Name, &r.name, &r.text, &r.role, &r.definer, &r.conditional, &r.settings}
	}, `
		SELECT
			c.oid,
			n.nspname,
			c.relname,
			g.tgname,
			p.prosrc,
			CASE WHEN p.prosecdef THEN pg_catalog.pg_get_userbyid(p.proowner) ELSE current_user END::pg_catalog.text,
			p.prosecdef,
			g.tgqual IS NOT NULL,
			coalesce(p.proconfig, '{}'::pg_catalog.text[])
		FROM pg_catalog.pg_trigger AS g
		JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) g.tgrelid
		JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		JOIN pg_catalog.pg_proc AS p ON p.oid OPERATOR(pg_catalog.=) g.tgfoid
		JOIN pg_catalog.pg_language AS l ON l.oid OPERATOR(pg_catalog.=) p.prolang
		WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])
			AND `+madeByUser+`
			-- 8 = on DELETE
			AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8
			AND g.tgenabled OPERATOR(pg_catalog.=) ANY('{O,A}'::pg_catalog."char"[])
			AND l.lanname OPERATOR(pg_catalog.=) 'plpgsql'::pg_catalog.name
		ORDER BY n.nspname, c.relname, g.tgname`)
	all := make([]trigger, len(found))
	for i, r := range found {
		r.body = readBody(r.text)
		r.certain = r.body.straight && !r.conditional
		for _, setting := range r.settings {
			if path, ok := strings.CutPrefix(setting, "search_path="); ok {
				r.path = splitPath(path)
			}
		}
		all[i] = r.trigger
	}
	return all, err
}

// madeByUser is the condition that trigger g does not belong to a foreign key. Postgres 14 marks as
// internal also the triggers that a partition has from its parent.
const madeByUser = `(NOT g.tgisinternal OR g.tgparentid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid AND g.tgconstraint OPERATOR(pg_catalog.=) 0::pg_catalog.oid)`

// touchedTable is a table that a trigger changes, and what its role lacks there.
type touchedTable struct {
	Schema, Name    string
	Usage           bool
	Allowed         bool
	Sequence        string // of a default, which the role may not use; empty: none
	SequenceSchema  string
	SequenceColumns []string
}

// touchedBy finds the table that a statement of a trigger changes, and what a role lacks there; nil if there is none.
func (c catalog) touchedBy(ctx context.Context, role string, d deed, path []string) (*touchedTable, error) {
	touched, err := readRows(ctx, c, "read what its triggers may do", pgx.RowToAddrOfStructByPos[touchedTable], touchedTables, role, d.privilege, d.table, path)
	if err != nil || len(touched) == 0 {
		return nil, err
	}
	return touched[0], nil
}

// touchedTables finds the table of a name, $3, in the first schema of a path, $4, that has
// one, and what role $1 lacks for $2. An identity column needs no right on its sequence,
// but the default of a serial does.
const touchedTables = `
	SELECT
		n.nspname::pg_catalog.text,
		c.relname::pg_catalog.text,
		pg_catalog.has_schema_privilege($1::pg_catalog.name, n.oid, 'USAGE'::pg_catalog.text),
		CASE
			WHEN $2::pg_catalog.text OPERATOR(pg_catalog.=) 'DELETE'::pg_catalog.text
			THEN pg_catalog.has_table_privilege($1::pg_catalog.name, c.oid, $2::pg_catalog.text)
			ELSE pg_catalog.has_any_column_privilege($1::pg_catalog.name, c.oid, $2::pg_catalog.text)
		END,
		coalesce(denied.sequence, ''),
		coalesce(denied.schema, ''),
		coalesce(denied.columns, '{}'::pg_catalog.text[])
	FROM pg_catalog.unnest($4::pg_catalog.text[]) WITH ORDINALITY AS path (schema, place)
	JOIN pg_catalog.pg_namespace AS n ON n.nspname OPERATOR(pg_catalog.=) path.schema::pg_catalog.name
	JOIN pg_catalog.pg_class AS c ON c.relnamespace OPERATOR(pg_catalog.=) n.oid
		AND c.relname OPERATOR(pg_catalog.=) $3::pg_catalog.name
		AND c.relkind OPERATOR(pg_catalog.=) ANY('{r,p}'::pg_catalog."char"[])
	LEFT JOIN LATERAL (
		SELECT
			s.relname::pg_catalog.text AS sequence,
			sn.nspname::pg_catalog.text AS schema,
			ARRAY[a.attname::pg_catalog.text] AS columns
		FROM pg_catalog.pg_attrdef AS v
		JOIN pg_catalog.pg_attribute AS a ON a.attrelid OPERATOR(pg_catalog.=) v.adrelid
			AND a.attnum OPERATOR(pg_catalog.=) v.adnum
		JOIN pg_catalog.pg_depend AS d ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_attrdef'::pg_catalog.regclass::pg_catalog.oid
			AND d.objid OPERATOR(pg_catalog.=) v.oid
			AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid
		JOIN pg_catalog.pg_class AS s ON s.oid OPERATOR(pg_catalog.=) d.refobjid
		JOIN pg_catalog.pg_namespace AS sn ON sn.oid OPERATOR(pg_catalog.=) s.relnamespace
		WHERE v.adrelid OPERATOR(pg_catalog.=) c.oid
			-- Of anything but a sequence the function fails.
			AND CASE
				WHEN s.relkind OPERATOR(pg_catalog.=) 'S'::pg_catalog."char"
				THEN NOT pg_catalog.has_sequence_privilege($1::pg_catalog.name, s.oid, 'USAGE, UPDATE'::pg_catalog.text)
			END
		LIMIT 1
	) AS denied ON true
	ORDER BY path.place
	LIMIT 1`
