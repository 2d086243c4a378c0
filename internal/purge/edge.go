package purge

import "time"

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
