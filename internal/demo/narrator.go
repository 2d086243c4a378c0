package demo

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// narrator tells what happens, a line each, with the seconds since it began.
type narrator struct {
	out   io.Writer
	color bool
	live  bool // a line may be drawn over
	began time.Time

	drawn bool // the last line is to be drawn over
}

func (n *narrator) title(text string) {
	_, _ = fmt.Fprintf(n.out, "%s\n\n", n.paint("1", text))
}

// width is how many columns a line has at most.
const width = 80

// line tells of one happening. The topic is what it happened to. Text that does not fit goes on
// in the next lines.
func (n *narrator) line(topic, format string, args ...any) {
	n.clear()
	since := fmt.Sprintf("%5.1fs", time.Since(n.began).Seconds())
	for _, part := range wrap(fmt.Sprintf(format, args...), width-len("100.0s  application  ")) {
		_, _ = fmt.Fprintf(n.out, "%s  %s  %s\n", n.paint("2", since), n.paint("36", fmt.Sprintf("%-11s", topic)), part)
		topic, since = "", strings.Repeat(" ", len(since))
	}
}

// draw shows a line on a terminal that the next one takes the place of.
func (n *narrator) draw(format string, args ...any) {
	if n.live {
		n.clear()
		_, _ = fmt.Fprintf(n.out, "%*s%s", len("100.0s  application  "), "", fmt.Sprintf(format, args...))
		n.drawn = true
	}
}

func (n *narrator) clear() {
	if n.drawn {
		_, _ = fmt.Fprint(n.out, "\r\x1b[K")
		n.drawn = false
	}
}

// wrap breaks a text at blanks. A word that is longer than a line is not cut.
func wrap(text string, columns int) []string {
	lines := []string{""}
	for i, word := range strings.Split(text, " ") {
		last := &lines[len(lines)-1]
		switch {
		case i == 0:
			*last = word
		case len(*last)+1+len(word) > columns:
			lines = append(lines, word)
		default:
			*last += " " + word
		}
	}
	return lines
}

// claim tells whether something that Siltgate promises held.
func (n *narrator) claim(holds bool, text string) {
	n.clear()
	verdict := n.paint("32", "ok    ")
	if !holds {
		verdict = n.paint("31", "FAILED")
	}
	for _, part := range wrap(text, width-len("  FAILED  ")) {
		_, _ = fmt.Fprintf(n.out, "  %s  %s\n", verdict, part)
		verdict = strings.Repeat(" ", len("FAILED"))
	}
}

func (n *narrator) blank() {
	n.clear()
	_, _ = fmt.Fprintln(n.out)
}

func (n *narrator) paint(code, text string) string {
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

// number writes 1234567 as 1,234,567.
func number[N int | int64](n N) string {
	digits := strconv.FormatInt(int64(n), 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
