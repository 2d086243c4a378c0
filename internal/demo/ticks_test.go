package demo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/schedule"
	"github.com/siltgate/siltgate/jobs"
)

func TestTheAccountOfTicksKnowsWhatWasMissedAndWhatMadeUpFor(t *testing.T) {
	t.Parallel()
	ticks, err := schedule.Parse("*/4 * * * * *", time.UTC)
	require.NoError(t, err)
	at := func(seconds float64) time.Time {
		return time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC).Add(time.Duration(seconds * float64(time.Second)))
	}
	// seen is a run of the tick at a second, seen to at another one.
	seen := func(tick, created float64) jobs.Run {
		moment := at(tick)
		return jobs.Run{Tick: &moment, CreatedAt: at(created)}
	}

	for name, c := range map[string]struct {
		vacant []time.Time
		runs   []jobs.Run
		want   account
	}{
		"each tick has its run": {
			runs: []jobs.Run{seen(4, 4.1), seen(8, 8.1), seen(12, 12.1), seen(16, 16.1), seen(20, 20.1), seen(24, 24.1)},
			want: account{due: 5, ran: 5},
		},
		"the first leader comes late and catches up": {
			runs: []jobs.Run{seen(8, 9.5), seen(12, 12.1), seen(16, 16.1), seen(20, 20.1)},
			want: account{due: 5, ran: 4, covered: 1},
		},
		"the leader is killed and the next one catches up": {
			vacant: []time.Time{at(5)},
			runs:   []jobs.Run{seen(4, 4.1), seen(16, 17.3), seen(20, 20.1)},
			want:   account{due: 5, ran: 3, covered: 2},
		},
		"a tick is missed while one leads": {
			vacant: []time.Time{at(9)},
			runs:   []jobs.Run{seen(4, 4.1), seen(16, 17.3), seen(20, 20.1)},
			want:   account{due: 5, ran: 3, covered: 1, missed: []time.Time{at(8)}},
		},
		"the next leader begins when a tick is due anyway": {
			vacant: []time.Time{at(5)},
			runs:   []jobs.Run{seen(4, 4.1), seen(20, 20.1)},
			want:   account{due: 5, ran: 2, covered: 3},
		},
		"the next leader goes on with a tick to come": {
			vacant: []time.Time{at(5)},
			runs:   []jobs.Run{seen(4, 4.1), seen(12, 13.1), seen(20, 20.1)},
			want:   account{due: 5, ran: 3, covered: 1, missed: []time.Time{at(16)}},
		},
		"nobody leads any more": {
			vacant: []time.Time{at(5)},
			runs:   []jobs.Run{seen(4, 4.1)},
			want:   account{due: 5, ran: 1, missed: []time.Time{at(8), at(12), at(16), at(20)}},
		},
		"a tick is doubled": {
			runs: []jobs.Run{seen(4, 4.1), seen(8, 8.1), seen(8, 8.2), seen(12, 12.1), seen(16, 16.1), seen(20, 20.1)},
			want: account{due: 5, ran: 4, doubled: []time.Time{at(8)}},
		},
		"runs of no tick, and of one before the schema": {
			runs: []jobs.Run{seen(0, 2), seen(4, 4.1), seen(6, 6.1), seen(8, 8.1), seen(12, 12.1), seen(16, 16.1), seen(20, 20.1)},
			want: account{due: 5, ran: 5, strange: []time.Time{at(0), at(6)}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := settle(ticks, at(1.5), at(20), c.vacant, c.runs)
			require.Equal(t, c.want, got)
			require.Equal(t, len(c.want.missed)+len(c.want.doubled)+len(c.want.strange) == 0, got.holds())
		})
	}
}
