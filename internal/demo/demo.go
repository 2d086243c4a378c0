// Package demo shows Siltgate at work in under a minute: the token tables of an application
// that goes on using them, on a private Postgres; three replicas, each a process of its own;
// a leader that is killed; a run asked for by SQL.
//
// It measures what it says, and checks by SQL what it claims at the end: one claim that does not
// hold fails it. However it ends, it leaves nothing behind: it stops what it started, also when
// interrupted, and small reaper processes do so when it is killed.
package demo

import (
	"context"
	"errors"
	"io"
	"time"
)

// Demo is one showing.
type Demo struct {
	// Program is the path of siltgate itself, which is started as replicas.
	Program string

	// BinDir and Path say where to look for Postgres, see localpg.Options.
	BinDir, Path string

	// Out is told what happens. On a live terminal a line may be drawn over. Color is for terminals.
	Out   io.Writer
	Live  bool
	Color bool
}

// Run shows the demo and clears up after it. It returns an error if the demo could not be
// shown to its end, or if something that Siltgate promises did not hold.
func (d Demo) Run(ctx context.Context) error {
	s := &show{demo: d, say: narrator{out: d.Out, color: d.Color, live: d.Live, began: time.Now()}}
	err := s.play(ctx)
	if ctx.Err() != nil {
		s.say.line("demo", "interrupted: stopping the replicas and Postgres")
		err = errors.New("interrupted")
	}
	return errors.Join(err, s.clear(ctx))
}
