package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/urfave/cli/v3"
)

var updateReference = flag.Bool("update", false, "write docs/configuration.md")

const referencePath = "../../docs/configuration.md"

// configurationReference is every setting of every command, from the flags themselves.
func configurationReference() string {
	var out strings.Builder
	out.WriteString("# Configuration\n\nEvery setting of every command. Each can be given as a flag, in the variable, or in a file that the " +
		"variable with\n`_FILE` at its end names, so that no password is in a list of processes. A flag comes before the variable, and the " +
		"variable\nbefore the file. This page is made from the program's flags: `go test ./cmd/dps -run Reference -update`.\n")
	root := newApp(io.Discard, io.Discard)
	describeCommand(&out, "dps", root)
	return out.String()
}

func describeCommand(out *strings.Builder, name string, c *cli.Command) {
	if len(c.Flags) > 0 {
		fmt.Fprintf(out, "\n## %s\n\n%s.\n\n| flag | variable | what it sets | default |\n|---|---|---|---|\n", name, upperFirst(c.Usage))
		for _, f := range c.Flags {
			described := f.(cli.DocGenerationFlag)
			variables := []string{}
			for _, name := range described.GetEnvVars() {
				variables = append(variables, "`"+name+"`")
			}
			fmt.Fprintf(out, "| `--%s` | %s | %s | %s |\n", f.Names()[0], strings.Join(variables, " "),
				strings.ReplaceAll(described.GetUsage(), "|", "or"), strings.Trim(described.GetValue(), `"[]`))
		}
	}
	for _, below := range c.Commands {
		describeCommand(out, name+" "+below.Name, below)
	}
}

func upperFirst(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// TestConfigurationReferenceIsThatOfTheFlags: docs/configuration.md is made from the flags of every command.
func TestConfigurationReferenceIsThatOfTheFlags(t *testing.T) {
	made := configurationReference()
	if *updateReference {
		must(t, os.WriteFile(referencePath, []byte(made), 0o600))
	}
	written, err := os.ReadFile(referencePath)
	must(t, err)
	if string(written) != made {
		t.Error("docs/configuration.md is not that of the flags: go test ./cmd/dps -run Reference -update")
	}
}
