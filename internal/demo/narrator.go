package demo

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// narrator tells what happens, a line each, with the seconds since it began.
type narrator struct {
	out   io.Writer
	color bool
	began time.Time
}

func (n narrator) title(text string) {
	_, _ = fmt.Fprintf(n.out, "%s\n\n", n.paint("1", text))
}

// line tells of one happening. The topic is what it happened to.
func (n narrator) line(topic, format string, args ...any) {
	since := fmt.Sprintf("%5.1fs", time.Since(n.began).Seconds())
	_, _ = fmt.Fprintf(n.out, "%s  %s  %s\n",
		n.paint("2", since), n.paint("36", fmt.Sprintf("%-11s", topic)), fmt.Sprintf(format, args...))
}

// claim tells whether something that Siltgate promises held.
func (n narrator) claim(holds bool, text string) {
	verdict := n.paint("32", "ok    ")
	if !holds {
		verdict = n.paint("31", "FAILED")
	}
	_, _ = fmt.Fprintf(n.out, "  %s  %s\n", verdict, text)
}

func (n narrator) blank() {
	_, _ = fmt.Fprintln(n.out)
}

func (n narrator) paint(code, text string) string {
	if !n.color {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// bar draws how much of a whole is left.
func bar(left, whole int64) string {
	const width = 20
	full := int64(width)
	if whole > 0 {
		full = min(width, (left*width+whole/2)/whole)
	}
	return "[" + strings.Repeat("#", int(full)) + strings.Repeat(".", int(width-full)) + "]"
}
