package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/siltgate/siltgate/bench/internal/replica"
	"github.com/siltgate/siltgate/bench/internal/report"
	"github.com/siltgate/siltgate/bench/internal/scenario"
	"github.com/siltgate/siltgate/bench/internal/server"
)

// run is the program; it returns the exit code: 1 also for a promise that was
// not kept.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(stderr, "bench: "+err.Error())
		return 2
	}
	if err := measure(ctx, o, args, environ, stdout, slog.New(slog.NewTextHandler(stderr, nil))); err != nil {
		fmt.Fprintln(stderr, "bench: "+err.Error())
		return 1
	}
	return 0
}

// measure goes through scenarios, sizes and layouts on one server.
func measure(ctx context.Context, o options, args, environ []string, stdout io.Writer, log *slog.Logger) (err error) {
	dir, err := os.MkdirTemp("", "siltgate-bench-")
	if err != nil {
		return fmt.Errorf("create a directory: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if o.program == "" {
		if o.program, err = replica.Build(ctx, dir); err != nil {
			return err
		}
	}
	postgres, err := server.Open(ctx, server.Options{
		URL:      o.databaseURL,
		BinDir:   variable(environ, "POSTGRES_BIN_DIR"),
		Path:     variable(environ, "PATH"),
		SlowDisk: o.slowDisk,
		Settings: map[string]string{
			"shared_buffers": o.sharedBuffers,
			"autovacuum":     fmt.Sprint(o.autovacuum),
		},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, postgres.Close(ctx)) }()

	r := report.Report{
		Command: "go run . " + command(args),
		Began:   time.Now().UTC().Format(time.RFC3339),
		Machine: report.ThisMachine(),
	}
	if r.Settings, err = postgres.Settings(ctx); err != nil {
		return err
	}
	r.Notes = postgres.Notes
	r.Head(stdout)
	err = sections(ctx, o, postgres, &r, stdout, log)
	for _, note := range postgres.Notes[len(r.Notes):] {
		fmt.Fprintf(stdout, "\nNote: %s\n", note)
	}
	r.Notes = postgres.Notes
	if o.json != "" {
		err = errors.Join(err, r.Save(o.json))
	}
	return err
}

// sections measures and shows one after the other.
func sections(ctx context.Context, o options, postgres *server.Server, r *report.Report, stdout io.Writer, log *slog.Logger) error {
	failures := 0
	for _, name := range o.scenarios {
		for _, rows := range o.rows {
			for _, heap := range o.heaps {
				bench := scenario.Bench{Plan: o.plan, Server: postgres, Program: o.program, Log: log.With("scenario", name, "rows", rows)}
				bench.Rows, bench.Heap = rows, heap
				section, err := bench.Run(ctx, name)
				if err != nil {
					return err
				}
				section.Show(stdout)
				failures += len(section.Failures)
				r.Sections = append(r.Sections, section)
				if o.svg == "" {
					continue
				}
				paths, err := section.Draw(o.svg)
				if err != nil {
					return err
				}
				for _, path := range paths {
					fmt.Fprintf(stdout, "\nChart: %s\n", path)
				}
			}
		}
	}
	if failures > 0 {
		return fmt.Errorf("measure: %d promises were not kept, see above", failures)
	}
	return nil
}

// command is what was asked for, without a password.
func command(args []string) string {
	shown := make([]string, len(args))
	for i, arg := range args {
		switch {
		case i > 0 && strings.TrimLeft(args[i-1], "-") == "database-url":
			arg = "…"
		case strings.HasPrefix(strings.TrimLeft(arg, "-"), "database-url="):
			arg = "-database-url=…"
		}
		shown[i] = arg
	}
	return strings.Join(shown, " ")
}

// variable reads the environment.
func variable(environ []string, name string) string {
	value := ""
	for _, entry := range environ {
		if v, ok := strings.CutPrefix(entry, name+"="); ok {
			value = v
		}
	}
	return value
}
