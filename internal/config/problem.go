package config

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Problem is one variable that cannot be used as it is set.
type Problem struct {
	Variable string

	// Value is empty if the variable is unset or its value is not to be shown.
	Value string

	// Reason says what would be right, after what is wrong if that is not plain.
	Reason string
}

// String is one line: `SILTGATE_DUTY_CYCLE=1.5: want more than 0 and at most 1`.
func (p Problem) String() string {
	if p.Value == "" {
		return p.Variable + ": " + p.Reason
	}
	return p.Variable + "=" + p.Value + ": " + p.Reason
}

// Problems is all that is wrong with an environment.
type Problems []Problem //nolint:errname // It is an error because it is all the problems.

// Error has one line for each problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// presentable is the value as a message may show it: on one line, not endless, and not at
// all when it looks like an address with a password, put into the wrong variable.
func presentable(value string) string {
	const limit = 160
	if strings.Contains(value, "://") || strings.Contains(strings.ToLower(value), "password=") {
		return ""
	}
	cut := value
	if len(cut) > limit {
		cut = strings.ToValidUTF8(cut[:limit], "") + "..."
	}
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	if !utf8.ValidString(cut) || strings.ContainsFunc(cut, unprintable) {
		return strconv.Quote(cut)
	}
	return cut
}
