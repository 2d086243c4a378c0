package localpg

import (
	"os"
	"strings"
)

// ForgetLibpq takes libpq's variables of its environment away from the process: they are about another database
// than a private one. pgx reads them by itself, whatever connection string it is given, and
// none overrides PGSERVICE. Call it before the first connection.
func ForgetLibpq(environ []string) {
	for _, variable := range environ {
		if name, _, _ := strings.Cut(variable, "="); isLibpqs(name) {
			_ = os.Unsetenv(name) //nolint:forbidigo // nothing is read: pgx must not either
		}
	}
}

// isLibpqs tells PGHOST from PGTEST_DEED: libpq's names have no underscore but in one place.
func isLibpqs(name string) bool {
	return strings.HasPrefix(name, "PG") && (!strings.Contains(name, "_") || name == "PGCONNECT_TIMEOUT")
}
