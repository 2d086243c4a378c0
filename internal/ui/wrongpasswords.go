package ui

import (
	"net/netip"
	"sync"
	"time"
)

const (
	// mostFailures is how many wrong passwords of one client are looked at in a failureWindow.
	mostFailures  = 10
	failureWindow = time.Minute

	// mostAllFailures is the same for all clients together, because an attacker may be many of
	// them.
	mostAllFailures = 200

	// mostClients is how many clients are remembered.
	mostClients = 1000
)

// wrongPasswords counts wrong passwords.
type wrongPasswords struct {
	now func() time.Time

	mu     sync.Mutex
	began  time.Time // when the window began
	all    int
	counts map[netip.Addr]int
}

func newWrongPasswords(now func() time.Time) *wrongPasswords {
	return &wrongPasswords{now: now, counts: map[netip.Addr]int{}}
}

// wait is how much longer a client's passwords are refused unread.
func (f *wrongPasswords) wait(client netip.Addr) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.turn()
	if f.counts[client] < mostFailures && f.all < mostAllFailures {
		return 0
	}
	return f.began.Add(failureWindow).Sub(f.now())
}

// add counts a wrong password, and reports whether it was the client's last one for now.
func (f *wrongPasswords) add(client netip.Addr) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.turn()
	f.all++
	if _, known := f.counts[client]; known || len(f.counts) < mostClients {
		f.counts[client]++
	}
	return f.counts[client] == mostFailures || f.all == mostAllFailures
}

// forget takes back what was counted against a client that has the right password.
func (f *wrongPasswords) forget(client netip.Addr) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.counts, client)
}

// turn begins another window when the last one is over.
func (f *wrongPasswords) turn() {
	if now := f.now(); now.Sub(f.began) >= failureWindow {
		f.began, f.all = now, 0
		clear(f.counts)
	}
}
