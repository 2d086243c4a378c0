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

// mostVictims is how many rows a list may have, at 8 bytes each, and twice that while it is made.
const mostVictims = 1_000_000

// errTooMany says that there are so many dead rows that a sweep is cheaper than a list.
var errTooMany = errors.New("more dead rows than are worth listing")

// list lists the dead rows from a row on, by one index for each reason. It returns errTooMany if
// there are more than worthListing, and a partial list if it takes longer than ListPatience.
func (r *slice) list(ctx context.Context, h heap, leads []lead, from rowID) (*victims, error) {
	l := lister{slice: r, heap: h, found: &victims{most: mostVictims, from: from}, until: time.Now().Add(cmp.Or(r.listFor, ListPatience))}
	for _, lead := range leads {
		list := l.byKey
		if lead.after == nil {
			list = l.atOnce
		}
		if err := list(ctx, lead); err != nil {
			return nil, err
		}
	}
	l.found.settle()
	return l.found, nil
}

// lister collects a heap's dead rows.
type lister struct {
	slice *slice
	heap  heap
	found *victims
	until time.Time
}

// byKey reads the index of a timestamp page by page. Each page takes as long as a batch, and is
// followed by a rest.
func (l *lister) byKey(ctx context.Context, to lead) error {
	pace := rowPacer(l.slice.Pace)
	var from any
	for seen, again, least := 0, 0, 0; ; {
		limit := max(pace.size, least)
		page, err := l.page(ctx, to, from, limit)
		if err != nil {
			return err
		}
		seen += page.rows - again
		again = page.atLast // the next page begins with these rows again
		switch {
		case int64(seen) > l.heap.worthListing():
			return errTooMany
		case page.rows < limit:
			return nil
		case page.last == from:
			least = 2 * limit // all rows of the page have one key, and more may have it
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

// atOnce lists the rows of a partial index on a flag by one statement: they have no order by which to
// read them in pages. If that takes too long, the list is partial, and another round follows.
func (l *lister) atOnce(ctx context.Context, to lead) error {
	for limit := int(min(l.heap.worthListing()+1, mostVictims)); ; limit /= 2 {
		page, err := l.page(ctx, to, nil, limit)
		switch {
		case isTimeout(err) && limit > fewVictims && time.Now().Before(l.until):
			continue
		case isTimeout(err) && len(l.found.ids) > 0:
			l.found.partial = true // rows that are dead for other reasons are deleted first
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
	last   any // the highest key
	atLast int // how many rows have that key
	took   time.Duration
}

// page adds some rows to the list.
func (l *lister) page(ctx context.Context, to lead, from any, limit int) (page, error) {
	if err := l.slice.proceed(ctx); err != nil {
		return page{}, err
	}
	var p page
	began := time.Now()
	var err error
	kind := to.kind
	if to.after == nil {
		kind = timestampWithZone // the key is NULL
	}
	switch st := l.heap.listDead(to, from, limit); kind {
	case timestampWithoutZone:
		err = collect[pgtype.Timestamp](ctx, l, st, &p)
	case date:
		err = collect[pgtype.Date](ctx, l, st, &p)
	case integer:
		err = collect[int64](ctx, l, st, &p)
	default:
		err = collect[pgtype.Timestamptz](ctx, l, st, &p)
	}
	p.took = time.Since(began)
	l.slice.read(p.took)
	return p, err
}

// collect reads a page whose keys are of type K.
func collect[K comparable](ctx context.Context, l *lister, st *statement, p *page) error {
	var id pgtype.TID
	var key, last K
	err := l.slice.Session.each(ctx, st, []any{&id, &key}, func() {
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

// each runs a statement, and calls do after each row was read into the pointers.
func (s *Session) each(ctx context.Context, st *statement, into []any, do func()) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), StatementPatience)
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

// estimate asks the planner how many rows of a table are dead. It returns 0 if that takes too long,
// as where the planner reads the statistics of very many partitions.
func (s *Session) estimate(ctx context.Context, table string, conditions []condition) (int64, error) {
	var plan []byte
	st := estimateDead(table, conditions)
	st.args = once(st.args)
	err := s.query(ctx, st, &plan)
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
