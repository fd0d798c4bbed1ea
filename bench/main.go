// Command bench compares the service with the floor (pgbench with the best SQL for the same answer) and with the peer
// that people would choose (PostGraphile on the same rows), in turns within one run, and prints ratios. It ends with
// one `name: value` line for each figure.
//
// go run ./bench -size full
// go run ./bench -size tenth -seconds 3 -operations bc
// go run ./bench -size short
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
	roundLength, warmUp      time.Duration // of one round; before anything counts: a JIT needs more than a few seconds
	rounds                   int
	plans                    bool   // judge plans alone
	without                  string // an index that is dropped meanwhile, to see that its lack is noticed
	only                     string // of fields whose name holds this; "functions" for these
}

func main() {
	p := plan{warmUp: 10 * time.Second}
	seconds := flag.Int("seconds", 5, "length of a round")
	flag.StringVar(&p.size, "size", "full",
		"full, tenth of it, or short: next to no data and time, to see that all of it runs; its ratios say nothing")
	flag.StringVar(&p.folder, "folder", filepath.Join(os.TempDir(), "dps-bench"), "where the data are kept for the next time")
	flag.StringVar(&p.operations, "operations", "abcd", "which operations")
	flag.BoolVar(&p.plans, "plans", false, "judge the plan of every list, edge and function, and measure nothing")
	flag.StringVar(&p.without, "without", "", "with -plans: drop this index meanwhile, to see that its lack is noticed")
	flag.StringVar(&p.only, "only", "", "with -plans: fields whose name holds this (Need.offers), or functions")
	flag.IntVar(&p.rounds, "rounds", 3, "how many turns each contender has")
	flag.Parse()
	p.roundLength = time.Duration(*seconds) * time.Second
	if p.size == "short" {
		p.roundLength, p.warmUp, p.rounds = time.Second, time.Second, 1
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := p.runPlan(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// benchRun is one run.
type benchRun struct {
	plan
	binary     string
	data       *dataset
	ours, peer *contender
	figures
}

func (p plan) runPlan(ctx context.Context) (err error) {
	if _, ok := sizes[p.size]; !ok {
		return errors.New("-size is full, tenth or short")
	}
	if err := os.MkdirAll(p.folder, 0o755); err != nil {
		return err
	}
	c := &benchRun{plan: p, binary: filepath.Join(p.folder, "dps")}
	if p.plans {
		c.binary = "" // nothing is served
	} else if said, err := exec.CommandContext(ctx, "go", "build", "-o", c.binary, "./cmd/dps").CombinedOutput(); err != nil {
		return fmt.Errorf("building: %w\n%s", err, said)
	}
	if c.data, err = openDataset(ctx, p.folder, p.size); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.data.closeDataset()) }()
	if c.data.loaded > 0 {
		fmt.Printf("bulk load: %.0f s\n", c.data.loaded.Seconds())
	}
	if err := c.watchPlans(ctx); err != nil || p.plans {
		return err
	}
	if err := c.measureAll(ctx); err != nil {
		return err
	}
	if p.size == "full" {
		if err := c.compareWithATenth(ctx); err != nil {
			return err
		}
	}
	c.printFigures(os.Stdout)
	return nil
}

// measureAll starts the contenders and measures everything that is measured on this size.
func (c *benchRun) measureAll(ctx context.Context) (err error) {
	if c.ours, err = c.data.serveDPS(c.binary); err != nil {
		return err
	}
	defer c.ours.stopContender()
	fmt.Printf("first answer after start: %.3f s\n", c.ours.ready.Seconds())
	if c.peer, err = c.data.servePostGraphile("bench/peer"); err != nil {
		return err
	}
	defer c.peer.stopContender()
	d, err := c.data.newSamplePool(ctx, c.ours.address, c.peer.address)
	if err != nil {
		return err
	}
	for _, o := range c.chosenOperations(d) {
		if err := c.compareOperation(ctx, o); err != nil {
			return fmt.Errorf("%s: %w", o.what, err)
		}
	}
	fmt.Printf("\nresident after all: dps %.0f MB, PostGraphile %.0f MB\n", residentMegabytes(c.ours.command.Process.Pid),
		residentMegabytes(c.peer.command.Process.Pid))
	c.addFigure("bench.rss_mb", residentMegabytes(c.ours.command.Process.Pid))
	c.addFigure("bench.ready_s", c.ours.ready.Seconds())
	return c.measureOnce(ctx, d)
}

func (p plan) chosenOperations(d *samplePool) (chosen []operation) {
	for _, o := range []operation{d.nearestPlaces(), d.needsList(), d.placementDetail(), d.submitOffer()} {
		if strings.Contains(p.operations, o.name) {
			chosen = append(chosen, o)
		}
	}
	return chosen
}

// measureOnce measures what is done once and not over and over.
func (c *benchRun) measureOnce(ctx context.Context, d *samplePool) error {
	published, err := d.timePublishing(c.ours.address)
	if err != nil {
		return fmt.Errorf("publishing: %w", err)
	}
	fmt.Printf("publishing a need to %d members: %.3f s\n", d.providers, published.Seconds())
	if c.size != "full" {
		return nil
	}
	c.addFigure("bench.publish_5000_s", published.Seconds())
	took, err := c.data.timeImport(ctx, c.binary)
	if err != nil {
		return err
	}
	fmt.Printf("import of %d schools, all new and relevant: %.1f s\n", importedSchools, took.Seconds())
	c.addFigure("bench.import_50000_s", took.Seconds())
	return nil
}

// compareWithATenth says how many blocks a request touches on all of the data compared with a tenth of it.
func (c *benchRun) compareWithATenth(ctx context.Context) (err error) {
	tenth, err := openDataset(ctx, c.folder, "tenth")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tenth.closeDataset()) }()
	ours, err := tenth.serveDPS(c.binary)
	if err != nil {
		return err
	}
	defer ours.stopContender()
	d, err := tenth.newSamplePool(ctx, ours.address, "")
	if err != nil {
		return err
	}
	for _, o := range c.chosenOperations(d) {
		few, err := tenth.countTouched(ctx, ours, loadDriver{nextRequest: o.serviceRequest, checkAnswer: requireField(o.requiredField)})
		if err != nil {
			return err
		}
		c.addFigure(o.figureName("blocks_full_vs_tenth"), c.figureValue(o.figureName("blocks"))/few.blocks)
	}
	return nil
}

// compareOperation measures one operation at 1, 8 and 32 connections, then how long requests take at 60 % of the peak.
func (c *benchRun) compareOperation(ctx context.Context, o operation) error {
	fmt.Printf("\n%s: %s\n", o.name, o.what)
	drives := map[*contender]loadDriver{
		c.ours: {nextRequest: o.serviceRequest, checkAnswer: requireField(o.requiredField)},
		c.peer: {nextRequest: o.peerRequest, checkAnswer: requireField(o.requiredField)},
	}
	for who, d := range drives {
		d.connections, d.duration = 8, c.warmUp
		if _, err := who.measureRound(ctx, c.data, d); err != nil {
			return err
		}
	}
	var peak [2]float64
	for _, connections := range []int{1, 8, 32} {
		var t contenderSamples
		for range c.rounds {
			if err := t.addTurn(ctx, c.plan, c.data, [2]*contender{c.ours, c.peer}, drives, o, connections); err != nil {
				return err
			}
		}
		t.printComparison(o, connections)
		c.recordFigures(o, connections, t)
		peak[0], peak[1] = max(peak[0], t[0].requestsPerSecond()), max(peak[1], t[1].requestsPerSecond())
	}
	return c.measureBelowPeak(ctx, drives, o, peak)
}

// recordFigures keeps what of the turns are figures.
func (c *benchRun) recordFigures(o operation, connections int, t contenderSamples) {
	r := t.computeRatios()
	switch connections {
	case 8:
		c.addFigure(o.figureName("vs_postgraphile_8"), r.peer)
		c.addFigure(o.figureName("vs_floor"), r.floor)
		c.addFigure(o.figureName("cpu_vs_postgraphile"), r.cpu)
		c.addFigure(o.figureName("allocated_kb"), t[0].kilobytesPerRequest())
	case 32:
		c.addFigure(o.figureName("vs_postgraphile_32"), r.peer)
	}
}

// measureBelowPeak is what is told once an operation: times below the peak, statements and blocks.
func (c *benchRun) measureBelowPeak(ctx context.Context, drives map[*contender]loadDriver, o operation, peak [2]float64) error {
	var calm [2]roundSample
	for range c.rounds {
		for i, who := range []*contender{c.ours, c.peer} {
			d := drives[who]
			d.connections, d.duration, d.pace = 8, c.roundLength, 0.6*peak[i]
			s, err := who.measureRound(ctx, c.data, d)
			if err != nil {
				return err
			}
			calm[i].addSample(s)
		}
	}
	var slow [2]time.Duration
	var costs [2]requestCost
	for i, who := range []*contender{c.ours, c.peer} {
		var err error
		if costs[i], err = c.data.countTouched(ctx, who, drives[who]); err != nil {
			return err
		}
		slow[i] = percentile(calm[i].times, 0.99)
		fmt.Printf("  %-12s at 60 %% of its peak: p50 %s, p99 %s; a request: %.1f statements of data (goal %.0f or less), %.0f blocks\n",
			who.name,
			formatMilliseconds(percentile(calm[i].times, 0.5)), formatMilliseconds(slow[i]), costs[i].statements, o.statements, costs[i].blocks)
	}
	c.addFigure(o.figureName("p99_vs_postgraphile"), slow[0].Seconds()/slow[1].Seconds())
	c.addFigure(o.figureName("statements"), costs[0].statements)
	c.addFigure(o.figureName("blocks"), costs[0].blocks)
	return nil
}
