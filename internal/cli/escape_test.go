package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// steering is what a terminal obeys: escape sequences, the same in one character, a bell, DEL,
// marks that turn the order of letters round, and characters without a glyph.
const steering = "a\x1b]0;owned\x07\x1b[2J\u009b31m\u009d\x7f\u202e\u2066\u200f\u061c\U000e0041\u2028\ufeffz"

func requireHarmless(t *testing.T, text string) {
	t.Helper()
	require.True(t, utf8.ValidString(text), "%q", text)
	for _, r := range text {
		require.True(t, r == '\n' || unicode.IsPrint(r), "%q in %q", r, text)
	}
}

func TestFault84WhatOthersWroteCannotSteerATerminalAnywhere(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)
	_, err := pool.Exec(t.Context(), `INSERT INTO siltgate.river_job (kind, args) VALUES ('token_cleanup', $1)`,
		map[string]string{"requested_by": steering, "reason": steering + "\nnext"})
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), `
		UPDATE siltgate.river_job
		SET state = 'discarded', finalized_at = now(), attempted_by = ARRAY[$1], errors = ARRAY[jsonb_build_object('error', $1)]`, steering)
	require.NoError(t, err)

	out := siltgate(t.Context(), environ, "history")
	require.Zero(t, out.code, out.stderr)
	requireHarmless(t, out.stdout)
	require.Len(t, strings.Split(strings.TrimSpace(out.stdout), "\n"), 3, "a header, the run, why it failed")

	out = siltgate(t.Context(), environ, "history", "--json")
	require.Zero(t, out.code, out.stderr)
	requireHarmless(t, out.stdout)
	var runs []map[string]any
	require.NoError(t, json.Unmarshal([]byte(out.stdout), &runs))
	require.Equal(t, steering+"\nnext", runs[0]["reason"], "nothing is lost")

	for _, args := range [][]string{{"enqueue", "--table", steering}, {steering}, {"run", "--" + steering}} {
		out = siltgate(t.Context(), environ, args...)
		require.Equal(t, 2, out.code)
		requireHarmless(t, out.stderr)
	}
	for _, environ := range [][]string{{"SILTGATE_MAX_ROWS=" + steering}, {"SILTGATE_" + steering + "=x"}, {"DATABASE_URL_FILE=/" + steering}} {
		out = siltgate(t.Context(), environ, "run")
		require.Equal(t, 2, out.code)
		requireHarmless(t, out.stderr)
	}
}

func TestALogSteersNoTerminal(t *testing.T) {
	t.Parallel()
	for name, log := range map[string]func(*bytes.Buffer) *slog.Logger{
		"JSON":               func(w *bytes.Buffer) *slog.Logger { return newJSONLog(w, slog.LevelDebug) },
		"text":               func(w *bytes.Buffer) *slog.Logger { return newTextLog(w, slog.LevelDebug, false) },
		"text on a terminal": func(w *bytes.Buffer) *slog.Logger { return newTextLog(w, slog.LevelDebug, true) },
	} {
		var text bytes.Buffer
		var count slog.Attr
		count.Key, count.Value = steering, slog.IntValue(7)
		log(&text).With("replica", steering).Warn("run failed", "error", errors.New(steering), "names", []string{steering},
			"bytes", "\xff\x9b", "tables", slog.GroupValue(count))
		line := text.String()
		require.Equal(t, 1, strings.Count(line, "\n"), name)
		if name == "text on a terminal" {
			for _, ours := range []string{"\x1b[93m", "\x1b[2;91m", "\x1b[91m", "\x1b[2m", "\x1b[22m", "\x1b[0m", "\x1b[92m", "\x1b[2;92m"} {
				line = strings.ReplaceAll(line, ours, "")
			}
		}
		requireHarmless(t, line)
		require.Contains(t, line, "owned", name)
	}
}

func TestPrintableJSONSaysTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := map[string]string{rapid.String().Draw(t, "name"): rapid.StringOf(rapid.Rune()).Draw(t, "value") + steering}
		var plain bytes.Buffer
		encoder := json.NewEncoder(&plain)
		encoder.SetEscapeHTML(false)
		require.NoError(t, encoder.Encode(want))
		safe := printableJSON(plain.Bytes())
		for _, r := range string(safe) {
			require.True(t, r == '\n' || unicode.IsPrint(r), "%q", r)
		}
		var got, same map[string]string
		require.NoError(t, json.Unmarshal(safe, &got))
		require.NoError(t, json.Unmarshal(plain.Bytes(), &same))
		require.Equal(t, same, got)
	})
}
