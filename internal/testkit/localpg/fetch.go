package localpg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"

	"github.com/siltgate/siltgate/internal/testkit/reaper"
)

const fetchedVersion = embeddedpostgres.V17

// cacheDir is where a downloaded Postgres stays. Root's home is closed to the user that root
// runs the server as.
func cacheDir() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/cache/siltgate", nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a directory to download Postgres to: %w", err)
	}
	return filepath.Join(dir, "siltgate"), nil
}

// fetch returns the directory of the downloaded binaries. An empty repository means the usual one.
func fetch(ctx context.Context, cache, repository string) (string, error) {
	bin := fetchedBinaries(cache)
	if _, err := os.Stat(bin); err == nil {
		return bin, nil
	}
	// The library's download knows no context: one that is given up ends with the process.
	done := make(chan error, 1)
	go func() { done <- download(ctx, cache, filepath.Dir(bin), repository) }()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		return "", fmt.Errorf("download Postgres %s: %w", fetchedVersion, err)
	}
	return bin, nil
}

// fetchedBinaries is where downloaded binaries are, once they are there.
func fetchedBinaries(cache string) string {
	return filepath.Join(cache, fmt.Sprintf("postgres-%s-%s-%s", fetchedVersion, runtime.GOOS, runtime.GOARCH), "bin")
}

// download uses the library for its downloading alone. Its Start fetches, extracts, then
// clears the data directory; one that ends in a dot cannot be cleared, so it ends there,
// before it runs anything.
func download(ctx context.Context, cache, home, repository string) error {
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(cache, "extract-")
	if err != nil {
		return err
	}
	g, err := reaper.Start(ctx) // a download may be interrupted
	if err != nil {
		return errors.Join(err, os.RemoveAll(tmp))
	}
	g.Removes(tmp)
	defer g.Release()

	extracted := filepath.Join(tmp, "postgres")
	config := embeddedpostgres.DefaultConfig().
		Version(fetchedVersion).CachePath(cache).RuntimePath(extracted).
		DataPath(tmp + "/.").Port(0).Logger(io.Discard)
	if repository != "" {
		config = config.BinaryRepositoryURL(repository)
	}
	library := embeddedpostgres.NewDatabase(config)
	err = withoutLog(library.Start)
	runtime.KeepAlive(library) // and so its log, which is found by being open
	if !strings.Contains(fmt.Sprint(err), "unable to clean up data directory") {
		return err
	}
	// All or nothing, as several processes may do this at once. The first wins.
	if err := os.Rename(extracted, home); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// withoutLog removes the log that the library creates in the temporary directory and leaves
// there. It does so while start still runs, because a download may be interrupted.
func withoutLog(start func() error) error {
	done := make(chan error, 1)
	go func() { done <- start() }()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case err := <-done:
			removeOpenLog()
			return err
		case <-ticker.C:
			if removeOpenLog() {
				return <-done
			}
		}
	}
}

// removeOpenLog removes the library's log that this process has open, and tells whether there
// was one. Those of other processes stay.
func removeOpenLog() bool {
	logs, _ := filepath.Glob(filepath.Join(os.TempDir(), "embedded_postgres_log*")) // only a bad pattern fails
	const descriptors = 1024
	for _, log := range logs {
		var named, open syscall.Stat_t
		if syscall.Stat(log, &named) != nil {
			continue
		}
		for fd := range descriptors {
			if syscall.Fstat(fd, &open) == nil && open.Dev == named.Dev && open.Ino == named.Ino {
				return os.Remove(log) == nil
			}
		}
	}
	return false
}
