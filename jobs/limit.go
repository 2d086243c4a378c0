package jobs

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

const (
	// MaxTextLength is how many characters RequestedBy and Reason may have each.
	MaxTextLength = 1000

	// MaxNameBytes is how many bytes a name in Tables may have: 63, as Postgres has it,
	// for the table and for its schema, and the dot.
	MaxNameBytes = 127

	// MaxArgsBytes is how many bytes the encoded arguments may have.
	MaxArgsBytes = 65536
)

// Validate reports every argument that is longer than a run may have it, in one error.
func (a TokenCleanupArgs) Validate() error {
	var problems []error
	for _, text := range []struct{ name, value string }{{"requested_by", a.RequestedBy}, {"reason", a.Reason}} {
		if n := utf8.RuneCountInString(text.value); n > MaxTextLength {
			problems = append(problems, fmt.Errorf("%s: want at most %d characters, got %d", text.name, MaxTextLength, n))
		}
	}
	var names int
	for _, name := range a.Tables {
		if len(name) > MaxNameBytes {
			problems = append(problems, fmt.Errorf("tables: want names of at most %d bytes, got one of %d", MaxNameBytes, len(name)))
			break
		}
		names += len(name)
	}
	if names > MaxArgsBytes/2 {
		problems = append(problems, fmt.Errorf("tables: want names of at most %d bytes together, got %d", MaxArgsBytes/2, names))
	}
	return errors.Join(problems...)
}
