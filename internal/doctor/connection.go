package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/siltgate/siltgate/internal/outage"
)

// remedyOfConnection is what to do about a database that could not be reached.
func remedyOfConnection(err error) string {
	switch {
	case errors.Is(err, outage.ErrPooledByTransaction):
		return "give Siltgate a direct connection, or one with pool_mode=session"
	case sqlState(err) == "28P01", sqlState(err) == "28000":
		return "check user and password, and pg_hba.conf"
	case sqlState(err) == "3D000":
		return "check the database's name in DATABASE_URL"
	case outage.IsAway(err):
		return "check that the server runs, and the address in DATABASE_URL"
	}
	return ""
}

func asPostgres(err error, into **pgconn.PgError) bool { return errors.As(err, into) }

func (e *examination) examineConnection(ctx context.Context) {
	e.try(ctx, "connection", "server", e.checkServer)
	pg := e.conn.PgConn()
	_, encrypted := pg.Conn().(*tls.Conn)
	e.add(encryption(pg.Conn().RemoteAddr(), e.conn.Config().TLSConfig, encrypted))
	e.try(ctx, "connection", "connections", e.checkConnections)
}

// checkServer says what server it is, and whether it takes writes.
func (e *examination) checkServer(ctx context.Context) ([]Check, error) {
	var version, role, database string
	var number int
	var standby, readOnly bool
	err := e.conn.QueryRow(ctx, `
		SELECT
			current_setting('server_version'),
			current_setting('server_version_num')::int4,
			current_user::text,
			current_database()::text,
			pg_is_in_recovery(),
			current_setting('default_transaction_read_only')::bool`).Scan(&version, &number, &role, &database, &standby, &readOnly)
	if err != nil {
		return nil, err
	}
	version, _, _ = strings.Cut(version, " ")
	checks := []Check{release(version, number)}
	checks[0].Reason += fmt.Sprintf(", database %q, role %q, no pool that lends by transaction", database, role)
	switch {
	case standby:
		checks = append(checks, Check{
			Name: "writes", Status: Fail, Reason: "the server is a standby, which takes no writes",
			Remedy: "connect to the primary: with several hosts, target_session_attrs=read-write",
		})
	case readOnly:
		c := Check{Name: "writes", Status: Fail, Reason: "the database takes no writes: default_transaction_read_only is on"}
		err := e.resetOf(ctx, &c, "default_transaction_read_only", "off")
		return append(checks, c), err
	default:
		checks = append(checks, Check{Name: "writes", Status: OK, Reason: "the database takes writes"})
	}
	return checks, nil
}

// oldestServer is Postgres 14, as server_version_num has it.
const oldestServer = 140000

// release says whether the server is new enough.
func release(version string, number int) Check {
	c := Check{Area: "connection", Name: "server", Status: OK, Brief: "Postgres " + version, Reason: "Postgres " + version}
	if number < oldestServer {
		c.Status, c.Remedy = Fail, "upgrade the server"
		c.Reason += ", which is older than 14, the oldest that Siltgate works with"
	}
	return c
}

// encryption says whether others can read what goes over the network.
func encryption(remote net.Addr, config *tls.Config, encrypted bool) Check {
	c := Check{Area: "connection", Name: "tls", Status: OK}
	tcp, overNetwork := remote.(*net.TCPAddr)
	switch {
	case encrypted && config != nil && config.InsecureSkipVerify && config.VerifyPeerCertificate == nil && config.VerifyConnection == nil:
		c.Status, c.Reason = Warn, "the connection is encrypted, but the server's certificate is not checked"
		c.Remedy = "sslmode=verify-full in DATABASE_URL, with sslrootcert"
	case encrypted:
		c.Reason = "the connection is encrypted"
	case !overNetwork || tcp.IP.IsLoopback():
		c.Reason = "the connection is not encrypted, and stays on this machine"
	default:
		c.Status, c.Reason = Warn, "the connection goes over the network and is not encrypted"
		c.Remedy = "sslmode=verify-full in DATABASE_URL, with ssl = on in the server"
	}
	return c
}

// checkConnections tries whether there are as many as a replica needs, as a replica does.
func (e *examination) checkConnections(ctx context.Context) ([]Check, error) {
	got, err := outage.CountConnections(ctx, e.Config.Database.PoolConfig(), e.Connections, e.Connections)
	if few, ok := errors.AsType[*outage.TooFewError](err); ok {
		// What limits them is found where it is the role's or the database's own limit.
		sql, err := e.liftLimits(ctx)
		return []Check{{
			Status: Fail, Reason: fmt.Sprintf("%s besides this one", few.Reason()), SQL: sql,
			Remedy: "raise the role's or the database's CONNECTION LIMIT, max_connections, or the size of the pool in between",
		}}, err
	}
	if err != nil {
		return nil, err
	}
	return []Check{{Status: OK, Reason: fmt.Sprintf("%d more connections are there, a replica needs %d", got, e.Connections)}}, nil
}

// liftLimits are the statements that raise a limit of the role or of the database that is too
// low for one replica and the doctor.
func (e *examination) liftLimits(ctx context.Context) ([]string, error) {
	want := e.Connections + 2
	var role, database *string
	err := e.conn.QueryRow(ctx, `
		SELECT
			(
				SELECT format('ALTER ROLE %I CONNECTION LIMIT %s', r.rolname, r.rolconnlimit + $1)
				FROM pg_roles AS r
				WHERE r.rolname = session_user AND r.rolconnlimit BETWEEN 0 AND $2
			),
			(
				SELECT format('ALTER DATABASE %I CONNECTION LIMIT %s', d.datname, d.datconnlimit + $1)
				FROM pg_database AS d
				WHERE d.datname = current_database() AND d.datconnlimit BETWEEN 0 AND $2
			)`, want, 4*want).Scan(&role, &database)
	var all []string
	for _, sql := range []*string{role, database} {
		if sql != nil {
			all = append(all, *sql)
		}
	}
	return all, err
}
