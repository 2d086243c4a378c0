package doctor

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestNumbersAndDurationsAreForPeople(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 rows", 1: "1 row", 999: "999 rows", 1000: "1,000 rows", 1234567: "1,234,567 rows"} {
		require.Equal(t, want, rows(n))
	}
	for d, want := range map[time.Duration]string{
		2160 * time.Hour: "90 days", 24 * time.Hour: "24h", time.Hour: "1h", 125 * time.Minute: "2h5m", time.Minute: "1m", 1500 * time.Millisecond: "1.5s", 0: "0s",
	} {
		require.Equal(t, want, lasting(d))
	}
	for n, want := range map[int64]string{0: "0 bytes", 999: "999 bytes", 1234: "1.2 kB", 380_000: "380 kB", 12_300_000: "12 MB", 2_000_000_000: "2.0 GB", 3e15: "3.0 PB"} {
		require.Equal(t, want, bytes(n))
	}
	require.Equal(t, "a, b", few([]string{"a", "b"}))
	require.Equal(t, "a, b, c, d, e and 2 more", few([]string{"a", "b", "c", "d", "e", "f", "g"}))
}
