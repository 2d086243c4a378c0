package worker

import (
	"context"
	"log/slog"
)

// riverLogger lets River speak as a part of ours: what it finds worth Info is
// Debug to us, who write one line per run.
func riverLogger(log *slog.Logger) *slog.Logger {
	return slog.New(demoted{log.Handler()}).With("component", "river")
}

// demoted writes Info as Debug.
type demoted struct{ slog.Handler }

func (d demoted) level(level slog.Level) slog.Level {
	if level == slog.LevelInfo {
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
	return d.Handler.Handle(ctx, record)
}

// WithAttrs implements slog.Handler.
func (d demoted) WithAttrs(attrs []slog.Attr) slog.Handler {
	return demoted{d.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (d demoted) WithGroup(name string) slog.Handler { return demoted{d.Handler.WithGroup(name)} }
