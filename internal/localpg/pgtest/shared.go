package pgtest

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/siltgate/siltgate/internal/localpg"
)

// One server per test binary is package state: nothing that a test is given outlives it.
var shared sharedServer

type sharedServer struct {
	databases atomic.Int64 // created so far, for their names

	mu     sync.Mutex
	server *localpg.Server
	err    error // why the first start failed; it is not tried again
}

func (s *sharedServer) get(ctx context.Context) (*localpg.Server, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil && s.err == nil {
		s.server, s.err = localpg.Start(ctx, found(localpg.Options{}))
	}
	return s.server, s.err
}

func (s *sharedServer) stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), cleanupTimeout)
	defer cancel()
	return s.server.Stop(ctx)
}
