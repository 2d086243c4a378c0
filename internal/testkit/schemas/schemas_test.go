package schemas

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/config"
	"github.com/siltgate/siltgate/internal/doctor"
	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/internal/testkit/turn"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// databaseZones are on both sides of UTC, one of them with a half hour, one a day ahead.
var databaseZones = []string{"UTC", "America/New_York", "Asia/Kathmandu", "Asia/Tokyo", "Pacific/Kiritimati"}

func TestOfEverySchemaTheDeadRowsGoAndTheLiveRowsStayWhateverTheDatabasesZone(t *testing.T) {
	t.Parallel()
	all, err := All()
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(all), 46)
	for _, schema := range all {
		for _, zone := range databaseZones {
			t.Run(schema.Name+" in "+zone, func(t *testing.T) {
				t.Parallel()
				requireExact(t, schema, zone, as)
			})
		}
	}
}

// The same with columns renamed and types exchanged for their siblings, each in one of the zones.
func TestOfEverySchemaTheSameHoldsWithOtherNamesAndTypes(t *testing.T) {
	t.Parallel()
	all, err := All()
	require.NoError(t, err)
	for i, schema := range all {
		zone := databaseZones[i%len(databaseZones)]
		t.Run(schema.Name+" in "+zone, func(t *testing.T) {
			t.Parallel()
			requireExact(t, schema, zone, func(conn *pgx.Conn, tables []purge.Table) []purge.Table {
				exchanged, err := Exchange(t.Context(), conn, tables, func(name string) string { return "Der " + name + " é" })
				require.NoError(t, err)
				return exchanged
			})
		})
	}
}

// as changes nothing.
func as(_ *pgx.Conn, tables []purge.Table) []purge.Table { return tables }

// requireExact holds that two runs as a role with the privileges that siltgate grants prints,
// and no others, delete the dead rows and no others, and that the second finds none, while an
// application writes. change is what is done to the tables before.
func requireExact(t *testing.T, schema Schema, zone string, change func(*pgx.Conn, []purge.Table) []purge.Table) {
	t.Helper()
	url := pgtest.Database(t)
	loaded, err := config.Load(append(schema.Environ, "DATABASE_URL="+url))
	require.NoError(t, err)

	setZone(t, url, zone)
	name, worker := pgtest.Role(t, url, "")
	owner := connected(t, url)
	execute(t, owner, schema.SQL)
	loaded.Tables = change(owner, loaded.Tables)
	live, dead := rows(t, owner, "live"), rows(t, owner, "dead")
	require.NotEmpty(t, live)
	require.NotEmpty(t, dead)
	late := slices.DeleteFunc(slices.Clone(dead), func(row string) bool {
		_, text, _ := strings.Cut(row, ": ")
		return !slices.ContainsFunc(schema.Late, func(begin string) bool { return strings.HasPrefix(text, begin) })
	})

	connect, err := pgx.ParseConfig(worker)
	require.NoError(t, err)
	grant(t, owner, loaded, name)

	stop := startApplication(t, url)
	first := purged(t, connect, loaded.Tables)
	require.Positive(t, first.Deleted())
	require.Equal(t, late, rows(t, owner, "dead"))
	require.Equal(t, live, rows(t, owner, "live"))
	second := purged(t, connect, loaded.Tables)
	stop()
	require.Zero(t, second.Deleted(), "what was dead went in the first run")
	require.Equal(t, live, rows(t, owner, "live"))
}

// grant executes what siltgate grants prints for a worker, but for its rights in our schema,
// which is not there.
func grant(t *testing.T, owner *pgx.Conn, c config.Config, worker string) {
	t.Helper()
	printed, err := doctor.Doctor{Config: c}.Grants(t.Context(), doctor.Roles{Worker: worker})
	require.NoError(t, err)
	var sql strings.Builder
	for line := range strings.Lines(printed) {
		if !strings.Contains(line, `"`+c.Schema+`"`) {
			sql.WriteString(line)
		}
	}
	require.Contains(t, sql.String(), "DELETE ON")
	require.NotContains(t, sql.String(), "GRANT SELECT ON", "columns are enough")
	execute(t, owner, sql.String())
}

// purged is a run to its end.
func purged(t *testing.T, connect *pgx.ConnConfig, tables []purge.Table) purge.Progress {
	t.Helper()
	session, err := purge.Open(t.Context(), connect, turn.Alone)
	require.NoError(t, err)
	defer session.Close(t.Context())
	engine := purge.Engine{Session: session, Pace: purge.Pace{DutyCycle: 1}, Log: slog.New(slog.DiscardHandler)}
	progress, err := engine.Run(t.Context(), purge.Request{Tables: tables}, purge.Progress{})
	require.NoError(t, err)
	require.True(t, progress.Done)
	return progress
}

// rows are those with a text that begins with a word, as table: text, in order. A row of
// which one text says that it is dead is dead.
func rows(t *testing.T, conn *pgx.Conn, word string) []string {
	t.Helper()
	found, err := conn.Query(t.Context(), `
		SELECT format('SELECT %L, to_jsonb(t) FROM ONLY %s AS t', c.oid::regclass, c.oid::regclass)
		FROM pg_class AS c
		JOIN pg_namespace AS n ON n.oid = c.relnamespace
		WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'`)
	require.NoError(t, err)
	queries, err := pgx.CollectRows(found, pgx.RowTo[string])
	require.NoError(t, err)
	all := []string{}
	for _, query := range queries {
		found, err := conn.Query(t.Context(), query)
		require.NoError(t, err)
		var table string
		var row map[string]any
		_, err = pgx.ForEachRow(found, []any{&table, &row}, func() error {
			if text := verdict(row); strings.HasPrefix(text, word) {
				all = append(all, table+": "+text)
			}
			row = nil
			return nil
		})
		require.NoError(t, err)
	}
	slices.Sort(all)
	return all
}

// verdict is the text of a row that says whether it lives; empty if none does.
func verdict(row map[string]any) string {
	for _, word := range []string{"dead", "live"} {
		longest := ""
		for _, value := range row {
			if text, ok := value.(string); ok && strings.HasPrefix(text, word) && len(text) > len(longest) {
				longest = text
			}
		}
		if longest != "" {
			return longest
		}
	}
	return ""
}

func execute(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	_, err := conn.Exec(t.Context(), sql)
	require.NoError(t, err, sql)
}

// connected is a connection with the settings that the database has by now.
func connected(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(context.WithoutCancel(t.Context()))) })
	return conn
}
