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
		Usage: "bring a database to this program's schema, roles and row-level security; you can run it again at any time",
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
			fmt.Fprintln(c.Root().Writer,
				"The database is up to date. The logins dps_api, dps_worker and dps_importer have no password yet: set one for "+
					"each.")
			return nil
		},
	}
}

func policyCommand() *cli.Command {
	const sql = "sql"
	return &cli.Command{
		Name:  "policy",
		Usage: "print who can do what, and on which rows; does not need a database",
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
		Usage: "make a new key file; keep safe copies of it, because sealed offers and personal data cannot be read without it",
		Flags: []cli.Flag{textFlag(out, "", "the file to make; an existing file is never replaced")},
		Action: func(_ context.Context, c *cli.Command) error {
			if err := flagsOnly(c); err != nil {
				return err
			}
			path, err := requiredFlag(c, out, "enter the name of the file to make")
			if err != nil {
				return err
			}
			keys, err := seal.Generate()
			if err != nil {
				return err
			}
			if err := keys.Save(path); errors.Is(err, fs.ErrExist) {
				return fmt.Errorf(
					"%s already exists and was not changed, because offers cannot be read without their keys: choose another name", path)
			} else if err != nil {
				return err
			}
			fmt.Fprintf(c.Root().Writer, "%s contains the new keys. Only its owner can read it.\n", path)
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
				adminDatabaseFlag(), textFlag(flagKeys, "", "the key file that signed the heads"),
				textFlag(heads, "",
					"a file that the database cannot reach: every head in it must still be in the log, and new heads are added "+
						"to it"),
			},
			Action: func(ctx context.Context, c *cli.Command) error {
				if err := flagsOnly(c); err != nil {
					return err
				}
				url, err := databaseURL(c, flagAdminDatabase)
				if err != nil {
					return err
				}
				path, err := requiredFlag(c, flagKeys, "the key in it checks the signatures")
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
