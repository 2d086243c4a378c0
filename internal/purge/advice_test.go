package purge

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
)

func TestFault43TheTextsOfATriggerAreNotPrintedAndItsStateIsInWords(t *testing.T) {
	t.Parallel()
	const token = "c0ffee-canary"
	for name, c := range map[string]struct{ body, want string }{
		"raise": {
			`RAISE EXCEPTION 'token %', OLD.token_hash
				USING DETAIL = OLD.token_hash, HINT = OLD.token_hash, ERRCODE = 'P0001'`,
			"an exception was raised (SQLSTATE P0001), in a trigger of the table or in a function that it calls: its text is in the server's log",
		},
		"a code of its own, and names": {
			`RAISE EXCEPTION '%', OLD.token_hash
				USING ERRCODE = 'ZZ999', TABLE = OLD.token_hash, COLUMN = OLD.token_hash, CONSTRAINT = OLD.token_hash,
					SCHEMA = OLD.token_hash, DATATYPE = OLD.token_hash`,
			"an error that is none of Postgres's own, as a trigger may raise it (SQLSTATE ZZ999), in a trigger of the table",
		},
		"a code of Postgres's": {
			`RAISE EXCEPTION '%', OLD.token_hash USING ERRCODE = 'disk_full'`,
			"the server's disk is full (SQLSTATE 53100), in a trigger of the table",
		},
		"a denial that is none": {
			`RAISE EXCEPTION '%', OLD.token_hash USING ERRCODE = 'insufficient_privilege'`,
			"a privilege is missing (SQLSTATE 42501), in a trigger of the table",
		},
		"a cast": {`PERFORM OLD.token_hash::integer`, "a value cannot be read as its type (SQLSTATE 22P02), in a trigger of the table"},
		"a statement": {
			`EXECUTE 'SELECT * FROM ' || quote_ident(OLD.token_hash)`,
			"a table does not exist (SQLSTATE 42P01), in a trigger of the table",
		},
		"a constraint": {
			`INSERT INTO seen VALUES (OLD.token_hash), (OLD.token_hash)`,
			"a unique key would have a value twice (SQLSTATE 23505), in a trigger of the table",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens, `
				INSERT INTO refresh_tokens (token_hash, revoked) VALUES ('`+token+`', true);
				CREATE TABLE seen (hash text UNIQUE);
				CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN `+c.body+`; RETURN OLD; END $$;
				CREATE TRIGGER tell BEFORE DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION tell()`)
			_, err := db.pool.Exec(t.Context(), `DELETE FROM refresh_tokens`)
			require.ErrorContains(t, err, "ERROR")
			told := Explain(fmt.Errorf("delete batch: %w", err))
			require.ErrorContains(t, told, "delete batch: "+c.want)
			require.NotContains(t, told.Error(), token)
			require.Equal(t, sqlState(err), sqlState(told), "it is still the same error")
		})
	}
}

func TestFault43NoSQLSTATEIsShownWithoutWords(t *testing.T) {
	t.Parallel()
	code := func(state string) error {
		return &pgconn.PgError{Severity: "ERROR", Code: state, Message: "secret", Detail: "secret", Hint: "secret", Where: "secret"}
	}
	words := regexp.MustCompile(`^[a-z][A-Za-z' ,().]{10,} \(SQLSTATE .*\)`)
	states := []string{"", "1", "ZZ999", "P0001", "P0004", "XX000", "22000", "57P01", "0A000", "55000", "42P10", "HV000"}
	for _, class := range []string{
		"03", "08", "09", "0A", "0B", "0F", "0L", "0P", "20", "21", "22", "23", "24", "25", "26", "27", "28", "2B", "2D", "2F",
		"34", "38", "39", "3B", "3D", "3F", "40", "42", "44", "53", "54", "55", "57", "58", "72", "F0", "HV", "P0", "XX",
	} {
		require.NotEmpty(t, listed(class), "class %s has no words", class)
		states = append(states, class+"9Z9")
	}
	for _, state := range states {
		told := Explain(code(state)).Error()
		require.Regexp(t, words, told)
		require.NotContains(t, told, "secret")
	}

	both := Explain(fmt.Errorf("write it: %w", errors.Join(code("53100"), fmt.Errorf("and: %w", code("58030")), io.EOF)))
	require.NotContains(t, both.Error(), "secret")
	require.ErrorContains(t, both, "the server's disk is full (SQLSTATE 53100)")
	require.ErrorContains(t, both, "and: the server cannot read or write its files (SQLSTATE 58030)")
	require.ErrorIs(t, both, io.EOF)
	require.NoError(t, Explain(nil))
	require.EqualError(t, Explain(io.EOF), "EOF")
}
