package purge

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// errTooMany is more dead rows than a list is for.
var errTooMany = errors.New("more dead rows than are worth listing")

// list finds the dead rows from a row on, by an index per arm. It gives up with
// errTooMany when there are more than are worth it; when it takes long, the list
// is partial.
func (r *run) list(ctx context.Context, h heap, from rowID) (*victims, error) {
	l := lister{run: r, heap: h, found: &victims{most: mostVictims, from: from}, until: time.Now().Add(cmp.Or(r.listFor, listPatience))}
	for _, a := range h.arms {
		list := l.byKey
		if a.kind == boolean {
			list = l.atOnce
		}
		if err := list(ctx, a); err != nil {
			return nil, err
		}
	}
	l.found.settle()
	return l.found, nil
}

// lister collects a heap's dead rows.
type lister struct {
	run   *run
	heap  heap
	found *victims
	until time.Time
}

// byKey goes along the index of a timestamp, page by page: each is a
// transaction as long as a batch, and is rested for.
func (l *lister) byKey(ctx context.Context, a arm) error {
	pace := rowPacer(l.run.Pace)
	var from any
	for seen, again, least := 0, 0, 0; ; {
		limit := max(pace.size, least)
		page, err := l.page(ctx, a, from, limit)
		if err != nil {
			return err
		}
		seen += page.rows - again
		again = page.atLast // the next page begins with them
		switch {
		case int64(seen) > l.heap.worthListing():
			return errTooMany
		case page.rows < limit:
			return nil
		case page.last == from:
			least = 2 * limit // all of it at one instant, and there may be more
		default:
			from, least = page.last, 0
		}
		pace = pace.after(page.took, finished)
		if time.Now().After(l.until) {
			l.found.partial = true
			return nil
		}
	}
}

// atOnce lists what is true, which has no order to go on in. What is too much
// for one statement's time is another round's.
func (l *lister) atOnce(ctx context.Context, a arm) error {
	for limit := int(min(l.heap.worthListing()+1, mostVictims)); ; limit /= 2 {
		page, err := l.page(ctx, a, nil, limit)
		switch {
		case isTimeout(err) && limit > fewVictims && time.Now().Before(l.until):
			continue
		case isTimeout(err) && len(l.found.ids) > 0:
			l.found.partial = true // those of the other arms go first
			return nil
		case err != nil:
			return err
		case int64(page.rows) > l.heap.worthListing():
			return errTooMany
		}
		l.found.partial = l.found.partial || page.rows == limit
		return nil
	}
}

// page is a part of a list.
type page struct {
	rows   int
	last   any // the highest key, comparable
	atLast int // how many rows have that
	took   time.Duration
}

// page adds some rows to the list.
func (l *lister) page(ctx context.Context, a arm, from any, limit int) (page, error) {
	if err := l.run.proceed(ctx); err != nil {
		return page{}, err
	}
	var p page
	began := time.Now()
	var err error
	if a.kind == timestampWithoutZone {
		err = collect[pgtype.Timestamp](ctx, l, l.heap.listDead(a, from, limit), &p)
	} else {
		err = collect[pgtype.Timestamptz](ctx, l, l.heap.listDead(a, from, limit), &p)
	}
	p.took = time.Since(began)
	l.run.rest = l.run.Pace.rest(p.took)
	return p, err
}

// collect reads a page whose keys are of type K.
func collect[K comparable](ctx context.Context, l *lister, st *statement, p *page) error {
	var id pgtype.TID
	var key, last K
	err := l.run.Session.each(ctx, st, []any{&id, &key}, func() {
		l.found.add(newRowID(id))
		if p.rows == 0 || key != last {
			last, p.atLast = key, 0
		}
		p.rows++
		p.atLast++
	})
	p.last = last
	return err
}

// rowIDs runs a statement that returns ctids.
func (s *Session) rowIDs(ctx context.Context, st *statement) (rowList, error) {
	var ids rowList
	var id pgtype.TID
	err := s.each(ctx, st, []any{&id}, func() { ids = append(ids, newRowID(id)) })
	return ids, err
}

// each runs a statement that returns rows, and do for each.
func (s *Session) each(ctx context.Context, st *statement, into []any, do func()) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	rows, err := s.conn.Query(ctx, st.String(), st.args...)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, into, func() error {
		do()
		return nil
	})
	return err
}

// estimate asks the planner how many rows of a table, named for SQL, are dead; 0
// if it has to read the statistics of so many partitions that it takes too long.
func (s *Session) estimate(ctx context.Context, table string, arms []arm) (int64, error) {
	var plan []byte
	err := s.query(ctx, estimateDead(table, arms), &plan)
	if isTimeout(err) {
		return 0, nil
	}
	if err != nil {
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
