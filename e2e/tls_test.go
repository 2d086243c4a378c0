package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestFault32TLSIsVerifiedAsAskedAndARefusalSaysWhy(t *testing.T) {
	t.Parallel()
	plain := newDatabase(t)
	db := newDatabaseOn(t, pgtest.NewServer(t, localpg.Options{}))
	authority := newAuthority(t, "the right authority")
	wrong := newAuthority(t, "another authority").root(t)
	right := authority.root(t)
	certificate, key := authority.issue(t, "db.example.com")
	db.serveTLS(certificate, key)
	db.fill(10, 5)

	f := newFleet(t, db)
	for name, c := range map[string]struct {
		db          *database
		host, query string
		says        string // why it is refused; empty: it is not
	}{
		"encrypted":                      {db, "127.0.0.1", "sslmode=require", ""},
		"known authority":                {db, "127.0.0.1", "sslmode=verify-ca&sslrootcert=" + right, ""},
		"known authority, another host":  {db, "127.0.0.1", "sslmode=verify-full&sslrootcert=" + right, "127.0.0.1"},
		"known authority, wrong name":    {db, "localhost", "sslmode=verify-full&sslrootcert=" + right, "certificate is valid for db.example.com, not localhost"},
		"another authority":              {db, "127.0.0.1", "sslmode=verify-ca&sslrootcert=" + wrong, "certificate signed by unknown authority"},
		"another authority, full":        {db, "localhost", "sslmode=verify-full&sslrootcert=" + wrong, "failed to verify certificate"},
		"an authority of the system":     {db, "localhost", "sslmode=verify-full", "failed to verify certificate"},
		"no TLS, asked for it":           {plain, "127.0.0.1", "sslmode=require", "server refused TLS connection"},
		"no TLS, asked for its identity": {plain, "127.0.0.1", "sslmode=verify-full&sslrootcert=" + right, "server refused TLS connection"},
	} {
		u := parsed(t, c.db.url)
		u.Host, u.RawQuery = net.JoinHostPort(c.host, u.Port()), c.query
		vars := []string{"DATABASE_URL=" + u.String()}
		if c.says == "" {
			p := f.launch(vars, "run")
			await(t, patience, name+": to start", func() bool { return len(p.logged("replica started")) == 1 })
			require.EqualValues(t, 0, db.number(`
				SELECT count(*) FROM pg_stat_activity AS a JOIN pg_stat_ssl USING (pid)
				WHERE datname = current_database() AND application_name = 'siltgate' AND NOT ssl`), name)
			db.awaitCompleted(db.ask(`{}`))
			p.signal(sigterm)
			require.Zero(t, p.wait(stopWithin), name)
			continue
		}
		r := f.callWith(vars, "run")
		require.Equal(t, 1, r.code, "%s: %s%s", name, r.stdout, r.stderr)
		require.Contains(t, r.stderr, c.says, name)
		require.Equal(t, 1, strings.Count(r.stderr, "\n"), "%s: one line: %s", name, r.stderr)
	}
}

// serveTLS makes the server offer TLS.
func (db *database) serveTLS(certificate, key []byte) {
	db.t.Helper()
	// The server's user reads them, and nobody else the key.
	info, err := os.Stat(db.server.Dir())
	require.NoError(db.t, err)
	owner := info.Sys().(*syscall.Stat_t)
	for name, content := range map[string][]byte{"server.crt": certificate, "server.key": key} {
		path := filepath.Join(db.server.Dir(), name)
		require.NoError(db.t, os.WriteFile(path, content, 0o600))
		require.NoError(db.t, os.Chown(path, int(owner.Uid), int(owner.Gid)))
		setting := map[string]string{"server.crt": "ssl_cert_file", "server.key": "ssl_key_file"}[name]
		db.exec(`ALTER SYSTEM SET ` + setting + ` = '` + path + `'`)
	}
	db.exec(`ALTER SYSTEM SET ssl = on`)
	db.exec(`SELECT pg_reload_conf()`)
	await(db.t, patience, "TLS", func() bool {
		return db.texts(`SELECT setting FROM pg_settings WHERE name = 'ssl'`)[0] == "on"
	})
}

// authority issues certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t testing.TB, name string) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return authority{certificate, key}
}

// root writes the authority's own certificate to a file, whose path fits a URL.
func (a authority) root(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "root.crt")
	require.NoError(t, os.WriteFile(path, encode("CERTIFICATE", a.certificate.Raw), 0o600))
	return url.QueryEscape(path)
}

// issue makes the certificate of a host, and its key.
func (a authority) issue(t testing.TB, host string) (certificate, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, a.certificate, private.Public(), a.key)
	require.NoError(t, err)
	encoded, err := x509.MarshalECPrivateKey(private)
	require.NoError(t, err)
	return encode("CERTIFICATE", der), encode("EC PRIVATE KEY", encoded)
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
