package docs

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// mask replaces what differs from one run to the next: times, durations, numbers, the widths of columns.
func mask(line string) string {
	for _, m := range []struct{ pattern, name string }{
		{`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:\d\d)?)?`, "<time>"},
		{`\b((Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d+( \d\d:\d\d)?`, "<day>"},
		{`[\w.-]+-\d+-[0-9a-f]{8}\b`, "<replica>"},
		{`\b(\d+(\.\d+)?(h|ms|m|s|µs))+\b`, "<duration>"},
		{`\d[\d,.]*\d|\d`, "<n>"},
		{`█+`, "█"},
		{`\s+`, " "},
	} {
		line = regexp.MustCompile(m.pattern).ReplaceAllString(line, m.name)
	}
	return strings.TrimSpace(line)
}

// matches says whether a sample shows what was printed. A line of the sample that is … stands for
// any lines, … at the end of a line for the rest of that.
func matches(sample, printed []string) bool {
	if len(sample) == 0 {
		return len(printed) == 0
	}
	if sample[0] == "…" {
		return matches(sample[1:], printed) || len(printed) > 0 && matches(sample, printed[1:])
	}
	if len(printed) == 0 {
		return false
	}
	want, got := mask(sample[0]), mask(printed[0])
	beginning, cut := strings.CutSuffix(want, "…")
	return (want == got || cut && strings.HasPrefix(got, strings.TrimSpace(beginning))) && matches(sample[1:], printed[1:])
}

func TestASampleIsComparedByItsWords(t *testing.T) {
	t.Parallel()
	sample := []string{"applied 10 river", "…", `done in 75ms on auth-2-2177-1d04369e, Nov 22 09:12`, "500 of 4800 …"}
	require.True(t, matches(sample, []string{"applied 9 river", "done  in 1m3.5s on vm-1-deadbeef, Jan  1 00:00", "5,001 of 4 are left"}))
	require.True(t, matches(sample, []string{"applied 9 river", "x", "done in 1s on vm-1-deadbeef, Jan 1 00:00", "5 of 4 "}))
	for _, printed := range [][]string{
		nil,
		{"applied 10 stream", "done in 75ms on auth-2-2177-1d04369e, Nov 22 09:12", "500 of 4800 "},
		{"applied 10 river", "done in 75 on auth-2-2177-1d04369e, Nov 22 09:12", "500 of 4800 "},
		{"applied 10 river", "done in 75ms on auth-2-2177-1d04369e, Nov 22 09:12"},
		{"applied 10 river", "done in 75ms on auth-2-2177-1d04369e, Nov 22 09:12", "500 of 4800 ", "more"},
	} {
		require.False(t, matches(sample, printed), printed)
	}
}
