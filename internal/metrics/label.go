package metrics

import (
	"strings"

	"github.com/siltgate/siltgate/internal/purge"
)

// The triggers of a run.
const (
	scheduled = "schedule"
	manual    = "manual"
)

// other is the label of everything that has no label of its own, so that labels stay few.
const other = "other"

// labels are the configured tables. One of them may be a pattern, which stands for all tables
// that it matches.
type labels []string

// of is the label of a table, given as it is configured or as the database knows it.
func (l labels) of(names ...string) string {
	for _, exact := range []bool{true, false} {
		for _, name := range names {
			for _, table := range l {
				if name == table || !exact && purge.Fits(table, name) {
					return table
				}
			}
		}
	}
	return other
}

// resting is the label of the rests between two batches.
const resting = "resting"

// waits are what a run may wait for, as labels.
func waits() []string {
	return []string{"archiver", "paused", resting, "slot", "standby", "turn", other}
}

// waitOf is the label of a sentence that says what a run waits for; empty if there is none.
func waitOf(sentence string) string {
	for start, reason := range map[string]string{
		"archiv": "archiver", "pause": "paused", "rest": resting, "slot ": "slot", "standby ": "standby", "the turn": "turn",
	} {
		if strings.HasPrefix(sentence, start) {
			return reason
		}
	}
	if sentence == "" {
		return ""
	}
	return other
}
