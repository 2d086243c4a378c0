package purge

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// columnKind is what a column of a dead row's predicate may be.
type columnKind int

const (
	boolean columnKind = iota + 1
	timestampWithZone
	timestampWithoutZone
)

// relation is a configured table as the database's catalog describes it.
type relation struct {
	table   Table
	oid     uint32
	name    string // quoted, with its schema, for SQL
	title   string // with its schema, for people
	columns map[string]columnKind

	// selfReferences are foreign keys from the table to itself.
	selfReferences []foreignKey
}

// columnNames are the columns of the predicate.
func (r relation) columnNames() []string {
	var names []string
	for _, name := range []string{r.table.ExpiresColumn, r.table.DoneColumn} {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// heap is a relation that holds rows: the table itself, or one leaf of a
// partitioned one. A ctid means something within one heap only.
type heap struct {
	relation
	arms   []arm
	oid    uint32
	name   string // quoted, for SQL
	blocks int64

	// analyzed heaps have statistics.
	analyzed bool

	// path is the heap and its ancestors up to the relation.
	path []uint32

	// description is what guards a statement against a heap that has changed.
	description string

	// rowsPerBlock is more than a block can hold.
	rowsPerBlock int64

	// keepsRows reports whether a trigger or a policy may keep a dead row.
	keepsRows bool
}

// errAbsent is a table that does not exist.
var errAbsent = errors.New("does not exist")

// inspect reads a table's description and refuses what cannot be purged safely.
func (s *Session) inspect(ctx context.Context, t Table) (relation, error) {
	r := relation{table: t}
	var schema, name, kind string
	var policed bool
	err := s.conn.QueryRow(ctx, `
		SELECT
			c.oid,
			n.nspname,
			c.relname,
			c.relkind::text,
			row_security_active(c.oid)
		FROM pg_class AS c
		JOIN pg_namespace AS n ON n.oid = c.relnamespace
		WHERE c.oid = to_regclass($1::text)::oid`,
		t.identifier()).Scan(&r.oid, &schema, &name, &kind, &policed)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return r, errAbsent
	case err != nil:
		return r, fmt.Errorf("read its description: %w", err)
	case kind != "r" && kind != "p":
		return r, fmt.Errorf("is %s: want a table", relationKind(kind))
	case kind == "p" && policed:
		return r, errors.New("is partitioned and has row-level security for this role: its policies do not hold " +
			"in the partitions, where rows are deleted; use a role with BYPASSRLS, or name the partitions")
	}
	r.name = pgx.Identifier{schema, name}.Sanitize()
	r.title = schema + "." + name

	if r.columns, err = s.columns(ctx, r); err != nil {
		return r, err
	}
	if err := r.checkColumns(); err != nil {
		return r, err
	}
	if err := s.checkReferences(ctx, &r); err != nil {
		return r, err
	}
	return r, nil
}

// relationKind is pg_class.relkind in words.
func relationKind(kind string) string {
	switch kind {
	case "v":
		return "a view"
	case "m":
		return "a materialized view"
	case "f":
		return "a foreign table"
	case "S":
		return "a sequence"
	case "i", "I":
		return "an index"
	default:
		return "not a table"
	}
}

// columns reads the kinds of the columns that the predicate needs; a column of
// any other type is left out with its type named by checkColumns.
func (s *Session) columns(ctx context.Context, r relation) (map[string]columnKind, error) {
	rows, err := s.conn.Query(ctx, `
		SELECT
			a.attname,
			-- A domain is what it is based on.
			CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END::regtype::text
		FROM pg_attribute AS a
		JOIN pg_type AS t ON t.oid = a.atttypid
		WHERE a.attrelid = $1
			AND a.attname = ANY($2::name[])
			AND NOT a.attisdropped`,
		r.oid, r.columnNames())
	if err != nil {
		return nil, fmt.Errorf("read its columns: %w", err)
	}
	columns := map[string]columnKind{}
	var name, typeName string
	var odd error
	_, err = pgx.ForEachRow(rows, []any{&name, &typeName}, func() error {
		switch typeName {
		case "boolean":
			columns[name] = boolean
		case "timestamp with time zone":
			columns[name] = timestampWithZone
		case "timestamp without time zone":
			columns[name] = timestampWithoutZone
		default:
			odd = fmt.Errorf("column %q is of type %s: want a timestamp or boolean", name, typeName)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read its columns: %w", err)
	}
	return columns, odd
}

// checkColumns refuses columns that are missing or of a type that their
// settings do not fit.
func (r relation) checkColumns() error {
	t := r.table
	for _, column := range []string{t.ExpiresColumn, t.DoneColumn} {
		kind, ok := r.columns[column]
		switch {
		case column == "":
		case !ok:
			return fmt.Errorf("column %q does not exist", column)
		case kind == timestampWithoutZone && t.TimestampZone == "":
			return fmt.Errorf("column %q is a timestamp without zone: say in TIMESTAMP_ZONE which zone wrote it", column)
		}
	}
	if t.ExpiresColumn != "" && r.columns[t.ExpiresColumn] == boolean {
		return fmt.Errorf("column %q is a boolean: EXPIRES_COLUMN wants a timestamp", t.ExpiresColumn)
	}
	if t.KeepDone > 0 && r.columns[t.DoneColumn] == boolean {
		return fmt.Errorf("column %q is a boolean: KEEP_DONE=%s wants a timestamp that says since when; "+
			"KEEP_DONE=until-expired serves a boolean", t.DoneColumn, t.KeepDone)
	}
	return nil
}

// heaps lists where the table's rows are, in an order that stays the same while
// partitions come and go: by OID.
func (s *Session) heaps(ctx context.Context, r relation, arms []arm) ([]heap, error) {
	rows, err := s.conn.Query(ctx, `
		WITH RECURSIVE tree AS (
			SELECT $1::oid AS oid, ARRAY[$1::oid] AS path
			UNION ALL
			SELECT i.inhrelid, tree.path || i.inhrelid FROM pg_inherits AS i JOIN tree ON i.inhparent = tree.oid
		)
		SELECT
			c.oid,
			tree.path,
			n.nspname,
			c.relname,
			c.relkind::text,
			pg_relation_size(c.oid::regclass) / current_setting('block_size'::text)::bigint,
			current_setting('block_size'::text)::bigint / 24,
			c.reltuples > 0,
			c.relrowsecurity OR EXISTS (
				SELECT FROM pg_trigger AS g
				WHERE g.tgrelid = c.oid AND NOT g.tgisinternal
					-- 11 = for each row, before, on delete: it may say no
					AND g.tgtype::integer & 11 = 11 AND g.tgenabled <> 'D'
			),
			EXISTS (
				SELECT FROM pg_rewrite AS w WHERE w.ev_class = c.oid AND w.ev_type = '4' -- on delete
			),
			(`+fmt.Sprintf(description, "c.oid", "$2", "tree.path")+`)
		FROM tree
		JOIN pg_class AS c ON c.oid = tree.oid
		JOIN pg_namespace AS n ON n.oid = c.relnamespace
		WHERE c.relkind <> 'p'
		ORDER BY c.oid`, r.oid, r.columnNames())
	if err != nil {
		return nil, fmt.Errorf("list its partitions: %w", err)
	}

	var heaps []heap
	var schema, name, kind string
	var rule bool
	h := heap{relation: r, arms: arms}
	_, err = pgx.ForEachRow(rows, []any{
		&h.oid, &h.path, &schema, &name, &kind, &h.blocks, &h.rowsPerBlock, &h.analyzed, &h.keepsRows, &rule, &h.description,
	}, func() error {
		switch {
		case kind != "r":
			return fmt.Errorf("partition %s.%s is %s: want a table", schema, name, relationKind(kind))
		case rule:
			return fmt.Errorf("%s.%s has a rule ON DELETE, which works on other rows than those that are deleted: "+
				"make it a trigger", schema, name)
		}
		h.name = pgx.Identifier{schema, name}.Sanitize()
		heaps = append(heaps, h)
		h.path = nil
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list its partitions: %w", err)
	}
	return heaps, nil
}

// exists reports whether the heap is still there.
func (s *Session) exists(ctx context.Context, h heap) (bool, error) {
	var exists bool
	err := s.conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = $1)`, h.oid).Scan(&exists)
	return exists, err
}
