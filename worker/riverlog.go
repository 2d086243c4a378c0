package worker

import (
	"context"
	"log/slog"
)

// riverLogger lets River speak as a part of ours: what it finds worth Info is
// Debug to us, who write one line per run; so is all that fails while the
// database is lost, which has a line of its own.
func riverLogger(log *slog.Logger, outage *Outage) *slog.Logger {
	return slog.New(demoted{log.Handler(), outage}).With("component", "river")
}

// demoted writes less than it is told to.
type demoted struct {
	slog.Handler
	outage *Outage
}

func (d demoted) level(level slog.Level) slog.Level {
	if level == slog.LevelInfo || level > slog.LevelInfo && d.outage.explains() {
		return slog.LevelDebug
	}
	return level
}

// Enabled implements slog.Handler.
func (d demoted) Enabled(ctx context.Context, level slog.Level) bool {
	return d.Handler.Enabled(ctx, d.level(level))
}

// Handle implements slog.Handler.
func (d demoted) Handle(ctx context.Context, record slog.Record) error {
	record.Level = d.level(record.Level)
	if !d.Handler.Enabled(ctx, record.Level) {
		return nil // an outage began after Enabled was asked
	}
	return d.Handler.Handle(ctx, record)
}

// WithAttrs implements slog.Handler.
func (d demoted) WithAttrs(attrs []slog.Attr) slog.Handler {
	return demoted{d.Handler.WithAttrs(attrs), d.outage}
}

// WithGroup implements slog.Handler.
func (d demoted) WithGroup(name string) slog.Handler {
	return demoted{d.Handler.WithGroup(name), d.outage}
}
