package config

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"
)

const (
	// secretLimit is how many bytes a file may have: far more than a connection string.
	secretLimit = 64 << 10

	// secretTimeout is how long a pipe is waited for.
	secretTimeout = 5 * time.Second
)

// secretFile is the content of a file with a secret.
type secretFile struct {
	text string

	// once is true for a pipe, which cannot be read again.
	once bool
}

// readSecret reads the connection string that a file holds, or says why it cannot.
func readSecret(path string) (secret secretFile, reason string) {
	content, once, err := readFile(path)
	if err != nil {
		reason := err.Error()
		if fault, ok := errors.AsType[*fs.PathError](err); ok {
			reason = fault.Err.Error() // the path stands before it
		}
		return secret, "want a file that can be read: " + reason
	}
	switch {
	case len(content) > secretLimit:
		return secret, "want a file that holds " + urlForm + " and nothing else: it has more than 64 KiB"
	case bytes.HasPrefix(content, []byte("\xff\xfe")), bytes.HasPrefix(content, []byte("\xfe\xff")):
		return secret, "want a file in UTF-8: it is in UTF-16"
	case !utf8.Valid(content), bytes.IndexByte(content, 0) >= 0:
		return secret, "want a text file in UTF-8"
	}
	var lines []string
	for line := range strings.Lines(string(content)) {
		if line = plain("", line); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	text := strings.Join(lines, "\n") // keywords and values may stand on several lines
	switch {
	case text == "":
		return secret, "want a file that holds " + urlForm
	case len(lines) > 1 && (strings.Contains(text, "://") || assignment.MatchString(text)):
		return secret, "want a file with one line: " + urlForm
	}
	return secretFile{text: text, once: once}, ""
}

// readFile reads a file up to secretLimit and a byte more, and does not wait for a pipe into which
// nobody writes.
func readFile(path string) (content []byte, once bool, err error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, false, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return nil, false, err
	}
	_ = file.SetReadDeadline(time.Now().Add(secretTimeout)) // which a regular file cannot have
	content, err = io.ReadAll(io.LimitReader(file, secretLimit+1))
	return content, !info.Mode().IsRegular(), err
}

// assignment is a line of a .env or YAML file, where only the value was wanted.
var assignment = regexp.MustCompile(`^(?:export\s+)?[A-Z0-9_]*(?:URL|URI|DSN)[A-Z0-9_]*\s*[=:]\s*(\S.*)$`)

// withoutName removes a variable's name that stands before its value.
func withoutName(text string) string {
	if match := assignment.FindStringSubmatch(text); match != nil {
		return plain("", match[1])
	}
	return text
}
