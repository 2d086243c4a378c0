package worker

import (
	"sync"
	"time"
)

// complaint is the last reason to wait that was logged. It keeps the same reason from being logged
// again and again for many runs.
type complaint struct {
	mu   sync.Mutex
	text string
	at   time.Time
}

// due reports whether to log a reason: another one at once, the same one once a minute.
func (c *complaint) due(text string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if text == c.text && time.Since(c.at) < time.Minute {
		return false
	}
	c.text, c.at = text, time.Now()
	return true
}
