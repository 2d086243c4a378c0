package config

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"unicode/utf8"
)

const (
	pageAddrVariable         = "SILTGATE_UI_ADDR"
	pageUserVariable         = "SILTGATE_UI_USER"
	pagePasswordVariable     = "SILTGATE_UI_PASSWORD"      //nolint:gosec // A variable's name.
	pagePasswordFileVariable = "SILTGATE_UI_PASSWORD_FILE" //nolint:gosec // Likewise.

	// mostPassword is how many bytes a password may have.
	mostPassword = 1024
)

// Page is where the web page is served and who may see it.
type Page struct {
	// Addr is host:port. An address that other machines reach needs a password.
	Addr string `env:"SILTGATE_UI_ADDR" envDefault:"127.0.0.1:8081"`

	User string `env:"SILTGATE_UI_USER" envDefault:"siltgate"`

	// Password is empty if none is asked for; then the page changes nothing.
	Password Secret `env:"-"`
}

// Secret is a text that no print or log shows.
type Secret string

const hidden = "(hidden)"

// Format hides the text for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the text in JSON.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// page reads the password of the page, and refuses what would open the page to everyone.
func (l *loader) page() (page Page) {
	l.parse(&page, "")
	text, path := l.given[pagePasswordVariable], l.given[pagePasswordFileVariable]
	switch {
	case text != "" && path != "":
		l.refuseSecret(pagePasswordVariable, "want one of it and "+pagePasswordFileVariable)
	case path != "":
		var reason string
		if text, reason = readPassword(path); reason != "" {
			l.refuse(pagePasswordFileVariable, reason)
		}
	}
	switch {
	case len(text) > mostPassword || !utf8.ValidString(text):
		l.refuseSecret(pagePasswordVariable, fmt.Sprintf("want a text of at most %d bytes", mostPassword))
	case strings.Contains(page.User, ":"):
		l.refuse(pageUserVariable, "want a name without a colon, which ends it in a browser's request")
	case !validAddress(page.Addr):
		l.refuse(pageAddrVariable, "want host:port with a port from 0 to 65535, such as 127.0.0.1:8081")
	case text == "" && !isLoopback(page.Addr) && !l.refused(pagePasswordFileVariable):
		l.refuse(pageAddrVariable, "want a "+pagePasswordVariable+" too, or 127.0.0.1: other machines reach this address")
	}
	page.Password = Secret(text)
	return page
}

// isLoopback reports whether only this machine reaches an address.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback() || strings.EqualFold(host, "localhost")
}

// readPassword reads the one line that a file holds, or says why it cannot.
func readPassword(path string) (password, reason string) {
	content, _, err := readFile(path)
	if err != nil {
		return "", "want a file that can be read: " + err.Error()
	}
	password = strings.TrimRight(strings.TrimPrefix(string(content), "\ufeff"), "\r\n")
	if password == "" || strings.ContainsAny(password, "\r\n\x00") {
		return "", "want a file with one line: the password"
	}
	return password, ""
}
