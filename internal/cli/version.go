package cli

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version and commit are set by the linker in releases; built from a checkout,
// the program knows its commit from Go.
var (
	version = "dev"
	commit  = ""
)

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print version, commit, River and Go versions",
		RunE: func(*cobra.Command, []string) error {
			river := "unknown"
			name, revision := version, commit
			if name == "" {
				name = "dev"
			}
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, module := range info.Deps {
					if module.Path == "github.com/riverqueue/river" {
						river = module.Version
					}
				}
				for _, setting := range info.Settings {
					if setting.Key == "vcs.revision" && revision == "" {
						revision = setting.Value
					}
				}
			}
			if revision == "" {
				revision = "unknown"
			}
			p.printf("siltgate %s\ncommit   %s\nriver    %s\ngo       %s\n", name, revision, river, runtime.Version())
			return nil
		},
	}
}
