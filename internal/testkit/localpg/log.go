package localpg

import (
	"fmt"
	"io"
	"os"
	"sync"
)

const logTail = 16 << 10

// serverLog keeps the server's output in a file, its end in memory, and passes a copy on.
type serverLog struct {
	file *os.File
	also io.Writer // may be nil

	mu   sync.Mutex
	tail []byte
}

func openLog(path string, also io.Writer) (*serverLog, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("create the log of Postgres: %w", err)
	}
	return &serverLog{file: file, also: also}, nil
}

// Write never fails: the server must not suffer for its log.
func (l *serverLog) Write(p []byte) (int, error) {
	_, _ = l.file.Write(p)
	if l.also != nil {
		_, _ = l.also.Write(p)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tail = append(l.tail, p...)
	l.tail = l.tail[max(0, len(l.tail)-logTail):]
	return len(p), nil
}

func (l *serverLog) end() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.tail)
}

func (l *serverLog) close() error { return l.file.Close() }
