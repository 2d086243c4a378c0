package ui

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"riverqueue.com/riverui"
)

// riverPrefix is where River UI is.
const riverPrefix = "/river"

// river is River UI, by a client that works no jobs.
func (p *Page) river(ctx context.Context) (http.Handler, error) {
	quiet := slog.New(minLevel{p.Log.Handler(), slog.LevelWarn})
	client, err := river.NewClient(riverpgxv5.New(p.pool), &river.Config{Schema: p.Schema, Logger: quiet})
	if err != nil {
		return nil, fmt.Errorf("configure River: %w", err)
	}
	handler, err := riverui.NewHandler(&riverui.HandlerOpts{
		Endpoints: riverui.NewEndpoints(client, nil),
		Logger:    quiet,
		Prefix:    riverPrefix,
	})
	if err != nil {
		return nil, fmt.Errorf("configure River UI: %w", err)
	}
	if err := handler.Start(ctx); err != nil {
		return nil, fmt.Errorf("start River UI: %w", err)
	}
	return handler, nil
}

// minLevel passes on what is at least as important.
type minLevel struct {
	slog.Handler
	level slog.Level
}

// Enabled implements slog.Handler.
func (m minLevel) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= m.level && m.Handler.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (m minLevel) WithAttrs(attrs []slog.Attr) slog.Handler {
	return minLevel{m.Handler.WithAttrs(attrs), m.level}
}

// WithGroup implements slog.Handler.
func (m minLevel) WithGroup(name string) slog.Handler {
	return minLevel{m.Handler.WithGroup(name), m.level}
}
