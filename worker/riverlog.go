package worker

import (
	"context"
	"log/slog"

	"github.com/siltgate/siltgate/internal/outage"
)

// riverLogger makes River's log a part of ours. Lines that River logs at Info are Debug here,
// because we write one line per run. So are failures while the database is lost, because the outage
// has a line of its own.
func riverLogger(log *slog.Logger, monitor *outage.Monitor) *slog.Logger {
	return slog.New(demoted{log.Handler(), monitor}).With("component", "river")
}

// demoted is a handler that lowers the level of some lines.
type demoted struct {
	slog.Handler
	monitor *outage.Monitor
}

func (d demoted) level(level slog.Level) slog.Level {
	if level == slog.LevelInfo || level > slog.LevelInfo && d.monitor.Explains() {
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
	return demoted{d.Handler.WithAttrs(attrs), d.monitor}
}

// WithGroup implements slog.Handler.
func (d demoted) WithGroup(name string) slog.Handler {
	return demoted{d.Handler.WithGroup(name), d.monitor}
}
