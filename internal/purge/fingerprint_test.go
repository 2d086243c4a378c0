package purge

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawnRule is any rule, as far as its fingerprint is concerned.
func drawnRule(t *rapid.T) Rule {
	name := rapid.SampledFrom([]string{"", "a", "b", "a\nb"})
	values := rapid.OneOf(rapid.Just([]string(nil)), rapid.SliceOfN(rapid.SampledFrom([]string{"", "x", "y", "null", "0"}), 1, 4))
	grace := rapid.SampledFrom([]time.Duration{0, time.Second, 24 * time.Hour})
	return Rule{
		Expires:              rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 3).Draw(t, "expires"),
		ExpiresUnit:          rapid.SampledFrom([]Unit{"", "s", "ms"}).Draw(t, "expires unit"),
		ExpiresZone:          name.Draw(t, "expires zone"),
		Lifetime:             name.Draw(t, "lifetime"),
		KeepExpired:          grace.Draw(t, "keep expired"),
		Done:                 name.Draw(t, "done"),
		DoneUnit:             rapid.SampledFrom([]Unit{"", "s", "ms"}).Draw(t, "done unit"),
		DoneZone:             name.Draw(t, "done zone"),
		DoneValues:           values.Draw(t, "done values"),
		DoneSince:            name.Draw(t, "done since"),
		KeepDone:             grace.Draw(t, "keep done"),
		KeepDoneUntilExpired: rapid.Bool().Draw(t, "until expired"),
		Only:                 name.Draw(t, "only"),
		OnlyValues:           values.Draw(t, "only values"),
		Keep:                 name.Draw(t, "keep"),
		KeepValues:           values.Draw(t, "keep values"),
	}
}

// shuffled is the same list in another order, with one of its members twice.
func shuffled[T any](t *rapid.T, list []T) []T {
	if len(list) == 0 {
		return list
	}
	list = append(slices.Clone(list), list[rapid.IntRange(0, len(list)-1).Draw(t, "again")])
	return rapid.Permutation(list).Draw(t, "order")
}

func TestAFingerprintIsTheSameHoweverTheRulesAreWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rules := rapid.SliceOfN(rapid.Custom(drawnRule), 1, 4).Draw(t, "rules")
		table := Table{Name: "refresh_tokens", Rules: rules, AllowCascade: rapid.Bool().Draw(t, "cascade")}
		other := Table{Schema: "public", Name: "refresh_tokens", Optional: true, Rules: shuffled(t, rules), AllowCascade: table.AllowCascade}
		for i := range other.Rules {
			r := &other.Rules[i]
			for _, set := range []*[]string{&r.Expires, &r.DoneValues, &r.OnlyValues, &r.KeepValues} {
				*set = shuffled(t, *set)
			}
		}
		require.Equal(t, table.Fingerprint(), other.Fingerprint())
	})
}

// Every field of a rule says who dies, so that one which is added has to be drawn here.
func TestAFingerprintChangesWithEachThingThatSaysWhoDies(t *testing.T) {
	t.Parallel()
	drawn := map[int]bool{}
	rapid.Check(t, func(t *rapid.T) {
		rules := rapid.SliceOfN(rapid.Custom(drawnRule), 1, 4).Draw(t, "rules")
		table := Table{Rules: rules}
		changed := Table{Rules: slices.Clone(rules)}
		i := rapid.IntRange(0, len(rules)-1).Draw(t, "which")
		into, from := reflect.ValueOf(&changed.Rules[i]).Elem(), reflect.ValueOf(drawnRule(t))
		for k := range from.NumField() {
			if !from.Field(k).IsZero() {
				drawn[k] = true
			}
		}
		field := rapid.IntRange(0, into.NumField()-1).Draw(t, "field")
		into.Field(field).Set(from.Field(field))
		require.Equal(t, sameRules(table.Rules, changed.Rules), table.Fingerprint() == changed.Fingerprint(),
			"%s of rule %d", into.Type().Field(field).Name, i)
		changed.AllowCascade = true
		require.NotEqual(t, table.Fingerprint(), changed.Fingerprint())
	})
	require.Len(t, drawn, reflect.TypeFor[Rule]().NumField(), "a field is never set")
}

// sameRules compares sets of rules of sets, by hand.
func sameRules(a, b []Rule) bool {
	within := func(a, b []Rule) bool {
		for _, rule := range a {
			if !slices.ContainsFunc(b, func(other Rule) bool { return sameRule(rule, other) }) {
				return false
			}
		}
		return true
	}
	return within(a, b) && within(b, a)
}

func sameRule(a, b Rule) bool {
	for _, sets := range [][2]*[]string{
		{&a.Expires, &b.Expires}, {&a.DoneValues, &b.DoneValues}, {&a.OnlyValues, &b.OnlyValues}, {&a.KeepValues, &b.KeepValues},
	} {
		for _, member := range slices.Concat(*sets[0], *sets[1]) {
			if !slices.Contains(*sets[0], member) || !slices.Contains(*sets[1], member) {
				return false
			}
		}
		*sets[0], *sets[1] = nil, nil
	}
	return reflect.DeepEqual(a, b)
}
