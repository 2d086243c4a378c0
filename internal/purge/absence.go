package purge

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// errAbsent says that a table does not exist, or cannot be found.
var errAbsent = errors.New("does not exist")

// namesake is a table that has the name of one that was not found.
type namesake struct {
	Schema, Name string
	Usage        bool // of its schema
	InPath       bool // its schema is in the role's search_path
}

// absence says why a table is not found. It returns no finding if no table has that name. A table
// in a schema of the path which the role may not use is not absent.
func (c catalog) absence(ctx context.Context, a account, t Table) ([]Finding, error) {
	rows, err := c.db.Query(ctx, `
		SELECT
			n.nspname::pg_catalog.text AS schema,
			c.relname::pg_catalog.text AS name,
			pg_catalog.has_schema_privilege(n.oid, 'USAGE'::pg_catalog.text) AS usage,
			n.nspname::pg_catalog.text OPERATOR(pg_catalog.=) ANY($3::pg_catalog.text[]) AS inpath
		FROM pg_catalog.pg_class AS c
		JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		WHERE pg_catalog.lower(c.relname::pg_catalog.text) OPERATOR(pg_catalog.=) pg_catalog.lower($1::pg_catalog.text)
			AND c.relkind OPERATOR(pg_catalog.=) ANY('{r,p}'::pg_catalog."char"[])
			AND c.relpersistence OPERATOR(pg_catalog.<>) 't'::pg_catalog."char"
			AND ($2::pg_catalog.text OPERATOR(pg_catalog.=) ''::pg_catalog.text
				OR n.nspname OPERATOR(pg_catalog.=) $2::pg_catalog.name)
		ORDER BY 4 DESC, 1, 2
		LIMIT 5`, t.Name, t.Schema, a.schemas())
	if err != nil {
		return nil, fmt.Errorf("look for tables of its name: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[namesake])
	if err != nil {
		return nil, fmt.Errorf("look for tables of its name: %w", err)
	}

	var elsewhere []string
	for _, n := range found {
		if n.Name == t.Name && n.InPath && !n.Usage {
			schema, grantee := pgx.Identifier{n.Schema}.Sanitize(), pgx.Identifier{a.Role}.Sanitize()
			return []Finding{{
				Severity: Refused,
				Problem:  fmt.Sprintf("is in schema %s, which role %s may not use", schema, grantee),
				SQL:      []string{fmt.Sprintf("GRANT USAGE ON SCHEMA %s TO %s", schema, grantee)},
			}}, nil
		}
		elsewhere = append(elsewhere, n.Schema+"."+n.Name)
	}
	if len(elsewhere) == 0 || t.Optional {
		return nil, nil
	}
	return []Finding{{
		Severity: Refused,
		Problem: fmt.Sprintf("%s, but %s does: name it so in SILTGATE_TABLES_<n>_NAME, if that is meant",
			errAbsent, strings.Join(elsewhere, " or ")),
	}}, nil
}

// notATable refuses a relation that is no table, and names the tables behind a view.
func (c catalog) notATable(ctx context.Context, o Object) (Finding, error) {
	f := Finding{Severity: Refused, Problem: fmt.Sprintf("is %s: want a table", relationKind(o.Kind))}
	rows, err := c.db.Query(ctx, `
		SELECT pg_catalog.concat(n.nspname, '.', c.relname)
		FROM pg_catalog.pg_class AS c
		JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		WHERE c.oid OPERATOR(pg_catalog.=) ANY(ARRAY(
				SELECT d.refobjid
				FROM pg_catalog.pg_rewrite AS w
				JOIN pg_catalog.pg_depend AS d ON d.objid OPERATOR(pg_catalog.=) w.oid
				WHERE w.ev_class OPERATOR(pg_catalog.=) $1
					AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_rewrite'::pg_catalog.regclass::pg_catalog.oid
					AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid
			))
			AND c.relkind OPERATOR(pg_catalog.=) ANY('{r,p}'::pg_catalog."char"[])
		ORDER BY 1`, o.OID)
	if err != nil {
		return f, fmt.Errorf("read what it shows: %w", err)
	}
	shown, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return f, fmt.Errorf("read what it shows: %w", err)
	}
	if len(shown) > 0 {
		f.Problem += ", and it shows " + strings.Join(shown, ", ")
	}
	return f, nil
}

// ofOtherSession reports whether a relation is a temporary table of another session.
func (c catalog) ofOtherSession(ctx context.Context, oid uint32) (bool, error) {
	rows, err := c.db.Query(ctx, `
		SELECT c.relpersistence OPERATOR(pg_catalog.=) 't'::pg_catalog."char"
			AND c.relnamespace OPERATOR(pg_catalog.<>) pg_catalog.pg_my_temp_schema()
		FROM pg_catalog.pg_class AS c
		WHERE c.oid OPERATOR(pg_catalog.=) $1`, oid)
	if err != nil {
		return false, fmt.Errorf("read its description: %w", err)
	}
	temporary, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[bool])
	if err != nil {
		return false, fmt.Errorf("read its description: %w", err)
	}
	return temporary, nil
}
