package purge

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
)

// objects describes relations, in the order of the OIDs. One that does not exist
// is left out.
func (c catalog) objects(ctx context.Context, oids []uint32) ([]Object, error) {
	place := make(map[uint32]int, len(oids))
	for i, oid := range oids {
		place[oid] = i
	}
	type read struct {
		Object

		citus bool
	}
	// In pg_trigger.tgtype, 1 means for each row and 8 on DELETE; in pg_rewrite.ev_type,
	// 2 is UPDATE and 4 is DELETE. Triggers and rules that are on have A (always) or O (at the origin).
	all, err := readEach(ctx, c, "read its description", oids, func(r *read) []any {
		return []any{
			&r.OID, &r.Schema, &r.Name, &r.Kind, &r.AccessMethod, &r.citus, &r.RowSecurity,
			&r.DeleteRules, &r.UpdateRules, &r.StatementTriggers,
		}
	}, `
		SELECT
			c.oid,
			n.nspname,
			c.relname,
			c.relkind::pg_catalog.text,
			coalesce((
				SELECT m.amname::pg_catalog.text
				FROM pg_catalog.pg_am AS m
				WHERE m.oid OPERATOR(pg_catalog.=) c.relam
			), ''::pg_catalog.text),
			pg_catalog.to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL,
			c.relrowsecurity AND pg_catalog.row_security_active(c.oid),
			`+rulesOn("4")+`,
			`+rulesOn("2")+`,
			ARRAY(
				SELECT g.tgname::pg_catalog.text
				FROM pg_catalog.pg_trigger AS g
				WHERE c.relhastriggers
					AND g.tgrelid OPERATOR(pg_catalog.=) c.oid
					AND `+madeByUser+`
					AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 9) OPERATOR(pg_catalog.=) 8
					AND g.tgenabled OPERATOR(pg_catalog.=) ANY('{O,A}'::pg_catalog."char"[])
				ORDER BY 1
			)
		FROM pg_catalog.pg_class AS c
		JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		WHERE c.oid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])`)
	objects := make([]Object, len(all))
	for i, r := range all {
		objects[i] = r.Object
	}
	if err == nil && len(all) > 0 && all[0].citus {
		err = c.distributed(ctx, objects)
	}
	slices.SortFunc(objects, func(a, b Object) int { return place[a.OID] - place[b.OID] })
	return objects, err
}

// rulesOn is SQL for the names of the rewrite rules of relation c that are on for an event.
func rulesOn(event string) string {
	return `ARRAY(
				SELECT w.rulename::pg_catalog.text
				FROM pg_catalog.pg_rewrite AS w
				WHERE c.relhasrules
					AND w.ev_class OPERATOR(pg_catalog.=) c.oid
					AND w.ev_type OPERATOR(pg_catalog.=) '` + event + `'::pg_catalog."char"
					AND w.ev_enabled OPERATOR(pg_catalog.=) ANY('{O,A}'::pg_catalog."char"[])
				ORDER BY 1
			)`
}

// distributed notes which of the relations are Citus's.
func (c catalog) distributed(ctx context.Context, objects []Object) error {
	oids := make([]uint32, len(objects))
	for i, o := range objects {
		oids[i] = o.OID
	}
	distributed, err := readEach(ctx, c, "read which tables are distributed by Citus", oids, one[uint32], `
		SELECT d.logicalrelid::pg_catalog.oid
		FROM pg_catalog.pg_dist_partition AS d
		WHERE d.logicalrelid::pg_catalog.oid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])`)
	for _, oid := range distributed {
		objects[slices.Index(oids, oid)].Distributed = true
	}
	return err
}

// ofOtherSession reports whether a relation is a temporary table of another session.
func (c catalog) ofOtherSession(ctx context.Context, oid uint32) (bool, error) {
	return readRow(ctx, c, "read its description", pgx.RowTo[bool], `
		SELECT c.relpersistence OPERATOR(pg_catalog.=) 't'::pg_catalog."char"
			AND c.relnamespace OPERATOR(pg_catalog.<>) pg_catalog.pg_my_temp_schema()
		FROM pg_catalog.pg_class AS c
		WHERE c.oid OPERATOR(pg_catalog.=) $1`, oid)
}

// namesake is a table that has the name of one that was not found.
type namesake struct {
	Schema, Name string
	Usage        bool // of its schema
	InPath       bool // its schema is in the role's search_path
}

// namesakes finds tables that have a table's name: those of the role's search_path first. Of a table that has to exist
// it finds those in upper or lower case too, for which it reads the names of all relations of the database.
func (c catalog) namesakes(ctx context.Context, a account, t Table) ([]namesake, error) {
	named := `pg_catalog.lower(c.relname::pg_catalog.text) OPERATOR(pg_catalog.=) pg_catalog.lower($1::pg_catalog.text)`
	if t.Optional {
		named = `c.relname OPERATOR(pg_catalog.=) $1::pg_catalog.name`
	}
	return readRows(ctx, c, "look for tables of its name", pgx.RowToStructByName[namesake], `
		SELECT
			n.nspname::pg_catalog.text AS schema,
			c.relname::pg_catalog.text AS name,
			pg_catalog.has_schema_privilege(n.oid, 'USAGE'::pg_catalog.text) AS usage,
			n.nspname::pg_catalog.text OPERATOR(pg_catalog.=) ANY($3::pg_catalog.text[]) AS inpath
		FROM pg_catalog.pg_class AS c
		JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		WHERE `+named+`
			AND c.relkind OPERATOR(pg_catalog.=) ANY('{r,p}'::pg_catalog."char"[])
			AND c.relpersistence OPERATOR(pg_catalog.<>) 't'::pg_catalog."char"
			AND ($2::pg_catalog.text OPERATOR(pg_catalog.=) ''::pg_catalog.text
				OR n.nspname OPERATOR(pg_catalog.=) $2::pg_catalog.name)
		ORDER BY 4 DESC, 1, 2
		LIMIT 5`, t.Name, t.Schema, a.schemas())
}

// shownBy names the tables behind a view.
func (c catalog) shownBy(ctx context.Context, o Object) ([]string, error) {
	return readRows(ctx, c, "read what it shows", pgx.RowTo[string], `
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
}
