package purge

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The columns that rules of the model choose from, two of a kind where a rule may name two.
const createRuled = `
	CREATE TYPE "Sta tus" AS ENUM ('active', 'revoked', 'Redeemed', 'null');
	CREATE DOMAIN flag AS boolean;
	CREATE TABLE t (
		id bigint,
		tz1 timestamptz, tz2 timestamptz,
		ts1 timestamp, ts2 timestamp,
		d1 date, d2 date,
		n1 bigint, n2 numeric,
		life interval, seconds integer, ratio float8,
		b1 boolean, b2 flag,
		status "Sta tus", word text, code char(8)
	)`

var ruledColumns = map[string]column{
	"tz1": {name: "tz1", kind: timestampWithZone}, "tz2": {name: "tz2", kind: timestampWithZone},
	"ts1": {name: "ts1", kind: timestampWithoutZone}, "ts2": {name: "ts2", kind: timestampWithoutZone},
	"d1": {name: "d1", kind: date}, "d2": {name: "d2", kind: date},
	"n1": {name: "n1", kind: integer}, "n2": {name: "n2", kind: decimal},
	"life": {name: "life", kind: span}, "seconds": {name: "seconds", kind: integer}, "ratio": {name: "ratio", kind: decimal},
	"b1": {name: "b1", kind: boolean}, "b2": {name: "b2", kind: boolean},
	"status": {name: "status", kind: enumerated, typeName: `public."Sta tus"`, labels: []string{"active", "revoked", "Redeemed", "null"}},
	"word":   {name: "word", kind: textual, typeName: "text"}, "code": {name: "code", kind: textual},
}

// ruled is a row of the model: what each column holds, as SQL and as it is understood.
type ruled map[string]any

var (
	ruledCutoff = time.Date(2026, 3, 29, 1, 30, 0, 500_500_000, time.UTC)
	infinite    = time.Unix(math.MaxInt64/4, 0)
	zones       = []string{"UTC", "America/New_York", "Asia/Tokyo", "Europe/Berlin"}
)

func TestTheRowsThatARuleCallsDeadAreTheModels(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, strings.Split(createRuled, ";\n")...)
	conn, err := pgx.Connect(t.Context(), db.url)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(t.Context())) }()
	for _, setting := range []string{`SET TimeZone = 'Asia/Kathmandu'`, `SET DateStyle = 'German'`, `SET IntervalStyle = 'sql_standard'`} {
		_, err = conn.Exec(t.Context(), setting)
		require.NoError(t, err)
	}
	rapid.Check(t, func(t *rapid.T) {
		rules := rapid.SliceOfN(rapid.Custom(drawRule), 1, 3).Draw(t, "rules")
		rows := rapid.SliceOfN(rapid.Custom(drawRuled), 1, 12).Draw(t, "rows")
		var conditions []condition
		for _, rule := range rules {
			conditions = append(conditions, newCondition(rule, ruledColumns, ruledCutoff))
		}
		var want []int64
		_, err := conn.Exec(t.Context(), `TRUNCATE t`)
		require.NoError(t, err)
		for id, row := range rows {
			names, values := []string{"id"}, []string{fmt.Sprint(id)}
			for name, value := range row {
				names, values = append(names, name), append(values, ruledLiteral(name, value))
			}
			_, err := conn.Exec(t.Context(), fmt.Sprintf(`INSERT INTO t (%s) VALUES (%s)`, strings.Join(names, ", "), strings.Join(values, ", ")))
			require.NoError(t, err)
			if deadInModel(rules, row) {
				want = append(want, int64(id))
			}
		}
		s := &statement{}
		fmt.Fprintf(s, "SELECT t.id FROM t WHERE (%s) IS TRUE ORDER BY t.id", dead(s, conditions))
		found, err := conn.Query(t.Context(), s.String(), s.args...)
		require.NoError(t, err)
		got, err := pgx.CollectRows(found, pgx.RowTo[int64])
		require.NoError(t, err, s.String())
		require.ElementsMatch(t, want, got, "%s\n%v", s.String(), s.args)
	})
}

func drawRuled(t *rapid.T) ruled {
	row := ruled{}
	near := func(label string) time.Time {
		return ruledCutoff.Add(rapid.SampledFrom([]time.Duration{
			-50 * 365 * 24 * time.Hour, -31 * 24 * time.Hour, -36 * time.Hour, -25 * time.Hour, -11 * time.Hour, -2 * time.Hour, -30 * time.Minute,
			-time.Microsecond, 0, time.Microsecond, time.Hour, 11 * time.Hour, 25 * time.Hour, 40 * 24 * time.Hour,
		}).Draw(t, label))
	}
	for _, name := range []string{"tz1", "tz2", "ts1", "ts2", "d1", "d2"} {
		switch rapid.IntRange(0, 6).Draw(t, name) {
		case 0:
		case 1:
			row[name] = infinite
		default:
			at := near(name)
			if name[0] == 'd' {
				at = at.Truncate(24 * time.Hour)
			}
			row[name] = at // of ts and d: what the clock showed, written as if it hung in UTC
		}
	}
	for _, name := range []string{"n1", "n2"} {
		switch rapid.IntRange(0, 6).Draw(t, name) {
		case 0:
		case 1:
			row[name] = rapid.SampledFrom([]int64{0, -1, math.MinInt64, math.MaxInt64, 1, 99_999_999_999}).Draw(t, name)
		case 2, 3:
			row[name] = near(name).UnixMilli()
		case 4:
			if name == "n2" {
				perMicrosecond := rapid.SampledFrom([]float64{1e-6, 1e-3}).Draw(t, "unit of "+name)
				row[name] = float64(near(name).UnixMicro()) * perMicrosecond
			}
		default:
			row[name] = near(name).Unix()
		}
	}
	for _, name := range []string{"seconds", "ratio"} {
		if rapid.Bool().Draw(t, name) {
			row[name] = rapid.SampledFrom([]int64{0, -1, 60, 7200, 86400, math.MaxInt32, math.MinInt32}).Draw(t, name)
		}
	}
	if rapid.Bool().Draw(t, "life") {
		row["life"] = rapid.SampledFrom([]time.Duration{0, -time.Hour, time.Hour, 36 * time.Hour, 178_000 * time.Hour * 10}).Draw(t, "life")
	}
	for _, name := range []string{"b1", "b2"} {
		if rapid.IntRange(0, 2).Draw(t, name) > 0 {
			row[name] = rapid.Bool().Draw(t, name)
		}
	}
	for _, name := range []string{"status", "word", "code"} {
		if rapid.IntRange(0, 3).Draw(t, name) > 0 {
			row[name] = rapid.SampledFrom([]string{"active", "revoked", "Redeemed", "null"}).Draw(t, name)
		}
	}
	return row
}

func ruledLiteral(name string, value any) string {
	switch v := value.(type) {
	case time.Time:
		if v.Equal(infinite) {
			return `'infinity'`
		}
		const clock = "2006-01-02 15:04:05.999999"
		if strings.HasPrefix(name, "tz") {
			return "'" + v.UTC().Format(clock) + "+00'"
		}
		if name[0] == 'd' {
			return "'" + v.UTC().Format(time.DateOnly) + "'"
		}
		return "'" + v.UTC().Format(clock) + "'"
	case time.Duration:
		return fmt.Sprintf("make_interval(secs => %f)", v.Seconds())
	case string:
		return "'" + v + "'"
	case float64:
		if v > 1e12 { // milliseconds
			return fmt.Sprintf("%.3f", v)
		}
		return fmt.Sprintf("%.6f", v)
	default:
		return fmt.Sprint(v)
	}
}
