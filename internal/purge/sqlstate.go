package purge

// meaning is an SQLSTATE in words: of the code itself, else of its class, the first
// two characters.
func meaning(code string) string {
	if words := codeMeaning(code); words != "" {
		return words
	}
	if len(code) == 5 {
		if words := classMeaning(code[:2]); words != "" {
			return words
		}
	}
	return "an error that is none of Postgres's own, as a trigger may raise it"
}

// codeMeaning has the codes that are met in practice.
func codeMeaning(code string) string {
	switch code {
	case "0A000":
		return "this is not supported by the server"
	case "22P02":
		return "a value cannot be read as its type"
	case "23502":
		return "a column would be NULL that must not be"
	case "23503":
		return "a foreign key refers to the row"
	case "23505":
		return "a unique key would have a value twice"
	case "23514":
		return "a check constraint is violated"
	case "25006":
		return "the server takes no writes"
	case "25P03":
		return "the transaction was idle for too long"
	case "25P04":
		return "the transaction took longer than transaction_timeout allows"
	case "28000":
		return "the server does not let this role in"
	case "28P01":
		return "the role's password is wrong"
	case "3D000":
		return "the database does not exist"
	case "3F000":
		return "a schema does not exist"
	case "40001":
		return "another transaction changed the same rows"
	case "40P01":
		return "a deadlock with another session"
	case "42501":
		return "a privilege is missing"
	case "42601":
		return "a statement has a syntax error"
	case "42703":
		return "a column does not exist"
	case "42704":
		return "an object does not exist"
	case "42804":
		return "a value has another type than its column"
	case "42883":
		return "a function or an operator does not exist"
	case "42P01":
		return "a table does not exist"
	case "53100":
		return "the server's disk is full"
	case "53200":
		return "the server is out of memory, or out of locks (max_locks_per_transaction)"
	case "53300":
		return "the server or the role allows no more connections"
	case "55000":
		return "an object is not in the state that this needs"
	case "55006":
		return "an object is in use"
	case "55P03":
		return "another session holds a lock"
	case "57014":
		return "it took longer than statement_timeout allows, or was cancelled"
	case "57P01", "57P02":
		return "the server ended the session"
	case "57P03":
		return "the server starts, stops or recovers"
	case "57P05":
		return "the session was idle for longer than idle_session_timeout allows"
	case "58030":
		return "the server cannot read or write its files"
	case "P0001":
		return "an exception was raised"
	case "XX001":
		return "the table is damaged"
	case "XX002":
		return "an index is damaged"
	}
	return ""
}

// classMeaning has all classes of Postgres that can be an error.
func classMeaning(class string) string {
	switch class {
	case "03", "26":
		return "a statement is not prepared, as behind a pool that lends connections by transaction"
	case "08":
		return "the connection failed"
	case "09", "27", "38", "39":
		return "a trigger or a function failed"
	case "0A":
		return "this is not supported by the server"
	case "0B", "25", "2D":
		return "the transaction is not in the state that this needs"
	case "0F", "22":
		return "a value is wrong for its type or its use"
	case "0L", "0P", "28", "2B":
		return "the role may not do this"
	case "20", "21", "24", "34", "3B", "P0":
		return "a function failed"
	case "23", "44":
		return "a constraint is violated"
	case "2F":
		return "an SQL function failed"
	case "3D", "3F":
		return "a database or a schema does not exist"
	case "40":
		return "the transaction was rolled back because of others"
	case "42":
		return "a statement is wrong for the tables as they are, or the role may not execute it"
	case "53":
		return "the server is short of resources"
	case "54":
		return "a limit of the server is exceeded"
	case "55":
		return "an object is not in the state that this needs"
	case "57":
		return "the server was told to interrupt this"
	case "58":
		return "the server's system failed"
	case "72":
		return "the snapshot is too old"
	case "F0":
		return "the server's configuration is wrong"
	case "HV":
		return "a foreign server failed"
	case "XX":
		return "the server met an internal error"
	}
	return ""
}
