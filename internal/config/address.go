package config

import (
	"net"
	"net/netip"
	"regexp"
	"strconv"
)

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`)

// validAddress takes what can be listened on: a port from 0 (any free one) to 65535, on
// a host or on all of them.
func validAddress(address string) bool {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if _, err = strconv.ParseUint(port, 10, 16); err != nil {
		return false
	}
	_, err = netip.ParseAddr(host)
	return host == "" || err == nil || hostName.MatchString(host)
}

// LoadHTTPAddr reads only where a replica of this environment serves health, so that
// asking for it needs nothing else. Its error is a Problems.
func LoadHTTPAddr(environ []string) (string, error) {
	l := loader{given: readEnvironment(environ)}
	const name = "SILTGATE_HTTP_ADDR"
	address := l.given[name]
	if !validAddress(address) {
		l.refuse(name, "want the address that the replica listens on, such as :8080")
		return "", l.problems
	}
	return address, nil
}
