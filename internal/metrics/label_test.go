package metrics

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestATablesLabelIsTheNameThatIsConfigured(t *testing.T) {
	t.Parallel()
	tables := labels{"refresh_tokens", "tenant_*.sessions", "tenant_7.sessions", "a*b*c"}
	for name, want := range map[string]string{
		"refresh_tokens":        "refresh_tokens",
		"public.refresh_tokens": other,
		"tenant_1.sessions":     "tenant_*.sessions",
		"tenant_7.sessions":     "tenant_7.sessions",
		"tenant_.sessions":      "tenant_*.sessions",
		"tenant_1.sessions2":    other,
		"abc":                   "a*b*c",
		"a1b2c":                 "a*b*c",
		"acb":                   other,
		"":                      other,
	} {
		require.Equal(t, want, tables.of(name), name)
	}
	require.Equal(t, "refresh_tokens", tables.of("refresh_tokens", "public.refresh_tokens"))
}

func TestWhatARunWaitsForIsOneOfFewLabels(t *testing.T) {
	t.Parallel()
	for sentence, want := range map[string]string{
		"":                                  "",
		`standby "b" is 14 s behind`:        "standby",
		`slot "cdc" has 900 MB of WAL left`: "slot",
		"archiving is 60 segments behind":   "archiver",
		"paused by ops: incident 42":        "paused",
		"resting":                           "resting",
		"whatever anyone has inserted":      other,
	} {
		require.Equal(t, want, waitOf(sentence), sentence)
		if want != "" {
			require.Contains(t, waits(), want)
		}
	}
}
