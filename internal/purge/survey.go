package purge

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// Survey is what a dry run sees of a table besides the number of its dead rows: why they are
// dead, and the rows on both sides of each column's bound. It reads nothing but the
// columns that say whether a row is dead.
type Survey struct {
	// Expired, Done and Both count the dead rows by their reason.
	Expired int64 `json:"expired"`
	Done    int64 `json:"done"`
	Both    int64 `json:"both"`

	// Future counts rows that are dead although they expire later; Ancient counts dead
	// rows with a date before 2000.
	Future  int64 `json:"future"`
	Ancient int64 `json:"ancient"`

	// Rows counts the rows that were looked at, dead or not. Open: there are more.
	Rows int64 `json:"rows"`
	Open bool  `json:"open,omitempty"`

	// Edges are those of the columns with a date, in the order of the table's setting.
	Edges []Edge `json:"edges,omitempty"`
}

// newSurvey is that of no rows.
func newSurvey(conditions []condition) *Survey {
	s := &Survey{}
	for _, on := range sides(conditions) {
		e := Edge{Column: on.name, Zone: "UTC", Bound: on.at.Unix()}
		if on.kind == timestampWithoutZone || on.kind == date {
			e.Zone = on.clock()
			if zone, err := time.LoadLocation(e.Zone); err == nil {
				_, offset := on.at.In(zone).Zone()
				e.Bound += int64(offset)
			}
		}
		s.Edges = append(s.Edges, e)
	}
	return s
}

// Seen is what a dry run has seen of the table so far; nil: nothing.
func (t *TableProgress) Seen() *Survey {
	if t.Survey == nil && t.Position.Survey == nil {
		return nil
	}
	all := &Survey{}
	for _, s := range []*Survey{t.Survey, t.Position.Survey} {
		if s != nil {
			all.add(s)
		}
	}
	return all
}

// see adds to what a dry run has seen of the heap.
func (t *TableProgress) see(s *Survey) {
	if t.Position.Survey == nil {
		t.Position.Survey = &Survey{}
	}
	t.Position.Survey.add(s)
}

// add takes another survey of the same table into account, of other rows.
func (s *Survey) add(o *Survey) {
	s.Expired += o.Expired
	s.Done += o.Done
	s.Both += o.Both
	s.Future += o.Future
	s.Ancient += o.Ancient
	s.Rows += o.Rows
	s.Open = s.Open || o.Open
	if s.Edges == nil {
		s.Edges = append(s.Edges, o.Edges...)
		return
	}
	for i := range min(len(s.Edges), len(o.Edges)) {
		e, of := &s.Edges[i], o.Edges[i]
		e.FirstDead, e.FirstLive = earlier(e.FirstDead, of.FirstDead), earlier(e.FirstLive, of.FirstLive)
		e.LastDead, e.Last = later(e.LastDead, of.LastDead), later(e.Last, of.Last)
	}
}

// survey adds a target's rows to what the dry run has seen of the heap.
func (r *slice) survey(ctx context.Context, h heap, t *TableProgress, in target) error {
	seen := newSurvey(h.conditions)
	into := []any{&seen.Rows, &seen.Expired, &seen.Done, &seen.Both, &seen.Future, &seen.Ancient}
	times := make([]pgtype.Timestamp, 4*len(seen.Edges))
	for i := range times {
		into = append(into, &times[i])
	}
	if err := r.Session.query(ctx, h.surveyRows(in), into...); err != nil {
		return fmt.Errorf("look at rows: %w", err)
	}
	for i := range seen.Edges {
		e, at := &seen.Edges[i], times[4*i:]
		e.FirstDead, e.LastDead, e.FirstLive, e.Last = seconds(at[0]), seconds(at[1]), seconds(at[2]), seconds(at[3])
	}
	if !in.ranged() {
		seen.Rows = 0 // surveyLive counts the rows after the list
	}
	t.see(seen)
	return nil
}

// surveyLive looks for live rows, after a dry run has listed the dead ones: by the index of each column,
// and for as long as one statement may take.
func (r *slice) surveyLive(ctx context.Context, h heap, t *TableProgress) error {
	seen := newSurvey(h.conditions)
	for i, on := range sides(h.conditions) {
		for _, edge := range []struct {
			st   *statement
			into **int64
		}{{h.firstLive(on), &seen.Edges[i].FirstLive}, {h.last(on), &seen.Edges[i].Last}} {
			var at pgtype.Timestamp
			err := r.Session.query(ctx, edge.st, &at)
			if err != nil && !isTimeout(err) {
				return fmt.Errorf("look for rows that live: %w", err)
			}
			*edge.into = seconds(at)
		}
	}
	limit := 2*t.Position.Survey.dead() + 1
	switch err := r.Session.query(ctx, h.countSome(limit), &seen.Rows); {
	case isTimeout(err):
		seen.Open = true
	case err != nil:
		return fmt.Errorf("count rows: %w", err)
	default:
		seen.Open = seen.Rows == limit
	}
	t.see(seen)
	return nil
}

func (s *Survey) dead() int64 {
	if s == nil {
		return 0
	}
	return s.Expired + s.Done + s.Both
}

// surveyRows counts a target's rows by what makes them dead, and finds the first and the last of them.
func (h heap) surveyRows(in target) *statement {
	s := &statement{}
	expired, done := h.byReason(s)
	dead := "(" + expired + " OR " + done + ")"
	future, ancient := "false", "false"
	var pending []string
	for _, c := range h.conditions {
		for _, m := range c.expires {
			pending = append(pending, m.sql()+" IS NOT NULL")
		}
	}
	if len(pending) > 0 {
		future = fmt.Sprintf("%s AND NOT %s AND (%s)", done, expired, strings.Join(pending, " OR "))
	}
	var edges, old []string
	for _, on := range sides(h.conditions) {
		wall, dated := on.wall(s), on.isDated()
		concerned := on.andConcerned(s)
		by := dead + " AND COALESCE(" + on.before(s, on.at) + ", false)" + concerned
		old = append(old, wall+" OPERATOR(pg_catalog.<) '2000-01-01'::pg_catalog.timestamp")
		for _, edge := range []struct{ of, which string }{
			{"min", by}, {"max", by}, {"min", "NOT " + dead + concerned}, {"max", "true"},
		} {
			edges = append(edges, fmt.Sprintf("pg_catalog.%s(%s) FILTER (WHERE %s AND %s)", edge.of, wall, edge.which, dated))
		}
	}
	if len(old) > 0 {
		ancient = dead + " AND (" + strings.Join(old, " OR ") + ")"
	}
	s.WriteString("SELECT pg_catalog.count(*)")
	for _, which := range []string{
		expired + " AND NOT " + done, done + " AND NOT " + expired, expired + " AND " + done, future, ancient,
	} {
		fmt.Fprintf(s, ",\n    pg_catalog.count(*) FILTER (WHERE %s)", which)
	}
	for _, edge := range edges {
		s.WriteString(",\n    " + edge)
	}
	fmt.Fprintf(s, "\nFROM ONLY %s AS t\nWHERE %s", h.name, in.where(s))
	return s
}

// byReason is SQL for whether row t is dead by its expiry, and whether by being done.
func (h heap) byReason(s *statement) (expired, done string) {
	reason := func(of func(condition) string) string {
		var either []string
		for _, c := range h.conditions {
			if sql := of(c); sql != "" {
				if c.only != nil {
					sql = "(" + c.only.matches(s) + " AND " + sql + ")"
				}
				either = append(either, sql)
			}
		}
		if len(either) == 0 {
			return "false"
		}
		sql := "COALESCE(" + strings.Join(either, " OR ") + ", false)"
		for _, c := range h.conditions {
			if kept := c.keeps(s); kept != "" {
				sql = "(" + sql + " AND NOT COALESCE(" + kept + ", false))"
			}
		}
		return sql
	}
	return reason(func(c condition) string { return c.expired(s) }), reason(func(c condition) string { return c.isDone(s) })
}

// countSome counts the heap's rows, up to a limit.
func (h heap) countSome(limit int64) *statement {
	s := &statement{}
	fmt.Fprintf(s, "SELECT pg_catalog.count(*) FROM (SELECT FROM ONLY %s AS t LIMIT %s) AS rows", h.name, s.arg(limit))
	return s
}
