package purge

import (
	"context"
	"fmt"
	"slices"
)

const (
	// Schemas, row filters and column lists are published from Postgres 15 on.
	publishedFrom15 = 150000

	// Generated columns are, or are not, from Postgres 18 on.
	generatedFrom18 = 180000
)

// publishedOf lists those of the relations from which a DELETE fails for its publications:
// without a replica identity, a subscriber could not tell which row is gone. A partition is
// in the publications of its ancestors too, whether or not these publish by their root.
func (c catalog) publishedOf(ctx context.Context, version int, oids []uint32) ([]published, error) {
	uncovered, generated := "ARRAY[]::pg_catalog.text[]", "false"
	if version >= publishedFrom15 {
		uncovered = publishedUncovered
	}
	if version >= generatedFrom18 {
		generated = publishedGenerated
	}
	all, err := readEach(ctx, c, "read its publications", oids, func(p *published) []any {
		return []any{&p.OID, &p.Schema, &p.Name, &p.Kind, &p.publications, &p.identified, &p.uncovered, &p.ungenerated, &p.virtual, &p.primary, &p.unique}
	}, fmt.Sprintf(publishedRelations, publishes(version), uncovered, generated))
	return slices.DeleteFunc(all, func(p published) bool {
		return len(p.publications) == 0 || p.identified && len(p.uncovered) == 0 && len(p.ungenerated) == 0
	}), err
}

// publishedRelations describes the replica identity of relations and the publications that
// publish their DELETEs. An index identifies rows if it is valid, unique, not deferrable,
// and over all rows.
const publishedRelations = `
		SELECT
			c.oid,
			n.nspname,
			c.relname,
			c.relkind::pg_catalog.text,
			ARRAY(
				SELECT p.pubname::pg_catalog.text
				FROM pg_catalog.pg_publication AS p
				WHERE %[1]s
				ORDER BY 1
			),
			identity.whole OR identity.columns IS NOT NULL,
			%[2]s,
			ARRAY(
				SELECT p.pubname::pg_catalog.text
				FROM pg_catalog.pg_publication AS p
				WHERE %[1]s
					AND %[3]s
				ORDER BY 1
			),
			identity.virtual,
			c.relreplident OPERATOR(pg_catalog.=) ANY('{n,f}'::pg_catalog."char"[]) AND EXISTS (
				SELECT
				FROM pg_catalog.pg_index AS i
				WHERE i.indrelid OPERATOR(pg_catalog.=) c.oid AND i.indisprimary AND i.indisvalid AND i.indimmediate
			),
			coalesce((
				SELECT x.relname::pg_catalog.text
				FROM pg_catalog.pg_index AS i
				JOIN pg_catalog.pg_class AS x ON x.oid OPERATOR(pg_catalog.=) i.indexrelid
				WHERE i.indrelid OPERATOR(pg_catalog.=) c.oid
					AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
					AND NOT EXISTS (
						SELECT
						FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k (attnum, place)
						JOIN pg_catalog.pg_attribute AS a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
							AND a.attnum OPERATOR(pg_catalog.=) k.attnum
						WHERE k.place OPERATOR(pg_catalog.<=) i.indnkeyatts
							AND (NOT a.attnotnull OR a.attgenerated OPERATOR(pg_catalog.<>) ''::pg_catalog."char")
					)
				ORDER BY i.indnkeyatts, x.relname
				LIMIT 1
			), '')
		FROM pg_catalog.pg_class AS c
		JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		CROSS JOIN LATERAL (
			SELECT ARRAY(
				SELECT c.oid UNION SELECT a.relid::pg_catalog.oid FROM pg_catalog.pg_partition_ancestors(c.oid) AS a (relid)
			) AS oids
		) AS line
		CROSS JOIN LATERAL (
			SELECT
				c.relreplident OPERATOR(pg_catalog.=) 'f'::pg_catalog."char" AS whole,
				keyed.columns,
				coalesce(generated.stored, false) AS stored,
				coalesce(generated.virtual, false) AS virtual
			FROM (
					SELECT pg_catalog.array_agg(a.attname) AS columns
					FROM pg_catalog.pg_index AS i
					JOIN pg_catalog.pg_attribute AS a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
						AND a.attnum OPERATOR(pg_catalog.=) ANY(i.indkey::pg_catalog.int2[])
					WHERE i.indrelid OPERATOR(pg_catalog.=) c.oid
						AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL
						AND (c.relreplident OPERATOR(pg_catalog.=) 'd'::pg_catalog."char" AND i.indisprimary
							OR c.relreplident OPERATOR(pg_catalog.=) 'i'::pg_catalog."char" AND i.indisreplident)
				) AS keyed
			CROSS JOIN LATERAL (
				SELECT
					pg_catalog.bool_or(a.attgenerated OPERATOR(pg_catalog.=) 's'::pg_catalog."char") AS stored,
					pg_catalog.bool_or(a.attgenerated OPERATOR(pg_catalog.=) 'v'::pg_catalog."char") AS virtual
				FROM pg_catalog.pg_attribute AS a
				WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid
					AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2
					AND NOT a.attisdropped
					AND (c.relreplident OPERATOR(pg_catalog.=) 'f'::pg_catalog."char" OR a.attname OPERATOR(pg_catalog.=) ANY(keyed.columns))
			) AS generated
		) AS identity
		WHERE c.oid OPERATOR(pg_catalog.=) ANY($1::pg_catalog.oid[])
			AND c.relkind OPERATOR(pg_catalog.=) 'r'::pg_catalog."char"
			AND c.relpersistence OPERATOR(pg_catalog.=) 'p'::pg_catalog."char"
		ORDER BY n.nspname, c.relname`

// publishes is SQL for: publication p publishes a DELETE from the relations in line.
func publishes(version int) string {
	bySchema := "false"
	if version >= publishedFrom15 {
		bySchema = `EXISTS (
					SELECT
					FROM pg_catalog.pg_publication_namespace AS s
					JOIN pg_catalog.pg_class AS l ON l.relnamespace OPERATOR(pg_catalog.=) s.pnnspid
					WHERE s.pnpubid OPERATOR(pg_catalog.=) p.oid
						AND l.oid OPERATOR(pg_catalog.=) ANY(line.oids)
				)`
	}
	return `p.pubdelete AND (p.puballtables OR EXISTS (
					SELECT
					FROM pg_catalog.pg_publication_rel AS m
					WHERE m.prpubid OPERATOR(pg_catalog.=) p.oid
						AND m.prrelid OPERATOR(pg_catalog.=) ANY(line.oids)
				) OR ` + bySchema + `)`
}

// publishedUncovered lists the publications that know the relation, or its ancestor, with
// a row filter that uses other columns than the replica identity's, or with a column list
// that lacks one of these. A filter is a tree in which varattno is a column's number.
const publishedUncovered = `ARRAY(
				SELECT p.pubname::pg_catalog.text
				FROM pg_catalog.pg_publication AS p
				JOIN pg_catalog.pg_publication_rel AS m ON m.prpubid OPERATOR(pg_catalog.=) p.oid
				WHERE p.pubdelete
					AND (m.prrelid OPERATOR(pg_catalog.=) c.oid
						OR p.pubviaroot AND m.prrelid OPERATOR(pg_catalog.=) ANY(line.oids))
					AND (
						identity.whole AND m.prattrs IS NOT NULL
						OR NOT identity.whole AND (
							EXISTS (
								SELECT
								FROM pg_catalog.regexp_matches(m.prqual::pg_catalog.text, ':varattno ([0-9]+)', 'g') AS used (number)
								JOIN pg_catalog.pg_attribute AS a ON a.attrelid OPERATOR(pg_catalog.=) m.prrelid
									AND a.attnum OPERATOR(pg_catalog.=) used.number[1]::pg_catalog.int2
								WHERE NOT a.attname OPERATOR(pg_catalog.=) ANY(identity.columns)
							)
							OR m.prattrs IS NOT NULL AND EXISTS (
								SELECT
								FROM pg_catalog.unnest(identity.columns) AS needed (name)
								JOIN pg_catalog.pg_attribute AS a ON a.attrelid OPERATOR(pg_catalog.=) m.prrelid
									AND a.attname OPERATOR(pg_catalog.=) needed.name
								WHERE NOT a.attnum OPERATOR(pg_catalog.=) ANY(m.prattrs::pg_catalog.int2[])
							)
						)
					)
				ORDER BY 1
			)`

// publishedGenerated is true for a publication that lacks a generated column of the replica identity. With
// a list of columns, publishedUncovered says what it lacks.
const publishedGenerated = `(identity.virtual
				OR identity.stored AND p.pubgencols OPERATOR(pg_catalog.<>) 's'::pg_catalog."char" AND NOT EXISTS (
					SELECT
					FROM pg_catalog.pg_publication_rel AS m
					WHERE m.prpubid OPERATOR(pg_catalog.=) p.oid
						AND m.prrelid OPERATOR(pg_catalog.=) ANY(line.oids)
						AND m.prattrs IS NOT NULL
				))`
