package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v3"

	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/db/region"
	rules "github.com/southeasttogether/dps/market/record"
)

func retentionCommand() *cli.Command {
	return &cli.Command{
		Name:  "retention",
		Usage: "print how long what is needed no longer is kept; the clock worker removes it after that",
		Flags: []cli.Flag{adminDatabaseFlag()},
		Action: func(ctx context.Context, c *cli.Command) error {
			if c.Args().Present() {
				return helpOrUnknown(ctx, c)
			}
			url, err := databaseURL(c, flagAdminDatabase)
			if err != nil {
				return err
			}
			all, err := record.ReadRetention(ctx, region.Operator{AdminURL: url})
			if err != nil {
				return explainUnreachable(flagAdminDatabase, err)
			}
			out := tabwriter.NewWriter(c.Root().Writer, 0, 0, 2, ' ', 0)
			fmt.Fprintln(out, "Kind\tDays\tAt least\tWhy")
			for _, r := range all {
				fmt.Fprintf(out, "%s\t%d\t%d\t%s\n", r.Kind, r.Days, r.LeastDays, r.Reason)
			}
			return out.Flush()
		},
		Commands: []*cli.Command{setRetentionCommand()},
	}
}

func setRetentionCommand() *cli.Command {
	const kind, days, reason = "kind", "days", "reason"
	return &cli.Command{
		Name:  "set",
		Usage: "change how long things of a kind are kept; it is on record",
		Flags: []cli.Flag{
			adminDatabaseFlag(), byFlag(),
			textFlag(kind, "", "the kind, as `dps retention` prints it"),
			&cli.IntFlag{Name: days, Usage: "how many days, from the day on which the thing has served"},
			textFlag(reason, "", "why, for the record"),
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := flagsOnly(c); err != nil {
				return err
			}
			which, err := requiredFlag(c, kind, "`dps retention` prints the kinds")
			if err != nil {
				return err
			}
			why, err := requiredFlag(c, reason, "say why, for the record")
			if err != nil {
				return err
			}
			o, err := operatorOf(c)
			if err != nil {
				return err
			}
			which = strings.ToUpper(which)
			if err := record.SetRetention(ctx, o, rules.RetentionKind(which), c.Int(days), why); err != nil {
				return explainUnreachable(flagAdminDatabase, err)
			}
			fmt.Fprintf(c.Root().Writer, "%s: %d days.\n", which, c.Int(days))
			return nil
		},
	}
}
