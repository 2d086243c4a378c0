package purge

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Fingerprint is a hash of the table's rules. Two tables with the same one have the same dead
// rows, in whatever order rules, columns and values are given, and however often, and a DELETE on
// either reaches the same other tables.
func (t Table) Fingerprint() string {
	rules := make([]string, len(t.Rules), len(t.Rules)+1)
	for i, rule := range t.Rules {
		rules[i] = spellRule(rule)
	}
	if t.AllowCascade {
		rules = append(rules, "cascade")
	}
	const bytes = 8 // short enough to be compared by eye
	sum := sha256.Sum256([]byte(strings.Join(asSet(rules), "\n")))
	return hex.EncodeToString(sum[:bytes])
}

// spellRule writes the settings that are set, by name: one that a later version adds leaves the
// text as it was.
func spellRule(rule Rule) string {
	for _, set := range []*[]string{&rule.Expires, &rule.DoneValues, &rule.OnlyValues, &rule.KeepValues} {
		*set = asSet(*set)
	}
	encoded, err := json.Marshal(rule)
	var settings map[string]any
	if err == nil {
		err = json.Unmarshal(encoded, &settings)
	}
	for name, value := range settings {
		switch value {
		case nil, "", false, 0.0:
			delete(settings, name)
		}
	}
	spelled, again := json.Marshal(settings) // which sorts names
	if err := errors.Join(err, again); err != nil {
		panic(fmt.Sprintf("a rule is not JSON: %v", err))
	}
	return string(spelled)
}

// asSet sorts a copy of a list and leaves out what is there twice. Nil stays nil.
func asSet[T cmp.Ordered](list []T) []T {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

// under makes the progress that of rules. If it was made under others, as before a replica
// with another configuration took the run up, what was passed over then may be dead now.
func (t *TableProgress) under(table Table) {
	fingerprint := table.Fingerprint()
	if t.Fingerprint != fingerprint && t.Fingerprint != "" {
		t.beginAnew()
	}
	t.Fingerprint = fingerprint
}

// Proven reports whether every row of the table is gone that was dead by the cutoff, was
// committed before the run began and was not changed since, but for those that are counted
// as left. It means nothing after a dry run.
func (t *TableProgress) Proven() bool {
	return t.Done && t.Held == "" && !t.Cut && !t.Absent && t.Error == "" && len(t.Left) == 0 && t.LeftMore == 0
}
