package demo

import (
	"context"
	_ "embed" // tables.sql
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// database is the application's, and holds Siltgate's schema as well.
const database = "app"

// tables creates the application's tables with their rows, and the demo's own records.
//
//go:embed tables.sql
var tables string

// rowCount is how many rows a table has, and how many of them are dead.
type rowCount struct {
	Table string
	All   int64
	Dead  int64
}

// countRows counts the rows of each table. Dead are those that were by the given time.
func countRows(ctx context.Context, conn *pgx.Conn, by time.Time) ([]rowCount, error) {
	rows, _ := conn.Query(ctx, `
		SELECT
			"table",
			count(*) AS "all",
			count(*) FILTER (WHERE done OR expires_at < $1) AS dead
		FROM demo.tokens
		GROUP BY "table"
		ORDER BY "table" DESC`, by)
	counts, err := pgx.CollectRows(rows, pgx.RowToStructByName[rowCount])
	if err != nil {
		return nil, fmt.Errorf("count the rows: %w", err)
	}
	return counts, nil
}

// total adds up the tables.
func total(counts []rowCount) rowCount {
	sum := rowCount{Table: "all"}
	for _, c := range counts {
		sum.All += c.All
		sum.Dead += c.Dead
	}
	return sum
}

// databaseNow is the clock by which rows die.
func databaseNow(ctx context.Context, conn *pgx.Conn) (time.Time, error) {
	var now time.Time
	if err := conn.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&now); err != nil {
		return time.Time{}, fmt.Errorf("read the database's clock: %w", err)
	}
	return now, nil
}
