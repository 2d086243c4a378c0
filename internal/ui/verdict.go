package ui

import (
	"fmt"
	"strings"

	"github.com/siltgate/siltgate/jobs"
)

// verdict is the state of the fleet in one line.
type verdict struct {
	Level     string // ok, warn or bad
	Sentence  string
	SaysPause bool // the sentence is that of the pause
}

// judge says whether all is well. If not, it says the first thing that is wrong: failures come before
// warnings, and the fleet comes before one table or run.
func (o overview) judge() verdict {
	switch last := o.lastEnded(); {
	case o.Status.Replicas == 0:
		return bad("No replica is running: nothing is purged. Start one with `siltgate run`.")
	case o.Status.Overdue != nil:
		return bad("Overdue: the tick of %s was given no run.", clock(*o.Status.Overdue))
	case o.failing() != nil:
		return bad("Run %d fails: %s", o.failing().ID, text(o.failing().Error))
	case last != nil && last.Outcome == jobs.OutcomeFailed:
		return bad("Run %d has failed: %s", last.ID, text(last.Error))
	case len(o.Tables) > 0 && o.Tables[0].Failed:
		return bad("%s is not purged: %s", text(&o.Tables[0].Name), text(o.Tables[0].Why))
	case len(o.Tables) > 0 && o.Tables[0].Held:
		return bad("%s is held: its rule has changed and would delete much of it. Below is how to confirm it.", text(&o.Tables[0].Name))
	case o.Status.Paused:
		return verdict{Level: "warn", Sentence: o.Paused(), SaysPause: true}
	case o.Status.Leader == nil:
		return warn("No replica leads just now. One is elected within half a minute, or ticks get no run.")
	case o.late() != nil:
		return warn("%s is late: rows that died up to %s ago may still be there.", text(&o.late().Name), between(o.Now, *o.late().Watermark))
	case len(o.Status.Disagreeing) > 0:
		return warn("Replicas disagree in their configuration: %s.", strings.Join(o.Status.Disagreeing, ", "))
	case o.AtWork != nil && o.AtWork.State == "running" && progressOf(o.AtWork).Waiting != "": // between two slices it waits for a moment
		return warn("Run %d %s.", o.AtWork.ID, progressOf(o.AtWork).Waiting)
	case o.AtWork != nil && progressOf(o.AtWork).Late:
		return warn("Run %d is late: it will not be done in time.", o.AtWork.ID)
	case o.AtWork != nil:
		return ok("All is well. Run %d is at work.", o.AtWork.ID)
	case last == nil:
		return ok("All is well. No run has ended yet.%s", o.next())
	default:
		return ok("All is well. The last run ended %s ago.%s", between(o.Now, *last.FinishedAt), o.next())
	}
}

func ok(format string, facts ...any) verdict {
	return verdict{Level: "ok", Sentence: fmt.Sprintf(format, facts...)}
}

func warn(format string, facts ...any) verdict {
	return verdict{Level: "warn", Sentence: fmt.Sprintf(format, facts...)}
}

func bad(format string, facts ...any) verdict {
	return verdict{Level: "bad", Sentence: fmt.Sprintf(format, facts...)}
}

// Paused says in a sentence who paused runs, until when and why; empty if they are not paused.
func (o overview) Paused() string {
	if !o.Status.Paused {
		return ""
	}
	return sentence(o.Status.Pause())
}

func (o overview) next() string {
	if o.Status.NextTick == nil {
		return ""
	}
	return " The next is due in " + between(*o.Status.NextTick, o.Now) + "."
}

// lastEnded is the latest run that has ended by itself and was to delete: neither a dry run nor a superseded one
// mends a failure.
func (o overview) lastEnded() *jobs.Run {
	for i := range o.Runs {
		r := &o.Runs[i]
		if r.Ended() && r.State != "cancelled" && r.FinishedAt != nil && !r.DryRun && r.Outcome != jobs.OutcomeSuperseded {
			return r
		}
	}
	return nil
}

// failing is a run whose latest attempt failed. One that failed before it could record anything has no outcome.
func (o overview) failing() *jobs.Run {
	for i, r := range o.Waiting {
		if r.Outcome == jobs.OutcomeFailed || r.State == "retryable" && r.Error != nil {
			return &o.Waiting[i]
		}
	}
	return nil
}
