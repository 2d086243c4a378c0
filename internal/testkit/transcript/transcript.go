// Package transcript keeps what a program writes, for a test that reads it meanwhile.
package transcript

import (
	"bytes"
	"sync"
)

// Transcript is what was written so far. Its zero value is empty, and it is safe for concurrent use.
type Transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write never fails.
func (t *Transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

// String is all that was written.
func (t *Transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}
