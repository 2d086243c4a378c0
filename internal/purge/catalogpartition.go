package purge

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// undroppable looks for what is against dropping partitions of the table.
func (c catalog) undroppable(ctx context.Context, e *examined, column string) (string, error) {
	reasons, err := readEach(ctx, c, "read how it is partitioned", []uint32{e.oid}, one[string], `
		SELECT CASE
			WHEN p.partstrat OPERATOR(pg_catalog.<>) 'r'::pg_catalog."char" OR p.partnatts OPERATOR(pg_catalog.<>) 1::pg_catalog.int2 OR NOT EXISTS (
				SELECT
				FROM pg_catalog.pg_attribute AS a
				JOIN pg_catalog.pg_opclass AS o ON o.oid OPERATOR(pg_catalog.=) p.partclass[0]
				JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) o.opcnamespace
				WHERE a.attrelid OPERATOR(pg_catalog.=) p.partrelid
					AND a.attnum OPERATOR(pg_catalog.=) p.partattrs[0]
					AND a.attname OPERATOR(pg_catalog.=) $2::pg_catalog.name
					AND o.opcdefault
					AND n.nspname OPERATOR(pg_catalog.=) 'pg_catalog'
			) THEN pg_catalog.format('its partitions are no ranges of column %I', $2::pg_catalog.text)
			WHEN p.partdefid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
				THEN 'it has a default partition, beside which Postgres detaches none CONCURRENTLY'
			ELSE coalesce((
				SELECT pg_catalog.format(
					'partition %s is being detached, and no run has begun it: ALTER TABLE %s DETACH PARTITION %s FINALIZE completes it',
					i.inhrelid::pg_catalog.regclass, i.inhparent::pg_catalog.regclass, i.inhrelid::pg_catalog.regclass)
				FROM pg_catalog.pg_inherits AS i
				WHERE i.inhparent OPERATOR(pg_catalog.=) p.partrelid
					AND i.inhdetachpending
					AND `+fmt.Sprintf(firstLine, "coalesce(pg_catalog.obj_description(i.inhrelid, 'pg_class'), '')")+`
						OPERATOR(pg_catalog.<>) `+fmt.Sprintf(detachedMark, "i.inhrelid", "i.inhparent", "i.xmin")+`
					AND NOT `+fmt.Sprintf(announced, "coalesce(pg_catalog.obj_description(i.inhrelid, 'pg_class'), '')", "i.inhrelid", "i.inhparent")+`
				LIMIT 1
			), '')
		END
		FROM pg_catalog.pg_partitioned_table AS p
		WHERE p.partrelid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])`, column)
	if reason := strings.Join(reasons, ""); err != nil || reason != "" {
		return reason, err
	}
	return c.managed(ctx, e.object)
}

// managed says that pg_partman manages the table's partitions, if it does.
func (c catalog) managed(ctx context.Context, table Object) (string, error) {
	type manager struct {
		Schema   string
		Readable bool
	}
	managers, err := readRows(ctx, c, "look for pg_partman", pgx.RowToStructByPos[manager], `
		SELECT n.nspname::pg_catalog.text, pg_catalog.has_table_privilege(c.oid, 'SELECT'::pg_catalog.text)
			AND pg_catalog.has_schema_privilege(n.oid, 'USAGE'::pg_catalog.text)
		FROM pg_catalog.pg_extension AS x
		JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) x.extnamespace
		JOIN pg_catalog.pg_class AS c ON c.relnamespace OPERATOR(pg_catalog.=) n.oid
		WHERE x.extname OPERATOR(pg_catalog.=) 'pg_partman'
			AND c.relname OPERATOR(pg_catalog.=) 'part_config'
			AND c.relkind OPERATOR(pg_catalog.=) 'r'::pg_catalog."char"`)
	if err != nil || len(managers) == 0 {
		return "", err
	}
	config := quote(managers[0].Schema, "part_config")
	if !managers[0].Readable {
		return "pg_partman may manage them, and this role may not read " + config, nil
	}
	managed, err := readRow(ctx, c, "read what pg_partman manages", pgx.RowTo[bool],
		`SELECT EXISTS (SELECT FROM `+config+` AS p WHERE p.parent_table::pg_catalog.text OPERATOR(pg_catalog.=) $1::pg_catalog.text)`, table.Title())
	if err != nil || !managed {
		return "", err
	}
	return "pg_partman manages them", nil
}

// droppableOf lists the partitions of a table that are ranges with an end before an instant, without the last one.
func (c catalog) droppableOf(ctx context.Context, table uint32, before time.Time) ([]whole, error) {
	return readEach(ctx, c, "list its partitions with their bounds", []uint32{table}, func(w *whole) []any {
		return []any{&w.OID, &w.Schema, &w.Name, &w.Kind, &w.rows, &w.bounds}
	}, droppable, before)
}

// droppable are those partitions of table $1; $2 is the instant.
const droppable = `
		SELECT part.oid, part.nspname, part.relname, part.relkind::pg_catalog.text, greatest(part.reltuples, 0)::pg_catalog.int8, part.bounds
		FROM (
			SELECT
				c.oid,
				n.nspname,
				c.relname,
				c.relkind,
				c.relam,
				c.relowner,
				c.reltype,
				c.reltuples,
				pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS bounds,
				ends.at,
				pg_catalog.rank() OVER (ORDER BY ends.at DESC NULLS FIRST) AS place
			FROM pg_catalog.pg_inherits AS i
			JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) i.inhrelid
			JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
			CROSS JOIN LATERAL (
				SELECT (pg_catalog.regexp_match(
					pg_catalog.pg_get_expr(c.relpartbound, c.oid), ' TO [(]''([^'']*)''[)]$'))[1]::pg_catalog.timestamptz AS at
			) AS ends
			WHERE i.inhparent OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])
				AND NOT i.inhdetachpending
		) AS part
		WHERE part.place OPERATOR(pg_catalog.>) 1
			AND part.at OPERATOR(pg_catalog.<) $2::pg_catalog.timestamptz
			AND part.relkind OPERATOR(pg_catalog.=) 'r'::pg_catalog."char"
			AND part.relam OPERATOR(pg_catalog.=) 2::pg_catalog.oid -- heap
			AND pg_catalog.pg_has_role(part.relowner, 'USAGE'::pg_catalog.text)
		ORDER BY part.at, part.oid`

// attached reports whether something else is attached to a partition.
func (c catalog) attached(ctx context.Context, w whole) (bool, error) {
	a, err := c.account(ctx)
	if err != nil {
		return false, err
	}
	return readRow(ctx, c, "read what is attached to "+w.Title(), pgx.RowTo[bool], fmt.Sprintf(attached, publishes(a.Version)), w.OID)
}

// attached reports whether something else is attached to partition $1 that a DELETE would tell, or that
// dropping it would leave behind: triggers on DELETE, foreign keys that refer to it, partitions of its own,
// publications, views, functions, policies.
const attached = `
		SELECT EXISTS (
				SELECT
				FROM pg_catalog.pg_trigger AS g
				WHERE g.tgrelid OPERATOR(pg_catalog.=) $1::pg_catalog.oid
					AND (g.tgtype::pg_catalog.int4 OPERATOR(pg_catalog.&) 8) OPERATOR(pg_catalog.=) 8
			)
			OR EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE i.inhparent OPERATOR(pg_catalog.=) $1::pg_catalog.oid)
			OR EXISTS (
				SELECT
				FROM pg_catalog.pg_publication AS p
				CROSS JOIN LATERAL (
					SELECT ARRAY(
						SELECT $1::pg_catalog.oid UNION SELECT a.relid::pg_catalog.oid FROM pg_catalog.pg_partition_ancestors($1::pg_catalog.regclass) AS a (relid)
					) AS oids
				) AS line
				WHERE %s
			)
			OR EXISTS (
				SELECT
				FROM pg_catalog.pg_depend AS d
				WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid
					AND d.refobjid OPERATOR(pg_catalog.=) $1::pg_catalog.oid
					AND d.deptype OPERATOR(pg_catalog.=) 'n'::pg_catalog."char"
					AND NOT EXISTS (
						SELECT
						FROM pg_catalog.pg_constraint AS k
						WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_constraint'::pg_catalog.regclass::pg_catalog.oid
							AND k.oid OPERATOR(pg_catalog.=) d.objid
							AND k.conrelid OPERATOR(pg_catalog.=) $1::pg_catalog.oid
					)
			)
			OR EXISTS (
				SELECT
				FROM pg_catalog.pg_class AS c
				JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) c.reltype
				JOIN pg_catalog.pg_depend AS d
					ON d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid
					AND d.refobjid OPERATOR(pg_catalog.=) ANY(ARRAY[t.oid, t.typarray])
				WHERE c.oid OPERATOR(pg_catalog.=) $1::pg_catalog.oid
					AND d.deptype OPERATOR(pg_catalog.=) 'n'::pg_catalog."char"
			)`

// markedOf lists the table's partitions, and tables that were some, that carry a mark of ours.
func (c catalog) markedOf(ctx context.Context, parent uint32) ([]marked, error) {
	return readEach(ctx, c, "look for partitions that are being dropped", []uint32{parent}, func(m *marked) []any {
		return []any{&m.OID, &m.Schema, &m.Name, &m.Kind, &m.rows, &m.state}
	}, `
		SELECT
			c.oid,
			n.nspname,
			c.relname,
			c.relkind::pg_catalog.text,
			greatest(c.reltuples, 0)::pg_catalog.int8,
			CASE
				WHEN i.inhparent OPERATOR(pg_catalog.=) parent.oid AND NOT i.inhdetachpending THEN 'stale'
				WHEN c.relkind OPERATOR(pg_catalog.<>) 'r'::pg_catalog."char" THEN 'doubtful'
				WHEN i.inhparent OPERATOR(pg_catalog.=) parent.oid
					AND `+fmt.Sprintf(firstLine, "d.description")+` OPERATOR(pg_catalog.=) `+fmt.Sprintf(detachedMark, "c.oid", "parent.oid", "i.xmin")+`
					THEN 'pending'
				WHEN i.inhparent OPERATOR(pg_catalog.=) parent.oid AND `+fmt.Sprintf(announced, "d.description", "c.oid", "parent.oid")+` THEN 'begun'
				WHEN i.inhrelid IS NULL
					AND `+fmt.Sprintf(firstLine, "d.description")+` OPERATOR(pg_catalog.=) `+fmt.Sprintf(detachedMark, "c.oid", "parent.oid", "c.xmin")+`
					THEN 'alone'
				ELSE 'doubtful'
			END
		FROM pg_catalog.pg_description AS d
		JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) d.objoid
		JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		CROSS JOIN pg_catalog.unnest($1::pg_catalog.oid[]) AS parent (oid)
		LEFT JOIN pg_catalog.pg_inherits AS i ON i.inhrelid OPERATOR(pg_catalog.=) c.oid
		WHERE d.classoid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid
			AND d.objsubid OPERATOR(pg_catalog.=) 0
			AND pg_catalog.starts_with(d.description, 'siltgate: ')
			AND pg_catalog.strpos(d.description, pg_catalog.format('(%s of %s)', c.oid, parent.oid)) OPERATOR(pg_catalog.>) 0
		ORDER BY c.oid`)
}
