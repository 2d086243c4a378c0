// Package session sets up connections so that no object of others is used on them by
// accident, and takes the settings back before a connection is closed.
//
// A role's search_path may name schemas in which others create objects, as everyone may in
// public by default up to Postgres 14. An object that is not named with its schema may then be
// theirs: a table in front of ours, or an operator that fits its arguments better than the
// built-in one. So a connection looks nothing up but in pg_catalog. It is told so by SQL after
// it is made: a pooler refuses a search_path at the start of a connection, or forgets it.
//
// A role or a database may also have settings that suit the application, such as a limit for
// idle sessions, and that would end a connection of ours or make its statements fail. In the
// same round trip they are set to what ours need.
package session

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgxpool"
)

// discardTimeout bounds how long a connection that is to be closed is waited for.
const discardTimeout = time.Second

// connectTimeout is how long a connection may take to be made if the connection string does not say.
const connectTimeout = 10 * time.Second

// Limit bounds how long a connection may take to be made.
func Limit(config *pgx.ConnConfig) {
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
}

// Pin sets up each connection that is made from config before any other statement, its search_path
// first, and calls Limit. Behind a pool that lends sessions by transaction the settings would reach the application
// too: look for such a pool before.
func Pin(config *pgx.ConnConfig) {
	Limit(config)
	validate := config.ValidateConnect
	config.ValidateConnect = func(ctx context.Context, conn *pgconn.PgConn) error {
		results, err := conn.Exec(ctx, settings(conn.ParameterStatus("server_version"))).ReadAll()
		if err != nil {
			return fmt.Errorf("set up the session: %w", err)
		}
		if role := results[len(results)-1].Rows[0][0]; string(role) == "replica" {
			return unguarded(config)
		}
		if validate == nil {
			return nil
		}
		return validate(ctx, conn)
	}
}

// UnguardedError refuses a session in which the server fires no trigger: neither those that check foreign
// keys, nor those of Siltgate's schema.
type UnguardedError struct {
	// Resets are the statements that reset session_replication_role for the role and for the database.
	Resets []string
}

func (e *UnguardedError) Error() string {
	return "session_replication_role is replica, so that triggers and foreign keys would not work in this session: " +
		strings.Join(e.Resets, ", ") + ", or take it out of the connection's options"
}

func unguarded(config *pgx.ConnConfig) error {
	return &UnguardedError{Resets: []string{
		"ALTER ROLE " + pgx.Identifier{config.User}.Sanitize() + " RESET session_replication_role",
		"ALTER DATABASE " + pgx.Identifier{config.Database}.Sanitize() + " RESET session_replication_role",
	}}
}

// PinPool is Pin for the connections of a pool. It also takes the settings back when one is closed.
func PinPool(config *pgxpool.Config) {
	Pin(config.ConnConfig)
	config.BeforeClose = func(conn *pgx.Conn) { Close(context.Background(), conn) } //nolint:forbidigo // The pool gives none.
}

// Close closes a connection, for which it waits a second or two at most. A pooler may lend its
// session to another client: that must not inherit any setting, nor what was prepared.
func Close(ctx context.Context, conn *pgx.Conn) {
	discard(context.WithoutCancel(ctx), conn)
	End(ctx, conn)
}

// End closes a connection and waits a second at most until the server has ended its session.
// Until then the session counts against the connection limits of the role, the database and the
// server, and the next connection could be refused.
func End(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), discardTimeout)
	defer cancel()
	if server := conn.PgConn(); !conn.IsClosed() && !server.IsBusy() {
		server.Frontend().Send(&pgproto3.Terminate{})
		deadline, _ := ctx.Deadline()
		if server.Frontend().Flush() == nil && server.Conn().SetReadDeadline(deadline) == nil {
			_, _ = io.Copy(io.Discard, server.Conn()) // the server closes the connection at the session's end
		}
	}
	_ = conn.Close(ctx) // an error means that the session is gone already
}

// discard takes back what was set on a connection. An error means that the session is gone.
func discard(ctx context.Context, conn *pgx.Conn) {
	if conn.IsClosed() || conn.PgConn().IsBusy() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, discardTimeout)
	defer cancel()
	_ = conn.PgConn().Exec(ctx, `DISCARD ALL`).Close()
}
