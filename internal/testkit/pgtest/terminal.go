package pgtest

import (
	"fmt"
	"os"
)

// Tell writes a line to the terminal that the tests were started from, if there is one. Text that
// a test binary prints itself is shown by go test only when the package has ended.
func Tell(format string, args ...any) {
	terminal, err := os.OpenFile("/dev/tty", os.O_WRONLY, 0)
	if err != nil {
		return
	}
	defer func() { _ = terminal.Close() }()
	_, _ = fmt.Fprintf(terminal, format+"\n", args...)
}
