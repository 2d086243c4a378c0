package cli

import (
	"io"
	"log/slog"
	"time"

	"github.com/lmittmann/tint"

	"github.com/siltgate/siltgate/internal/config"
)

// newLog writes JSON, or text for people where they read it, in colour unless NO_COLOR is set. No line of it steers a terminal.
func newLog(w io.Writer, c config.Config, environ []string) *slog.Logger {
	if c.LogFormat == "text" || c.LogFormat == "auto" && isTerminal(w) {
		return newTextLog(w, c.LogLevel, colored(w, environ))
	}
	return newJSONLog(w, c.LogLevel)
}

func newTextLog(w io.Writer, level slog.Level, colored bool) *slog.Logger {
	return slog.New(tint.NewTextHandler(w, &tint.Options{
		Level:       level,
		TimeFormat:  time.TimeOnly,
		NoColor:     !colored,
		ReplaceAttr: printableAttr,
	}))
}

func newJSONLog(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(jsonWriter{w}, &slog.HandlerOptions{Level: level, ReplaceAttr: readableDuration}))
}

// readableDuration writes 2.134s where JSON would have nanoseconds.
func readableDuration(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.StringValue(a.Value.Duration().String())
	}
	return a
}
