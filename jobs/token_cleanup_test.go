package jobs

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestArgumentsAreReadStrictly(t *testing.T) {
	t.Parallel()
	for encoded, want := range map[string]string{
		`null`:                       `arguments: want a JSON object`,
		`[]`:                         `arguments: want a JSON object`,
		`"dry_run"`:                  `arguments: want a JSON object`,
		`7`:                          `arguments: want a JSON object`,
		`{"dry_rn":true}`:            `arguments: unknown field "dry_rn"`,
		`{"Dry_Run":true}`:           `arguments: unknown field "Dry_Run"`,
		`{"dry_run":"true"}`:         `arguments: dry_run: want true or false, got "true"`,
		`{"dry_run":null}`:           `arguments: dry_run: want true or false, got null`,
		`{"full_speed":1}`:           `arguments: full_speed: want true or false, got 1`,
		`{"confirm":"yes"}`:          `arguments: confirm: want true or false, got "yes"`,
		`{"tables":"refresh"}`:       `arguments: tables: want a list of names of configured tables, got "refresh"`,
		`{"tables":[1]}`:             `arguments: tables: want a list of names of configured tables, got [1]`,
		`{"tables":[null]}`:          `arguments: tables: want a list of names of configured tables, got [null]`,
		`{"tables":[]}`:              `arguments: tables: want at least one name; leave it out for all tables`,
		`{"tick":"yesterday"}`:       `arguments: tick: want an RFC 3339 timestamp, got "yesterday"`,
		`{"tick":1700000000}`:        `arguments: tick: want an RFC 3339 timestamp, got 1700000000`,
		`{"reason":{}}`:              `arguments: reason: want a string, got {}`,
		`{"b":1,"a":1}`:              "arguments: unknown field \"a\"\narguments: unknown field \"b\"",
		`{"requested_by":["a","b"]}`: `arguments: requested_by: want a string, got ["a","b"]`,

		`{"reason":"` + strings.Repeat("ü", 1001) + `"}`:                             `arguments: reason: want at most 1000 characters, got 1001`,
		`{"requested_by":"` + strings.Repeat("x", 9999) + `"}`:                       `arguments: requested_by: want at most 1000 characters, got 9999`,
		`{"tables":["a","` + strings.Repeat("x", 128) + `"]}`:                        `arguments: tables: want names of at most 127 bytes, got one of 128`,
		`{"tables":["` + strings.Repeat(strings.Repeat("x", 127)+`","`, 300) + `"]}`: `arguments: tables: want names of at most 32768 bytes together, got 38100`,
		`{"reason":"` + strings.Repeat("x", 1<<20) + `"}`:                            `arguments: want at most 65536 bytes, got 1048589`,
	} {
		_, err := DecodeArgs([]byte(encoded))
		require.EqualError(t, err, want, encoded)
	}
}

func TestGoodArgumentsAreWhatTheySay(t *testing.T) {
	t.Parallel()
	args, err := DecodeArgs([]byte(`{}`))
	require.NoError(t, err)
	require.Equal(t, TokenCleanupArgs{}, args)

	tick := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	args, err = DecodeArgs([]byte(`{"tick":"2026-11-22T03:00:00Z","tables":["refresh_tokens"],"dry_run":true,
		"full_speed":true,"confirm":true,"requested_by":"ops@example.com","reason":"incident 42"}`))
	require.NoError(t, err)
	require.Equal(t, TokenCleanupArgs{
		Tick: &tick, Tables: []string{"refresh_tokens"}, DryRun: true, FullSpeed: true, Confirm: true,
		RequestedBy: "ops@example.com", Reason: "incident 42",
	}, args)
}

func TestAHostileArgumentDoesNotFillTheHistory(t *testing.T) {
	t.Parallel()
	_, err := DecodeArgs([]byte(`{"` + strings.Repeat("x", 1<<20) + `":1}`))
	require.Error(t, err)
	require.Less(t, len(err.Error()), 200)
}

func FuzzDecodeArgs(f *testing.F) {
	for _, seed := range []string{`{}`, `null`, `{"dry_run":true}`, `{"tables":["a"]}`, `{"tick":"2026-11-22T03:00:00Z"}`, `{"dry_run":null}`, `{"a":{"b":[1,2,3]}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, encoded []byte) {
		args, err := DecodeArgs(encoded)
		if err != nil {
			require.Equal(t, TokenCleanupArgs{}, args)
			require.Less(t, len(err.Error()), 1000*(1+bytes.Count(encoded, []byte(":"))), "a message is as short as its fields are few")
			return
		}
		// Arguments are understood as a whole, and mean the same when they are encoded again.
		var fields map[string]any
		require.NoError(t, json.Unmarshal(encoded, &fields))
		for name, value := range fields {
			require.Contains(t, []string{"tick", "tables", "dry_run", "full_speed", "requested_by", "reason"}, name)
			require.NotNil(t, value)
		}
		if dry, ok := fields["dry_run"]; ok {
			require.Equal(t, dry, args.DryRun)
		}
		again, err := json.Marshal(args)
		require.NoError(t, err)
		same, err := DecodeArgs(again)
		require.NoError(t, err)
		require.Equal(t, args, same)
	})
}
