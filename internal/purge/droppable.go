package purge

// droppable lists the partitions of a table that are ranges with an end, without the last one.
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
					pg_catalog.pg_get_expr(c.relpartbound, c.oid), ' TO \(''([^'']*)''\)$'))[1]::pg_catalog.timestamptz AS at
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
				WHERE p.pubdelete AND (p.puballtables OR EXISTS (
					SELECT
					FROM pg_catalog.pg_publication_rel AS m
					WHERE m.prpubid OPERATOR(pg_catalog.=) p.oid
						AND m.prrelid OPERATOR(pg_catalog.=) ANY(line.oids)
				) OR %s)
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
