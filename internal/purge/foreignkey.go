package purge

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Action is what a foreign key does with the rows that refer to a deleted one.
type Action string

// The actions, as SQL writes them.
const (
	NoAction   Action = "NO ACTION"
	Restrict   Action = "RESTRICT"
	Cascade    Action = "CASCADE"
	SetNull    Action = "SET NULL"
	SetDefault Action = "SET DEFAULT"
)

// Key is a foreign key. Of a partitioned table it is the one that was declared,
// not the copies that its partitions inherit.
type Key struct {
	OID    uint32
	Name   string
	Action Action

	// From is the table of the rows that refer, To the one that they refer to.
	From, To uint32

	// Their names: FromSchema and FromName are From's, ToSchema and ToName To's.
	FromSchema, FromName string
	ToSchema, ToName     string

	// FromPartitioned is set if From is a partitioned table.
	FromPartitioned bool

	// Columns of From refer to Referenced of To. Changed are those of Columns that SET NULL or SET DEFAULT
	// sets: all of them, or those that the key lists.
	Columns, Referenced, Changed []string

	// Operators compare the two, as SQL writes them: OPERATOR(pg_catalog.=).
	Operators []string

	// Indexed keys are looked up by an index of From.
	Indexed bool
}

// FromTitle is From's name with its schema, for people.
func (k Key) FromTitle() string { return k.FromSchema + "." + k.FromName }

// FromSQL is From's name with its schema, quoted.
func (k Key) FromSQL() string { return pgx.Identifier{k.FromSchema, k.FromName}.Sanitize() }

// WithoutAction is SQL that declares the key anew with NO ACTION.
func (k Key) WithoutAction() string {
	name := pgx.Identifier{k.Name}.Sanitize()
	return fmt.Sprintf("ALTER TABLE %s DROP CONSTRAINT %s, ADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s (%s)",
		k.FromSQL(), name, name, quoteAll(k.Columns), pgx.Identifier{k.ToSchema, k.ToName}.Sanitize(), quoteAll(k.Referenced))
}

// Restricts reports whether a row stays while another one refers to it.
func (k Key) Restricts() bool { return k.Action == NoAction || k.Action == Restrict }

// keyIndexed is SQL for: an index finds the rows that refer through key k.
const keyIndexed = `EXISTS (
				SELECT
				FROM pg_catalog.pg_index AS i
				JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid
				JOIN pg_catalog.pg_am AS m ON m.oid OPERATOR(pg_catalog.=) c.relam
				JOIN pg_catalog.pg_attribute AS a ON a.attrelid OPERATOR(pg_catalog.=) i.indrelid
					AND a.attnum OPERATOR(pg_catalog.=) i.indkey[0]
				WHERE i.indrelid OPERATOR(pg_catalog.=) k.conrelid
					AND i.indisvalid
					AND m.amname OPERATOR(pg_catalog.=) ANY('{btree,hash}'::pg_catalog.name[])
					AND a.attnum OPERATOR(pg_catalog.=) ANY(k.conkey)
					AND coalesce(
						pg_catalog.pg_get_expr(i.indpred, i.indrelid)
							OPERATOR(pg_catalog.=) pg_catalog.format('(%I IS NOT NULL)', a.attname),
						true)
			)`

// columnIsSet is SQL for: SET NULL and SET DEFAULT of key k set its column a. Postgres 14 has no list of
// columns to set: it sets them all.
const columnIsSet = `CASE
					WHEN pg_catalog.jsonb_typeof(pg_catalog.to_jsonb(k) OPERATOR(pg_catalog.->) 'confdelsetcols') OPERATOR(pg_catalog.=) 'array'
						THEN (pg_catalog.to_jsonb(k) OPERATOR(pg_catalog.->) 'confdelsetcols') OPERATOR(pg_catalog.@>) pg_catalog.to_jsonb(a.attnum)
					ELSE true
				END`

// keysTo lists the foreign keys that a DELETE on any of the relations concerns. The catalog has no index
// for the keys that refer to a relation. But each key has a trigger on the relation that enforces it, also
// a key that a partition inherits, and triggers have an index by relation.
func (c catalog) keysTo(ctx context.Context, oids []uint32) ([]Key, error) {
	var keys []Key
	seen := map[uint32]bool{}
	var k Key
	// In pg_trigger.tgtype, 8 means on DELETE.
	err := c.readEach(ctx, `
		WITH RECURSIVE fired AS (
			SELECT g.tgconstraint AS oid
			FROM pg_catalog.pg_trigger AS g
			WHERE g.tgrelid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])
				AND g.tgisinternal
				AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8
				AND g.tgconstraint OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
			UNION
			SELECT k.conparentid
			FROM fired
			JOIN pg_catalog.pg_constraint AS k ON k.oid OPERATOR(pg_catalog.=) fired.oid
			WHERE k.conparentid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
		)
		SELECT
			k.oid,
			k.conname,
			CASE
				WHEN k.confdeltype OPERATOR(pg_catalog.=) 'a' THEN 'NO ACTION'
				WHEN k.confdeltype OPERATOR(pg_catalog.=) 'r' THEN 'RESTRICT'
				WHEN k.confdeltype OPERATOR(pg_catalog.=) 'c' THEN 'CASCADE'
				WHEN k.confdeltype OPERATOR(pg_catalog.=) 'n' THEN 'SET NULL'
				ELSE 'SET DEFAULT'
			END,
			k.conrelid,
			k.confrelid,
			n.nspname,
			c.relname,
			tn.nspname,
			tc.relname,
			c.relkind OPERATOR(pg_catalog.=) 'p'::pg_catalog."char",
			ARRAY(
				SELECT a.attname::pg_catalog.text
				FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS key (attnum, place)
				JOIN pg_catalog.pg_attribute AS a ON a.attrelid OPERATOR(pg_catalog.=) k.conrelid
					AND a.attnum OPERATOR(pg_catalog.=) key.attnum
				ORDER BY key.place
			),
			ARRAY(
				SELECT a.attname::pg_catalog.text
				FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS key (attnum, place)
				JOIN pg_catalog.pg_attribute AS a ON a.attrelid OPERATOR(pg_catalog.=) k.confrelid
					AND a.attnum OPERATOR(pg_catalog.=) key.attnum
				ORDER BY key.place
			),
			ARRAY(
				SELECT a.attname::pg_catalog.text
				FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS key (attnum, place)
				JOIN pg_catalog.pg_attribute AS a ON a.attrelid OPERATOR(pg_catalog.=) k.conrelid
					AND a.attnum OPERATOR(pg_catalog.=) key.attnum
				WHERE `+columnIsSet+`
				ORDER BY key.place
			),
			ARRAY(
				SELECT pg_catalog.format('OPERATOR(%I.%s)', n.nspname, o.oprname)
				FROM pg_catalog.unnest(k.conpfeqop) WITH ORDINALITY AS key (operator, place)
				JOIN pg_catalog.pg_operator AS o ON o.oid OPERATOR(pg_catalog.=) key.operator
				JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) o.oprnamespace
				ORDER BY key.place
			),
			`+keyIndexed+`
		FROM fired
		JOIN pg_catalog.pg_constraint AS k ON k.oid OPERATOR(pg_catalog.=) fired.oid
		JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) k.conrelid
		JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		JOIN pg_catalog.pg_class AS tc ON tc.oid OPERATOR(pg_catalog.=) k.confrelid
		JOIN pg_catalog.pg_namespace AS tn ON tn.oid OPERATOR(pg_catalog.=) tc.relnamespace
		WHERE k.conparentid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
			AND k.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
		ORDER BY k.conname, k.oid`,
		oids, []any{
			&k.OID, &k.Name, &k.Action, &k.From, &k.To, &k.FromSchema, &k.FromName,
			&k.ToSchema, &k.ToName, &k.FromPartitioned,
			&k.Columns, &k.Referenced, &k.Changed, &k.Operators, &k.Indexed,
		}, func() error {
			if !seen[k.OID] {
				seen[k.OID] = true
				keys = append(keys, k)
			}
			k = Key{}
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read foreign keys to it: %w", err)
	}
	return keys, nil
}

// quoteAll quotes a list of columns for SQL.
func quoteAll(columns []string) string {
	quoted := make([]string, len(columns))
	for i, column := range columns {
		quoted[i] = pgx.Identifier{column}.Sanitize()
	}
	return strings.Join(quoted, ", ")
}
