package server

import (
	"strings"
	"sync"
)

// logPrefix begins each entry of a private server's log with the database.
const logPrefix = "@%d@"

// log counts statements in a server's log. Its zero value counts nothing.
type log struct {
	mu     sync.Mutex
	prefix string
	rest   string // of the latest entry, which may go on
	counts map[string]int64
}

// watch counts from now on what happens in a database.
func (l *log) watch(database string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.prefix, l.rest, l.counts = database+"@", "", map[string]int64{}
}

// Write takes a piece of the log, and never fails.
func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		return len(p), nil
	}
	// An entry goes on until the next one begins.
	entries := strings.Split(l.rest+string(p), "\n@")
	for _, entry := range entries[:len(entries)-1] {
		l.count(entry)
	}
	l.rest = entries[len(entries)-1]
	return len(p), nil
}

// statements are those counted so far.
func (l *log) statements() []Statement {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count(l.rest)
	l.rest = ""
	return sorted(l.counts)
}

func (l *log) count(entry string) {
	text, ours := strings.CutPrefix(strings.TrimPrefix(entry, "@"), l.prefix)
	if statement, ok := logged(text); ours && ok {
		l.counts[statement]++
	}
}

// logged is the statement that an entry is about, on one line.
func logged(entry string) (string, bool) {
	text, ok := strings.CutPrefix(entry, "LOG:")
	if !ok {
		return "", false
	}
	how, statement, ok := strings.Cut(strings.TrimSpace(text), ": ")
	if !ok || how != "statement" && !strings.HasPrefix(how, "execute ") {
		return "", false
	}
	return strings.Join(strings.Fields(statement), " "), true
}
