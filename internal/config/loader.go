package config

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// environment is the variables that are set, with their values as plain makes them. An empty variable
// counts as unset, except for two: an empty EXPIRES_COLUMN says that the table has none, and a blank
// variable of libpq's stays, because pgx would read it from the process.
type environment map[string]string

func readEnvironment(environ []string) environment {
	given := environment(env.ToMap(environ))
	maps.DeleteFunc(given, func(name, value string) bool {
		_, suffix, _ := tableVariable(name)
		given[name] = plain(name, value)
		return given[name] == "" && suffix != expiresColumn && (value == "" || !strings.HasPrefix(name, "PG"))
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
	err := env.ParseWithOptions(into, env.Options{
		Environment: l.given,
		Prefix:      prefix,
		FuncMap: map[reflect.Type]env.ParserFunc{
			reflect.TypeFor[time.Duration](): func(text string) (any, error) { return parseDuration(text) },
		},
	})
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
	switch {
	case len(value) > 1 && isQuote(value[0]) && value[0] == value[len(value)-1]:
		reason = "want it without the quotes"
	case commentPattern.MatchString(value):
		reason += ", and no comment behind it"
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
