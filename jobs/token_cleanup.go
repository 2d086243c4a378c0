// Package jobs is all that a program needs to ask Siltgate for a run and to
// read what a run recorded.
//
// A run is one River job of kind token_cleanup in Siltgate's own schema. Its
// arguments are TokenCleanupArgs, its recorded output is Result. For other languages
// schema/args.json and schema/output.json are JSON Schemas of the two.
//
// # Compatibility
//
// Within a major version of Siltgate this package only gains. No exported name goes, and none
// changes its type, its name in JSON, its unit or its meaning. To the structs fields are added, and to
// Outcome values: name the fields of a literal, and expect outcomes that you do not know.
//
// A program may be older than the schema in its database: what it calls stays. It may be newer, as
// long as it sets no argument that the replicas do not know. A run with such an argument ends with an
// error that names it, and deletes nothing; so upgrade replicas before the programs that use a new one.
package jobs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// TokenCleanupKind is the kind of every run.
const TokenCleanupKind = "token_cleanup"

// TokenCleanupArgs are the arguments of a run, all optional: the zero value
// purges every configured table.
type TokenCleanupArgs struct {
	// Tick is the instant of the schedule that this run belongs to. Only the
	// schedule sets it: a run that anyone else inserts with a tick is refused.
	Tick *time.Time `json:"tick,omitempty"`

	// Tables restricts the run to these configured tables. Nil means all. A name has at most
	// MaxNameBytes bytes.
	Tables []string `json:"tables,omitempty"`

	// DryRun counts the dead rows and deletes nothing.
	DryRun bool `json:"dry_run,omitempty"`

	// FullSpeed leaves out the pauses between batches.
	FullSpeed bool `json:"full_speed,omitempty"`

	// Confirm lets a table's rule that has changed delete more than SILTGATE_MAX_SHARE of the
	// table. A run without it holds such a table. A dry run needs none.
	Confirm bool `json:"confirm,omitempty"`

	// RequestedBy and Reason are recorded for the history. Each has at most MaxTextLength
	// characters.
	RequestedBy string `json:"requested_by,omitempty"`
	Reason      string `json:"reason,omitempty"`
}

// Kind implements river.JobArgs.
func (TokenCleanupArgs) Kind() string { return TokenCleanupKind }

// DecodeArgs reads a job's arguments strictly: anything that is not an object
// of known, well-typed fields is an error that names it, because a misspelt
// dry_run must not delete.
func DecodeArgs(encoded []byte) (TokenCleanupArgs, error) {
	if len(encoded) > 2*MaxArgsBytes { // Postgres writes jsonb longer than it may have come
		return TokenCleanupArgs{}, fmt.Errorf("arguments: want at most %d bytes, got %d", MaxArgsBytes, len(encoded))
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(encoded, &fields); err != nil || fields == nil {
		return TokenCleanupArgs{}, errors.New("arguments: want a JSON object")
	}

	var args TokenCleanupArgs
	known := map[string]struct {
		into any
		want string
	}{
		"tick":         {&args.Tick, "an RFC 3339 timestamp"},
		"tables":       {&args.Tables, "a list of names of configured tables"},
		"dry_run":      {&args.DryRun, "true or false"},
		"full_speed":   {&args.FullSpeed, "true or false"},
		"confirm":      {&args.Confirm, "true or false"},
		"requested_by": {&args.RequestedBy, "a string"},
		"reason":       {&args.Reason, "a string"},
	}

	var problems []error
	for name, value := range fields {
		field, ok := known[name]
		switch {
		case !ok:
			problems = append(problems, fmt.Errorf("arguments: unknown field %q", abridge(name)))
		case json.Unmarshal(value, field.into) != nil, hasNull(value):
			problems = append(problems, fmt.Errorf("arguments: %s: want %s, got %s", name, field.want, abridge(string(value))))
		}
	}
	if err := args.Validate(); err != nil {
		problems = append(problems, fmt.Errorf("arguments: %w", err))
	}
	if args.Tables != nil && len(args.Tables) == 0 {
		problems = append(problems, errors.New("arguments: tables: want at least one name; leave it out for all tables"))
	}
	if len(problems) > 0 {
		// A map has no order, a message must have one.
		slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
		return TokenCleanupArgs{}, errors.Join(problems...)
	}
	return args, nil
}

// hasNull finds what encoding/json would quietly take for a zero value: null
// itself, and null in a list.
func hasNull(value json.RawMessage) bool {
	isNull := func(v json.RawMessage) bool { return bytes.Equal(bytes.TrimSpace(v), []byte("null")) }
	var list []json.RawMessage
	return isNull(value) || json.Unmarshal(value, &list) == nil && slices.ContainsFunc(list, isNull)
}

// abridge keeps a hostile argument from filling the history.
func abridge(s string) string {
	const most = 80
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
