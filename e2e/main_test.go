package e2e

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/siltgate/siltgate/internal/localpg/pgtest"
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
	pgtest.Main(m)
}
