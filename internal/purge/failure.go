package purge

import (
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// errChanged says that a table is not as it was when it was inspected.
var errChanged = errors.New("its definition has changed while it was purged")

// sqlState is the error's SQLSTATE, empty if it is not one of Postgres.
func sqlState(err error) string {
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pgErr.Code
	}
	return ""
}

// isRaised reports whether a PL/pgSQL function chose the SQLSTATE itself, by RAISE. It
// then says nothing of the server: a trigger may raise 57014 without any time-out.
func isRaised(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pgErr.Routine == "exec_stmt_raise"
}

// isLockConflict reports whether another transaction holds a row, or has just changed it:
// 40001 is a row that moved to another partition meanwhile.
func isLockConflict(err error) bool {
	switch sqlState(err) {
	case "55P03", "40P01", "40001": // lock_not_available, deadlock_detected, serialization_failure
		return !isRaised(err)
	default:
		return false
	}
}

// isTimeout reports whether a statement took longer than it may.
func isTimeout(err error) bool { return sqlState(err) == "57014" && !isRaised(err) } // query_canceled

// isHindered reports whether others keep a statement from its work for now: they hold a lock, or the
// statement took longer than it may. Later it may succeed.
func isHindered(err error) bool { return isLockConflict(err) || isTimeout(err) }

// isChanged reports whether a table is not as it was inspected any more: the statement's
// fingerprint has shown that, or the statement names what has gone or changed its type. A
// trigger's error is none of these: it says where it comes from.
func isChanged(err error) bool {
	if errors.Is(err, errChanged) {
		return true
	}
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || pgErr.Where != "" || pgErr.InternalQuery != "" {
		return false
	}
	// undefined_table, undefined_column, datatype_mismatch, undefined_function: of an
	// operator, too. A prepared statement says that the type of its result changes.
	return slices.Contains([]string{"42P01", "42703", "42804", "42883"}, pgErr.Code) || pgErr.Routine == "RevalidateCachedQuery"
}

// isUndefinedTable reports whether a table that a statement of ours names is gone.
func isUndefinedTable(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pgErr.Code == "42P01" && pgErr.Where == ""
}

// isUndeletable reports whether an error concerns one row: a constraint or a trigger keeps that row,
// and others may go all the same. Every error within a function of the database counts as one,
// because a trigger may raise any SQLSTATE, except for troubles of the server itself.
func isUndeletable(err error) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	switch {
	case !ok, pgErr.SeverityUnlocalized == "FATAL", pgErr.SeverityUnlocalized == "PANIC",
		isHindered(err), isChanged(err):
		return false
	case isRaised(err):
		return true
	}
	switch class := pgErr.Code[:min(2, len(pgErr.Code))]; class {
	case "09", "23", "27", "44", "P0": // a trigger's own classes, constraints, checks of views, PL/pgSQL
		return true
	case "25", "53", "58": // a read-only transaction, no resources, the system
		return false
	default:
		return pgErr.Where != "" && pgErr.Code != "XX001" && pgErr.Code != "XX002" // damaged data, damaged index
	}
}

// isBroken reports whether a refusal is likely to concern every row: the trigger lacks a
// table or a privilege, or says that the server lacks resources.
func isBroken(err error) bool {
	state := sqlState(err)
	return strings.HasPrefix(state, "42") || strings.HasPrefix(state, "53") || strings.HasPrefix(state, "58")
}

// isServers reports whether the whole server is in trouble, rather than one relation.
func isServers(err error) bool {
	if isRaised(err) {
		return false
	}
	state := sqlState(err)
	switch state[:min(len(state), 2)] {
	case "08", "25", "53", "58": // connection, read-only, resources, system
		return true
	case "57": // operator intervention
		return !isTimeout(err)
	}
	return false
}

// recognized turns the error that a wrong fingerprint raises on purpose into errChanged.
func (s *Session) recognized(err error) error {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	if ok && pgErr.Code == "22P02" && strings.Contains(pgErr.Message, s.mark) { // invalid_text_representation
		return errChanged
	}
	return err
}
