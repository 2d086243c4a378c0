package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestATableIsMarkdownWithAlignedColumns(t *testing.T) {
	t.Parallel()
	table := Table{Title: "Speed", Columns: []string{"method", "rows/s", "p99"}, Notes: []string{"medians"}}
	table.Add("siltgate", "1.2M", "6.8")
	table.Add("id IN (…)", "193k", "12")
	var out strings.Builder
	table.Show(&out)
	require.Equal(t, `
Speed

| method    | rows/s | p99 |
| --------- | -----: | --: |
| siltgate  |   1.2M | 6.8 |
| id IN (…) |   193k |  12 |

- medians
`, out.String())
}

func TestNumbersKeepThreeDigits(t *testing.T) {
	t.Parallel()
	for n, want := range map[float64]string{
		0: "0", 0.123: "0.12", 1: "1", 5.678: "5.68", 62.94: "62.9", 512: "512", 999.4: "999",
		999.6: "1k", 62_940: "62.9k", 999_400: "999k", 999_600: "1M", 1_234_567: "1.23M",
	} {
		require.Equal(t, want, Count(n), "%v", n)
	}
	require.Equal(t, "1903", Millis(1903.4))
	require.Equal(t, "0.5", Millis(0.5))
	require.Equal(t, "1.10", Ratio(11, 10))
	require.Equal(t, "–", Ratio(1, 0))
}
