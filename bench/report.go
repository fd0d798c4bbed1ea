package main

import (
	"context"
	"fmt"
	"time"
)

// turns are the samples of the service, the peer and the floor, each added up over the rounds.
type turns [3]sample

// add gives each contender one turn, so that what the machine does beside it meets all alike.
func (t *turns) add(ctx context.Context, p plan, at *place, both [2]*program, drives map[*program]drive, o operation, connections int) error {
	for i, who := range both {
		d := drives[who]
		d.connections, d.length = connections, p.length
		s, err := who.measure(ctx, at, d)
		if err != nil {
			return err
		}
		t[i].plus(s)
	}
	s, err := at.floor(ctx, o, connections, p.length)
	t[2].plus(s)
	return err
}

func (s *sample) plus(other sample) {
	s.requests += other.requests
	s.length += other.length
	s.took = append(s.took, other.took...)
	s.server += other.server
	s.data += other.data
	s.allocated += other.allocated
}

// kilobytes is what one request allocated.
func (s sample) kilobytes() float64 { return float64(s.allocated) / 1024 / float64(max(1, s.requests)) }

// rate is in requests a second.
func (s sample) rate() float64 { return float64(s.requests) / s.length.Seconds() }

// each is what one request cost of the processors.
func (s sample) each(of time.Duration) time.Duration { return of / time.Duration(max(1, s.requests)) }

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.2f ms", d.Seconds()*1000) }

// ratios are those of requests a second, and of CPU a request.
type ratios struct{ peer, floor, cpu float64 }

func (t *turns) ratios() ratios {
	ours, peer, floor := t[0], t[1], t[2]
	total := func(s sample) time.Duration { return s.each(s.server + s.data) }
	return ratios{ours.rate() / peer.rate(), ours.rate() / floor.rate(), float64(total(ours)) / float64(total(peer))}
}

// print tells the ratios first, with the goals that hold from 8 connections on, then what they are made of.
func (t *turns) print(o operation, connections int) {
	r := t.ratios()
	fmt.Printf("  %2d connections: %.2f of PostGraphile%s, %.2f of the floor%s, CPU a request %.2f of PostGraphile's%s\n", connections,
		r.peer, goal(o.goals.peer, connections, true), r.floor, goal(o.goals.floor, connections, true), r.cpu, goal(o.goals.cpu, connections, false))
	for i, name := range []string{"dps", "PostGraphile", "floor"} {
		s := t[i]
		fmt.Printf("      %-12s %7.0f a second, CPU %s of the service and %s of PostgreSQL", name, s.rate(), milliseconds(s.each(s.server)), milliseconds(s.each(s.data)))
		if s.took != nil {
			fmt.Printf(", p50 %s, p99 %s", milliseconds(percentile(s.took, 0.5)), milliseconds(percentile(s.took, 0.99)))
		}
		if s.allocated > 0 {
			fmt.Printf(", about %.0f kB allocated a request", s.kilobytes())
		}
		fmt.Println()
	}
}

func goal(value float64, connections int, least bool) string {
	switch {
	case value == 0 || connections < 8:
		return ""
	case least:
		return fmt.Sprintf(" (goal %.2f or more)", value)
	default:
		return fmt.Sprintf(" (goal %.2f or less)", value)
	}
}
