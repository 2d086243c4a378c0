package purge

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Object is a table, a partition, or whatever else has a name in pg_class, with
// what it does to a DELETE.
type Object struct {
	OID    uint32
	Schema string
	Name   string

	// Kind is pg_class.relkind: r is a table, p a partitioned one.
	Kind string

	// AccessMethod stores the rows: heap, unless an extension brings another
	// one. Empty for what stores none.
	AccessMethod string

	// Distributed tables are Citus's: their rows are on other servers.
	Distributed bool

	// RowSecurity is active for the current role: policies hide rows from it.
	RowSecurity bool

	// PolicyMend is the statement that lets the role work on all rows of an ancestor that
	// has RowSecurity.
	PolicyMend string

	// DeleteRules and UpdateRules are the names of rewrite rules that are on.
	DeleteRules, UpdateRules []string

	// StatementTriggers are the names of triggers that run once for a DELETE, and
	// not for each row. They are on.
	StatementTriggers []string
}

// Title is the name with its schema, for people.
func (o Object) Title() string { return o.Schema + "." + o.Name }

// SQL is the name with its schema, quoted.
func (o Object) SQL() string { return pgx.Identifier{o.Schema, o.Name}.Sanitize() }

// objects describes relations, in the order of the OIDs. One that does not exist
// is left out.
func (c catalog) objects(ctx context.Context, oids []uint32) ([]Object, error) {
	place := make(map[uint32]int, len(oids))
	for i, oid := range oids {
		place[oid] = i
	}
	objects := make([]Object, 0, len(oids))
	var o Object
	var citus bool
	// In pg_trigger.tgtype, 1 means for each row and 8 on DELETE; in pg_rewrite.ev_type,
	// 2 is UPDATE and 4 is DELETE. What is on is enabled always, or at the origin.
	err := c.readEach(ctx, `
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
			ARRAY(
				SELECT w.rulename::pg_catalog.text
				FROM pg_catalog.pg_rewrite AS w
				WHERE c.relhasrules
					AND w.ev_class OPERATOR(pg_catalog.=) c.oid
					AND w.ev_type OPERATOR(pg_catalog.=) '4'::pg_catalog."char"
					AND w.ev_enabled OPERATOR(pg_catalog.=) ANY('{O,A}'::pg_catalog."char"[])
				ORDER BY 1
			),
			ARRAY(
				SELECT w.rulename::pg_catalog.text
				FROM pg_catalog.pg_rewrite AS w
				WHERE c.relhasrules
					AND w.ev_class OPERATOR(pg_catalog.=) c.oid
					AND w.ev_type OPERATOR(pg_catalog.=) '2'::pg_catalog."char"
					AND w.ev_enabled OPERATOR(pg_catalog.=) ANY('{O,A}'::pg_catalog."char"[])
				ORDER BY 1
			),
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
		WHERE c.oid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])`,
		oids, []any{
			&o.OID, &o.Schema, &o.Name, &o.Kind, &o.AccessMethod, &citus, &o.RowSecurity,
			&o.DeleteRules, &o.UpdateRules, &o.StatementTriggers,
		}, func() error {
			objects = append(objects, o)
			o = Object{}
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read its description: %w", err)
	}
	if citus {
		if err := c.distributed(ctx, objects); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(objects, func(a, b Object) int { return place[a.OID] - place[b.OID] })
	return objects, nil
}

// distributed notes which of the relations are Citus's.
func (c catalog) distributed(ctx context.Context, objects []Object) error {
	oids := make([]uint32, len(objects))
	for i, o := range objects {
		oids[i] = o.OID
	}
	var oid uint32
	err := c.readEach(ctx, `
		SELECT d.logicalrelid::pg_catalog.oid
		FROM pg_catalog.pg_dist_partition AS d
		WHERE d.logicalrelid::pg_catalog.oid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])`,
		oids, []any{&oid}, func() error {
			objects[slices.Index(oids, oid)].Distributed = true
			return nil
		})
	if err != nil {
		return fmt.Errorf("read which tables are distributed by Citus: %w", err)
	}
	return nil
}
