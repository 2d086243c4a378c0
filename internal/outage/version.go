package outage

import (
	"fmt"
	"strconv"
	"strings"
)

// oldest is the oldest major version of Postgres that has what Siltgate needs.
const oldest = 14

// checkVersion refuses a server that says that it is older. A version is a text such as 13.11 or
// 13.11 (Debian 13.11-1). A server that only resembles Postgres may say anything, and is not
// refused for it.
func checkVersion(said string) error {
	number, _, _ := strings.Cut(strings.TrimSpace(said), " ")
	digits, _, _ := strings.Cut(number, ".")
	if major, err := strconv.Atoi(digits); err == nil && major < oldest {
		return fmt.Errorf("the server is Postgres %s: Siltgate needs %d or newer", number, oldest)
	}
	return nil
}
