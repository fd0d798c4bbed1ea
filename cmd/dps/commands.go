package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/urfave/cli/v3"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

func migrateCommand() *cli.Command {
	return &cli.Command{
		Name:  "migrate",
		Usage: "bring a database to this program's schema, roles and row-level security; may be run again at any time",
		Flags: []cli.Flag{adminDatabaseFlag()},
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := flagsOnly(c); err != nil {
				return err
			}
			url, err := databaseURL(c, flagAdminDatabase)
			if err != nil {
				return err
			}
			p, err := policy.Load()
			if err != nil {
				return err
			}
			if err := db.Migrate(ctx, url, p); err != nil {
				return explainUnreachable(flagAdminDatabase, err)
			}
			fmt.Fprintln(c.Root().Writer, "The database is up to date. The logins dps_api, dps_worker and dps_importer have no password yet: give "+
				"each one.")
			return nil
		},
	}
}

func policyCommand() *cli.Command {
	const sql = "sql"
	return &cli.Command{
		Name:  "policy",
		Usage: "print who may do what, on which rows; needs no database",
		Flags: []cli.Flag{boolFlag(sql, false, "print the row-level security that is compiled from it")},
		Action: func(_ context.Context, c *cli.Command) error {
			if err := flagsOnly(c); err != nil {
				return err
			}
			p, err := policy.Load()
			if err != nil {
				return err
			}
			if c.Bool(sql) {
				_, err := fmt.Fprint(c.Root().Writer, p.SQL())
				return err
			}
			return p.Print(c.Root().Writer)
		},
	}
}

func keysCommand() *cli.Command {
	const out = "out"
	return &cli.Command{
		Name:  "keys",
		Usage: "make a new key file; keep copies of it safe: without it, sealed offers and personal data cannot be read",
		Flags: []cli.Flag{textFlag(out, "", "the file to make; one that is there is never replaced")},
		Action: func(_ context.Context, c *cli.Command) error {
			if err := flagsOnly(c); err != nil {
				return err
			}
			path, err := requiredFlag(c, out, "name the file to make")
			if err != nil {
				return err
			}
			keys, err := seal.Generate()
			if err != nil {
				return err
			}
			if err := keys.Save(path); errors.Is(err, fs.ErrExist) {
				return fmt.Errorf("%s is there already and stays as it is: lost keys are lost offers; name another file", path)
			} else if err != nil {
				return err
			}
			fmt.Fprintf(c.Root().Writer, "%s holds the new keys, for its owner alone.\n", path)
			return nil
		},
	}
}

func auditCommand() *cli.Command {
	const heads = "heads"
	return &cli.Command{
		Name:   "audit",
		Usage:  "check the log",
		Action: helpOrUnknown,
		Commands: []*cli.Command{{
			Name:  "verify",
			Usage: "recompute every chain of the log, and check the signatures of its heads",
			Flags: []cli.Flag{
				adminDatabaseFlag(), textFlag(flagKeys, "", "the key file that the heads were signed with"),
				textFlag(heads, "", "a file outside the database's reach: the log must still hold the heads in it, and new ones are added"),
			},
			Action: func(ctx context.Context, c *cli.Command) error {
				if err := flagsOnly(c); err != nil {
					return err
				}
				url, err := databaseURL(c, flagAdminDatabase)
				if err != nil {
					return err
				}
				path, err := requiredFlag(c, flagKeys, "the signatures are checked with the key in it")
				if err != nil {
					return err
				}
				keys, err := seal.Load(path)
				if err != nil {
					return err
				}
				return explainUnreachable(flagAdminDatabase, verifyLog(ctx, c.Root().Writer, url, keys, c.String(heads)))
			},
		}},
	}
}
