// Package pty gives tests a terminal that nobody looks at.
package pty

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unsafe"
)

// Terminal is a pseudo-terminal.
type Terminal struct {
	// Screen is what a program writes to. Close it when no program does any more.
	Screen *os.File

	read  sync.WaitGroup
	mu    sync.Mutex
	shown strings.Builder
}

// Open makes a terminal that is so wide. All is closed by the test's end.
func Open(t testing.TB, columns uint16) *Terminal {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	var unlocked, number int32
	size := [4]uint16{24, columns}
	for request, argument := range map[uintptr]unsafe.Pointer{ // ioctl takes nothing else
		syscall.TIOCSPTLCK: unsafe.Pointer(&unlocked), //nolint:gosec // see above
		syscall.TIOCGPTN:   unsafe.Pointer(&number),   //nolint:gosec // see above
		syscall.TIOCSWINSZ: unsafe.Pointer(&size),     //nolint:gosec // see above
	} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, keyboard.Fd(), request, uintptr(argument)); errno != 0 {
			t.Fatal(errno)
		}
	}
	screen, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := &Terminal{Screen: screen}
	p.read.Go(func() {
		piece := make([]byte, 4096)
		for {
			n, err := keyboard.Read(piece)
			p.mu.Lock()
			p.shown.Write(piece[:n])
			p.mu.Unlock()
			if err != nil {
				if !errors.Is(err, syscall.EIO) { // EIO: nobody writes any more
					t.Error(err)
				}
				return
			}
		}
	})
	t.Cleanup(func() {
		_ = screen.Close()
		p.read.Wait()
		_ = keyboard.Close()
	})
	return p
}

// Shown is what the terminal was sent so far.
func (p *Terminal) Shown() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.ReplaceAll(p.shown.String(), "\r\n", "\n")
}

// End closes the screen, and returns all that the terminal was sent.
func (p *Terminal) End() string {
	_ = p.Screen.Close()
	p.read.Wait()
	return p.Shown()
}
