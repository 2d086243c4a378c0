package worker

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/siltgate/siltgate/internal/purge"
)

// Digest is a hash of all settings that replicas of one fleet share. Two replicas with the same digest
// start the same runs, and purge the same rows in them at the same pace. beat warns of replicas with
// another one, and checkTick leaves a tick's run to those with the digest of the replica that inserted
// it.
func (r Replica) Digest() string {
	tables := make([]string, len(r.Tables))
	for i, t := range r.Tables {
		tables[i] = spell(t)
	}
	slices.Sort(tables) // the numbers in the variables' names mean nothing
	lag, wait := purge.LagGuard{}.Limit, purge.LagGuard{}.MaxWait
	if r.Lag != nil {
		lag, wait = r.Lag.Limit, r.Lag.MaxWait
	}
	return hashOf([]string{
		"schema " + r.Schema,
		"schedule " + r.Schedule.String(),
		"catch up " + r.CatchUp.String(),
		"tables " + strings.Join(tables, "\n"),
		"pace " + spell(r.Pace),
		"lag " + lag.String(),
		"wait " + wait.String(),
		fmt.Sprint("max rows ", r.MaxRows),
		"max duration " + r.MaxDuration.String(),
		fmt.Sprint("max share ", r.MaxShare),
		"clock skew " + r.MaxClockSkew.String(),
		"history " + r.History.String(),
		fmt.Sprint("attempts ", r.MaxAttempts),
	})
}

// spell writes the fields of a struct that are set, in the order of their names. So a field that a
// later version adds changes nothing where it is not set.
func spell(settings any) string {
	var fields map[string]any
	if err := json.Unmarshal(encode(settings), &fields); err != nil {
		panic(fmt.Sprintf("settings are no JSON object: %v", err))
	}
	for name, value := range fields {
		if value == nil || reflect.ValueOf(value).IsZero() {
			delete(fields, name)
		}
	}
	return string(encode(fields)) // which sorts names
}

// hashOf returns a hash so short that a person can compare two.
func hashOf(lines []string) string {
	const bytes = 8
	sum := sha256.Sum256([]byte(strings.Join(lines, "\x00")))
	return hex.EncodeToString(sum[:bytes])
}
