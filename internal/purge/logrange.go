package purge

import (
	"context"
	"math"
)

// perLoggedRow is how many bytes of write-ahead log (WAL) the deletion of one row makes, without the row itself
// and without an image of its page.
const perLoggedRow = 64

// LogRange is how many bytes of write-ahead log a deletion makes, roughly. Most of it are images of pages: Postgres
// writes one when a page is changed for the first time after a checkpoint.
type LogRange struct {
	// Least is for dead rows that lie together, Most for dead rows that are scattered over the table.
	Least, Most int64
}

func (r LogRange) plus(other LogRange) LogRange {
	return LogRange{Least: r.Least + other.Least, Most: r.Most + other.Most}
}

// Share is the log of a part of the rows.
func (r LogRange) Share(part float64) LogRange {
	return LogRange{Least: int64(float64(r.Least) * part), Most: int64(float64(r.Most) * part)}
}

// storage is what decides how much log a heap's rows make.
type storage struct {
	blocks, rows int64
	blockSize    int64
	images       bool // full_page_writes
	wholeRows    bool // the log has each deleted row, for a subscriber
}

// logOf is the log that deleting so many rows of a heap makes.
func (s *Session) logOf(ctx context.Context, h heap, dead int64) (LogRange, error) {
	in, err := s.storageOf(ctx, h)
	if err != nil {
		return LogRange{}, err
	}
	return in.log(dead), nil
}

// log is what the deletion of so many rows writes: a record for each row, and an image of each page that has one.
func (in storage) log(dead int64) LogRange {
	if dead <= 0 || in.blocks <= 0 {
		return LogRange{}
	}
	rows, blocks := float64(max(in.rows, dead)), float64(in.blocks)
	each := float64(perLoggedRow)
	if in.wholeRows {
		each += blocks * float64(in.blockSize) / rows
	}
	records := each * float64(dead)
	together := math.Ceil(blocks * float64(dead) / rows)
	// Of pages that are hit at random, this many are hit once or more.
	scattered := max(together, blocks*(1-math.Pow(1-1/blocks, float64(dead))))
	if !in.images {
		together, scattered = 0, 0
	}
	image := float64(in.blockSize)
	return LogRange{Least: int64(records + together*image), Most: int64(records + scattered*image)}
}
