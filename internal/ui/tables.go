package ui

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/siltgate/siltgate/internal/outage"
)

// table is what is known of a configured table.
type table struct {
	Name        string
	Configured  string // the name in the variables
	Rule        *string
	Watermark   *time.Time
	LastSuccess *time.Time
	Deleted     int64 // by that run
	Left        []left
	Why         *string
	Failed      bool
	Held        bool
	Late        bool // dead rows stay for longer than they should

	// Matched is how many tables a pattern means, Worst the one of them to look at first. Both are nil of a single table.
	Matched *int64
	Worst   *string
}

// left is how many dead rows stay, and why.
type left struct {
	Rows   int64
	Reason string
}

// mostTables is how many are listed.
const mostTables = 200

// readTables reads siltgate.tables, first the tables with which something is wrong.
func (p *Page) readTables(ctx context.Context) ([]table, error) {
	rows, _ := p.pool.Query(ctx, `
		SELECT
			coalesce(table_name, name),
			name,
			pg_catalog.left(rule, 600),
			watermark,
			last_success,
			coalesce(deleted, 0),
			matched,
			pg_catalog.left(nullif(worst, ''), 200),
			coalesce(locked, 0),
			coalesce(referenced, 0),
			coalesce(undeletable, 0),
			pg_catalog.left(CASE WHEN error IS NOT NULL THEN error WHEN held IS NOT NULL THEN held WHEN undeletable > 0 THEN why END, 600),
			error IS NOT NULL,
			held IS NOT NULL
		FROM `+p.table("tables")+`
		WHERE configured IS NOT FALSE
		ORDER BY error IS NULL, held IS NULL, name
		LIMIT $1`, mostTables)
	tables, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t table, err error) {
		var locked, referenced, undeletable int64
		err = row.Scan(&t.Name, &t.Configured, &t.Rule, &t.Watermark, &t.LastSuccess, &t.Deleted, &t.Matched, &t.Worst, &locked, &referenced, &undeletable, &t.Why, &t.Failed, &t.Held)
		for _, l := range []left{{locked, "in use"}, {referenced, "referred to"}, {undeletable, "cannot go"}} {
			if l.Rows > 0 {
				t.Left = append(t.Left, l)
			}
		}
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the tables: %w", err)
	}
	return tables, nil
}

// explain says to a person who looks at the page why it is empty. The database's own words go to
// the log.
func explain(err error) string {
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pgErr.Code {
		case "3F000", "42P01", "42703", "42883": // no such schema, table, column, function
			return "The schema is not there, or behind this program: run `siltgate migrate`."
		case "42501": // insufficient_privilege
			return "The page's role may not read the schema: " + sentence(pgErr.Message)
		}
	}
	if outage.Is(err) {
		return "The database cannot be reached."
	}
	return "The database does not answer as it should; the log says more at SILTGATE_LOG_LEVEL=debug."
}
