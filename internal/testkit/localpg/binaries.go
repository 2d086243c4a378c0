package localpg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

const (
	oldest  = 14
	install = "install Postgres (apt-get install postgresql, dnf install postgresql-server, " +
		"brew install postgresql@17) or set POSTGRES_BIN_DIR to the directory of its binaries"
)

// ErrNotFound means that this machine has no Postgres that serves.
var ErrNotFound = fmt.Errorf("no Postgres %d or newer found", oldest)

// Binaries returns the directory of the binaries that Start runs. When there are none it
// downloads them.
func Binaries(ctx context.Context, opts Options) (string, error) {
	bin, err := Find(ctx, opts.BinDir, opts.Path)
	if !errors.Is(err, ErrNotFound) {
		return bin, err
	}
	cache, cacheErr := cacheDir()
	if cacheErr == nil {
		bin, cacheErr = fetch(ctx, cache, "")
	}
	if cacheErr != nil {
		return "", fmt.Errorf("%w; %w; %s", err, cacheErr, install)
	}
	return bin, nil
}

// Downloads returns the directory that Start would download Postgres to, and "" where it would
// not, because this machine has one or it was downloaded before.
func Downloads(ctx context.Context, opts Options) string {
	cache, err := cacheDir()
	if err != nil {
		return ""
	}
	if _, err := Find(ctx, opts.BinDir, opts.Path); !errors.Is(err, ErrNotFound) {
		return ""
	}
	if _, err := os.Stat(fetchedBinaries(cache)); err == nil {
		return ""
	}
	return cache
}

// Find returns the directory of this machine's Postgres binaries: binDir if given, else the
// first of path (a list like the variable PATH) that has them, else the newest in the places
// of Debian, Red Hat, Homebrew and Postgres.app. It downloads nothing: ErrNotFound means that
// Start would.
func Find(ctx context.Context, binDir, path string) (string, error) {
	if binDir != "" {
		bin, err := inspect(ctx, binDir)
		if err != nil {
			return "", fmt.Errorf("use Postgres of %s: %w; %s", binDir, err, install)
		}
		return bin, nil
	}
	return find(ctx, append(filepath.SplitList(path), usualPlaces()...))
}

func find(ctx context.Context, dirs []string) (string, error) {
	var refused []string
	for _, dir := range dirs {
		if !filepath.IsAbs(dir) {
			continue
		}
		bin, err := inspect(ctx, dir)
		if err == nil {
			return bin, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			refused = append(refused, dir+" "+err.Error())
		}
	}
	if len(refused) > 0 {
		return "", fmt.Errorf("%w (%s)", ErrNotFound, strings.Join(refused, "; "))
	}
	return "", ErrNotFound
}

func usualPlaces() []string {
	var dirs []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", // Debian
		"/usr/pgsql-*/bin",          // Red Hat, from postgresql.org
		"/usr/bin",                  // Red Hat
		"/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql@*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	} {
		matches, _ := filepath.Glob(pattern) // only a bad pattern fails
		dirs = append(dirs, newestFirst(matches)...)
	}
	return dirs
}

// newestFirst sorts directories by the number in the name above bin: 17 before 9.6.
func newestFirst(dirs []string) []string {
	number := regexp.MustCompile(`\d+`)
	major := func(dir string) int {
		n, _ := strconv.Atoi(number.FindString(filepath.Base(filepath.Dir(dir))))
		return n
	}
	slices.SortStableFunc(dirs, func(a, b string) int { return major(b) - major(a) })
	return dirs
}

// inspect returns the directory that holds both programs we run, in a version that serves.
// On Debian the postgres of PATH may be a link to the directory that has the other.
func inspect(ctx context.Context, dir string) (string, error) {
	postgres, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres"))
	if err != nil {
		return "", err
	}
	bin := filepath.Dir(postgres)
	if _, err := os.Stat(filepath.Join(bin, "initdb")); err != nil {
		return "", err
	}
	version, err := majorVersion(ctx, postgres)
	if err != nil {
		return "", err
	}
	if version < oldest {
		return "", fmt.Errorf("is Postgres %d: want %d or newer", version, oldest)
	}
	return bin, nil
}

// majorVersion asks as the user the server will run as, who must be able to read it.
func majorVersion(ctx context.Context, postgres string) (int, error) {
	account, err := serverAccount()
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, postgres, "--version")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: account}
	output, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("ask %s for its version%s: %w", postgres, asUser(account), err)
	}
	match := regexp.MustCompile(`^postgres \(PostgreSQL\) (\d+)`).FindSubmatch(output)
	if match == nil {
		return 0, fmt.Errorf("read the version of %s: it said %q", postgres, output)
	}
	return strconv.Atoi(string(match[1]))
}

func asUser(account *syscall.Credential) string {
	if account == nil {
		return ""
	}
	return fmt.Sprintf(" as user %d", account.Uid)
}
