// Command bench measures the service beside the floor (pgbench with the best SQL for the same answer) and beside the
// peer that people would pick (PostGraphile on the same rows), in turns within one run, and prints ratios.
//
//	go run ./bench -size full
//	go run ./bench -size tenth -seconds 3 -operations bc
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// plan is what to measure and for how long.
type plan struct {
	size, folder, operations string
	length                   time.Duration // of one round
	rounds                   int
}

func main() {
	var p plan
	seconds := flag.Int("seconds", 5, "length of a round")
	flag.StringVar(&p.size, "size", "full", "full, or tenth of it")
	flag.StringVar(&p.folder, "folder", filepath.Join(os.TempDir(), "dps-bench"), "where the data are kept for the next time")
	flag.StringVar(&p.operations, "operations", "abcd", "which operations")
	flag.IntVar(&p.rounds, "rounds", 3, "how many turns each contender has")
	flag.Parse()
	p.length = time.Duration(*seconds) * time.Second
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := p.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (p plan) run(ctx context.Context) (err error) {
	if _, known := sizes[p.size]; !known {
		return errors.New("-size is full or tenth")
	}
	if err := os.MkdirAll(p.folder, 0o755); err != nil {
		return err
	}
	binary := filepath.Join(p.folder, "dps")
	if said, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/dps").CombinedOutput(); err != nil {
		return fmt.Errorf("building: %w\n%s", err, said)
	}
	at, err := open(ctx, p.folder, p.size)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.close()) }()
	if at.loaded > 0 {
		fmt.Printf("bulk load: %.0f s\n", at.loaded.Seconds())
	}
	ours, err := at.serve(binary)
	if err != nil {
		return err
	}
	defer ours.stop()
	fmt.Printf("first answer after start: %.3f s\n", ours.ready.Seconds())
	peer, err := at.postgraphile("bench/peer")
	if err != nil {
		return err
	}
	defer peer.stop()
	d, err := at.drawing(ctx, ours.address, peer.address)
	if err != nil {
		return err
	}
	for _, o := range []operation{d.nearest(), d.needs(), d.placement(), d.offer()} {
		if strings.Contains(p.operations, o.name) {
			if err := p.compare(ctx, at, ours, peer, o); err != nil {
				return fmt.Errorf("%s: %w", o.what, err)
			}
		}
	}
	fmt.Printf("resident after all: dps %.0f MB, PostGraphile %.0f MB\n", resident(ours.command.Process.Pid), resident(peer.command.Process.Pid))
	return nil
}

// warmth is how long each service is driven before it counts: a JIT needs more than a few seconds.
const warmth = 10 * time.Second

// compare measures one operation at 1, 8 and 32 connections, then how long requests take at 60 % of the peak.
func (p plan) compare(ctx context.Context, at *place, ours, peer *program, o operation) error {
	fmt.Printf("\n%s: %s\n", o.name, o.what)
	drives := map[*program]drive{ours: {next: o.service, good: holding(o.holds)}, peer: {next: o.peer, good: holding(o.holds)}}
	for who, d := range drives {
		d.connections, d.length = 8, warmth
		if _, err := who.measure(ctx, at, d); err != nil {
			return err
		}
	}
	var peak [2]float64
	for _, connections := range []int{1, 8, 32} {
		var t turns
		for range p.rounds {
			if err := t.add(ctx, p, at, [2]*program{ours, peer}, drives, o, connections); err != nil {
				return err
			}
		}
		t.print(o, connections)
		peak[0], peak[1] = max(peak[0], t[0].rate()), max(peak[1], t[1].rate())
	}
	return p.rest(ctx, at, [2]*program{ours, peer}, drives, o, peak)
}

// rest is what is told once an operation: times below the peak, statements and blocks.
func (p plan) rest(ctx context.Context, at *place, both [2]*program, drives map[*program]drive, o operation, peak [2]float64) error {
	for i, who := range both {
		d := drives[who]
		d.connections, d.length, d.pace = 8, p.length, 0.6*peak[i]
		s, err := who.measure(ctx, at, d)
		if err != nil {
			return err
		}
		d.pace = 0
		cost, err := at.touch(ctx, who, d)
		if err != nil {
			return err
		}
		fmt.Printf("  %-12s at 60 %% of its peak: p50 %s, p99 %s; a request: %.1f statements of data (goal %.0f or less), %.0f blocks\n", who.name,
			milliseconds(percentile(s.took, 0.5)), milliseconds(percentile(s.took, 0.99)), cost.statements, o.statements, cost.blocks)
	}
	return nil
}
