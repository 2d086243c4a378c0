package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	shownDays = 7
	barWidth  = 40
)

// day is how many rows were deleted on one day, in UTC.
type day struct {
	Day     time.Time
	Deleted int64
}

// readDays reads the last seven days, today first.
func readDays(ctx context.Context, conn *pgx.Conn, schema string) ([]day, error) {
	rows, _ := conn.Query(ctx, `
		WITH today AS (SELECT pg_catalog.date_trunc('day', pg_catalog.now() AT TIME ZONE 'UTC') AS day)
		SELECT
			today.day - pg_catalog.make_interval(days => n) AS day,
			-- Anyone may have inserted the output: a sum may be longer than a bigint.
			least(coalesce(pg_catalog.sum(greatest(run.deleted, 0)), 0), 9000000000000000000)::pg_catalog.int8 AS deleted
		FROM today
		CROSS JOIN pg_catalog.generate_series(0, $1::pg_catalog.int4 - 1) AS n
		LEFT JOIN `+pgx.Identifier{schema, "runs"}.Sanitize()+` AS run
			ON pg_catalog.date_trunc('day', run.finished_at AT TIME ZONE 'UTC') = today.day - pg_catalog.make_interval(days => n)
		GROUP BY 1, n
		ORDER BY n`, shownDays)
	days, err := pgx.CollectRows(rows, pgx.RowToStructByName[day])
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	return days, nil
}

// drawDays draws a bar for each day, if any row went.
func (t runTable) drawDays(days []day) string {
	var most int64
	for _, d := range days {
		most = max(most, d.Deleted)
	}
	if most == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString("\n" + t.terminal.paint(dim, "rows deleted a day (UTC)") + "\n")
	for _, d := range days {
		n := int(float64(d.Deleted) / float64(most) * barWidth)
		if d.Deleted > 0 {
			n = max(n, 1)
		}
		bar := strings.Repeat("█", n) + strings.Repeat(" ", barWidth-n)
		fmt.Fprintf(&out, "%s  %s  %s\n", d.Day.Format("Mon Jan _2"), t.terminal.paint(green, bar), number(d.Deleted))
	}
	return out.String()
}
