package purge

import (
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Explain puts the errors of Postgres in err into words of ours: what the SQLSTATE
// means, and what an operator can do about it. The server's own texts are left out,
// because a trigger writes them as it likes, with a token in them: its RAISE, and
// DETAIL, HINT and CONTEXT. The server's log has them. The result still wraps err.
func Explain(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, pgErr := range postgresErrors(err) {
		text = strings.ReplaceAll(text, pgErr.Error(), sentence(pgErr))
	}
	return explainedError{text: text, err: err}
}

// explainedError is an error and its text in words.
type explainedError struct {
	text string
	err  error
}

// Error implements error.
func (e explainedError) Error() string { return e.text }

// Unwrap returns the error that was explained.
func (e explainedError) Unwrap() error { return e.err }

// postgresErrors are all errors of Postgres that err wraps.
func postgresErrors(err error) []*pgconn.PgError {
	switch e := err.(type) { //nolint:errorlint // each level is looked at by itself
	case *pgconn.PgError:
		return []*pgconn.PgError{e}
	case interface{ Unwrap() error }:
		return postgresErrors(e.Unwrap())
	case interface{ Unwrap() []error }:
		var all []*pgconn.PgError
		for _, inner := range e.Unwrap() {
			all = append(all, postgresErrors(inner)...)
		}
		return all
	}
	return nil
}

// sentence says what an error of Postgres means, and what mends it.
func sentence(err *pgconn.PgError) string {
	var s strings.Builder
	s.WriteString(meaning(err.Code))
	if err.Routine == "aclcheck_error" {
		// Its text has the kind and the name of an object that exists, and no more.
		s.WriteString(", " + err.Message)
	}
	s.WriteString(" (SQLSTATE " + err.Code + ")")
	if err.Where != "" {
		s.WriteString(", in a trigger of the table or in a function that it calls")
	}
	if remedy := remedy(err.Code); remedy != "" {
		s.WriteString(": " + remedy)
	}
	return s.String()
}
