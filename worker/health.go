package worker

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/siltgate/siltgate/internal/outage"
	"github.com/siltgate/siltgate/migrations"
)

// health answers whether this replica lives and is ready.
type health struct {
	id      string
	log     *slog.Logger
	metrics http.Handler // nil: none are served
	started atomic.Bool  // River runs

	mu      sync.Mutex
	replica *Replica  // nil until it has a pool
	waiting string    // for what, until River starts
	asked   time.Time // the database, last
	answer  []string
	paused  pause
}

// waitFor says what keeps the replica from starting; empty: nothing that is known.
func (h *health) waitFor(reason string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waiting = reason
}

// watch asks the database of a replica from now on.
func (h *health) watch(r Replica) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.replica, h.waiting = &r, ""
}

// liveness is the body of /healthz.
type liveness struct {
	Status  string `json:"status"`
	Replica string `json:"replica"`
}

// readiness is the body of /readyz.
type readiness struct {
	Ready   bool     `json:"ready"`
	Replica string   `json:"replica"`
	Reasons []string `json:"reasons,omitempty"` // why not

	// Paused says why runs are paused: that is no reason against being ready.
	Paused string `json:"paused,omitempty"`
}

const (
	// readyTimeout bounds one look at the database.
	readyTimeout = 2 * time.Second

	// readyInterval is the greatest age of an answer: the database is asked once in this time,
	// however many requests come.
	readyInterval = time.Second
)

// server is the listener for health; nil when there is none.
type server struct {
	http     *http.Server
	listener net.Listener
	done     chan struct{}
}

// listen serves health until close. Without an address it does nothing.
func (h *health) listen(ctx context.Context, addr string) (*server, error) {
	if addr == "" {
		return nil, nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on SILTGATE_HTTP_ADDR: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", h.alive)
	mux.HandleFunc("GET /readyz", h.ready)
	if h.metrics != nil {
		mux.Handle("GET /metrics", h.metrics)
	}
	s := &server{
		listener: listener,
		http: &http.Server{
			Handler:           mux,
			ReadHeaderTimeout: 5 * time.Second,
			ReadTimeout:       5 * time.Second,
			WriteTimeout:      10 * time.Second,
			IdleTimeout:       30 * time.Second,
			MaxHeaderBytes:    8 << 10,
		},
		done: make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			h.log.Error("health and metrics are no longer served: restart this replica", "error", err)
		}
	}()
	return s, nil
}

// addr is where health is served, empty for nowhere.
func (s *server) addr() string {
	if s == nil {
		return ""
	}
	return s.listener.Addr().String()
}

// close ends the listener; a slow client is not waited for.
func (s *server) close(ctx context.Context) {
	if s == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
	<-s.done
}

// alive answers as long as the process can.
func (h *health) alive(w http.ResponseWriter, _ *http.Request) {
	body, err := json.Marshal(liveness{Status: "ok", Replica: h.id})
	respond(w, http.StatusOK, body, err)
}

// ready answers 503 with the reasons while this replica could not do its work.
func (h *health) ready(w http.ResponseWriter, req *http.Request) {
	reasons, paused := h.reasons(req.Context())
	body := readiness{Replica: h.id, Reasons: reasons, Paused: string(paused)}
	body.Ready = len(body.Reasons) == 0
	status := http.StatusOK
	if !body.Ready {
		status = http.StatusServiceUnavailable
	}
	encoded, err := json.Marshal(body)
	respond(w, status, encoded, err)
}

// reasons are all that keeps the replica from being ready, and why runs are paused, if they are.
func (h *health) reasons(ctx context.Context) ([]string, pause) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.asked) >= readyInterval {
		h.answer = h.databaseReasons(ctx)
		h.asked = time.Now()
	}
	if !h.started.Load() {
		return append([]string{"River is not started"}, h.answer...), h.paused
	}
	return h.answer, h.paused
}

// databaseReasons are the reasons that the database gives. The database's own words go to the log,
// and not to everyone who asks.
func (h *health) databaseReasons(ctx context.Context) []string {
	if h.replica == nil {
		return []string{cmp.Or(h.waiting, "the database was not looked at yet")}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTimeout)
	defer cancel()
	var reasons []string
	if h.waiting != "" {
		reasons = append(reasons, h.waiting)
	}
	err := outage.CheckWritable(ctx, h.replica.pool)
	switch {
	case errors.Is(err, outage.ErrRecovering), errors.Is(err, outage.ErrReadOnly):
		reasons = append(reasons, err.Error())
	case err != nil:
		h.log.Debug("database not reached", "error", err)
		return []string{"the database cannot be reached"}
	}
	version, err := migrations.Version(ctx, h.replica.pool, h.replica.Schema)
	switch {
	case err != nil:
		h.log.Debug("migrations not read", "error", err)
		reasons = append(reasons, "the schema's version cannot be read")
	case version < migrations.Latest:
		return append(reasons, fmt.Sprintf("the schema is at version %d, %d is needed: run `siltgate migrate`", version, migrations.Latest))
	}
	if paused, err := h.replica.readPause(ctx); err == nil {
		h.paused = paused
	}
	lacking, err := h.replica.lacking(ctx)
	if err != nil {
		h.log.Debug("privileges not read", "error", err)
		reasons = append(reasons, "the role's privileges cannot be read")
	}
	return append(reasons, lacking...)
}

func respond(w http.ResponseWriter, status int, body []byte, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // an error means that the client is gone
}
