package purge

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestARuleIsSaidInWords(t *testing.T) {
	t.Parallel()
	cutoff := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	for want, rules := range map[string][]Rule{
		"tz1 < 2026-11-22T03:00:00Z or b1":                                                           {{Expires: []string{"tz1"}, Done: "b1"}},
		"the latest of tz1, tz2 < 2026-11-21T03:00:00Z":                                              {{Expires: []string{"tz1", "tz2"}, KeepExpired: 24 * time.Hour}},
		"ts1 + life < 2026-11-22 04:00:00 (Europe/Berlin)":                                           {{Expires: []string{"ts1"}, ExpiresZone: "Europe/Berlin", Lifetime: "life"}},
		"d1 < 2026-11-21 (Etc/GMT+12)":                                                               {{Expires: []string{"d1"}}},
		"status is revoked or Redeemed and tz2 < 2026-11-22T02:00:00Z":                               {{Done: "status", DoneValues: []string{"revoked", "Redeemed"}, DoneSince: "tz2", KeepDone: time.Hour}},
		"where word is session or null: tz1 < 2026-11-22T03:00:00Z; but never where b2 is not false": {{Expires: []string{"tz1"}, Only: "word", OnlyValues: []string{"session", "null"}, Keep: "b2"}},
		"tz1 < 2026-11-22T03:00:00Z; or b1; but never where word is not null or tz2 >= 2026-11-22T03:00:00Z": {
			{Expires: []string{"tz1"}, Keep: "word", KeepValues: []string{"*"}}, {Done: "b1", Keep: "tz2"},
		},
	} {
		var conditions []condition
		for _, rule := range rules {
			conditions = append(conditions, newCondition(rule, ruledColumns, cutoff))
		}
		require.Equal(t, want, words(conditions))
	}
}
