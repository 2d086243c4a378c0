package pgtest

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/reaper"
)

// startTimeout allows for a download, over a slow line.
const startTimeout = 5 * time.Minute

// One server per test binary is package state: nothing that a test is given outlives it.
var shared sharedServer

type sharedServer struct {
	databases atomic.Int64 // created so far, for their names
	roles     atomic.Int64 // the same
	server    *localpg.Server
	reaper    *reaper.Reaper
}

func (s *sharedServer) start(ctx context.Context) (err error) {
	s.server, err = localpg.Start(ctx, found(localpg.Options{InMemory: true}))
	return err
}

func (s *sharedServer) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), cleanupTimeout)
	defer cancel()
	return s.server.Stop(ctx)
}
