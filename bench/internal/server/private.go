package server

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	//nolint:depguard // A private Postgres is for the demo, for tests, and for measurements.
	"github.com/siltgate/siltgate/internal/testkit/localpg"
)

// privateServer is one that ends with this process.
type privateServer = localpg.Server

// startPrivate starts a server that is as durable as a real one. The log goes
// to output.
func startPrivate(ctx context.Context, opts Options, environ []string, output *log) (*privateServer, error) {
	settings := map[string]string{
		"fsync":              "on",
		"synchronous_commit": "on",
		"full_page_writes":   "on",

		// Only the checkpoint before each measurement, which is asked for. So
		// each method pays for the full images of all pages that it touches.
		"checkpoint_timeout": "1h",
		"max_wal_size":       "16GB",
		"min_wal_size":       "4GB", // WAL files are reused, not created

		"max_connections": "100",
		"log_line_prefix": logPrefix,
	}
	if libraries := preloads(ctx, opts, settings); len(libraries) > 0 {
		settings["shared_preload_libraries"] = strings.Join(libraries, ",")
		settings["pg_stat_statements.max"] = "50000" // a thousand tables have each its own statements
	}
	maps.Copy(settings, opts.Settings)
	return localpg.Start(ctx, localpg.Options{BinDir: opts.BinDir, Path: opts.Path, Settings: settings, Environ: environ, Log: output})
}

// preloads are the libraries worth loading of those installed.
func preloads(ctx context.Context, opts Options, settings map[string]string) []string {
	bin, err := localpg.Find(ctx, opts.BinDir, opts.Path)
	if err != nil {
		return nil // it will be downloaded, without extensions
	}
	shared, err := exec.CommandContext(ctx, filepath.Join(bin, "pg_config"), "--sharedir").Output() //nolint:gosec // G204: beside the server's own.
	if err != nil {
		return nil
	}
	var libraries []string
	for _, name := range []string{"pg_stat_statements", "pg_cron"} {
		control := filepath.Join(strings.TrimSpace(string(shared)), "extension", name+".control")
		if _, err := os.Stat(control); err != nil {
			continue
		}
		libraries = append(libraries, name)
		if name == "pg_cron" {
			settings["cron.use_background_workers"] = "on"
			settings["max_worker_processes"] = "16"
		}
	}
	return libraries
}
