// Command bench measures the service beside the floor (pgbench with the best SQL for the same answer) and beside the
// peer that people would pick (PostGraphile on the same rows), in turns within one run, and prints ratios. It ends with one
// `name: value` line for each figure.
//
//	go run ./bench -size full
//	go run ./bench -size tenth -seconds 3 -operations bc
//	go run ./bench -size short
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
	length, warmth           time.Duration // of one round; before anything counts: a JIT needs more than a few seconds
	rounds                   int
	plans                    bool   // judge plans alone
	without                  string // an index that is dropped meanwhile, to see that its lack is noticed
	only                     string // of fields whose name holds this; "functions" for these
}

func main() {
	p := plan{warmth: 10 * time.Second}
	seconds := flag.Int("seconds", 5, "length of a round")
	flag.StringVar(&p.size, "size", "full", "full, tenth of it, or short: next to no data and time, to see that all of it runs; its ratios say nothing")
	flag.StringVar(&p.folder, "folder", filepath.Join(os.TempDir(), "dps-bench"), "where the data are kept for the next time")
	flag.StringVar(&p.operations, "operations", "abcd", "which operations")
	flag.BoolVar(&p.plans, "plans", false, "judge the plan of every list, edge and function, and measure nothing")
	flag.StringVar(&p.without, "without", "", "with -plans: drop this index meanwhile, to see that its lack is noticed")
	flag.StringVar(&p.only, "only", "", "with -plans: fields whose name holds this (Need.offers), or functions")
	flag.IntVar(&p.rounds, "rounds", 3, "how many turns each contender has")
	flag.Parse()
	p.length = time.Duration(*seconds) * time.Second
	if p.size == "short" {
		p.length, p.warmth, p.rounds = time.Second, time.Second, 1
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := p.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// contest is one run.
type contest struct {
	plan
	binary     string
	at         *place
	ours, peer *program
	figures
}

func (p plan) run(ctx context.Context) (err error) {
	if _, known := sizes[p.size]; !known {
		return errors.New("-size is full, tenth or short")
	}
	if err := os.MkdirAll(p.folder, 0o755); err != nil {
		return err
	}
	c := &contest{plan: p, binary: filepath.Join(p.folder, "dps")}
	if p.plans {
		c.binary = "" // nothing is served
	} else if said, err := exec.CommandContext(ctx, "go", "build", "-o", c.binary, "./cmd/dps").CombinedOutput(); err != nil {
		return fmt.Errorf("building: %w\n%s", err, said)
	}
	if c.at, err = open(ctx, p.folder, p.size); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.at.close()) }()
	if c.at.loaded > 0 {
		fmt.Printf("bulk load: %.0f s\n", c.at.loaded.Seconds())
	}
	if err := c.watchPlans(ctx); err != nil || p.plans {
		return err
	}
	if err := c.contend(ctx); err != nil {
		return err
	}
	if p.size == "full" {
		if err := c.besideATenth(ctx); err != nil {
			return err
		}
	}
	c.print(os.Stdout)
	return nil
}

// contend starts the contenders and measures everything that is measured on this size.
func (c *contest) contend(ctx context.Context) (err error) {
	if c.ours, err = c.at.serve(c.binary); err != nil {
		return err
	}
	defer c.ours.stop()
	fmt.Printf("first answer after start: %.3f s\n", c.ours.ready.Seconds())
	if c.peer, err = c.at.postgraphile("bench/peer"); err != nil {
		return err
	}
	defer c.peer.stop()
	d, err := c.at.drawing(ctx, c.ours.address, c.peer.address)
	if err != nil {
		return err
	}
	for _, o := range c.chosen(d) {
		if err := c.compare(ctx, o); err != nil {
			return fmt.Errorf("%s: %w", o.what, err)
		}
	}
	fmt.Printf("\nresident after all: dps %.0f MB, PostGraphile %.0f MB\n", resident(c.ours.command.Process.Pid), resident(c.peer.command.Process.Pid))
	c.add("bench.rss_mb", resident(c.ours.command.Process.Pid))
	c.add("bench.ready_s", c.ours.ready.Seconds())
	return c.once(ctx, d)
}

func (p plan) chosen(d *drawing) (chosen []operation) {
	for _, o := range []operation{d.nearest(), d.needs(), d.placement(), d.offer()} {
		if strings.Contains(p.operations, o.name) {
			chosen = append(chosen, o)
		}
	}
	return chosen
}

// once measures what is done once and not over and over.
func (c *contest) once(ctx context.Context, d *drawing) error {
	published, err := d.publish(c.ours.address)
	if err != nil {
		return fmt.Errorf("publishing: %w", err)
	}
	fmt.Printf("publishing a need to %d members: %.3f s\n", d.providers, published.Seconds())
	if c.size != "full" {
		return nil
	}
	c.add("bench.publish_5000_s", published.Seconds())
	took, err := c.at.importing(ctx, c.binary)
	if err != nil {
		return err
	}
	fmt.Printf("import of %d schools, all new and relevant: %.1f s\n", imported, took.Seconds())
	c.add("bench.import_50000_s", took.Seconds())
	return nil
}

// besideATenth says how many blocks a request touches on all of the data beside a tenth of it.
func (c *contest) besideATenth(ctx context.Context) (err error) {
	tenth, err := open(ctx, c.folder, "tenth")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tenth.close()) }()
	ours, err := tenth.serve(c.binary)
	if err != nil {
		return err
	}
	defer ours.stop()
	d, err := tenth.drawing(ctx, ours.address, "")
	if err != nil {
		return err
	}
	for _, o := range c.chosen(d) {
		few, err := tenth.touch(ctx, ours, drive{next: o.service, good: holding(o.holds)})
		if err != nil {
			return err
		}
		c.add(o.figure("blocks_full_vs_tenth"), c.value(o.figure("blocks"))/few.blocks)
	}
	return nil
}

// compare measures one operation at 1, 8 and 32 connections, then how long requests take at 60 % of the peak.
func (c *contest) compare(ctx context.Context, o operation) error {
	fmt.Printf("\n%s: %s\n", o.name, o.what)
	drives := map[*program]drive{c.ours: {next: o.service, good: holding(o.holds)}, c.peer: {next: o.peer, good: holding(o.holds)}}
	for who, d := range drives {
		d.connections, d.length = 8, c.warmth
		if _, err := who.measure(ctx, c.at, d); err != nil {
			return err
		}
	}
	var peak [2]float64
	for _, connections := range []int{1, 8, 32} {
		var t turns
		for range c.rounds {
			if err := t.add(ctx, c.plan, c.at, [2]*program{c.ours, c.peer}, drives, o, connections); err != nil {
				return err
			}
		}
		t.print(o, connections)
		c.note(o, connections, t)
		peak[0], peak[1] = max(peak[0], t[0].rate()), max(peak[1], t[1].rate())
	}
	return c.rest(ctx, drives, o, peak)
}

// note keeps what of the turns are figures.
func (c *contest) note(o operation, connections int, t turns) {
	r := t.ratios()
	switch connections {
	case 8:
		c.add(o.figure("vs_postgraphile_8"), r.peer)
		c.add(o.figure("vs_floor"), r.floor)
		c.add(o.figure("cpu_vs_postgraphile"), r.cpu)
		c.add(o.figure("allocated_kb"), t[0].kilobytes())
	case 32:
		c.add(o.figure("vs_postgraphile_32"), r.peer)
	}
}

// rest is what is told once an operation: times below the peak, statements and blocks.
func (c *contest) rest(ctx context.Context, drives map[*program]drive, o operation, peak [2]float64) error {
	var calm [2]sample
	for range c.rounds {
		for i, who := range []*program{c.ours, c.peer} {
			d := drives[who]
			d.connections, d.length, d.pace = 8, c.length, 0.6*peak[i]
			s, err := who.measure(ctx, c.at, d)
			if err != nil {
				return err
			}
			calm[i].plus(s)
		}
	}
	var slow [2]time.Duration
	var costs [2]touched
	for i, who := range []*program{c.ours, c.peer} {
		var err error
		if costs[i], err = c.at.touch(ctx, who, drives[who]); err != nil {
			return err
		}
		slow[i] = percentile(calm[i].took, 0.99)
		fmt.Printf("  %-12s at 60 %% of its peak: p50 %s, p99 %s; a request: %.1f statements of data (goal %.0f or less), %.0f blocks\n", who.name,
			milliseconds(percentile(calm[i].took, 0.5)), milliseconds(slow[i]), costs[i].statements, o.statements, costs[i].blocks)
	}
	c.add(o.figure("p99_vs_postgraphile"), slow[0].Seconds()/slow[1].Seconds())
	c.add(o.figure("statements"), costs[0].statements)
	c.add(o.figure("blocks"), costs[0].blocks)
	return nil
}
