package purge

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// keysTo lists the foreign keys that a DELETE on any of the relations concerns. The catalog has no index
// for the keys that refer to a relation. But each key has a trigger on the relation that enforces it, also
// a key that a partition inherits, and triggers have an index by relation.
func (c catalog) keysTo(ctx context.Context, oids []uint32) ([]Key, error) {
	// In pg_trigger.tgtype, 8 means on DELETE.
	keys, err := readEach(ctx, c, "read foreign keys to it", oids, func(k *Key) []any {
		return []any{
			&k.OID, &k.Name, &k.Action, &k.From, &k.To, &k.FromSchema, &k.FromName,
			&k.ToSchema, &k.ToName, &k.FromPartitioned,
			&k.Columns, &k.Referenced, &k.Changed, &k.Operators, &k.Indexed, &k.Besides,
		}
	}, `
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
			`+keyColumns("k.conkey", "k.conrelid", "true")+`,
			`+keyColumns("k.confkey", "k.confrelid", "true")+`,
			`+keyColumns("k.conkey", "k.conrelid", columnIsSet)+`,
			ARRAY(
				SELECT pg_catalog.format('OPERATOR(%I.%s)', n.nspname, o.oprname)
				FROM pg_catalog.unnest(k.conpfeqop) WITH ORDINALITY AS key (operator, place)
				JOIN pg_catalog.pg_operator AS o ON o.oid OPERATOR(pg_catalog.=) key.operator
				JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) o.oprnamespace
				ORDER BY key.place
			),
			`+keyIndexed+`,
			pg_catalog.concat(
				CASE WHEN k.confmatchtype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char" THEN ' MATCH FULL' END,
				CASE
					WHEN k.confupdtype OPERATOR(pg_catalog.=) 'r'::pg_catalog."char" THEN ' ON UPDATE RESTRICT'
					WHEN k.confupdtype OPERATOR(pg_catalog.=) 'c'::pg_catalog."char" THEN ' ON UPDATE CASCADE'
					WHEN k.confupdtype OPERATOR(pg_catalog.=) 'n'::pg_catalog."char" THEN ' ON UPDATE SET NULL'
					WHEN k.confupdtype OPERATOR(pg_catalog.=) 'd'::pg_catalog."char" THEN ' ON UPDATE SET DEFAULT'
				END,
				CASE WHEN k.condeferrable THEN ' DEFERRABLE' END,
				CASE WHEN k.condeferred THEN ' INITIALLY DEFERRED' END,
				CASE WHEN NOT k.convalidated THEN ' NOT VALID' END)
		FROM fired
		JOIN pg_catalog.pg_constraint AS k ON k.oid OPERATOR(pg_catalog.=) fired.oid
		JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) k.conrelid
		JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		JOIN pg_catalog.pg_class AS tc ON tc.oid OPERATOR(pg_catalog.=) k.confrelid
		JOIN pg_catalog.pg_namespace AS tn ON tn.oid OPERATOR(pg_catalog.=) tc.relnamespace
		WHERE k.conparentid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
			AND k.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
		ORDER BY k.conname, k.oid`)
	seen := map[uint32]bool{}
	return slices.DeleteFunc(keys, func(k Key) bool {
		again := seen[k.OID]
		seen[k.OID] = true
		return again
	}), err
}

// keyColumns is SQL for the names of those of a key's columns on one side that fit a condition, in the key's order.
func keyColumns(numbers, relation, which string) string {
	return `ARRAY(
				SELECT a.attname::pg_catalog.text
				FROM pg_catalog.unnest(` + numbers + `) WITH ORDINALITY AS key (attnum, place)
				JOIN pg_catalog.pg_attribute AS a ON a.attrelid OPERATOR(pg_catalog.=) ` + relation + `
					AND a.attnum OPERATOR(pg_catalog.=) key.attnum
				WHERE ` + which + `
				ORDER BY key.place
			)`
}

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

// restrict reads which foreign keys keep rows of the heap, and whether its rows refer to
// each other.
//
// The keys are found by the heap's own triggers, for which there is an index. SET NULL and SET DEFAULT
// restrict where the column does not allow that value. A key is left out if the role may not read its
// columns, or sees only some of the rows: then the rows that it keeps are tried and isolated. A key that
// would delete rows of another configured table is never left out.
func (s *Session) restrict(ctx context.Context, h *heap) error {
	if !h.referredTo {
		return nil // most tables: the statement takes several milliseconds to plan
	}
	type key struct {
		From                                            uint32
		Schema, Name                                    string
		On                                              []string
		Self, Partitioned, Restricts, Cascades, Visible bool
	}
	keys, err := readRows(ctx, s.catalog(), "read what keeps its rows", pgx.RowToStructByPos[key], restrictions, h.oid, append([]uint32{}, h.spares...))
	if err != nil {
		return err
	}
	h.restrictions, h.ownReferences = nil, nil
	spared := map[uint32]bool{}
	for _, key := range keys {
		k := restriction{from: quote(key.Schema, key.Name), on: strings.Join(key.On, " AND "), self: key.Self, soft: !key.Restricts}
		if !key.Partitioned {
			k.from = "ONLY " + k.from
		}
		switch {
		case key.Cascades && !key.Visible:
			return fmt.Errorf("not all rows of %s that refer to it may be read by this role, and ON DELETE CASCADE would delete them", k.from)
		case key.Cascades:
			spared[key.From] = true
			h.restrictions = append(h.restrictions, k)
		case key.Restricts && (key.Visible || key.Self):
			h.restrictions = append(h.restrictions, k)
		}
		if key.Self {
			h.ownReferences = append(h.ownReferences, k)
		}
	}
	if slices.ContainsFunc(h.spares, func(oid uint32) bool { return !spared[oid] }) {
		return errChanged // a key is gone since the heap was examined
	}
	return nil
}

// restrictions lists the foreign keys to a heap, and says which of them cascade to some tables. Operands get
// the types and the collation with which Postgres itself compares them.
const restrictions = `
	SELECT
		k.conrelid,
		n.nspname,
		c.relname,
		ARRAY(
			SELECT pg_catalog.format('t.%I%s%s OPERATOR(%I.%s) r.%I%s%s',
				p.attname,
				CASE WHEN lt.typtype OPERATOR(pg_catalog.<>) 'p' AND lt.oid OPERATOR(pg_catalog.<>) p.atttypid
					THEN pg_catalog.format('::%I.%I', ln.nspname, lt.typname) END,
				CASE WHEN p.attcollation OPERATOR(pg_catalog.<>) f.attcollation AND pl.collisdeterministic
					THEN pg_catalog.format(' COLLATE %I.%I', fln.nspname, fl.collname) END,
				opn.nspname,
				o.oprname,
				f.attname,
				CASE WHEN rt.typtype OPERATOR(pg_catalog.<>) 'p' AND rt.oid OPERATOR(pg_catalog.<>) f.atttypid
					THEN pg_catalog.format('::%I.%I', rn.nspname, rt.typname) END,
				CASE WHEN p.attcollation OPERATOR(pg_catalog.<>) f.attcollation AND NOT pl.collisdeterministic
					THEN pg_catalog.format(' COLLATE %I.%I', pln.nspname, pl.collname) END)
			FROM pg_catalog.generate_subscripts(k.conkey, 1) AS pair (place)
			JOIN pg_catalog.pg_attribute AS p
				ON p.attrelid OPERATOR(pg_catalog.=) k.confrelid AND p.attnum OPERATOR(pg_catalog.=) k.confkey[pair.place]
			JOIN pg_catalog.pg_attribute AS f
				ON f.attrelid OPERATOR(pg_catalog.=) k.conrelid AND f.attnum OPERATOR(pg_catalog.=) k.conkey[pair.place]
			JOIN pg_catalog.pg_operator AS o ON o.oid OPERATOR(pg_catalog.=) k.conpfeqop[pair.place]
			JOIN pg_catalog.pg_namespace AS opn ON opn.oid OPERATOR(pg_catalog.=) o.oprnamespace
			JOIN pg_catalog.pg_type AS lt ON lt.oid OPERATOR(pg_catalog.=) o.oprleft
			JOIN pg_catalog.pg_namespace AS ln ON ln.oid OPERATOR(pg_catalog.=) lt.typnamespace
			JOIN pg_catalog.pg_type AS rt ON rt.oid OPERATOR(pg_catalog.=) o.oprright
			JOIN pg_catalog.pg_namespace AS rn ON rn.oid OPERATOR(pg_catalog.=) rt.typnamespace
			LEFT JOIN pg_catalog.pg_collation AS pl ON pl.oid OPERATOR(pg_catalog.=) p.attcollation
			LEFT JOIN pg_catalog.pg_namespace AS pln ON pln.oid OPERATOR(pg_catalog.=) pl.collnamespace
			LEFT JOIN pg_catalog.pg_collation AS fl ON fl.oid OPERATOR(pg_catalog.=) f.attcollation
			LEFT JOIN pg_catalog.pg_namespace AS fln ON fln.oid OPERATOR(pg_catalog.=) fl.collnamespace
			ORDER BY pair.place
		),
		k.conrelid OPERATOR(pg_catalog.=) k.confrelid OR EXISTS (
			SELECT FROM pg_catalog.pg_partition_ancestors(k.confrelid) AS a (relation)
			WHERE a.relation OPERATOR(pg_catalog.=) k.conrelid
		),
		c.relkind OPERATOR(pg_catalog.=) 'p',
		k.confdeltype OPERATOR(pg_catalog.=) ANY('{a,r}') OR k.confdeltype OPERATOR(pg_catalog.=) ANY('{n,d}') AND EXISTS (
			SELECT
			FROM pg_catalog.pg_attribute AS a
			JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) a.atttypid
			WHERE a.attrelid OPERATOR(pg_catalog.=) k.conrelid
				AND a.attnum OPERATOR(pg_catalog.=) ANY(k.conkey)
				AND ` + columnIsSet + `
				AND (a.attnotnull OR t.typnotnull)
				AND (k.confdeltype OPERATOR(pg_catalog.=) 'n' OR NOT a.atthasdef)
		),
		k.confdeltype OPERATOR(pg_catalog.=) 'c' AND k.conrelid OPERATOR(pg_catalog.=) ANY($2::pg_catalog.oid[]),
		pg_catalog.has_schema_privilege(n.oid, 'USAGE')
			AND NOT pg_catalog.row_security_active(c.oid)
			AND NOT EXISTS (
				SELECT FROM pg_catalog.unnest(k.conkey) AS key (attnum)
				WHERE NOT pg_catalog.has_column_privilege(c.oid, key.attnum, 'SELECT')
			)
			AND NOT EXISTS (
				SELECT FROM pg_catalog.unnest(k.confkey) AS key (attnum)
				WHERE NOT pg_catalog.has_column_privilege(k.confrelid, key.attnum, 'SELECT')
			)
	FROM pg_catalog.pg_constraint AS k
	JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) k.conrelid
	JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
	WHERE k.oid OPERATOR(pg_catalog.=) ANY(ARRAY(
			-- Each key has a trigger on what it refers to, for DELETE (8).
			SELECT g.tgconstraint
			FROM pg_catalog.pg_trigger AS g
			WHERE g.tgrelid OPERATOR(pg_catalog.=) $1::pg_catalog.oid
				AND g.tgisinternal
				AND g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8 OPERATOR(pg_catalog.=) 8
		))
		AND k.contype OPERATOR(pg_catalog.=) 'f'
		AND k.confrelid OPERATOR(pg_catalog.=) $1::pg_catalog.oid
		-- A partition of the referring table repeats its parent's key.
		AND NOT EXISTS (
			SELECT FROM pg_catalog.pg_constraint AS parent
			WHERE parent.oid OPERATOR(pg_catalog.=) k.conparentid AND parent.confrelid OPERATOR(pg_catalog.=) k.confrelid
		)
	ORDER BY k.oid::pg_catalog.text`
