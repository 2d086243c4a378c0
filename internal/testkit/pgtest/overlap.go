package pgtest

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
)

// Overlap is for tests that wait most of the time, for locks, time-outs and intervals: twice as many of
// them run at a time as there are processors, up to eight, unless the command line says how many.
func Overlap(m Tests) Tests { return overlapping{m} }

type overlapping struct{ Tests }

// Run implements Tests.
func (o overlapping) Run() int {
	const (
		name = "test.parallel"
		most = 8
	)
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	if processors := runtime.GOMAXPROCS(0); !given {
		if err := flag.Set(name, strconv.Itoa(max(processors, min(2*processors, most)))); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return o.Tests.Run()
}
