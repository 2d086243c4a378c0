package localpg

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// serverAccount is whom the server runs as. Postgres refuses to run as root, so root gives
// way to postgres, else nobody; nil means ourselves.
func serverAccount() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		var nobodyErr error
		if account, nobodyErr = user.Lookup("nobody"); nobodyErr != nil {
			return nil, fmt.Errorf("find a user to run Postgres as: %w", errors.Join(err, nobodyErr))
		}
	}
	// nobody's ids are negative on macOS.
	uid, err := strconv.ParseInt(account.Uid, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("read the id of user %s: %w", account.Username, err)
	}
	gid, err := strconv.ParseInt(account.Gid, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("read the group of user %s: %w", account.Username, err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// give makes path account's own.
func give(path string, account *syscall.Credential) error {
	if account == nil {
		return nil
	}
	return os.Chown(path, int(account.Uid), int(account.Gid))
}

// reachable tells whether every user may enter dir.
func reachable(dir string) bool {
	const enter = 0o001
	for {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&enter == 0 {
			return false
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return true
		}
		dir = parent
	}
}
