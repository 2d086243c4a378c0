package config

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Database is how to reach Postgres. However it is printed or logged, its password is not.
type Database struct {
	pool *pgxpool.Config
}

// PoolConfig returns a copy, for a pool.
func (d Database) PoolConfig() *pgxpool.Config { return d.pool.Copy() }

// ConnConfig returns a copy, for a single connection.
func (d Database) ConnConfig() *pgx.ConnConfig { return d.pool.ConnConfig.Copy() }

// String is in libpq's format: host=db port=5432 user=app database=auth sslmode=require.
func (d Database) String() string {
	if d.pool == nil {
		return ""
	}
	c := d.pool.ConnConfig
	hosts, ports := d.addresses()
	return fmt.Sprintf("host=%s port=%s user=%s database=%s sslmode=%s",
		strings.Join(hosts, ","), strings.Join(ports, ","), c.User, c.Database, sslMode(&c.Config))
}

// addresses are all hosts that pgx tries, and their ports.
func (d Database) addresses() (hosts, ports []string) {
	c := d.pool.ConnConfig
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

// sslMode is worked out from what pgx made of it.
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
