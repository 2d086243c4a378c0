package doctor

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// checkHeld says of which tables runs delete nothing, because the rule has changed.
func (e *examination) checkHeld(ctx context.Context) ([]Check, error) {
	rows, err := e.conn.Query(ctx, `
		SELECT coalesce(table_name, name), name, held
		FROM `+e.table("tables")+`
		WHERE held IS NOT NULL AND configured IS NOT FALSE
		ORDER BY 1`)
	if err != nil {
		return nil, err
	}
	var checks []Check
	var name, configured, held string
	_, err = pgx.ForEachRow(rows, []any{&name, &configured, &held}, func() error {
		checks = append(checks, Check{
			Status: Fail, Reason: name + " is held: " + held,
			SQL:    []string{"SELECT " + e.table("enqueue_token_cleanup") + "(tables => ARRAY[" + quoteText(configured) + "], confirm => true)"},
			Unless: "the changed rule is wrong: this deletes all rows that it calls dead",
		})
		return nil
	})
	if err == nil && checks == nil {
		checks = []Check{{Status: OK, Reason: "no table is held because its rule has changed"}}
	}
	return checks, err
}
