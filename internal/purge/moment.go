package purge

import (
	"fmt"
	"math/big"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// Unit says what an integer column counts since 1970.
type Unit string

const (
	// Seconds count seconds since 1970.
	Seconds Unit = "s"

	// Milliseconds count milliseconds since 1970.
	Milliseconds Unit = "ms"
)

// DatabaseZone stands for the zone of the database, in place of an IANA zone.
const DatabaseZone = "database"

// A day begins first in firstZone, and ends last in lastZone. A date without a zone has ended when it has ended there.
const (
	firstZone = "Etc/GMT-14"
	lastZone  = "Etc/GMT+12"
)

// leastSeconds is a time in 1973. A smaller number is not when a token expired: it says for how long one is good, or counts
// seconds and was declared as milliseconds. By it every row would be long dead.
const leastSeconds = 100_000_000

// moment is a column that says when: at which instant a row expires, or was done.
type moment struct {
	column

	zone string // that wrote a timestamp or a date without zone
	unit Unit   // of a number
}

// before is SQL that is true of rows whose moment is earlier than an instant. It is not
// true of NULL, of infinity, and of a number that stands for never. An index on the
// column serves it.
func (m moment) before(s *statement, at time.Time) string {
	earlier := m.sql() + " OPERATOR(pg_catalog.<) " + m.bound(s, at)
	switch {
	case m.kind == timestampWithoutZone && m.zone != "UTC":
		// An index serves the first half. The second half decides in the hour that a clock
		// shows twice, where a local time means two instants: Postgres takes the later one,
		// and so do we.
		return "(" + earlier + " AND " + m.instant(s) + " OPERATOR(pg_catalog.<) " + s.arg(at) + "::pg_catalog.timestamptz)"
	case m.isNumber():
		return "(" + m.sql() + " OPERATOR(pg_catalog.>=) " + s.arg(m.least()) + "::pg_catalog.int8 AND " + earlier + ")"
	}
	return earlier
}

// bound is SQL for an instant as a value of the column: what is less is earlier.
func (m moment) bound(s *statement, at time.Time) string {
	switch m.kind {
	case timestampWithZone:
		return s.arg(at) + "::pg_catalog.timestamptz"
	case timestampWithoutZone:
		return m.local(s, at)
	case date:
		return m.local(s, at) + "::pg_catalog.date"
	case decimal:
		micros := pgtype.Numeric{Int: big.NewInt(at.UnixMicro() * int64(m.perSecond())), Exp: -6, Valid: true}
		return s.arg(micros) + "::pg_catalog.numeric"
	default:
		// In whole numbers, so that an index on integers serves it. A float64 would round some of them up.
		micros, each := at.UnixMicro(), int64(1_000_000/m.perSecond())
		least := micros / each
		if micros%each > 0 {
			least++
		}
		return s.arg(least) + "::pg_catalog.int8"
	}
}

// least is the least number that stands for an instant.
func (m moment) least() int64 { return leastSeconds * int64(m.perSecond()) }

// local is an instant as the clock shows it that wrote the column.
func (m moment) local(s *statement, at time.Time) string {
	return "pg_catalog.timezone(" + s.arg(m.clock()) + "::pg_catalog.text, " + s.arg(at) + "::pg_catalog.timestamptz)"
}

// clock is the zone of the clock that wrote the column.
func (m moment) clock() string {
	if m.kind == date && m.zone == "" {
		return lastZone
	}
	return m.zone
}

// instant is the moment as a timestamptz, for rows of which before is true.
func (m moment) instant(s *statement) string {
	c := m.sql()
	switch m.kind {
	case timestampWithoutZone:
		return "pg_catalog.timezone(" + s.arg(m.zone) + "::pg_catalog.text, " + c + ")"
	case date: // the end of the day
		return "pg_catalog.timezone(" + s.arg(m.clock()) + "::pg_catalog.text, (" + c + " OPERATOR(pg_catalog.+) 1)::pg_catalog.timestamp)"
	case integer, decimal:
		return "pg_catalog.to_timestamp(" + c + "::pg_catalog.float8 OPERATOR(pg_catalog./) " + strconv.Itoa(m.perSecond()) + "::pg_catalog.float8)"
	default:
		return c
	}
}

func (m moment) perSecond() int {
	if m.unit == Milliseconds {
		return 1000
	}
	return 1
}

// endOfTime is the end of the year 9999, in seconds since 1970.
const endOfTime = 253_402_300_800

// wall is SQL for the column as its own clock shows it, a timestamp: NULL for a number
// that stands for no instant.
func (m moment) wall(s *statement) string {
	switch {
	case m.kind == timestampWithoutZone:
		return m.sql()
	case m.kind == date: // the last dates are later than a timestamp can be
		return "CASE WHEN " + m.sql() + " OPERATOR(pg_catalog.<) pg_catalog.make_date(294277, 1, 1) THEN " + m.sql() + "::pg_catalog.timestamp END"
	case m.isNumber():
		return "CASE WHEN " + m.isDated() + " THEN pg_catalog.timezone('UTC', " + m.instant(s) + ") END"
	default:
		return "pg_catalog.timezone('UTC', " + m.sql() + ")"
	}
}

// isDated is SQL that is true where the column has a date: not of NULL, infinity, or a number
// that stands for no instant.
func (m moment) isDated() string {
	if !m.isNumber() {
		return m.finite()
	}
	return fmt.Sprintf("%s OPERATOR(pg_catalog.>=) %d::pg_catalog.int8 AND %[1]s OPERATOR(pg_catalog.<) %[3]d::pg_catalog.int8",
		m.sql(), m.least(), endOfTime*int64(m.perSecond()))
}

// finite is SQL that is true where the column holds an instant.
func (m moment) finite() string {
	if m.isNumber() {
		return m.sql() + " IS NOT NULL"
	}
	return "pg_catalog.isfinite(" + m.sql() + ")"
}

// longestLifetime is more than any token lives, and so little that no sum of it overflows.
const longestLifetime = 10_000 // years

// lifetime is a column that says for how long a row lives from its moment on.
type lifetime struct{ column }

// end is SQL for when a row's life from a moment on ends.
//
// A day and a month are of different lengths in different zones, and in which one the application adds them nobody has
// said. So the latest end counts: a month from February 28th on ends three days later where it is March 1st already, and
// where clocks are set back a day has an hour more.
func (l lifetime) end(s *statement, from moment) string {
	at := from.instant(s)
	if l.isNumber() {
		return at + " OPERATOR(pg_catalog.+) pg_catalog.make_interval(0, 0, 0, 0, 0, 0, " + l.sql() + "::pg_catalog.float8)"
	}
	has := func(field string) string {
		return "pg_catalog.date_part('" + field + "', " + l.sql() + ") OPERATOR(pg_catalog.<>) 0::pg_catalog.float8"
	}
	in := func(zone string) string {
		return fmt.Sprintf("pg_catalog.timezone('%s', pg_catalog.timezone('%[1]s', %s) OPERATOR(pg_catalog.+) %s)", zone, at, l.sql())
	}
	end := at + " OPERATOR(pg_catalog.+) " + l.sql()
	const andHour = " OPERATOR(pg_catalog.+) '1 hour'::pg_catalog.interval"
	return fmt.Sprintf("(CASE WHEN %s OR %s THEN GREATEST(%s, %s, %s)%s WHEN %s THEN %[3]s%[6]s ELSE %[3]s END)",
		has("year"), has("month"), end, in(firstZone), in(lastZone), andHour, has("day"))
}

// endsBefore is SQL that is true of rows whose life from a moment on has ended before an
// instant. A lifetime that is NULL, negative or absurdly long never ends.
func (l lifetime) endsBefore(s *statement, from moment, at time.Time) string {
	least, most := "'0'::pg_catalog.interval", fmt.Sprintf("'%d years'::pg_catalog.interval", longestLifetime)
	if l.isNumber() {
		least, most = "0::pg_catalog.int8", fmt.Sprintf("%d::pg_catalog.int8", int64(longestLifetime)*366*24*3600)
	}
	// CASE keeps the sum from being made where it would overflow.
	return fmt.Sprintf("CASE WHEN %s AND %s AND %s OPERATOR(pg_catalog.>=) %s AND %[3]s OPERATOR(pg_catalog.<=) %[5]s\n"+
		"    THEN %[6]s OPERATOR(pg_catalog.<) %[7]s::pg_catalog.timestamptz ELSE false END",
		from.finite(), from.before(s, at), l.sql(), least, most, l.end(s, from), s.arg(at))
}
