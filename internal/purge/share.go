package purge

// next is the table to work on now: the first one, from First on and round, that is not finished and of
// which more rows may be deleted. It is nil if there is none. capSpent reports that tables are left that are
// not finished, but of which no more rows may be deleted.
func (p *Progress) next(most int64) (t *TableProgress, shareEnd int64, capSpent bool) {
	shares := p.shares(most)
	for i := range p.Tables {
		k := (p.First + i) % len(p.Tables)
		t := &p.Tables[k]
		switch {
		case t.finished():
		case most > 0 && t.Deleted >= shares[k]:
			capSpent = true
		default:
			p.First = k
			return t, shares[k], false
		}
	}
	return nil, 0, capSpent
}

// nextTableFirst lets the next slice begin with the next table, so that the backlog of one does not keep
// others waiting.
func (p *Progress) nextTableFirst() {
	if len(p.Tables) > 0 {
		p.First = (p.First + 1) % len(p.Tables)
	}
}

// finished reports whether the table has nothing to do in this attempt.
func (t *TableProgress) finished() bool { return t.Done || t.Error != "" }

// shares are how many rows of each table the run may have deleted, if it may delete most in all. The rest
// of most is divided evenly among the tables that are not finished, so a table that needs less leaves more to
// the others. A table that has deleted more already keeps that number.
func (p *Progress) shares(most int64) []int64 {
	shares := make([]int64, len(p.Tables))
	left := most
	var open []int
	for i := range p.Tables {
		shares[i] = p.Tables[i].Deleted
		if p.Tables[i].finished() {
			left -= shares[i]
		} else {
			open = append(open, i)
		}
	}
	for again := true; again && len(open) > 0; {
		again = false
		level := max(left, 0) / int64(len(open))
		var below []int
		for _, i := range open {
			if shares[i] > level {
				left -= shares[i]
				again = true
			} else {
				below = append(below, i)
			}
		}
		open = below
	}
	for k, i := range open {
		// The remainder goes to the first ones.
		shares[i] = (left + int64(len(open)-1-k)) / int64(len(open))
	}
	return shares
}
