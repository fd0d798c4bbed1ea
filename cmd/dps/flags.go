package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/lib/pq"
	"github.com/urfave/cli/v3"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/market"
)

// Names of the flags. Each can also be set in the environment: --database-url as DPS_DATABASE_URL.
const (
	flagAddress        = "address"
	flagDatabase       = "database-url"
	flagWorkerDatabase = "worker-database-url"
	flagAdminDatabase  = "admin-database-url"
	flagKeys           = "keys"
	flagIssuer         = "issuer"
	flagAudience       = "audience"
	flagJWKS           = "jwks-url"
	flagDevelopmentKey = "development-key"
	flagIntrospection  = "introspection"
	flagGraphiQL       = "graphiql"
	flagPool           = "pool"
	flagWork           = "work-per-second"
	flagBankHoliday    = "bank-holiday"
	flagScanner        = "scanner"
	flagUnderWay       = "under-way"
	flagDrain          = "drain"
	flagProxies        = "trusted-proxies"
	flagAdminAddress   = "admin-address"
	flagAccessLog      = "access-log"
	flagLogLevel       = "log-level"
)

// textFlag is a flag that holds a text.
func textFlag(name, value, usage string) cli.Flag {
	return &cli.StringFlag{Name: name, Value: value, Usage: usage, Sources: environmentSource(name)}
}

func boolFlag(name string, value bool, usage string) cli.Flag {
	return &cli.BoolFlag{Name: name, Value: value, Usage: usage, Sources: environmentSource(name)}
}

// variableOf is the variable of the environment that holds a flag's value.
func variableOf(flag string) string {
	return "DPS_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// environmentSource finds a flag's value in its variable or, so that no password is in the list of processes or in the environment, in
// the file that the variable with _FILE names.
func environmentSource(name string) cli.ValueSourceChain {
	return cli.NewValueSourceChain(cli.EnvVar(variableOf(name)), fileVariable(variableOf(name)+"_FILE"))
}

// fileVariable is a variable that names a file with a value.
type fileVariable string

// Lookup reads the file. One that cannot be read gives no value: the command then says which is missing.
func (v fileVariable) Lookup() (string, bool) {
	path := os.Getenv(string(v))
	if path == "" {
		return "", false
	}
	value, err := os.ReadFile(path) //nolint:gosec // whoever starts the program names the file
	if err != nil {
		slog.Error("a file that the environment names cannot be read", "variable", string(v))
		return "", false
	}
	return strings.TrimRight(string(value), "\r\n"), true
}

// String names the variable for the help.
func (v fileVariable) String() string { return string(v) }

// GoString names the variable for the help.
func (v fileVariable) GoString() string { return string(v) }

func addressFlag() cli.Flag {
	return textFlag(flagAddress, "127.0.0.1:8080", "where to listen, as host:port")
}

func adminDatabaseFlag() cli.Flag {
	return textFlag(flagAdminDatabase, "",
		"address of the database with a login that can create roles: postgres://user:password@host/database")
}

// bankHolidaysVariable is named for several days, because it holds them all.
const bankHolidaysVariable = "DPS_BANK_HOLIDAYS"

// bankHolidayFlag can be given several times. A day that is wrong stops the program before it does anything.
func bankHolidayFlag() cli.Flag {
	return &cli.StringSliceFlag{
		Name: flagBankHoliday, Sources: cli.EnvVars(bankHolidaysVariable),
		Usage: "a bank holiday that was proclaimed and that this program does not know, as YYYY-MM-DD; give it once for each day",
	}
}

// setBankHolidays makes the days of the flag known to whatever counts working days.
func setBankHolidays(c *cli.Command) error {
	written := c.StringSlice(flagBankHoliday)
	days := make([]market.Date, len(written))
	for i, day := range written {
		if err := days[i].UnmarshalGQL(strings.TrimSpace(day)); err != nil {
			return fmt.Errorf("--%s or %s: %q is not the day of a bank holiday: %w, such as 2030-01-02, and several in the variable "+
				"with a comma between them", flagBankHoliday, bankHolidaysVariable, day, err)
		}
	}
	market.SetBankHolidays(days)
	return nil
}

// databaseURL reads the address of a database. No message repeats it, because it can contain a password.
func databaseURL(c *cli.Command, name string) (string, error) {
	value := c.String(name)
	if value == "" {
		return "", fmt.Errorf("enter the address of a database with --%s or the environment variable %s", name, variableOf(name))
	}
	value = db.SplitHosts(value)
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") || strings.Trim(u.Path, "/") == "" {
		return "", fmt.Errorf("--%s is not the address of a database: write it as postgres://user:password@host/database", name)
	}
	return value, nil
}

// explainUnreachable says what to do when a database cannot be reached. Other errors do not change. The driver's own
// words are left out, because they name logins and addresses.
func explainUnreachable(flag string, err error) error {
	var refused *pq.Error
	var network *net.OpError
	switch {
	case errors.As(err, &refused):
		switch refused.Code {
		case "28000", "28P01":
			return fmt.Errorf("the database refuses the login in --%s: check its name and password", flag)
		case "3D000":
			return fmt.Errorf("the database named in --%s does not exist: create it, then run `dps migrate`", flag)
		case "42501":
			return fmt.Errorf("the login in --%s does not have the rights for this: use one that does", flag)
		}
	case errors.As(err, &network):
		return fmt.Errorf("no PostgreSQL answers at the address in --%s: start it, or correct the address", flag)
	}
	return err
}

// requiredFlag reads a flag that has no sensible default.
func requiredFlag(c *cli.Command, name, why string) (string, error) {
	value := c.String(name)
	if value == "" {
		return "", fmt.Errorf("--%s is missing: %s", name, why)
	}
	return value, nil
}

var errNoArguments = errors.New("this command takes only flags; `--help` shows them")

// flagsOnly refuses words that would otherwise be ignored silently.
func flagsOnly(c *cli.Command) error {
	if c.Args().Present() {
		return errNoArguments
	}
	return nil
}

func numberFlag(name string, value int, usage string) cli.Flag {
	return &cli.IntFlag{Name: name, Value: value, Usage: usage, Sources: environmentSource(name)}
}
