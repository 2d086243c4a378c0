package worker

import (
	"sync"
	"time"
)

// loggedReason is the last reason to wait that was logged. It keeps the same reason from being logged
// again and again for many runs.
type loggedReason struct {
	mu   sync.Mutex
	text string
	at   time.Time
}

// due reports whether to log a reason: another one at once, the same one once a minute.
func (r *loggedReason) due(text string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if text == r.text && time.Since(r.at) < time.Minute {
		return false
	}
	r.text, r.at = text, time.Now()
	return true
}
