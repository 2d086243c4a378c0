package e2e

import (
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	// The program is built beside the tests. Go would show an old result after a change of it, unless
	// the tests import what it is made of.
	_ "github.com/siltgate/siltgate/internal/cli"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// sideBySide is how many tests run at once unless -parallel says so: they mostly wait for
// processes, so it is more than there are processors.
const sideBySide = "6"

func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		if err := flag.Set("test.parallel", sideBySide); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if err := readSeed(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("the seed: %s=%d\n", seedVariable, seed)
	pgtest.Main(suite{m})
}

// suite is the tests, with the program that they start.
type suite struct{ *testing.M }

// Run builds the program once, so that one which does not compile is one error.
func (s suite) Run() int {
	var err error
	if binary, err = build(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	done := make(chan struct{})
	var told sync.WaitGroup
	told.Go(func() { tellProgress(done) })
	defer told.Wait()
	defer close(done)
	return s.M.Run()
}

// fleetsJudged counts the fleets that have ended. Most tests have one.
var fleetsJudged atomic.Int64

// tellProgress tells the terminal every half a minute how far the tests are.
func tellProgress(done <-chan struct{}) {
	began := time.Now()
	beat := time.NewTicker(30 * time.Second)
	defer beat.Stop()
	for {
		select {
		case <-done:
			return
		case <-beat.C:
			pgtest.Tell("e2e: %s, %d fleets have ended", time.Since(began).Round(time.Second), fleetsJudged.Load())
		}
	}
}
