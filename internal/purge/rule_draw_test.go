package purge

import (
	"slices"
	"time"

	"pgregory.net/rapid"
)

// drawRule draws from everything that the variables of a table can say.
func drawRule(t *rapid.T) Rule {
	zone := func(label string) string { return rapid.SampledFrom(zones).Draw(t, label) }
	unit := func(label string) Unit { return rapid.SampledFrom([]Unit{Seconds, Milliseconds}).Draw(t, label) }
	r := Rule{ExpiresZone: zone("expires zone"), DoneZone: zone("done zone"), ExpiresUnit: unit("unit"), DoneUnit: unit("done unit")}
	r.Expires = rapid.SampledFrom([][]string{
		{"tz1"}, {"ts1"}, {"d1"}, {"n1"}, {"n2"}, {"tz1", "tz2"}, {"ts1", "tz1", "d1"}, {"n1", "n2"}, nil,
	}).Draw(t, "expires")
	r.KeepExpired = drawGrace(t, "keep expired")
	if len(r.Expires) == 1 {
		r.Lifetime = rapid.SampledFrom([]string{"life", "seconds", "ratio", ""}).Draw(t, "lifetime")
	}
	if r.Expires == nil || rapid.Bool().Draw(t, "done at all") {
		drawDone(t, &r)
	}
	if r.Only = rapid.SampledFrom([]string{"word", "status", "b1", "code", "seconds", ""}).Draw(t, "only"); r.Only != "" {
		r.OnlyValues = drawValues(t, "only values", r.Only, nullValue)
	}
	if rapid.Bool().Draw(t, "keep at all") {
		r.Keep = rapid.SampledFrom([]string{"b2", "b2", "b2", "tz2", "ts2", "d2", "n2", "word", "status", "ratio"}).Draw(t, "keep")
		if isWord(r.Keep) || ruledColumns[r.Keep].kind == boolean && rapid.Bool().Draw(t, "keep by values") {
			r.KeepValues = drawValues(t, "keep values", r.Keep, nullValue, anyValue)
		}
	}
	return r
}

func drawDone(t *rapid.T, r *Rule) {
	r.Done = rapid.SampledFrom([]string{"b1", "b2", "tz2", "ts2", "d2", "n2", "status", "word", "code", "seconds", "ratio"}).Draw(t, "done")
	isFlag := ruledColumns[r.Done].kind == boolean
	if isWord(r.Done) || isFlag && rapid.Bool().Draw(t, "done by values") {
		r.DoneValues = drawValues(t, "done values", r.Done)
	}
	if isWord(r.Done) || isFlag {
		r.DoneSince = rapid.SampledFrom([]string{"tz2", "ts2", "d2", "n2", ""}).Draw(t, "since")
	}
	switch {
	case r.Expires != nil && rapid.IntRange(0, 3).Draw(t, "until expired") == 0:
		r.KeepDoneUntilExpired = true
	case r.DoneSince != "" || !isWord(r.Done) && !isFlag:
		r.KeepDone = drawGrace(t, "keep done")
	}
}

func drawGrace(t *rapid.T, label string) time.Duration {
	return rapid.SampledFrom([]time.Duration{0, 0, time.Hour, 30 * 24 * time.Hour}).Draw(t, label)
}

// isWord reports whether a rule asks a column for its value, and not for a time.
func isWord(name string) bool {
	return slices.Contains([]string{"status", "word", "code", "seconds", "ratio"}, name)
}

// drawValues draws one or two values that the column may have, or of the special ones.
func drawValues(t *rapid.T, label, name string, special ...string) []string {
	values := []string{"active", "revoked", "Redeemed"}
	switch c := ruledColumns[name]; {
	case c.kind == boolean:
		values = []string{"true", "false"}
	case c.isNumber():
		values = []string{"60", "7200", "-1"}
	case c.kind == textual:
		values = append(values, "none of these")
	}
	return rapid.SliceOfNDistinct(rapid.SampledFrom(append(values, special...)), 1, 2, rapid.ID[string]).Draw(t, label)
}
