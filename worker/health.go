package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/siltgate/siltgate/migrations"
)

// health answers whether this replica lives and is ready.
type health struct {
	replica Replica
	started atomic.Bool // River runs

	mu     sync.Mutex
	asked  time.Time // the database, last
	answer []string
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
}

const (
	// readyTimeout bounds one look at the database.
	readyTimeout = 2 * time.Second

	// readyInterval is how old an answer may be: however many ask, the database
	// is asked once in it.
	readyInterval = time.Second
)

// server is the listener for health; nil when there is none.
type server struct {
	http     *http.Server
	listener net.Listener
	done     chan struct{}
}

// listen serves health until close. Without an address it does nothing.
func (h *health) listen(ctx context.Context) (*server, error) {
	if h.replica.HTTPAddr == "" {
		return nil, nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", h.replica.HTTPAddr)
	if err != nil {
		return nil, fmt.Errorf("listen on SILTGATE_HTTP_ADDR: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", h.alive)
	mux.HandleFunc("GET /readyz", h.ready)
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
			h.replica.Log.Error("health is not served any more", "error", err)
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
	body, err := json.Marshal(liveness{Status: "ok", Replica: h.replica.ID})
	respond(w, http.StatusOK, body, err)
}

// ready answers 503 with the reasons while this replica could not do its work.
func (h *health) ready(w http.ResponseWriter, req *http.Request) {
	body := readiness{Replica: h.replica.ID, Reasons: h.reasons(req.Context())}
	body.Ready = len(body.Reasons) == 0
	status := http.StatusOK
	if !body.Ready {
		status = http.StatusServiceUnavailable
	}
	encoded, err := json.Marshal(body)
	respond(w, status, encoded, err)
}

// reasons are all that keeps the replica from being ready.
func (h *health) reasons(ctx context.Context) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.asked) >= readyInterval {
		h.answer = h.databaseReasons(ctx)
		h.asked = time.Now()
	}
	if !h.started.Load() {
		return append([]string{"River is not started"}, h.answer...)
	}
	return h.answer
}

// databaseReasons are those that the database gives. What it says of itself is
// for the log, not for whoever asks.
func (h *health) databaseReasons(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTimeout)
	defer cancel()
	var reasons []string
	err := writable(ctx, h.replica.Pool)
	switch {
	case errors.Is(err, errRecovering), errors.Is(err, errReadOnly):
		reasons = append(reasons, err.Error())
	case err != nil:
		h.replica.Log.Debug("database not reached", "error", err)
		return []string{"the database cannot be reached"}
	}
	version, err := migrations.Version(ctx, h.replica.Pool, h.replica.Schema)
	switch {
	case err != nil:
		h.replica.Log.Debug("migrations not read", "error", err)
		reasons = append(reasons, "the schema's version cannot be read")
	case version < migrations.Latest:
		reasons = append(reasons, fmt.Sprintf("the schema is at version %d, %d is needed: run `siltgate migrate`", version, migrations.Latest))
	}
	return reasons
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
