package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/siltgate/siltgate/internal/config"
)

// manCommand prints what a release installs as siltgate(1), made from the commands' own help.
func (p *program) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "man",
		Short:  "Print the manual page, in roff",
		Hidden: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p.printf("%s", manual(cmd.Root()))
			return nil
		},
	}
}

// manual is the page of all commands, for man's macros.
func manual(root *cobra.Command) string {
	var page strings.Builder
	section := func(title string, paragraphs ...string) {
		fmt.Fprintf(&page, ".SH %s\n", title)
		for _, text := range paragraphs {
			page.WriteString(text)
		}
	}
	fmt.Fprintf(&page, ".TH SILTGATE 1 \"\" \"siltgate %s\"\n", roff(root.Version))
	section("NAME", "siltgate \\- "+roff(root.Short)+"\n")
	section("SYNOPSIS", ".B siltgate\n.I command\n[flags]\n")
	section("DESCRIPTION", asWritten(root.Long))
	section("COMMANDS")
	for _, cmd := range root.Commands() {
		if !cmd.IsAvailableCommand() || cmd.Name() == "help" {
			continue
		}
		fmt.Fprintf(&page, ".SS %s\n", roff(cmd.UseLine()))
		long, _, _ := strings.Cut(cmd.Long, "\nEnvironment:\n")
		if long == "" {
			long = cmd.Short
		}
		page.WriteString(asWritten(long))
		if flags := cmd.LocalFlags().FlagUsages(); flags != "" {
			page.WriteString(".PP\n" + asWritten(flags))
		}
	}
	section("ENVIRONMENT", asWritten(config.Usage(wideHelp)))
	section("EXIT STATUS", "0 success, 1 the thing asked for failed, 2 bad usage or configuration.\n")
	return page.String()
}

// asWritten keeps a text's lines.
func asWritten(text string) string {
	return ".nf\n" + roff(strings.TrimRight(text, "\n")) + "\n.fi\n"
}

// roff is a text in which nothing is a command of roff.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
