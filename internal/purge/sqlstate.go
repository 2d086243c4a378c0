package purge

import (
	"cmp"
	"strings"
)

// meaning is an SQLSTATE in words: of the code itself, else of its class, the first two characters.
func meaning(code string) string {
	words, _, _ := strings.Cut(cmp.Or(listed(code), listed(code[:min(2, len(code))])), ": ")
	return cmp.Or(words, "an error that is none of Postgres's own, as a trigger may raise it")
}

// remedy is what an operator can do, where that is one thing.
func remedy(code string) string {
	_, remedy, _ := strings.Cut(listed(code), ": ")
	return remedy
}

// listed is what stands behind a code in the list.
func listed(code string) string {
	for line := range strings.Lines(sqlStates) {
		if words, found := strings.CutPrefix(line, code+" "); found {
			return strings.TrimSpace(words)
		}
	}
	return ""
}

// sqlStates has the codes that are met in practice, each with its meaning and perhaps a remedy. Then it has all classes of
// Postgres that can be an error.
const sqlStates = `
0A000 this is not supported by the server
22P02 a value cannot be read as its type
23502 a column would be NULL that must not be
23503 a foreign key refers to the row
23505 a unique key would have a value twice
23514 a check constraint is violated
25006 the server takes no writes: it is a standby, or default_transaction_read_only is on
25P03 the transaction was idle for too long
25P04 the transaction took longer than transaction_timeout allows
28000 the server does not let this role in
28P01 the role's password is wrong
3D000 the database does not exist
3F000 a schema does not exist
40001 another transaction changed the same rows
40P01 a deadlock with another session
42501 a privilege is missing: ` + "`siltgate enqueue --dry-run --wait`" + ` says which GRANT is missing
42601 a statement has a syntax error
42703 a column does not exist
42704 an object does not exist
42804 a value has another type than its column
42883 a function or an operator does not exist
42P01 a table does not exist
53100 the server's disk is full: make room there
53200 the server is out of memory, or out of locks (max_locks_per_transaction)
53300 the server or the role allows no more connections: raise max_connections or the role's CONNECTION LIMIT
55000 an object is not in the state that this needs
55006 an object is in use
55P03 another session holds a lock
57014 it took longer than statement_timeout allows, or was cancelled
57P01 the server ended the session
57P02 the server ended the session
57P03 the server starts, stops or recovers: it is tried again
57P05 the session was idle for longer than idle_session_timeout allows
58030 the server cannot read or write its files: look at its disk
P0001 an exception was raised: its text is in the server's log
XX001 the table is damaged: look at the server's disk, and restore the table
XX002 an index is damaged: REINDEX it

03 a statement is not prepared, as behind a pool that lends connections by transaction
08 the connection failed
09 a trigger or a function failed
0A this is not supported by the server
0B the transaction is not in the state that this needs
0F a value is wrong for its type or its use
0L the role may not do this
0P the role may not do this
20 a function failed
21 a function failed
22 a value is wrong for its type or its use
23 a constraint is violated
24 a function failed
25 the transaction is not in the state that this needs
26 a statement is not prepared, as behind a pool that lends connections by transaction
27 a trigger or a function failed
28 the role may not do this
2B the role may not do this
2D the transaction is not in the state that this needs
2F an SQL function failed
34 a function failed
38 a trigger or a function failed
39 a trigger or a function failed
3B a function failed
3D a database or a schema does not exist
3F a database or a schema does not exist
40 the transaction was rolled back because of others
42 a statement is wrong for the tables as they are, or the role may not execute it
44 a constraint is violated
53 the server is short of resources
54 a limit of the server is exceeded
55 an object is not in the state that this needs
57 the server was told to interrupt this
58 the server's system failed
72 the snapshot is too old
F0 the server's configuration is wrong
HV a foreign server failed
P0 a function failed
XX the server met an internal error
`
