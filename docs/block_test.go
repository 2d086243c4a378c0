package docs

import (
	"fmt"
	"regexp"
	"strings"
)

// A block is a piece of a page between fences, or a hidden one: a comment that begins with "run".
type block struct {
	page string
	line int // the first of its text
	kind string
	text string
	held string // the test or script that holds it, where it cannot be executed here
}

func (b block) String() string { return fmt.Sprintf("%s:%d", b.page, b.line) }

var heldBy = regexp.MustCompile(`^<!-- held by (\S+) -->$`)

// blocks are those of a page in order, but for what a test writes: that is between the comments
// "name:begin" and "name:end".
func blocks(page, text string) []block {
	var (
		all    []block
		open   *block
		indent string
		held   string
		writes bool
	)
	for i, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasSuffix(trimmed, ":begin -->") || strings.HasSuffix(trimmed, ":end -->"):
			writes = strings.HasSuffix(trimmed, ":begin -->")
		case writes:
		case open != nil && (trimmed == "```" && open.kind != "run" || trimmed == "-->" && open.kind == "run"):
			all, open, held = append(all, *open), nil, ""
		case open != nil:
			open.text += strings.TrimPrefix(line, indent) + "\n"
		case strings.HasPrefix(trimmed, "```") || trimmed == "<!-- run":
			kind := strings.TrimPrefix(strings.TrimPrefix(trimmed, "```"), "<!-- ")
			indent = line[:len(line)-len(strings.TrimLeft(line, " "))]
			open = &block{page: page, line: i + 2, kind: kind, held: held}
		case heldBy.MatchString(trimmed):
			held = heldBy.FindStringSubmatch(trimmed)[1]
		case trimmed != "":
			held = ""
		}
	}
	return all
}

// A command is a line of a console block that begins with "$ ", and what it prints.
type command struct {
	line   string
	output []string
}

func commands(text string) []command {
	var all []command
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if rest, ok := strings.CutPrefix(line, "$ "); ok {
			all = append(all, command{line: rest})
		} else if len(all) > 0 {
			last := &all[len(all)-1]
			last.output = append(last.output, line)
		}
	}
	return all
}

// statements splits SQL at the semicolons that end a line, outside of dollar quotes.
func statements(sql string) []string {
	var (
		all     []string
		current strings.Builder
		quoted  bool
	)
	for line := range strings.Lines(sql) {
		current.WriteString(line)
		if strings.Count(line, "$$")%2 == 1 {
			quoted = !quoted
		}
		if code, _, _ := strings.Cut(line, "--"); !quoted && strings.HasSuffix(strings.TrimSpace(code), ";") {
			all = append(all, current.String())
			current.Reset()
		}
	}
	if strings.TrimSpace(current.String()) != "" {
		all = append(all, current.String())
	}
	return all
}
