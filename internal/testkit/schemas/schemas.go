// Package schemas has the tables of tokens and sessions that widely used tools make, each
// with rows that say in their text whether they live, and with the variables that purge it.
package schemas

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Schema is what one tool makes.
type Schema struct {
	// Name is the tool's, as of a file: django_oauth_toolkit. Tool is its own way to write it.
	Name, Tool string

	// About says in Markdown whose tables these are and what makes their rows dead, Know what
	// a person who purges them has to know besides.
	About string
	Know  []string

	// Environ are the variables of the tables, as os.Environ has them.
	Environ []string

	// SQL makes the tables and their rows. In each row that matters a text begins with
	// "live" or "dead".
	SQL string

	// First is the part of SQL that the tables' owner has to execute once, as the tool does
	// not do it. Often empty.
	First string

	// Late begin the texts of dead rows that no rule can call dead yet.
	Late []string

	// Unsuggested are tables whose columns alone do not say that rows of them die: siltgate doctor --suggest
	// leaves them out.
	Unsuggested []string
}

//go:embed testdata/*.sql
var files embed.FS

// All are the schemas in the order of their names.
func All() ([]Schema, error) {
	names, err := fs.Glob(files, "testdata/*.sql")
	if err != nil {
		return nil, err
	}
	all := make([]Schema, len(names))
	for i, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		all[i] = parse(strings.TrimSuffix(path.Base(name), ".sql"), string(text))
	}
	return all, nil
}

// parse reads the comments at the head of a file, and the part of it between FIRST and ROWS.
func parse(name, text string) Schema {
	s := Schema{Name: name, SQL: text}
	for line := range strings.Lines(text) {
		comment, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "--")
		if !ok {
			break
		}
		comment = strings.TrimSpace(comment)
		word, rest, _ := strings.Cut(comment, ": ")
		switch {
		case word == "TOOL":
			s.Tool = rest
		case word == "KNOW":
			s.Know = append(s.Know, rest)
		case word == "UNSUGGESTED":
			s.Unsuggested = append(s.Unsuggested, rest)
		case word == "LATE":
			s.Late = append(s.Late, rest)
		case strings.HasPrefix(comment, "SILTGATE_"):
			s.Environ = append(s.Environ, comment)
		case comment != "":
			s.About += comment + "\n"
		}
	}
	if _, first, found := strings.Cut(text, "-- FIRST\n"); found {
		s.First, _, _ = strings.Cut(first, "-- ROWS\n")
	}
	s.Environ = slices.Clip(s.Environ) // tests append to it at the same time
	return s
}
