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

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
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
	home := filepath.Join(cache, fmt.Sprintf("postgres-%s-%s-%s", fetchedVersion, runtime.GOOS, runtime.GOARCH))
	bin := filepath.Join(home, "bin")
	if _, err := os.Stat(bin); err == nil {
		return bin, nil
	}
	// The library's download knows no context: one that is given up ends with the process.
	done := make(chan error, 1)
	go func() { done <- download(cache, home, repository) }()
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

// download uses the library for its downloading alone. Its Start fetches, extracts, then
// clears the data directory; one that ends in a dot cannot be cleared, so it ends there,
// before it runs anything.
func download(cache, home, repository string) error {
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(cache, "extract-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(tmp) }()

	extracted := filepath.Join(tmp, "postgres")
	config := embeddedpostgres.DefaultConfig().
		Version(fetchedVersion).CachePath(cache).RuntimePath(extracted).
		DataPath(tmp + "/.").Port(0).Logger(io.Discard)
	if repository != "" {
		config = config.BinaryRepositoryURL(repository)
	}
	err = embeddedpostgres.NewDatabase(config).Start()
	if !strings.Contains(fmt.Sprint(err), "unable to clean up data directory") {
		return err
	}
	// All or nothing, as several processes may do this at once. The first wins.
	if err := os.Rename(extracted, home); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
