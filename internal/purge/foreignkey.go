package purge

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// foreignKey is a reference to a table that we delete from.
type foreignKey struct {
	name       string
	table      string // quoted, of the rows that refer
	title      string // the same for people
	columns    []string
	referenced []string
	operators  []string // that compare the two, for SQL
	cascade    bool
	indexed    bool
	self       bool // the table refers to itself
}

// checkReferences refuses references that would delete rows nobody configured,
// or make each deleted row cost a scan, and notes the table's own.
func (s *Session) checkReferences(ctx context.Context, r *relation) error {
	keys, err := s.references(ctx, r.oid)
	if err != nil {
		return err
	}
	for _, key := range keys {
		switch {
		// Whoever may be configured as well: its rows may be live all the same.
		case key.cascade && key.self:
			return fmt.Errorf("foreign key %q deletes live rows of the table itself with dead ones (ON DELETE CASCADE): "+
				"make it NO ACTION or SET NULL", key.name)
		case key.cascade && !r.table.AllowCascade:
			return fmt.Errorf("foreign key %q deletes rows of %s with it, dead or not (ON DELETE CASCADE): "+
				"make it NO ACTION or SET NULL, or allow it with SILTGATE_TABLES_<n>_ALLOW_CASCADE=true", key.name, key.title)
		case !key.indexed:
			return fmt.Errorf("foreign key %q has no index, so each deleted row would read all of %s: "+
				"CREATE INDEX CONCURRENTLY ON %s (%s)", key.name, key.title, key.table, quoteAll(key.columns))
		case key.self:
			r.selfReferences = append(r.selfReferences, key)
		}
	}
	return nil
}

// references lists the foreign keys to a table and its partitions, and those
// that a cascade from there goes on through.
func (s *Session) references(ctx context.Context, oid uint32) ([]foreignKey, error) {
	rows, err := s.conn.Query(ctx, `
		WITH RECURSIVE tree AS (
			SELECT $1::oid AS oid
			UNION
			SELECT i.inhrelid FROM pg_inherits AS i JOIN tree ON i.inhparent = tree.oid
		),
		reached AS (
			SELECT k.oid, k.conrelid, k.confdeltype
			FROM pg_constraint AS k
			JOIN tree ON k.confrelid = tree.oid
			WHERE k.contype = 'f'
			UNION
			SELECT k.oid, k.conrelid, k.confdeltype
			FROM pg_constraint AS k
			JOIN reached AS r ON k.confrelid = r.conrelid
			WHERE k.contype = 'f' AND r.confdeltype = 'c'
		)
		SELECT
			k.conname,
			n.nspname,
			c.relname,
			ARRAY(
				SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS key (attnum, place)
				JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = key.attnum
				ORDER BY key.place
			),
			ARRAY(
				SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS key (attnum, place)
				JOIN pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = key.attnum
				ORDER BY key.place
			),
			ARRAY(
				SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname)
				FROM unnest(k.conpfeqop) WITH ORDINALITY AS key (operator, place)
				JOIN pg_operator AS o ON o.oid = key.operator
				JOIN pg_namespace AS n ON n.oid = o.oprnamespace
				ORDER BY key.place
			),
			k.confdeltype = 'c',
			EXISTS (
				SELECT FROM pg_index AS i
				JOIN pg_class AS c ON c.oid = i.indexrelid
				JOIN pg_am AS m ON m.oid = c.relam
				JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
				WHERE i.indrelid = k.conrelid
					AND i.indisvalid
					AND m.amname IN ('btree', 'hash')
					AND a.attnum = ANY(k.conkey)
					AND coalesce(pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', a.attname), true)
			),
			k.conrelid IN (SELECT oid FROM tree) AND k.confrelid IN (SELECT oid FROM tree)
		FROM reached
		JOIN pg_constraint AS k ON k.oid = reached.oid
		JOIN pg_class AS c ON c.oid = k.conrelid
		JOIN pg_namespace AS n ON n.oid = c.relnamespace
		WHERE k.conparentid = 0 -- partitions repeat their parent's
		ORDER BY k.conname`, oid)
	if err != nil {
		return nil, fmt.Errorf("read foreign keys to it: %w", err)
	}

	var keys []foreignKey
	var key foreignKey
	var schema, name string
	_, err = pgx.ForEachRow(rows, []any{
		&key.name, &schema, &name, &key.columns, &key.referenced,
		&key.operators, &key.cascade, &key.indexed, &key.self,
	}, func() error {
		key.table = pgx.Identifier{schema, name}.Sanitize()
		key.title = schema + "." + name
		keys = append(keys, key)
		key.columns, key.referenced, key.operators = nil, nil, nil
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
