package purge

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// mostOrdered bounds the dead rows, and the references between them, that are put in order
// at a time.
const mostOrdered = 250_000

// window is a range of blocks of a heap whose rows refer to each other: its dead rows, and the rows that
// refer to them.
type window struct {
	to         int64 // the first block behind it
	dead       rowList
	references []reference
	referenced int64 // dead rows that rows of other tables refer to
}

// sweepWindows deletes the dead rows of a heap whose rows refer to each other, window after window. In
// each window a row is deleted after those that refer to it. A heap with more than one window is swept
// in several passes, because a row may be kept by one in a later window.
func (r *slice) sweepWindows(ctx context.Context, h heap, t *TableProgress) error {
	at := &t.Position
	if at.End == 0 || at.End > h.blocks {
		at.End = h.blocks
	}
	if r.DryRun && at.Pass > 0 {
		return r.surveyWindows(ctx, h, t)
	}
	for {
		several := false
		for at.Row.block() < at.End {
			before := t.Work.Worked
			w, err := r.listWindow(ctx, h, t)
			if err != nil {
				return err
			}
			if err := r.workWindow(ctx, h, t, w); err != nil {
				return err
			}
			several = at.Row > 0 || w.to < at.End
			t.Work.learn(target{from: at.Row.block(), to: w.to}, t.Work.Worked-before)
			at.Row, r.moved = newRowID(firstOf(w.to)), true
		}
		if r.DryRun {
			return r.surveyWindows(ctx, h, t)
		}
		if again := several || at.Pass > 0 || h.rewrites(); !again || !t.nextPass() {
			return nil
		}
		// A row whose reference was set to NULL has moved, perhaps behind the end.
		blocks, err := r.Session.blocksOf(ctx, h)
		if err != nil {
			return err
		}
		at.End = blocks
	}
}

// listWindow lists dead rows from the position on, and the rows that refer to them: as many as fit into
// memory, and into a quarter of what is left of the slice.
func (r *slice) listWindow(ctx context.Context, h heap, t *TableProgress) (window, error) {
	at := &t.Position
	w := window{to: at.Row.block()}
	until := time.Now().Add(ListPatience)
	if part := time.Now().Add(time.Until(r.Until) / 4); !r.Until.IsZero() && part.Before(until) {
		until = part
	}
	pace := blockPacer(r.Pace)
	for w.to < at.End && len(w.dead) < mostOrdered && len(w.references) < mostOrdered && (w.to == at.Row.block() || time.Now().Before(until)) {
		if err := r.proceed(ctx); err != nil {
			return w, err
		}
		in := target{from: w.to, to: min(w.to+int64(pace.size), at.End)}
		began := time.Now()
		err := w.add(ctx, r.Session, h, in)
		took := time.Since(began)
		r.read(took)
		if isTimeout(err) && pace.size > 1 {
			pace = pace.after(took, timedOut)
			continue
		}
		if err != nil {
			return w, fmt.Errorf("list dead rows: %w", err)
		}
		w.to = in.to
		pace = pace.after(took, finished)
	}
	return w, nil
}

// add lists one range of blocks.
func (w *window) add(ctx context.Context, s *Session, h heap, in target) error {
	var id, referrer pgtype.TID
	var referenced bool
	var soft pgtype.Bool
	rows, references, kept := len(w.dead), len(w.references), w.referenced
	last, counted := rowID(0), rowID(0)
	err := s.each(ctx, h.listReferences(in), []any{&id, &referenced, &referrer, &soft}, func() {
		row := newRowID(id)
		switch {
		case referenced:
			if row != counted {
				w.referenced++
				counted = row
			}
			return
		case row != last:
			w.dead = append(w.dead, row)
			last = row
		}
		if referrer.Valid {
			w.references = append(w.references, reference{referred: row, referrer: newRowID(referrer), soft: soft.Bool})
		}
	})
	if err != nil { // it is listed again
		w.dead, w.references, w.referenced = w.dead[:rows], w.references[:references], kept
		return err
	}
	slices.Sort(w.dead[rows:])
	w.dead = w.dead[:rows+len(slices.Compact(w.dead[rows:]))]
	return nil
}

// workWindow deletes a window's rows in the order that their references allow.
func (r *slice) workWindow(ctx context.Context, h heap, t *TableProgress, w window) error {
	ordered, circles, kept := order(w.dead, w.references)
	if r.DryRun {
		return r.countWindow(ctx, h, t, w, ordered, circles, kept)
	}
	err := r.walk(ctx, h, t, &orderedWalk{at: &t.Position, ids: ordered, circles: circles, to: w.to}, rowPacer(r.Pace))
	if err != nil {
		return err
	}
	t.Referenced += w.referenced + kept
	return nil
}

// countWindow is workWindow for a dry run. If the slice ends meanwhile, the next one counts the window anew.
func (r *slice) countWindow(ctx context.Context, h heap, t *TableProgress, w window, ordered rowList, circles []rowList, kept int64) error {
	all := slices.Concat(append([]rowList{ordered}, circles...)...)
	slices.Sort(all)
	h.restrictions = nil // the rows that refer to them are deleted first
	var counted int64
	for chunk := range slices.Chunk(all, 10_000) {
		if err := r.proceed(ctx); err != nil {
			return err
		}
		n, _, oldest, err := r.Session.countDead(ctx, h, target{rows: chunk})
		if err != nil {
			return fmt.Errorf("count dead rows: %w", err)
		}
		counted += n
		t.seen(oldest)
	}
	t.Counted += counted
	t.Referenced += w.referenced + kept
	t.Batches++
	r.moved = true
	r.report()
	return nil
}

// surveyWindows looks, after a dry run has counted the dead rows, at what else it says of a heap.
func (r *slice) surveyWindows(ctx context.Context, h heap, t *TableProgress) error {
	if t.Position.Pass == 0 {
		t.Position.Pass, t.Position.Row = 1, 0
	}
	return r.walk(ctx, h.withoutOwn(), t, &sweepWalk{at: &t.Position}, blockPacer(r.Pace))
}

// orderedWalk goes through rows in order, and then through circles one by one.
type orderedWalk struct {
	at      *position
	ids     rowList
	circles []rowList
	to      int64 // the block behind them
}

func (w *orderedWalk) next(size int) target {
	switch {
	case len(w.ids) > 0:
		return target{rows: w.ids[:min(size, len(w.ids))]}
	case len(w.circles) > 0:
		return target{rows: w.circles[0]}
	default:
		return target{}
	}
}

func (w *orderedWalk) advance(done target, n int64) {
	w.at.Deleted += n
	if len(w.ids) > 0 {
		w.ids = w.ids[len(done.rows):]
	} else {
		w.circles = w.circles[1:]
	}
}

func (w *orderedWalk) left(work *Workload) time.Duration {
	rows := len(w.ids)
	for _, circle := range w.circles {
		rows += len(circle)
	}
	return work.Row.of(int64(rows)) + work.Block.of(w.at.End-w.to)
}
