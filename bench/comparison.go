package main

import (
	"context"
	"fmt"
	"time"
)

// contenderSamples are the samples of the service, the peer and the floor, each added up over the rounds.
type contenderSamples [3]roundSample

// addTurn gives each contender one turn, so that other work on the machine affects all of them alike.
func (t *contenderSamples) addTurn(ctx context.Context, p plan, at *dataset, both [2]*contender, drives map[*contender]loadDriver,
	o operation, connections int,
) error {
	for i, who := range both {
		d := drives[who]
		d.connections, d.duration = connections, p.roundLength
		s, err := who.measureRound(ctx, at, d)
		if err != nil {
			return err
		}
		t[i].addSample(s)
	}
	s, err := at.runFloor(ctx, o, connections, p.roundLength)
	t[2].addSample(s)
	return err
}

func (s *roundSample) addSample(other roundSample) {
	s.requests += other.requests
	s.duration += other.duration
	s.times = append(s.times, other.times...)
	s.server += other.server
	s.data += other.data
	s.allocated += other.allocated
}

// kilobytesPerRequest is what one request allocated.
func (s roundSample) kilobytesPerRequest() float64 {
	return float64(s.allocated) / 1024 / float64(max(1, s.requests))
}

// requestsPerSecond is in requests a second.
func (s roundSample) requestsPerSecond() float64 { return float64(s.requests) / s.duration.Seconds() }

// perRequest is what one request cost of the processors.
func (s roundSample) perRequest(of time.Duration) time.Duration {
	return of / time.Duration(max(1, s.requests))
}

func formatMilliseconds(d time.Duration) string { return fmt.Sprintf("%.2f ms", d.Seconds()*1000) }

// ratios are the ratios of requests a second, and of CPU for each request.
type ratios struct{ peer, floor, cpu float64 }

func (t *contenderSamples) computeRatios() ratios {
	ours, peer, floor := t[0], t[1], t[2]
	total := func(s roundSample) time.Duration { return s.perRequest(s.server + s.data) }
	return ratios{
		ours.requestsPerSecond() / peer.requestsPerSecond(), ours.requestsPerSecond() / floor.requestsPerSecond(),
		float64(total(ours)) / float64(total(peer)),
	}
}

// printComparison prints the ratios first, with the goals that apply from 8 connections, then what they are made of.
func (t *contenderSamples) printComparison(o operation, connections int) {
	r := t.computeRatios()
	fmt.Printf("  %2d connections: %.2f of PostGraphile%s, %.2f of the floor%s, CPU a request %.2f of PostGraphile's%s\n", connections,
		r.peer, goalText(o.goals.peer, connections, true), r.floor, goalText(o.goals.floor, connections, true), r.cpu,
		goalText(o.goals.cpu, connections, false))
	for i, name := range []string{"dps", "PostGraphile", "floor"} {
		s := t[i]
		fmt.Printf("      %-12s %7.0f a second, CPU %s of the service and %s of PostgreSQL", name, s.requestsPerSecond(),
			formatMilliseconds(s.perRequest(s.server)), formatMilliseconds(s.perRequest(s.data)))
		if s.times != nil {
			fmt.Printf(", p50 %s, p99 %s", formatMilliseconds(percentile(s.times, 0.5)), formatMilliseconds(percentile(s.times, 0.99)))
		}
		if s.allocated > 0 {
			fmt.Printf(", about %.0f kB allocated a request", s.kilobytesPerRequest())
		}
		fmt.Println()
	}
}

func goalText(value float64, connections int, least bool) string {
	switch {
	case value == 0 || connections < 8:
		return ""
	case least:
		return fmt.Sprintf(" (goal %.2f or more)", value)
	default:
		return fmt.Sprintf(" (goal %.2f or less)", value)
	}
}
