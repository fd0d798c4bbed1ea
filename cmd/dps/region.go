package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/southeasttogether/dps/db/region"
	rules "github.com/southeasttogether/dps/market/region"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/regionfile"
)

const flagBy = "by"

func byFlag() cli.Flag {
	return textFlag(flagBy, "", "who does this, for the log; without it, the name that you are logged in with")
}

func regionCommand() *cli.Command {
	return &cli.Command{
		Name:   "region",
		Usage:  "found a region, and change it later",
		Action: helpOrUnknown,
		Commands: []*cli.Command{{
			Name:      "apply",
			Usage:     "make the region as a file says; a second time nothing changes",
			ArgsUsage: "FILE",
			Flags: []cli.Flag{
				adminDatabaseFlag(), byFlag(),
				boolFlag(flagDryRun, false, "do everything, say what was done, and keep nothing of it"),
			},
			Action: applyRegion,
		}},
	}
}

// operatorOf is who runs a command of the operator's.
func operatorOf(c *cli.Command) (region.Operator, error) {
	o := region.Operator{Person: c.String(flagBy), DryRun: c.Bool(flagDryRun)}
	if o.Person == "" {
		if u, err := user.Current(); err == nil {
			o.Person = u.Username
		}
	}
	if !policy.IsPerson(o.Person) {
		return o, fmt.Errorf("--%s is missing or not a name of printable ASCII: the log says who did this", flagBy)
	}
	var err error
	o.AdminURL, err = databaseURL(c, flagAdminDatabase)
	return o, err
}

func applyRegion(ctx context.Context, c *cli.Command) error {
	if c.Args().Len() != 1 {
		return fmt.Errorf("enter the name of one file to read; `%s --help` shows how", c.FullName())
	}
	path := c.Args().First()
	o, err := operatorOf(c)
	if err != nil {
		return err
	}
	written, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("the file cannot be read: %w", err)
	}
	file, err := regionfile.Read(written, policy.IsPerson, capacityNames())
	if err != nil {
		return fmt.Errorf("%s: %w; nothing was changed", filepath.Base(path), err)
	}
	report := region.Report{Problems: file.Problems}
	if len(file.Problems) == 0 {
		if report, err = region.Apply(ctx, o, file.Wanted); err != nil {
			return explainUnreachable(flagAdminDatabase, err)
		}
	}
	if len(report.Problems) > 0 {
		return reportProblems(c.Root().Writer, filepath.Base(path), file, report.Problems)
	}
	reportSteps(c.Root().Writer, report, o.DryRun)
	reportClaims(c.Root().Writer, report.Claims)
	return nil
}

func capacityNames() (all []string) {
	for _, c := range policy.Capacities {
		all = append(all, string(c))
	}
	return all
}

func reportProblems(out io.Writer, name string, file *regionfile.File, problems []rules.Problem) error {
	file.Sort(problems)
	for _, p := range problems {
		fmt.Fprintf(out, "%s:%d: %s\n", name, file.Line(p.Place, p.Field), p.Message)
	}
	return fmt.Errorf("%s has %d problems; nothing was changed", name, len(problems))
}

func reportSteps(out io.Writer, report region.Report, dryRun bool) {
	for _, step := range report.Steps {
		fmt.Fprintf(out, "  %s\n", step.Words)
	}
	switch n := len(report.Steps); {
	case n == 0:
		fmt.Fprintln(out, "The region is already as the file says. Nothing was changed.")
	case dryRun:
		fmt.Fprintf(out, "These are the %d steps that are needed. Nothing was changed: this was a dry run.\n", n)
	default:
		fmt.Fprintf(out, "%d steps were taken.\n", n)
	}
}

// reportClaims says what the issuer of tokens needs.
func reportClaims(out io.Writer, claims []region.Claim) {
	if len(claims) == 0 {
		return
	}
	fmt.Fprintln(out, "\nThe issuer of tokens gives these people these claims:")
	for _, c := range claims {
		fmt.Fprintf(out, "  sub %s, org %s (%s), capacities %s, epoch %d\n", c.Subject, c.Organisation, c.OrganisationName,
			strings.Join(c.Capacities, " "), c.Epoch)
	}
	fmt.Fprintln(out, "To a person of a provider that is not registered yet it gives capacities bids_manager, and as org a new UUID for the\n"+
		"provider, the same for all of its people. docs/operating.md explains each claim.")
}
