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
}
