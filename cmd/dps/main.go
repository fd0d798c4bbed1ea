// Command dps is the dynamic purchasing system: the service, its demonstration, and the tools of whoever runs it.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
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
	slog.SetDefault(slog.New(slog.NewJSONHandler(errOut, nil)))
	if err := app(out, errOut).Run(ctx, args); err != nil {
		fmt.Fprintf(errOut, "dps: %v\n", err)
		return 1
	}
	return 0
}

func app(out, errOut io.Writer) *cli.Command {
	return &cli.Command{
		Name:           "dps",
		Usage:          "a dynamic purchasing system for children's places in special schools and homes",
		Writer:         out,
		ErrWriter:      errOut,
		ExitErrHandler: func(context.Context, *cli.Command, error) {},
		Commands: []*cli.Command{
			demoCommand(), serveCommand(), migrateCommand(), policyCommand(), tokenCommand(), keysCommand(), auditCommand(),
		},
		Action: func(_ context.Context, c *cli.Command) error {
			if c.Args().Present() {
				return fmt.Errorf("there is no command %q; `dps help` lists them", c.Args().First())
			}
			return cli.ShowRootCommandHelp(c)
		},
	}
}
