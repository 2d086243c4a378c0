package schemas

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/siltgate/siltgate/internal/purge"
)

// The zones that are given to a timestamptz that loses its own. Neither has summer time, so that each
// time of their clocks is one instant.
const (
	expiresZone = "Asia/Kolkata"
	doneZone    = "America/Caracas"
)

// Exchange gives every column that the tables' rules name another name, and another type that can
// say the same: an instant for a timestamp of a zone and the other way round, bigint for integer, numeric for bigint,
// an interval for seconds, text for a boolean or an enum. Keys of one column that no foreign key
// concerns become uuid or bigint. It returns the tables with the rules that say what they said before.
func Exchange(ctx context.Context, conn *pgx.Conn, tables []purge.Table, rename func(string) string) ([]purge.Table, error) {
	exchanged := slices.Clone(tables)
	for i := range exchanged {
		names, err := named(ctx, conn, tables[i])
		if err != nil {
			return nil, err
		}
		for _, name := range names { // of a pattern several, to all of which the same happens
			e, err := newExchange(ctx, conn, name, rename)
			if err != nil {
				return nil, err
			}
			exchanged[i].Rules = nil
			for _, rule := range tables[i].Rules {
				if rule, err = e.rule(ctx, rule); err != nil {
					return nil, err
				}
				exchanged[i].Rules = append(exchanged[i].Rules, rule)
			}
			if err := e.key(ctx); err != nil {
				return nil, err
			}
		}
	}
	return exchanged, nil
}

// named are the quoted names of the tables that a name or pattern stands for.
func named(ctx context.Context, conn *pgx.Conn, table purge.Table) ([]string, error) {
	identifier := pgx.Identifier{table.Name}
	if table.Schema != "" {
		identifier = pgx.Identifier{table.Schema, table.Name}
	}
	if !strings.Contains(table.String(), "*") {
		return []string{identifier.Sanitize()}, nil
	}
	rows, err := conn.Query(ctx, `SELECT schemaname || '.' || tablename, format('%I.%I', schemaname, tablename) FROM pg_tables`)
	if err != nil {
		return nil, err
	}
	var title, quoted string
	var names []string
	_, err = pgx.ForEachRow(rows, []any{&title, &quoted}, func() error {
		matches, err := path.Match(table.String(), title)
		if matches {
			names = append(names, quoted)
		}
		return err
	})
	return names, err
}

// exchange is that of one table.
type exchange struct {
	conn   *pgx.Conn
	table  string // quoted
	rename func(string) string
	types  map[string]string // of columns by their old names, empty of those that are generated
	done   map[string]column // by their old names
}

// column is a column after the exchange, with what a rule has to say of it.
type column struct {
	name, zone string
	isText     bool // was a boolean
}

func newExchange(ctx context.Context, conn *pgx.Conn, table string, rename func(string) string) (*exchange, error) {
	e := &exchange{conn: conn, table: table, rename: rename, types: map[string]string{}, done: map[string]column{}}
	rows, err := conn.Query(ctx, `
		SELECT attname, CASE WHEN attgenerated <> '' THEN '' WHEN typtype = 'e' THEN 'enum' ELSE format_type(atttypid, NULL) END
		FROM pg_attribute
		JOIN pg_type ON pg_type.oid = atttypid
		WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped`, e.table)
	if err != nil {
		return nil, err
	}
	var name, kind string
	_, err = pgx.ForEachRow(rows, []any{&name, &kind}, func() error {
		e.types[name] = kind
		return nil
	})
	return e, err
}

// rule exchanges the columns of a rule.
func (e *exchange) rule(ctx context.Context, r purge.Rule) (purge.Rule, error) {
	var failed error
	moment := func(name, zone, newZone string) column {
		c, err := e.moment(ctx, name, zone, newZone)
		if err != nil {
			failed = err
		}
		return c
	}
	value := func(name string, values []string) (string, []string) {
		c, err := e.value(ctx, name)
		if err != nil {
			failed = err
		}
		return c.name, c.words(values)
	}

	r.Expires = slices.Clone(r.Expires)
	zone := r.ExpiresZone
	for i, name := range r.Expires {
		c := moment(name, zone, expiresZone)
		r.Expires[i], r.ExpiresZone = c.name, c.zone
	}
	if r.Lifetime != "" {
		c, err := e.column(ctx, r.Lifetime, "interval", `make_interval(secs => %s)`)
		if err != nil {
			failed = err
		}
		r.Lifetime = c.name
	}
	zone = r.DoneZone
	if r.Done != "" {
		if kind := e.types[r.Done]; r.DoneValues != nil || kind == "boolean" {
			r.Done, r.DoneValues = value(r.Done, r.DoneValues)
		} else {
			c := moment(r.Done, zone, doneZone)
			r.Done, r.DoneZone = c.name, c.zone
		}
	}
	if r.DoneSince != "" {
		c := moment(r.DoneSince, zone, doneZone)
		r.DoneSince, r.DoneZone = c.name, c.zone
	}
	if r.Only != "" {
		r.Only, r.OnlyValues = value(r.Only, r.OnlyValues)
	}
	if r.Keep != "" {
		r.Keep, r.KeepValues = value(r.Keep, r.KeepValues)
	}
	return r, failed
}

// moment exchanges a column that says when.
func (e *exchange) moment(ctx context.Context, name, zone, newZone string) (column, error) {
	if zone == purge.DatabaseZone {
		if err := e.conn.QueryRow(ctx, `SHOW timezone`).Scan(&zone); err != nil {
			return column{}, err
		}
	}
	var c column
	var err error
	switch e.types[name] {
	case "timestamp with time zone":
		c, err = e.column(ctx, name, "timestamp", `%s AT TIME ZONE '`+newZone+`'`)
		c.zone = newZone
	case "timestamp without time zone":
		c, err = e.column(ctx, name, "timestamptz", `%s AT TIME ZONE '`+zone+`'`)
	case "integer":
		c, err = e.column(ctx, name, "bigint", `%s`)
	case "bigint":
		c, err = e.column(ctx, name, "numeric", `%s`)
	default:
		c, err = e.column(ctx, name, "", "")
	}
	return c, err
}

// value exchanges a column whose values are compared as text.
func (e *exchange) value(ctx context.Context, name string) (column, error) {
	switch e.types[name] {
	case "boolean":
		c, err := e.column(ctx, name, "text", `CASE WHEN %[1]s THEN 'gone' WHEN NOT %[1]s THEN 'good' END`)
		c.isText = true
		return c, err
	case "enum":
		return e.column(ctx, name, "text", `%s::text`)
	}
	return e.column(ctx, name, "", "")
}

// words are a rule's values of a column.
func (c column) words(values []string) []string {
	if !c.isText {
		return values
	}
	if values == nil {
		return []string{"gone"}
	}
	var words []string
	for _, value := range values {
		switch value {
		case "true":
			value = "gone"
		case "false":
			value = "good"
		}
		words = append(words, value)
	}
	return words
}

// column gives a column another name, and another type unless that is empty, once.
func (e *exchange) column(ctx context.Context, name, kind, using string) (column, error) {
	if c, known := e.done[name]; known {
		return c, nil
	}
	c := column{name: e.rename(name)}
	quoted := pgx.Identifier{c.name}.Sanitize()
	var sql string
	if c.name != name {
		sql = fmt.Sprintf(`ALTER TABLE %s RENAME COLUMN %s TO %s;`, e.table, pgx.Identifier{name}.Sanitize(), quoted)
	}
	if kind != "" {
		sql += fmt.Sprintf(`ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT, ALTER COLUMN %[2]s TYPE %s USING %s`,
			e.table, quoted, kind, fmt.Sprintf(using, quoted))
	}
	if _, err := e.conn.Exec(ctx, sql); err != nil {
		return c, fmt.Errorf("%s: %w", sql, err)
	}
	e.done[name] = c
	return c, nil
}

// key exchanges the type of the table's key.
func (e *exchange) key(ctx context.Context) error {
	_, err := e.conn.Exec(ctx, fmt.Sprintf(`
		DO $$
		DECLARE k record;
		BEGIN
			FOR k IN
				SELECT a.attname, format_type(a.atttypid, NULL) AS kind
				FROM pg_constraint AS c
				JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
				WHERE c.conrelid = '%[1]s'::regclass AND c.contype = 'p' AND cardinality(c.conkey) = 1
					AND NOT EXISTS (SELECT FROM pg_constraint AS f WHERE f.contype = 'f' AND c.conrelid IN (f.conrelid, f.confrelid))
			LOOP
				EXECUTE format('ALTER TABLE %[1]s ALTER COLUMN %%1$I DROP IDENTITY IF EXISTS, ALTER COLUMN %%1$I DROP DEFAULT', k.attname);
				IF k.kind IN ('integer', 'bigint') THEN
					EXECUTE format('ALTER TABLE %[1]s ALTER COLUMN %%1$I TYPE uuid USING lpad(to_hex(%%1$I), 32, ''0'')::uuid', k.attname);
				ELSIF k.kind = 'uuid' THEN
					EXECUTE format('ALTER TABLE %[1]s ALTER COLUMN %%1$I TYPE bigint USING (''x'' || substr(md5(%%1$I::text), 1, 15))::bit(60)::bigint', k.attname);
				END IF;
			END LOOP;
		END $$`, e.table))
	return err
}
