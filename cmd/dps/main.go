// Command dps is the dynamic purchasing system: the service, its demonstration, and the tools of whoever runs it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v3"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args, os.Stdout, os.Stderr))
}

// run runs one command and says in one sentence what went wrong.
func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	logLevel.Set(slog.LevelInfo)
	slog.SetDefault(slog.New(slog.NewJSONHandler(errOut, &slog.HandlerOptions{Level: &logLevel})))
	err := newApp(out, errOut).Run(ctx, args)
	switch {
	case err == nil:
		return 0
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(errOut, "dps: stopped before the end; what was done is kept, and you can start again")
	default:
		fmt.Fprintf(errOut, "dps: %v\n", err)
	}
	return 1
}

// logLevel is from which level on the program logs.
var logLevel slog.LevelVar

// setLogLevel follows --log-level.
func setLogLevel(ctx context.Context, c *cli.Command) (context.Context, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.String(flagLogLevel))); err != nil {
		return ctx, fmt.Errorf("--%s is debug, info, warn or error", flagLogLevel)
	}
	logLevel.Set(level)
	return ctx, nil
}

func newApp(out, errOut io.Writer) *cli.Command {
	commands := []*cli.Command{
		demoCommand(), serveCommand(), migrateCommand(), policyCommand(), tokenCommand(), keysCommand(), auditCommand(),
		retentionCommand(), importCommand(), regionCommand(), revokeCommand(), versionCommand(),
	}
	root := &cli.Command{
		Name:           "dps",
		Usage:          "a dynamic purchasing system for children's places in special schools and homes",
		Writer:         out,
		ErrWriter:      errOut,
		ExitErrHandler: func(context.Context, *cli.Command, error) {},
		Commands:       commands,
		Action:         helpOrUnknown,
		Flags:          []cli.Flag{textFlag(flagLogLevel, "info", "from which level on to log: debug, info, warn or error")},
		Before:         setLogLevel,
	}
	shortenUsageErrors(root)
	return root
}

// shortenUsageErrors makes a command and its subcommands report a wrong flag in one sentence instead of with the whole
// help.
func shortenUsageErrors(c *cli.Command) {
	c.OnUsageError = func(_ context.Context, c *cli.Command, err error, _ bool) error {
		what, _, _ := strings.Cut(err.Error(), ": strconv.")
		return fmt.Errorf("%s; `%s --help` shows the flags", what, c.FullName())
	}
	for _, below := range c.Commands {
		shortenUsageErrors(below)
	}
}

// helpOrUnknown is the action of a command that has subcommands and was given none of them.
func helpOrUnknown(_ context.Context, c *cli.Command) error {
	switch {
	case c.Args().Present():
		return fmt.Errorf("there is no command %q; `%s help` lists the commands", c.FullName()+" "+c.Args().First(), c.FullName())
	case c.Root() == c:
		return cli.ShowRootCommandHelp(c)
	}
	return cli.ShowSubcommandHelp(c)
}
