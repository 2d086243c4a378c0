package pgtest

import (
	"context"
	"flag"
	"fmt"
	"os"

	"go.uber.org/goleak"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/reaper"
)

// Tests are what a *testing.M runs, or more than that.
type Tests interface {
	// Run returns the exit code.
	Run() int
}

// Main starts the shared server, runs a package's tests, stops the server, and exits. It fails a
// package whose tests passed and left goroutines behind, except those that ignore names. The
// temporary directory of the tests is one of their own, which is gone with the process, however
// that ends.
func Main(m Tests, ignore ...goleak.Option) {
	os.Exit(run(m, shared.start, shared.stop, ignore))
}

// MainWithoutServer is Main for tests that start all their servers themselves.
func MainWithoutServer(m Tests, ignore ...goleak.Option) {
	start := func(ctx context.Context) error {
		_, err := localpg.Binaries(ctx, found(localpg.Options{}))
		return err
	}
	os.Exit(run(m, start, func() error { return nil }, ignore))
}

// Reaper is the reaper of this test binary, for processes that a test starts. It is nil while Main
// does not run.
func Reaper() *reaper.Reaper { return shared.reaper }

func run(m Tests, start func(context.Context) error, stop func() error, ignore []goleak.Option) (code int) {
	localpg.ForgetLibpq(os.Environ())
	if !flag.Parsed() {
		flag.Parse()
	}
	if flag.Lookup("test.list").Value.String() != "" {
		return m.Run()
	}
	if err := prepare(start); err != nil {
		fmt.Fprintf(os.Stderr, "these tests need a Postgres, and none of them ran: %v\n", err)
		return 1
	}
	defer shared.reaper.Release()
	code = m.Run()
	err := stop()
	if code == 0 && err == nil {
		err = goleak.Find(ignore...)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return max(code, 1)
	}
	return code
}

func prepare(start func(context.Context) error) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	if shared.reaper, err = reaper.Start(ctx); err != nil {
		return err
	}
	if dir := localpg.Downloads(ctx, found(localpg.Options{})); dir != "" {
		Tell("no Postgres on this machine: downloading one to %s, this once", dir)
	}
	if err = shared.reaper.OwnTempDir(); err == nil {
		err = start(ctx)
	}
	if err != nil {
		shared.reaper.Release()
	}
	return err
}
