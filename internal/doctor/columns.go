package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/internal/purge"
)

// typesByColumn are the names of the types of a relation's columns, by the columns' names. Of a domain it is the
// type below it: a token may have one of its own.
type typesByColumn map[string]string

// secretAmong reports whether one of the columns may be the token itself. A text that is
// called id is one, unless another column is.
func (t typesByColumn) secretAmong(names []string) bool {
	for _, name := range names {
		if isSecret(name, t[name]) {
			return true
		}
		if strings.EqualFold(name, "id") && isOpaque(t[name]) && t[name] != "uuid" {
			other := false
			for column, typeName := range t {
				other = other || isSecret(column, typeName)
			}
			if !other {
				return true
			}
		}
	}
	return false
}

// columnTypes are the columns of the table and of those that refer to it.
func (e *examination) columnTypes(ctx context.Context, n purge.Need) (map[uint32]typesByColumn, error) {
	oids := []uint32{n.Object.OID}
	for _, key := range n.Keys {
		oids = append(oids, key.From)
	}
	rows, err := e.conn.Query(ctx, `
		WITH RECURSIVE type (oid, base) AS (
			SELECT t.oid, t.oid
			FROM pg_type AS t
			WHERE t.typtype <> 'd'
			UNION ALL
			SELECT d.oid, type.base
			FROM type
			JOIN pg_type AS d ON d.typbasetype = type.oid AND d.typtype = 'd'
		)
		SELECT a.attrelid, a.attname, CASE WHEN base.typname = 'citext' THEN 'citext' ELSE format_type(base.oid, NULL) END
		FROM pg_attribute AS a
		JOIN type ON type.oid = a.atttypid
		JOIN pg_type AS base ON base.oid = type.base
		WHERE a.attrelid = ANY($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped`, oids)
	if err != nil {
		return nil, fmt.Errorf("read the columns of %s: %w", n.Object.Title(), err)
	}
	all := map[uint32]typesByColumn{}
	var oid uint32
	var name, typeName string
	_, err = pgx.ForEachRow(rows, []any{&oid, &name, &typeName}, func() error {
		if all[oid] == nil {
			all[oid] = typesByColumn{}
		}
		all[oid][name] = typeName
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the columns of %s: %w", n.Object.Title(), err)
	}
	return all, nil
}
