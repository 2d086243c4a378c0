package purge

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// fetchRows is how many ctids one FETCH brings: each is a statement of its own,
// bounded in time.
const fetchRows = 50_000

// list reads a cursor of ctids to its end.
func (s *Session) list(ctx context.Context, cursor *statement, into *victims) error {
	tx, err := s.conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // it only read
	if _, err := s.execute(ctx, cursor); err != nil {
		return err
	}
	fetch := &statement{}
	fmt.Fprintf(fetch, "FETCH %d FROM dead_rows", fetchRows)
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		ids, err := s.rowIDs(ctx, fetch)
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			into.add(id)
		}
	}
}

// rowIDs runs a statement that returns ctids.
func (s *Session) rowIDs(ctx context.Context, st *statement) (rowList, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	rows, err := s.conn.Query(ctx, st.String(), st.args...)
	if err != nil {
		return nil, err
	}
	var ids rowList
	var tid pgtype.TID
	_, err = pgx.ForEachRow(rows, []any{&tid}, func() error {
		ids = append(ids, newRowID(tid))
		return nil
	})
	return ids, err
}

// estimate asks the planner how many rows are dead.
func (s *Session) estimate(ctx context.Context, r relation, arms []arm) (int64, error) {
	var plan []byte
	if err := s.query(ctx, r.estimateDead(arms), &plan); err != nil {
		return 0, fmt.Errorf("estimate dead rows: %w", err)
	}
	var explained []struct {
		Plan struct {
			Rows float64 `json:"Plan Rows"`
		}
	}
	if err := json.Unmarshal(plan, &explained); err != nil {
		return 0, fmt.Errorf("estimate dead rows: %w", err)
	}
	var rows float64
	for _, e := range explained {
		rows += e.Plan.Rows
	}
	return int64(rows), nil
}
