package purge

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

const (
	// littleShare of max_slot_wal_keep_size, as a divisor, and no less than littleSegments, is
	// little log for a slot to have left.
	littleShare    = 10
	littleSegments = 2

	// mostBacklog is how many segments may wait to be archived: a gigabyte, as segments are by
	// default. While archiving fails it is one.
	mostBacklog = 64
)

// walSignals is what Postgres says of those who read the log (WAL) that deleting makes.
type walSignals struct {
	slots    []slotSignal
	archiver archiverSignal
}

// slotSignal is a logical replication slot.
type slotSignal struct {
	name   string
	status string // wal_status
	// safe is how many bytes of log can still be written before the slot may be lost, and little
	// is how many of them count as few. Negative: any number.
	safe, little int64
}

// archiverSignal is how far the archiver is behind.
type archiverSignal struct {
	on      bool
	failing bool  // its latest try failed
	behind  int64 // segments
}

// WALWaits is for which slots, and whether for the archiver, a run waits, or has given up waiting.
type WALWaits struct {
	// Slots says for each slot that may be lost since when the run waits for it.
	Slots map[string]time.Time `json:"slots,omitempty"`

	// Archiver is since when the run waits for the archiver. ArchiverLeftOut: it no longer does.
	Archiver        time.Time `json:"archiver,omitzero"`
	ArchiverLeftOut bool      `json:"archiver_left_out,omitempty"`
}

// guardError ends a slice: what the run waits for has lasted too long, and must not be disregarded.
type guardError struct{ reason string }

func (e guardError) Error() string { return e.reason }

// decide returns why a run must not delete now, empty if it may, and what it waits for from now on.
// Its error is a guardError: a slot that may be lost is never left out, because whoever reads from it
// would have to begin anew.
func (k WALWaits) decide(now time.Time, maxWait time.Duration, seen walSignals) (reason string, after WALWaits, err error) {
	after = WALWaits{Slots: map[string]time.Time{}, Archiver: k.Archiver, ArchiverLeftOut: k.ArchiverLeftOut}
	for _, slot := range seen.slots {
		why := slot.endangered()
		if why == "" {
			continue
		}
		since, waits := k.Slots[slot.name]
		if !waits {
			since = now
		}
		after.Slots[slot.name] = since
		if reason == "" {
			reason = why
		}
		if maxWait > 0 && now.Sub(since) >= maxWait {
			return why, after, guardError{fmt.Sprintf("%s, and deleting writes more WAL: waited for %s (SILTGATE_MAX_WAIT); "+
				"let its reader catch up, or drop the slot", why, now.Sub(since).Round(time.Second))}
		}
	}
	why := seen.archiver.late()
	switch {
	case why == "":
		after.Archiver, after.ArchiverLeftOut = time.Time{}, false
	case k.ArchiverLeftOut:
	case k.Archiver.IsZero():
		after.Archiver = now
	case maxWait > 0 && now.Sub(k.Archiver) >= maxWait:
		after.Archiver, after.ArchiverLeftOut = time.Time{}, true
	}
	if reason == "" && !after.Archiver.IsZero() {
		reason = why
	}
	return reason, after, nil
}

// endangered says why a slot may be lost soon. One that is lost already has nothing to lose.
func (s slotSignal) endangered() string {
	switch {
	case s.status == "lost":
		return ""
	case s.status != "reserved" && s.status != "extended":
		return fmt.Sprintf("slot %q is about to lose WAL that its reader needs", s.name)
	case s.safe >= 0 && s.safe < s.little:
		return fmt.Sprintf("slot %q has %d MB of WAL left", s.name, s.safe>>20)
	}
	return ""
}

// late says why deleting has to wait for the archiver; empty if it need not.
func (a archiverSignal) late() string {
	switch {
	case !a.on:
		return ""
	case a.failing && a.behind > 1:
		return fmt.Sprintf("archiving fails and is %d segments behind", a.behind)
	case a.behind > mostBacklog:
		return fmt.Sprintf("archiving is %d segments behind", a.behind)
	}
	return ""
}

// equal reports whether a run waits for the same ones, and has left out the same.
func (k WALWaits) equal(other WALWaits) bool {
	return slices.Equal(slices.Sorted(maps.Keys(k.Slots)), slices.Sorted(maps.Keys(other.Slots))) &&
		k.Archiver.IsZero() == other.Archiver.IsZero() && k.ArchiverLeftOut == other.ArchiverLeftOut
}
