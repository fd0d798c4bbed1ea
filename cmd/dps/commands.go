package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v3"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/region"
	"github.com/southeasttogether/dps/policy"
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
				"The database is up to date. The logins dps_api, dps_worker, dps_importer and dps_log_reader have no password yet: "+
					"set one for each that you use.")
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

func auditCommand() *cli.Command {
	return &cli.Command{
		Name:     "audit",
		Usage:    "check the log",
		Action:   helpOrUnknown,
		Commands: []*cli.Command{verifyLogCommand(), resumeLogCommand()},
	}
}

func resumeLogCommand() *cli.Command {
	const reason = "reason"
	return &cli.Command{
		Name:  "resume",
		Usage: "take up the log again after its rows were copied into another cluster; it is on record",
		Flags: []cli.Flag{adminDatabaseFlag(), byFlag(), textFlag(reason, "", "why the rows were copied, for the record")},
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := flagsOnly(c); err != nil {
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
			if err := region.ResumeLog(ctx, o, why); err != nil {
				return explainUnreachable(flagAdminDatabase, err)
			}
			fmt.Fprintln(c.Root().Writer, "The log goes on. The clock worker seals what is not sealed yet; then run `dps audit verify`.")
			return nil
		},
	}
}
