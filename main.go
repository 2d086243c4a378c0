// Command siltgate deletes dead rows from the token tables of a live Postgres.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones, where the system has none

	"github.com/siltgate/siltgate/internal/cli"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go endOn(signals, cancel)
	os.Exit(cli.Run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}

// endOn lets the first signal ask, and the second one end the process as if
// nobody had listened.
func endOn(signals <-chan os.Signal, cancel func()) {
	<-signals
	cancel()
	second := <-signals
	signal.Reset(second)
	if self, err := os.FindProcess(os.Getpid()); err != nil || self.Signal(second) != nil {
		os.Exit(1)
	}
}
