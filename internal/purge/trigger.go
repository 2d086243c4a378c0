package purge

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// madeByUser is the condition that trigger g does not belong to a foreign key. Postgres 14 marks as
// internal also the triggers that a partition has from its parent.
const madeByUser = `(NOT g.tgisinternal OR g.tgparentid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid AND g.tgconstraint OPERATOR(pg_catalog.=) 0::pg_catalog.oid)`

// trigger is one that a DELETE on a heap fires, and what its function does.
type trigger struct {
	heap    Object
	name    string
	body    body
	role    string   // with whose rights the function runs
	definer bool     // these are its owner's
	judged  string   // the role whose privileges are looked up instead; empty: the session's
	path    []string // the function's own search_path; nil: the session's
	certain bool     // every DELETE executes all statements
}

// triggersOf reads the triggers in PL/pgSQL that a DELETE on any of the heaps fires.
func (c catalog) triggersOf(ctx context.Context, heaps []uint32) ([]trigger, error) {
	var all []trigger
	var t trigger
	var text string
	var conditional bool
	var settings []string
	err := c.readEach(ctx, `
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
		ORDER BY n.nspname, c.relname, g.tgname`,
		heaps, []any{&t.heap.OID, &t.heap.Schema, &t.heap.Name, &t.name, &text, &t.role, &t.definer, &conditional, &settings}, func() error {
			t.body, t.path = readBody(text), nil
			t.certain = t.body.straight && !conditional
			for _, setting := range settings {
				if path, ok := strings.CutPrefix(setting, "search_path="); ok {
					t.path = splitPath(path)
				}
			}
			all = append(all, t)
			settings = nil
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read its triggers: %w", err)
	}
	return all, nil
}

// triggerFindings finds the privileges that the triggers of the heaps lack for their own statements, and
// marks the heaps from which no row could be deleted because of that. For statements that a trigger only
// executes under a condition it warns. It leaves out a finding whose GRANT is in said already.
func (r *reader) triggerFindings(ctx context.Context, a account, e *examined, said []Finding) ([]Finding, error) {
	triggers, err := r.triggersOf(ctx, e.heaps)
	if err != nil {
		return nil, err
	}
	mended := map[string]bool{}
	for _, f := range said {
		for _, statement := range f.SQL {
			mended[statement] = true
		}
	}
	var findings []Finding
	// The partitions of a table have the same triggers: they are looked up once.
	known := map[string][]Finding{}
	for _, t := range triggers {
		for _, d := range t.body.deeds {
			key := fmt.Sprintf("%q", []any{t.name, t.role, t.path, t.certain, d.privilege, d.schema, d.table, d.columns})
			missing, ok := known[key]
			if !ok {
				if missing, err = r.lacking(ctx, a, t, d); err != nil {
					return nil, err
				}
				known[key] = missing
			}
			for _, f := range missing {
				if f.Severity == Refused {
					e.refused[t.heap.OID] = true
				}
				if !mended[f.SQL[0]] {
					mended[f.SQL[0]] = true
					findings = append(findings, f)
				}
			}
		}
	}
	return findings, nil
}

// touchedTable is a table that a trigger changes, and what its role lacks there.
type touchedTable struct {
	Schema, Name    string
	Usage           bool
	Allowed         bool
	Sequence        string // of a default, which the role may not use; empty: none
	SequenceSchema  string
	SequenceColumns []string
}

// lacking finds what a role lacks for one of a trigger's statements.
func (r *reader) lacking(ctx context.Context, a account, t trigger, d deed) ([]Finding, error) {
	path := t.path
	if path == nil {
		path = a.schemas()
	}
	if d.schema != "" {
		path = []string{d.schema}
	}
	rows, err := r.db.Query(ctx, touchedTables, cmp.Or(t.judged, t.role), d.privilege, d.table, path)
	if err != nil {
		return nil, fmt.Errorf("read what its triggers may do: %w", err)
	}
	touched, err := pgx.CollectRows(rows, pgx.RowToStructByPos[touchedTable])
	if err != nil {
		return nil, fmt.Errorf("read what its triggers may do: %w", err)
	}
	if len(touched) == 0 {
		return nil, nil
	}
	o, grantee := touched[0], pgx.Identifier{t.role}.Sanitize()
	table := Object{Schema: o.Schema, Name: o.Name}
	var findings []Finding
	lack := func(certain bool, what, sql string) {
		f := Finding{Severity: Warned, SQL: []string{sql}}
		says := "may come to a statement for which it lacks"
		if certain {
			f.Severity, says = Refused, "lacks"
		}
		f.Problem = fmt.Sprintf("trigger %q of %s, which runs with the rights of role %s, %s %s", t.name, t.heap.Title(), grantee, says, what)
		findings = append(findings, f)
	}
	if !o.Usage {
		schema := pgx.Identifier{o.Schema}.Sanitize()
		lack(t.certain, "USAGE on schema "+schema, "GRANT USAGE ON SCHEMA "+schema+" TO "+grantee)
	}
	if !o.Allowed {
		lack(t.certain, d.privilege+" on "+table.Title(), "GRANT "+d.privilege+" ON "+table.SQL()+" TO "+grantee)
	}
	defaulted := slices.ContainsFunc(o.SequenceColumns, func(column string) bool { return !slices.Contains(d.columns, column) })
	if d.privilege == "INSERT" && o.Sequence != "" && (len(d.columns) == 0 || defaulted) {
		sequence := Object{Schema: o.SequenceSchema, Name: o.Sequence}
		lack(t.certain && len(d.columns) > 0, "USAGE on sequence "+sequence.Title(),
			"GRANT USAGE ON SEQUENCE "+sequence.SQL()+" TO "+grantee)
	}
	return findings, nil
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
