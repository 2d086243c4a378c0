package cli

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Others write parts of our output: the reason of a run, an error, a table's name. Their text must
// not steer a terminal. A terminal obeys control characters, also those above U+0080, and draws
// text in another order after some characters that have no glyph.

// printable puts a blank in place of each character that a terminal would not just draw.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
}

// printableLines is printable for each line of a text.
func printableLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = printable(line)
	}
	return strings.Join(lines, "\n")
}

// printableJSON writes such characters as JSON's \u escapes. White space between values, and
// the line's end, stay: inside of a text, JSON has none of it.
func printableJSON(encoded []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(encoded))
	for len(encoded) > 0 {
		r, size := utf8.DecodeRune(encoded)
		switch {
		case r == '\n', unicode.IsPrint(r) && r != utf8.RuneError:
			out.Write(encoded[:size])
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
		encoded = encoded[size:]
	}
	return out.Bytes()
}

// jsonWriter makes JSON printable on its way to w, a line of the log at a time.
type jsonWriter struct{ w io.Writer }

// Write implements io.Writer.
func (j jsonWriter) Write(line []byte) (int, error) {
	if _, err := j.w.Write(printableJSON(line)); err != nil {
		return 0, err
	}
	return len(line), nil
}

// printableAttr keeps a value of the log from steering a terminal. The handler for text quotes
// line ends and blanks, and lets escape sequences pass.
func printableAttr(_ []string, a slog.Attr) slog.Attr {
	a.Key = visible(a.Key)
	if kind := a.Value.Kind(); kind != slog.KindString && kind != slog.KindAny {
		return a
	}
	if _, isLevel := a.Value.Any().(slog.Level); isLevel {
		return a
	}
	a.Value = slog.StringValue(visible(fmt.Sprint(a.Value.Any())))
	return a
}

// visible puts a question mark in place of what a terminal would obey.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}
