package config

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/caarlos0/env/v11"
)

// environment is the variables that are set. Empty ones are unset, but for a table's
// EXPIRES_COLUMN: empty, it says that the table has none.
type environment map[string]string

func readEnvironment(environ []string) environment {
	given := environment(env.ToMap(environ))
	maps.DeleteFunc(given, func(name, value string) bool {
		_, suffix, _ := tableVariable(name)
		return value == "" && suffix != expiresColumn
	})
	return given
}

// loader reads an environment and gathers what is wrong with it.
type loader struct {
	given    environment
	problems Problems
	err      error // a field that cannot be read from any environment
}

// parse fills the fields that carry an env tag, and returns the names of the variables
// whose values are not of their field's type.
func (l *loader) parse(into any, prefix string) (illTyped []string) {
	err := env.ParseWithOptions(into, env.Options{Environment: l.given, Prefix: prefix})
	var all env.AggregateError
	if err != nil && !errors.As(err, &all) {
		l.err = fmt.Errorf("read environment: %w", err)
	}
	for _, one := range all.Errors {
		var bad env.ParseError // which names the field, not the variable
		if !errors.As(one, &bad) {
			l.err = fmt.Errorf("read environment: %w", one)
			continue
		}
		field, _ := reflect.TypeOf(into).Elem().FieldByName(bad.Name)
		illTyped = append(illTyped, prefix+field.Tag.Get("env"))
	}
	return illTyped
}

// refuse adds a problem with a variable. The reason says what would be right.
func (l *loader) refuse(name, reason string) {
	value := l.given[name]
	// Docker and systemd hand on quotes that a shell would have taken away.
	if len(value) > 1 && strings.ContainsAny(value[:1], `"'`) && value[0] == value[len(value)-1] {
		reason = "want it without the quotes"
	}
	l.problems = append(l.problems, Problem{Variable: name, Value: presentable(value), Reason: reason})
}

// refuseSecret is refuse for a variable whose value is not to be shown.
func (l *loader) refuseSecret(name, reason string) {
	l.problems = append(l.problems, Problem{Variable: name, Reason: reason})
}

func (l *loader) refused(name string) bool {
	for _, p := range l.problems {
		if p.Variable == name {
			return true
		}
	}
	return false
}
