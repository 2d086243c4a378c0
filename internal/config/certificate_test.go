package config_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// pgx loads a client's certificate by a part of its configuration that cannot be assigned by itself.
func TestAConnectionWhoseFilesWereReadAnewShowsItsCertificate(t *testing.T) {
	t.Parallel()
	certificate, key := writeCertificate(t)
	pair, err := tls.LoadX509KeyPair(certificate, key)
	require.NoError(t, err)
	server, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{pair},
		ClientAuth:   tls.RequireAnyClientCert,
		NextProtos:   []string{"postgresql"},
		MinVersion:   tls.VersionTLS12,
	})
	require.NoError(t, err)
	defer func() { _ = server.Close() }()
	shown := make(chan error, 1)
	go func() {
		conn, err := server.Accept()
		if err == nil {
			err = conn.(*tls.Conn).HandshakeContext(t.Context())
			_ = conn.Close()
		}
		shown <- err
	}()

	c := load(t, "SILTGATE_DATABASE_URL=postgres://app@"+server.Addr().String()+
		"/auth?sslmode=require&sslnegotiation=direct&sslcert="+url.QueryEscape(certificate)+"&sslkey="+url.QueryEscape(key))
	pool := c.Database.PoolConfig()
	require.NoError(t, pool.BeforeConnect(t.Context(), pool.ConnConfig))
	_, err = pgx.ConnectConfig(t.Context(), pool.ConnConfig)
	require.Error(t, err, "it is no Postgres")
	require.NoError(t, <-shown)
}

// writeCertificate writes a certificate that signs itself, and its key.
func writeCertificate(t *testing.T) (certificate, key string) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, secret.Public(), secret)
	require.NoError(t, err)
	encoded, err := x509.MarshalPKCS8PrivateKey(secret)
	require.NoError(t, err)
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
		return path
	}
	return write("client.crt", "CERTIFICATE", signed), write("client.key", "PRIVATE KEY", encoded)
}
