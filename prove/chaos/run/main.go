// Command run does faults to the service and prints each figure, one a line. It fails when a figure falls short.
//
// go run ./prove/chaos/run -binary bin/dps
// go run ./prove/chaos/run -binary bin/dps -short -scenarios kills,promotions
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/southeasttogether/dps/prove/chaos"
)

func main() {
	binary := flag.String("binary", "bin/dps", "the program that faults are done to")
	short := flag.Bool("short", false, "a few faults of each kind")
	names := flag.String("scenarios", "", "which scenarios to run, with commas between them: "+strings.Join(chaos.Names(), ", "))
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	path, err := filepath.Abs(*binary)
	good := false
	if err == nil {
		good, err = chaos.Run(ctx, chaos.Options{
			Binary: path, Scenarios: splitNames(*names), Short: *short, Log: os.Stderr, Out: os.Stdout,
		})
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
	}
	if err != nil || !good {
		os.Exit(1)
	}
}

func splitNames(names string) []string {
	return strings.FieldsFunc(names, func(r rune) bool { return r == ',' || r == ' ' })
}
