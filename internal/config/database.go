package config

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Database is how to reach Postgres. Printed or logged in any way, it does not show its password.
type Database struct {
	pool  *pgxpool.Config
	given environment // from which it was read
}

// PoolConfig returns a copy, for a pool. Each of its connections reads anew the files that hold the
// connection string, a password or certificates.
func (d Database) PoolConfig() *pgxpool.Config {
	pool := d.pool.Copy()
	pool.BeforeConnect = d.Refresh
	return pool
}

const (
	// How often, and after which pause, a file is read again that may be half written.
	refreshTries = 5
	refreshPause = 200 * time.Millisecond
)

// Refresh reads anew the files that say how to connect, because a password or a certificate may have
// been replaced. It writes host, port, database, user, password and TLS into the configuration. Its
// error is a Problems.
func (d Database) Refresh(ctx context.Context, into *pgx.ConnConfig) error {
	for try := 1; ; try++ {
		l := loader{given: d.given}
		if pool := l.connection(); pool != nil {
			readAnew(into, pool.ConnConfig.Config)
			return nil
		}
		if try == refreshTries {
			return l.problems
		}
		select {
		case <-ctx.Done():
			return l.problems
		case <-time.After(refreshPause):
		}
	}
}

// readAnew takes from a configuration how to connect. It copies the whole, because pgx keeps the
// files of a client's certificate in a field that is not exported, and then restores what a
// caller may have set.
func readAnew(into *pgx.ConnConfig, read pgconn.Config) {
	was := into.Config
	into.Config = read
	into.RuntimeParams, into.ConnectTimeout = was.RuntimeParams, was.ConnectTimeout
	into.DialFunc, into.LookupFunc, into.ValidateConnect = was.DialFunc, was.LookupFunc, was.ValidateConnect
}

// ConnConfig returns a copy, for a single connection.
func (d Database) ConnConfig() *pgx.ConnConfig { return d.pool.ConnConfig.Copy() }

// String is in libpq's format: host=db port=5432 user=app database=auth sslmode=require.
func (d Database) String() string {
	if d.pool == nil {
		return ""
	}
	c := d.pool.ConnConfig
	hosts, ports := addresses(&c.Config)
	return fmt.Sprintf("host=%s port=%s user=%s database=%s sslmode=%s",
		strings.Join(hosts, ","), strings.Join(ports, ","), c.User, c.Database, sslMode(&c.Config))
}

// addresses are all hosts that pgx tries, and their ports.
func addresses(c *pgconn.Config) (hosts, ports []string) {
	hosts, ports = []string{c.Host}, []string{strconv.Itoa(int(c.Port))}
	for _, f := range c.Fallbacks {
		port, last := strconv.Itoa(int(f.Port)), len(hosts)-1
		if hosts[last] != f.Host || ports[last] != port { // else the same, with or without TLS
			hosts, ports = append(hosts, f.Host), append(ports, port)
		}
	}
	return hosts, ports
}

// Format is String for every verb, also %#v.
func (d Database) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, d.String()) }

// LogValue implements slog.LogValuer.
func (d Database) LogValue() slog.Value { return slog.StringValue(d.String()) }

// sslMode is what pgx's configuration amounts to.
func sslMode(c *pgconn.Config) string {
	fallsBack := slices.ContainsFunc(c.Fallbacks, func(f *pgconn.FallbackConfig) bool {
		return f.Host == c.Host && f.Port == c.Port
	})
	switch t := c.TLSConfig; {
	case t == nil && fallsBack:
		return "allow"
	case t == nil:
		return "disable"
	case fallsBack:
		return "prefer"
	case t.VerifyPeerCertificate != nil:
		return "verify-ca"
	case t.InsecureSkipVerify:
		return "require"
	}
	return "verify-full"
}
