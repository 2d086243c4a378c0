package outage

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
)

// IsAway reports whether a server is not there yet, or cannot be reached for a while: its
// name is not resolved, nobody answers, or it says that it starts or stops. A server that
// refuses a password, a certificate or a database is there, and will refuse it again.
func IsAway(err error) bool {
	if state := sqlState(err); state != "" {
		return strings.HasPrefix(state, "57P0") || strings.HasPrefix(state, "08")
	}
	var name *net.DNSError
	var number syscall.Errno
	switch {
	case errors.As(err, &name), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return true
	case errors.As(err, &number):
		// A socket is missing until its server is there. To open one may also be forbidden.
		return number != syscall.EACCES && number != syscall.EPERM
	}
	return false
}

// isReadOnly reports whether a statement failed because the server takes no writes.
func isReadOnly(err error) bool { return sqlState(err) == "25006" } // read_only_sql_transaction

// IsUnready reports whether the server is there and says that it is too early.
func IsUnready(err error) bool {
	return errors.Is(err, ErrRecovering) || errors.Is(err, ErrReadOnly) || isReadOnly(err) ||
		sqlState(err) == "57P03" // cannot_connect_now
}

// Is reports whether an error is of the connection, rather than the server's answer to a statement.
func Is(err error) bool {
	switch state := sqlState(err); {
	case IsUnready(err), strings.HasPrefix(state, "08"), strings.HasPrefix(state, "57P0"), state == "53300":
		return true
	default:
		return state == "" && (pgconn.Timeout(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || isConnect(err))
	}
}

func isConnect(err error) bool {
	var refused *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &refused) || errors.As(err, &network)
}

// sqlState is the error's SQLSTATE, empty if it is not one of Postgres.
func sqlState(err error) string {
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pgErr.Code
	}
	return ""
}
