package worker

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/siltgate/siltgate/internal/backoff"
	"github.com/siltgate/siltgate/internal/outage"
)

const (
	startPatience = time.Minute

	// The pause between two looks for the database.
	firstStartPause   = 250 * time.Millisecond
	longestStartPause = 5 * time.Second

	// fewReminder is how often it is logged again that connections are too few.
	fewReminder = time.Minute
)

// awaitConnections waits until the database is there and lends enough connections, and returns how
// many the pool may have. It returns an error that no waiting would mend.
func (r Replica) awaitConnections(ctx context.Context, health *health) (pool int, err error) {
	patience := cmp.Or(r.StartPatience, startPatience)
	began, away := time.Now(), false
	var told time.Time
	for pause := (backoff.Backoff{First: firstStartPause, Longest: longestStartPause}); ; {
		got, err := outage.CountConnections(ctx, r.Database, Connections, mostConnections)
		var few *outage.TooFewError
		switch {
		case ctx.Err() != nil:
			return 0, ctx.Err()
		case err == nil:
			if away || !told.IsZero() {
				r.Log.Info("database is there", "after", time.Since(began).Round(time.Millisecond), "connections", got)
			}
			return got - ownConnections, nil
		case errors.As(err, &few):
			health.waitFor(few.Reason())
			if time.Since(told) >= fewReminder {
				told = time.Now()
				r.Log.Warn("connections are too few: waiting for more", "needed", few.Need, "got", few.Got, "error", err)
			}
		case outage.IsAway(err) && time.Since(began) < patience:
			health.waitFor("the database cannot be reached")
			if !away {
				away = true
				r.Log.Warn("database is not there yet: waiting for it", "for", patience, "error", err)
			}
		default:
			return 0, err
		}
		if !pause.Wait(ctx) {
			return 0, ctx.Err()
		}
	}
}
