package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/urfave/cli/v3"

	"github.com/southeasttogether/dps/db/region"
	"github.com/southeasttogether/dps/policy"
)

func revokeCommand() *cli.Command {
	const person, capacity, reason, epoch = "person", "capacity", "reason", "epoch"
	return &cli.Command{
		Name:  "revoke",
		Usage: "take access away from a person at once, all of it or one capacity",
		Flags: []cli.Flag{
			adminDatabaseFlag(), byFlag(),
			textFlag(person, "", "the person: the subject of their token"),
			textFlag(capacity, "", "the capacity to end; without it, all of them"),
			textFlag(reason, "", "why, for the record"),
			&cli.IntFlag{Name: epoch, Usage: "the lowest epoch that new tokens can have, if the issuer already counts higher"},
			boolFlag(flagDryRun, false, "say what would be done, and keep nothing of it"),
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := flagsOnly(c); err != nil {
				return err
			}
			in := region.Revocation{Person: c.String(person), Capacity: c.String(capacity), Reason: c.String(reason), LeastNew: c.Int(epoch)}
			if !policy.IsPerson(in.Person) {
				return fmt.Errorf("--%s is missing or cannot be the subject of a token", person)
			}
			if in.Capacity != "" && !slices.Contains(policy.Capacities, policy.Role(in.Capacity)) {
				return fmt.Errorf("there is no capacity %q; `dps policy` lists them", in.Capacity)
			}
			if _, err := requiredFlag(c, reason, "say why, for the record"); err != nil {
				return err
			}
			return revokeAccess(ctx, c, in)
		},
	}
}

func revokeAccess(ctx context.Context, c *cli.Command, in region.Revocation) error {
	o, err := operatorOf(c)
	if err != nil {
		return err
	}
	epoch, err := region.Revoke(ctx, o, in)
	if err != nil {
		return explainUnreachable(flagAdminDatabase, err)
	}
	what, out := "all capacities", c.Root().Writer
	if in.Capacity != "" {
		what = "the capacity " + in.Capacity
	}
	if o.DryRun {
		fmt.Fprintf(out, "%s would lose %s: tokens with an epoch below %d. Nothing was changed: this was a dry run.\n", in.Person, what, epoch)
		return nil
	}
	fmt.Fprintf(out, "%s has lost %s, from now on. Tokens with an epoch below %d are refused.\n"+
		"Now take this from the person at the issuer of tokens. If the person keeps or regains access, give new tokens epoch %d.\n",
		in.Person, what, epoch, epoch)
	return nil
}
