package purge

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const manyDead = `INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100000)`

func TestARunWithADeadlineTakesItsTimeAndKeepsIt(t *testing.T) {
	t.Parallel()
	for _, plan := range []string{planSweep, planIndex} {
		t.Run(plan, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens, manyDead)
			if plan == planIndex {
				db = newDatabase(t, wideTokens)
			}
			dead := db.number(`SELECT count(*) FROM refresh_tokens WHERE revoked OR expires_at < now()`)
			e := db.engine(tokens)
			e.Pace.FinishWithin = 20 * time.Second
			var paces []PaceNow
			began := time.Now()
			p, err := e.Run(t.Context(), Request{Tables: e.tables, Report: func(p *Progress) { paces = append(paces, p.PaceNow()) }}, Progress{})
			lasted := time.Since(began)
			require.NoError(t, err)
			require.True(t, p.Done)
			require.Equal(t, plan, p.Tables[0].Plan)
			require.Equal(t, dead, p.Deleted())
			worked := p.Tables[0].Work.Worked
			require.Greater(t, p.Rested, worked, "it rests")
			if lasted-p.Rested < e.Pace.FinishWithin/2 { // full duty could, on this machine
				require.False(t, p.Cutoff.Add(lasted).After(p.Cutoff.Add(e.Pace.FinishWithin)), "lasted %s, worked %s", lasted, worked)
			}
			forecasts := 0
			for _, pace := range paces {
				require.Equal(t, p.Cutoff.Add(e.Pace.FinishWithin), pace.FinishBy)
				if !pace.Forecast.IsZero() {
					forecasts++
				}
			}
			require.Positive(t, forecasts)
			require.Less(t, paces[0].Duty, 0.02, "it begins quietly")
			require.WithinDuration(t, time.Now(), p.PaceNow().Forecast, time.Second, "the end is no forecast any more")
		})
	}
}

func TestARunWithoutADeadlineGoesAtTheDutyCycle(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 1000)`)
	e := db.engine(tokens)
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.InDelta(t, 1, p.PaceNow().Duty, 1e-9)
	require.Zero(t, p.PaceNow().FinishBy)
}

func TestAPacedRunGoesOnElsewhereAtTheDutyThatIsRecorded(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, manyDead)
	e := db.engine(tokens)
	e.Pace.FinishWithin = 20 * time.Second
	ctx, kill := context.WithCancel(t.Context())
	var recorded []byte
	_, err := e.Run(ctx, Request{Tables: e.tables, Report: func(p *Progress) {
		if p.Tables[0].Batches == 3 {
			p.Governor.Duty = 0.07 // as if it had found out that there is much to do
			recorded, _ = json.Marshal(p)
			kill()
		}
	}}, Progress{})
	require.ErrorIs(t, err, context.Canceled)

	var from Progress
	require.NoError(t, json.Unmarshal(recorded, &from))
	require.NoError(t, from.Check())
	e = db.engine(tokens)
	e.Pace.FinishWithin = 20 * time.Second
	ctx, kill = context.WithCancel(t.Context())
	var first *PaceNow
	_, err = e.Run(ctx, Request{Tables: e.tables, Report: func(p *Progress) {
		if now := p.PaceNow(); first == nil {
			first = &now
			kill()
		}
	}}, from)
	require.ErrorIs(t, err, context.Canceled)
	require.InDelta(t, 0.07, first.Duty, 1e-9)
	require.Equal(t, from.Cutoff.Add(20*time.Second), first.FinishBy, "its time counts from its beginning")
}

func TestARestEndsAtOnceWithTheRun(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, manyDead)
	e := db.engine(tokens)
	e.Pace.DutyCycle = 1e-5
	stop := context.Canceled
	ctx, end := context.WithCancelCause(t.Context())
	var ended time.Time
	p, err := e.Run(ctx, Request{Tables: e.tables, Report: func(p *Progress) {
		if p.WaitingFor == Resting && ended.IsZero() {
			ended = time.Now()
			time.AfterFunc(50*time.Millisecond, func() { end(stop) })
		}
	}}, Progress{})
	require.ErrorIs(t, err, stop)
	require.Less(t, time.Since(ended), shownRest)
	require.Empty(t, p.WaitingFor)
}

// Of two tables that no run has gone through, the second one may be most of the work.
func TestTablesOfWhichNothingIsKnownAreLookedAtSoon(t *testing.T) {
	t.Parallel()
	db, tables := twoTables(t, 100_000, 100_000, planSweep)
	e := db.engine(tables...)
	e.Pace.FinishWithin = 6 * time.Second
	first := int64(-1)
	p, err := e.Run(t.Context(), Request{Tables: tables, Report: func(p *Progress) {
		if first < 0 && p.Tables[1].Batches > 0 {
			first = p.Tables[0].Deleted
		}
	}}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 200_000, p.Deleted())
	require.Less(t, first, int64(50_000), "the first one waits until something is known of the second")
}

func TestWhatTablesTookTheLastTimeIsWorkToCome(t *testing.T) {
	t.Parallel()
	db, tables := twoTables(t, 100_000, 10, planSweep)
	e := db.engine(tables...)
	e.Pace.FinishWithin = time.Hour
	ctx, stop := context.WithCancel(t.Context())
	p, err := e.Run(ctx, Request{
		Tables: tables,
		Earlier: func(context.Context) map[string]Earlier {
			return map[string]Earlier{tables[1].String(): {Took: 30 * time.Minute}}
		},
		Report: func(p *Progress) {
			if p.Tables[0].Batches > 0 {
				stop()
			}
		},
	}, Progress{})
	require.ErrorIs(t, err, context.Canceled)
	require.Greater(t, p.Governor.Work, 30*time.Minute)
	require.Less(t, p.Governor.Work, 40*time.Minute)
}

// earlierRun says where the last run stopped.
func earlierRun(at Stop) func(context.Context) map[string]Earlier {
	return func(context.Context) map[string]Earlier { return map[string]Earlier{tokens.String(): {Stopped: at}} }
}

func TestARunPlansForAsManyRowsAsItMayDelete(t *testing.T) {
	t.Parallel()
	w := Workload{Worked: time.Second, Left: time.Hour}
	w.capped(0, 1000)
	require.Equal(t, time.Hour, w.Left, "nothing is known of what a row takes")
	w.capped(100, 1000)
	require.Equal(t, 9*time.Second, w.Left)
	w.capped(100, 1_000_000)
	require.Equal(t, 9*time.Second, w.Left)
	w.capped(100, 50)
	require.Zero(t, w.Left, "its share became smaller")

	db := newDatabase(t, createTokens, manyDead)
	e := db.engine(tokens)
	e.MaxRows = 20_000
	var worst time.Duration
	p, err := e.Run(t.Context(), Request{Tables: e.tables, Report: func(p *Progress) {
		if p.Tables[0].Batches > 3 {
			worst = max(worst, p.Tables[0].Work.Left-p.Tables[0].Work.Worked*20_000/time.Duration(p.Deleted()))
		}
	}}, Progress{})
	require.NoError(t, err)
	require.True(t, p.Capped)
	require.LessOrEqual(t, worst, time.Duration(0), "the rows beyond the cap are the next run's")
}
