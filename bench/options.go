package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/siltgate/siltgate/bench/internal/method"
	"github.com/siltgate/siltgate/bench/internal/scenario"
	"github.com/siltgate/siltgate/bench/internal/tokens"
)

// options are the command line.
type options struct {
	plan      scenario.Plan
	rows      []int64
	heaps     []tokens.Heap
	scenarios []string

	databaseURL   string
	sharedBuffers string
	autovacuum    bool
	slowDisk      time.Duration
	program       string

	json string
	svg  string
}

// parse reads the command line. Values that are wrong are refused.
func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	var rows, heaps, scenarios, methods string
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&rows, "rows", "1000000", "rows of the table; several with commas")
	flags.StringVar(&scenarios, "scenario", "backlog", "what to measure, several with commas: "+strings.Join(scenario.Names(), ", "))
	flags.StringVar(&heaps, "heap", "clustered", "clustered (in the order of expiry), scattered (as after a year of updates), or both with a comma")
	flags.IntVar(&o.plan.Repetitions, "reps", 3, "repetitions; figures are their medians")
	flags.StringVar(&methods, "methods", "", "methods to measure, with commas; empty = all: "+methodNames())
	flags.Int64Var(&o.plan.Dead, "dead", 0, "percent of the rows that are dead; 0 = the scenario's own: 80, of daily 2")
	flags.IntVar(&o.plan.Rate, "fg-rate", 300, "requests of the foreground, a second; 0 = no foreground")
	flags.DurationVar(&o.plan.Before, "before", 10*time.Second, "how long the foreground is measured before the purge")
	flags.DurationVar(&o.plan.After, "after", 5*time.Second, "and after it")
	flags.DurationVar(&o.plan.Limit, "limit", time.Minute, "the longest that a loop of small statements or a scheduled run may take; 0 = as long as it does")
	flags.DurationVar(&o.plan.Checkpoints, "checkpoints", 0, "how often a checkpoint happens during the purge; 0 = none does")
	flags.DurationVar(&o.plan.Sample, "sample", 2*time.Millisecond, "how often sessions are sampled")
	flags.DurationVar(&o.plan.Idle, "idle", 2*time.Minute, "how long an idle replica is watched")
	flags.IntVar(&o.plan.Runs, "runs", 100, "runs of latency and, indexed, of empty (unindexed a tenth)")
	flags.StringVar(&o.databaseURL, "database-url", "", "a server where this role may create databases; empty = a private one. Databases named siltgate_bench_* are dropped")
	flags.StringVar(&o.sharedBuffers, "shared-buffers", "512MB", "shared_buffers of the private server")
	flags.BoolVar(&o.autovacuum, "autovacuum", true, "autovacuum of the private server, with Postgres's defaults")
	flags.DurationVar(&o.slowDisk, "slow-disk", 0, "how long a flush of the private server's write-ahead log takes at least, such as 20ms (needs gcc); 0 = as long as it takes")
	flags.StringVar(&o.program, "siltgate", "", "the program to measure; empty = built from the source beside")
	flags.Func("set", "a variable of the replica's environment, as NAME=value; may be repeated", func(setting string) error {
		o.plan.Settings = append(o.plan.Settings, setting)
		return nil
	})
	flags.StringVar(&o.json, "json", "", "file to write all figures to")
	flags.StringVar(&o.svg, "svg", "", "directory to draw charts in")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("argument %q: want flags only", flags.Arg(0))
	}

	var err error
	if o.plan.Methods, err = method.Named(list(methods)); err != nil {
		return o, err
	}
	for _, text := range list(rows) {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 1000 {
			return o, fmt.Errorf("-rows %s: want numbers of at least 1000", rows)
		}
		o.rows = append(o.rows, n)
	}
	for _, name := range list(heaps) {
		heap := tokens.Heap(name)
		if heap != tokens.Clustered && heap != tokens.Scattered {
			return o, fmt.Errorf("-heap %s: want %s or %s", name, tokens.Clustered, tokens.Scattered)
		}
		o.heaps = append(o.heaps, heap)
	}
	o.scenarios = list(scenarios)
	for _, name := range o.scenarios {
		if !slices.Contains(scenario.Names(), name) {
			return o, fmt.Errorf("-scenario %s: want some of %s", name, strings.Join(scenario.Names(), ","))
		}
	}
	return o, o.check()
}

func (o options) check() error {
	switch p := o.plan; {
	case len(o.rows) == 0 || len(o.heaps) == 0 || len(o.scenarios) == 0:
		return errors.New("-rows, -heap, -scenario: want at least one of each")
	case p.Repetitions < 1 || p.Runs < 1:
		return errors.New("-reps, -runs: want at least 1")
	case p.Dead < 0 || p.Dead > 99:
		return errors.New("-dead: want 0 to 99")
	case p.Rate < 0 || p.Rate > 100_000:
		return errors.New("-fg-rate: want 0 to 100000")
	case p.Before < 0 || p.After < 0 || p.Limit < 0 || p.Checkpoints < 0 || p.Idle < time.Second:
		return errors.New("-before, -after, -limit, -checkpoints, -idle: want durations such as 10s")
	case o.slowDisk < 0 || o.slowDisk > 0 && o.databaseURL != "":
		return errors.New("-slow-disk: want a duration such as 20ms, and no -database-url")
	case p.Sample < 100*time.Microsecond:
		return errors.New("-sample: want at least 100µs")
	}
	return nil
}

func list(text string) []string {
	return slices.DeleteFunc(strings.Split(text, ","), func(item string) bool { return item == "" })
}

func methodNames() string {
	var names []string
	for _, m := range method.All() {
		names = append(names, m.Name)
	}
	return strings.Join(names, ", ")
}
