// Package ui is the web page: an overview of the fleet at /, and River UI under /river/.
//
// Whoever may see the page sees everything in the schema, which holds no token. The page changes
// something only for a request that has the password and comes from the page itself. Without a
// password it only shows, and only to this machine. These rules hold for River UI too.
//
// # Where to find what
//
//	ui.go               the server
//	access.go           who may see the page and press its buttons; wrongpasswords.go: how often somebody may guess
//	overview.go         the page, put together; reading.go: what it reads from the schema
//	verdict.go          the sentence at the top: whether somebody has to act; late.go: when dead rows are there for too long
//	work.go             the run at work; tables.go: the tables; chart.go: the days; words.go: names, times and numbers
//	action.go           the buttons; river.go: River UI
package ui

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/siltgate/siltgate/internal/outage"
	"github.com/siltgate/siltgate/internal/session"
)

const (
	// mostConnections is how many connections of the database the page uses.
	mostConnections = 4

	// stopTimeout is how long requests are waited for at the end.
	stopTimeout = 2 * time.Second

	// mostBody is how many bytes a request may have.
	mostBody = 64 << 10
)

// Page serves the web page. Its fields are what Run needs.
type Page struct {
	// Database says how to connect.
	Database *pgxpool.Config

	// Schema holds River's tables and ours.
	Schema string

	// Addr is where to serve, as host:port; one that other machines reach needs a password.
	Addr string

	// User and Password are what a browser has to send. Without a password everyone on this machine
	// may look.
	User, Password string

	// Tables are the names of the configured tables, to choose from when a run is asked for.
	Tables []string

	Version string
	Log     *slog.Logger

	pool *pgxpool.Pool
	last cachedOverview
}

// Run serves the page until ctx is done. A database that is away is no reason to end: the
// page says so.
func (p *Page) Run(ctx context.Context) error {
	if err := outage.CheckPooling(ctx, p.Database); err != nil && !outage.IsAway(err) {
		return err
	}
	config := p.Database.Copy()
	config.MaxConns = mostConnections
	config.MaxConnIdleTime = time.Minute
	session.PinPool(config)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer pool.Close()
	p.pool = pool

	handler, err := p.handler(ctx)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", p.Addr)
	if err != nil {
		return fmt.Errorf("listen on SILTGATE_UI_ADDR: %w", err)
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(p.Log.Handler(), slog.LevelDebug),
	}
	p.Log.Info("page is served", "url", "http://"+listener.Addr().String()+"/", "password", p.Password != "")
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve the page: %w", err)
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if server.Shutdown(stopping) != nil {
		_ = server.Close()
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the page: %w", err)
	}
	return nil
}

// handler answers all requests that pass the rules.
func (p *Page) handler(ctx context.Context) (http.Handler, error) {
	river, err := p.river(ctx)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.overview)
	mux.Handle("GET /static/", static())
	mux.HandleFunc("POST /run", form(p.run))
	mux.HandleFunc("POST /pause", form(p.pause))
	mux.HandleFunc("POST /resume", form(p.resume))
	mux.HandleFunc("POST /cancel", form(p.cancel))
	mux.Handle(riverPrefix+"/", river)
	return newAccess(p.Addr, p.User, p.Password, p.Log).guard(mux), nil
}
