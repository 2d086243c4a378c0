package purge

import (
	"fmt"
	"time"
)

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

func earlier(a, b *int64) *int64 {
	if a == nil || b != nil && *b < *a {
		return b
	}
	return a
}

func later(a, b *int64) *int64 {
	if a == nil || b != nil && *b > *a {
		return b
	}
	return a
}

// Clock writes an edge's time by the column's own clock; empty for nil.
func (e Edge) Clock(seconds *int64) string {
	if seconds == nil {
		return ""
	}
	return time.Unix(*seconds, 0).UTC().Format("2006-01-02 15:04:05")
}

const (
	// sentinelYear is the first year of dates that stand for "never".
	sentinelYear = 9000

	// suspectShare is the share of dead rows above which a rule may be wrong.
	suspectShare = 0.5
)

// Warnings says which findings of a dry run suggest that a setting of the table is wrong.
func (s *Survey) Warnings(t Table) []string {
	var warnings []string
	warn := func(format string, args ...any) { warnings = append(warnings, fmt.Sprintf(format, args...)) }
	dead := s.dead()
	if s.Future > 0 {
		warn("%s of %s dead rows expire in the future: they are dead by column %s alone; "+
			"if it says which rows are still good, its meaning is inverted", grouped(s.Future), grouped(dead), t.doneColumns())
	}
	if s.Ancient > 0 {
		first := ""
		for _, e := range s.Edges {
			if e.FirstDead != nil {
				first = fmt.Sprintf(", the first of them %s in column %q", e.Clock(e.FirstDead), e.Column)
				break
			}
		}
		warn("%s of %s dead rows have a date before 2000%s: such a date may stand for never, or for unknown", grouped(s.Ancient), grouped(dead), first)
	}
	for _, e := range s.Edges {
		if e.Last != nil && time.Unix(*e.Last, 0).UTC().Year() >= sentinelYear {
			warn("rows with a date as late as %s in column %q are never dead by it", e.Clock(e.Last), e.Column)
		}
	}
	if !s.Open && dead > 0 && float64(dead) > suspectShare*float64(s.Rows) {
		warn("%s of %s rows are dead, which is more than half of them", grouped(dead), grouped(s.Rows))
	}
	return warnings
}
