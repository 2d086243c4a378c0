package purge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// fetchRows is how many ctids one FETCH brings: each is a statement of its own,
// bounded in time.
const fetchRows = 10_000

// errTooMany is more dead rows than a list is for.
var errTooMany = errors.New("more dead rows than are worth listing")

// list finds the dead rows from a row on, by an index per arm. It gives up with
// errTooMany when there are more than are worth it, or when it takes long.
func (s *Session) list(ctx context.Context, h heap, from rowID) (*victims, error) {
	found := &victims{most: mostVictims, from: from}
	for _, a := range h.arms {
		if err := s.listArm(ctx, h, a, found); err != nil {
			return nil, err
		}
	}
	found.settle()
	return found, nil
}

// listArm reads a cursor over one arm's rows to its end.
func (s *Session) listArm(ctx context.Context, h heap, a arm, into *victims) error {
	began := time.Now()
	tx, err := s.conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // it only read
	if _, err := s.execute(ctx, h.listDead(a)); err != nil {
		return err
	}
	fetch := &statement{}
	fmt.Fprintf(fetch, "FETCH %d FROM dead_rows", fetchRows)
	for seen := int64(0); ; {
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
		if seen += int64(len(ids)); seen > h.worthListing() || time.Since(began) > listPatience {
			return errTooMany
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

// estimate asks the planner how many rows of a table, named for SQL, are dead.
func (s *Session) estimate(ctx context.Context, table string, arms []arm) (int64, error) {
	var plan []byte
	if err := s.query(ctx, estimateDead(table, arms), &plan); err != nil {
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
