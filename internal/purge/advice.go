package purge

import "fmt"

// advised adds to an error of Postgres what an operator can do about it, where
// that is one thing.
func advised(err error) error {
	if advice := advice(sqlState(err)); advice != "" {
		return fmt.Errorf("%w: %s", err, advice)
	}
	return err
}

func advice(state string) string {
	switch state {
	case "25006": // read_only_sql_transaction
		return "the server takes no writes: it is a standby, or default_transaction_read_only is on"
	case "42501": // insufficient_privilege
		return "grant the role SELECT and DELETE on the table, and UPDATE on one of its columns"
	case "53100": // disk_full
		return "the server's disk is full: make room there"
	case "53200": // out_of_memory
		return "the server is out of memory"
	case "53300": // too_many_connections
		return "the server or the role allows no more connections: raise max_connections or its CONNECTION LIMIT"
	case "57P03": // cannot_connect_now
		return "the server starts, stops or recovers: it is tried again"
	case "58030": // io_error
		return "the server cannot read or write its files: look at its disk"
	case "XX001": // data_corrupted
		return "the table is damaged: look at the server's disk, and restore the table"
	case "XX002": // index_corrupted
		return "an index is damaged: REINDEX it"
	}
	return ""
}
