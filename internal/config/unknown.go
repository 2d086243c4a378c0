package config

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

const ownPrefix = "SILTGATE_"

// A Service called siltgate makes Kubernetes set these in every pod of its namespace.
var (
	serviceVariable = regexp.MustCompile(`^SILTGATE_([A-Z0-9_]+_)?(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$`)
	servicePort     = regexp.MustCompile(`^SILTGATE_([A-Z0-9_]+_)?PORT=(tcp|udp|sctp)://`)
)

// refuseUnknown refuses variables that are misspelled names of ours. It does not show their values: one
// may be a URL with a password.
func (l *loader) refuseUnknown() {
	for _, name := range slices.Sorted(maps.Keys(l.given)) {
		_, _, ofTable := tableVariable(name)
		upper := strings.ToUpper(name)
		switch {
		case name != upper && isVariable(upper) && !strings.HasPrefix(upper, ownPrefix):
			if l.given[upper] == "" {
				l.refuseSecret(name, "no such variable: want "+upper)
			}
		case !strings.HasPrefix(strings.ToUpper(name), ownPrefix), ofTable, isVariable(name) && !strings.Contains(name, "<n>"):
		case serviceVariable.MatchString(name), servicePort.MatchString(name + "=" + l.given[name]):
		default:
			l.refuseSecret(presentable(name), unknown(name))
		}
	}
}

func unknown(name string) string {
	if nearest := nearestVariable(name); nearest != "" {
		return "no such variable: want " + nearest
	}
	return "no such variable: see siltgate run --help"
}

var tableNumber = regexp.MustCompile(`_([0-9]{1,4})(_|$)`)

// nearestVariable is the name that is fewest letters away, if those are few. The prefixes
// do not count, so SILTGATE_CRON is REFRESH_TOKEN_CLEANUP_CRON.
func nearestVariable(name string) string {
	number := "0"
	if match := tableNumber.FindStringSubmatch(name); match != nil {
		number = cmp.Or(strings.TrimLeft(match[1], "0"), "0")
	}
	given := bare(strings.ToUpper(name))
	nearest, least := "", max(2, len(given)/3+1)
	for _, v := range Variables() {
		candidate := strings.Replace(v.Name, "<n>", number, 1)
		away := distance(given, bare(candidate))
		if given != "" && strings.HasPrefix(bare(candidate), given+"_") {
			away = 1 // SILTGATE_TABLES is cut short
		}
		if away < least {
			nearest, least = candidate, away
		}
	}
	return nearest
}

func bare(name string) string {
	return strings.TrimPrefix(strings.TrimPrefix(name, ownPrefix), "REFRESH_TOKEN_CLEANUP_")
}

// distance is Levenshtein's: how many letters to add, drop or change.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
