package main

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"testing"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/southeasttogether/dps/market"
)

// TestBankHolidaysOfAnOperator: each day of the flag, or of the variable, is no working day.
func TestBankHolidaysOfAnOperator(t *testing.T) {
	t.Cleanup(func() { market.SetBankHolidays(nil) })
	for name, c := range map[string]struct {
		variable string
		args     []string
		want     string
	}{
		"none":                              {"", nil, "2030-01-02"},
		"one":                               {"", []string{"--bank-holiday", "2030-01-02"}, "2030-01-03"},
		"two":                               {"", []string{"--bank-holiday", "2030-01-03", "--bank-holiday", "2030-01-02"}, "2030-01-04"},
		"two with a comma":                  {"", []string{"--bank-holiday", "2030-01-02,2030-01-03"}, "2030-01-04"},
		"the variable":                      {"2030-01-02, 2030-01-03", nil, "2030-01-04"},
		"the flag in place of the variable": {"2030-01-02", []string{"--bank-holiday", "2030-06-03"}, "2030-01-02"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(bankHolidaysVariable, c.variable)
			command := cli.Command{
				Name: "dps", Flags: []cli.Flag{bankHolidayFlag()},
				Action: func(_ context.Context, c *cli.Command) error { return setBankHolidays(c) },
			}
			must(t, command.Run(t.Context(), append([]string{"dps"}, c.args...)))
			got := market.AddWorkingDays(time.Date(2030, time.January, 1, 12, 0, 0, 0, market.London), 1)
			if got.Format(time.DateOnly) != c.want {
				t.Errorf("the first working day is %s, want %s", got.Format(time.DateOnly), c.want)
			}
		})
	}
}

// TestWrongBankHolidayIsRefused: the program says so at once, before it opens keys or a database.
func TestWrongBankHolidayIsRefused(t *testing.T) {
	for _, wrong := range []string{"2030-02-30", "2 January 2030", "02/01/2030", "2030-01-02T00:00:00Z", "1030-01-02", " "} {
		for _, command := range []string{"serve", "demo"} {
			runDPS(t, command, "--bank-holiday", "2030-01-02", "--bank-holiday", wrong).requireRefused(t, "--bank-holiday", "YYYY-MM-DD", wrong)
		}
	}
	cmd := programCommand(t, "serve")
	cmd.Env = append(cmd.Env, bankHolidaysVariable+"=2030-01-02,soon")
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	if exit := (*exec.ExitError)(nil); !errors.As(cmd.Run(), &exit) {
		t.Error("a wrong day in the variable is taken")
	}
	programResult{"", errOut.String(), cmd.ProcessState.ExitCode()}.requireRefused(t, bankHolidaysVariable, `"soon"`)
}
