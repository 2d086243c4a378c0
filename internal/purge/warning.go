package purge

import (
	"fmt"
	"time"
)

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
