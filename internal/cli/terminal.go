package cli

import (
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"
)

// plainWidth is for what is written to a file or a pipe, in columns.
const plainWidth = 80

// terminal is how wide the output is, and what it can show.
type terminal struct {
	width int  // columns
	live  bool // a line may be drawn over
	color bool
}

// terminal looks at what standard output is.
func (p *program) terminal() terminal { return terminalOf(p.stdout, p.environ) }

func terminalOf(w io.Writer, environ []string) terminal {
	t := terminal{width: plainWidth, live: isTerminal(w), color: colored(w, environ)}
	if file, ok := w.(*os.File); ok && t.live {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			t.width = width
		}
	}
	return t
}

// isTerminal reports whether what is written to w is read by a person.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// colored reports whether w shows colours, and its reader wants them: https://no-color.org.
func colored(w io.Writer, environ []string) bool {
	refused := slices.ContainsFunc(environ, func(variable string) bool {
		value, ok := strings.CutPrefix(variable, "NO_COLOR=")
		return ok && value != ""
	})
	return isTerminal(w) && !refused
}

const (
	red    = "31"
	green  = "32"
	yellow = "33"
	dim    = "2"
)

func (t terminal) paint(code, text string) string {
	if !t.color || code == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// fit cuts a text to so many columns.
func fit(text string, columns int) string {
	runes := []rune(text)
	if len(runes) <= columns {
		return text
	}
	return string(runes[:max(columns-1, 0)]) + "…"
}

// fold breaks a line for a terminal. Elsewhere it stays whole, so that its words can be searched for.
func (t terminal) fold(line, indent string) string {
	if !t.live {
		return line
	}
	return hang(line, indent, t.width)
}

// hang breaks a line of text at blanks, and indents the lines after the first. That one keeps the blanks that it
// begins with. A word that is longer than a line is not cut.
func hang(text, indent string, width int) string {
	var out strings.Builder
	out.WriteString(text[:len(text)-len(strings.TrimLeft(text, " "))])
	column, empty := out.Len(), true
	for word := range strings.FieldsSeq(text) {
		n := len([]rune(word))
		if !empty && column+1+n > width {
			out.WriteString("\n" + indent)
			column, empty = len(indent), true
		}
		if !empty {
			out.WriteString(" ")
			column++
		}
		out.WriteString(word)
		column, empty = column+n, false
	}
	return out.String()
}
