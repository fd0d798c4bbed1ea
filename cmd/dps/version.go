package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v3"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/policy"
)

// version is what this program is, for whoever asks which one runs.
type version struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"` // of the sources, where it was built from them
	Schema   int64  `json:"schema"`             // the database's, that it needs
	Policy   string `json:"policy"`             // fingerprint of the policy
	Go       string `json:"go"`
}

func versionCommand() *cli.Command {
	const asJSON = "json"
	return &cli.Command{
		Name: "version", Usage: "say which program this is, and which schema and policy it needs",
		Flags: []cli.Flag{boolFlag(asJSON, false, "print it as JSON")},
		Action: func(_ context.Context, c *cli.Command) error {
			if err := flagsOnly(c); err != nil {
				return err
			}
			v, err := ownVersion()
			if err != nil {
				return err
			}
			if c.Bool(asJSON) {
				return json.NewEncoder(c.Root().Writer).Encode(v)
			}
			_, err = fmt.Fprintf(c.Root().Writer, "dps %s, schema %d, policy %.12s, %s\n", v.Version, v.Schema, v.Policy, v.Go)
			return err
		},
	}
}

func ownVersion() (version, error) {
	p, err := policy.Load()
	if err != nil {
		return version{}, err
	}
	schema, err := db.SchemaVersion()
	v := version{Version: "development", Schema: schema, Policy: p.Hash(), Go: runtime.Version()}
	if built, ok := debug.ReadBuildInfo(); ok {
		if built.Main.Version != "" && built.Main.Version != "(devel)" {
			v.Version = built.Main.Version
		}
		for _, s := range built.Settings {
			if s.Key == "vcs.revision" {
				v.Revision = s.Value
			}
		}
	}
	return v, err
}
