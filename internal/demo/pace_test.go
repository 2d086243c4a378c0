package demo

import (
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// pace measures how many times longer than on a machine at rest everything takes, because
// others want the processors too: how long some work of this process takes, by the processor
// time that it needs. At rest that is 1.
type pace struct {
	stop func()
	done chan float64
}

func startPace(t *testing.T) *pace {
	t.Helper()
	stopped := make(chan struct{})
	p := &pace{stop: sync.OnceFunc(func() { close(stopped) }), done: make(chan float64, 1)}
	go p.measure(stopped)
	t.Cleanup(func() { p.slowness() })
	return p
}

func (p *pace) measure(stopped <-chan struct{}) {
	var took, needed time.Duration
	for {
		select {
		case <-stopped:
			p.done <- max(1, float64(took)/float64(max(1, needed)))
			return
		case <-time.After(200 * time.Millisecond):
		}
		began, used := time.Now(), processorTime()
		for sum := 0; processorTime()-used < 10*time.Millisecond; {
			for i := range 100_000 {
				sum += i * i
			}
		}
		took += time.Since(began)
		needed += processorTime() - used
	}
}

// slowness ends the measurement and returns its result.
func (p *pace) slowness() float64 {
	p.stop()
	result := <-p.done
	p.done <- result
	return result
}

// processorTime is what this process has used.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func TestThePaceOfAMachineIsMeasured(t *testing.T) {
	t.Parallel()
	p := startPace(t)
	<-time.After(time.Second)
	slowness := p.slowness()
	t.Logf("everything takes %.1f times as long as at rest", slowness)
	require.GreaterOrEqual(t, slowness, 1.0)
	require.Less(t, slowness, 1000.0)
}
