package chaos

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// clockSkews are how far PostgreSQL's clock is from the service's, as libfaketime writes it. A token lives for a day, by the later
// of two clocks: further ahead nobody is signed in.
var clockSkews = []string{"+2h", "-2h", "+20h", "-30h"}

// deadlinesAhead are how far after the market's time a call would end: around the shortest period, and far from it.
var deadlinesAhead = []time.Duration{
	-time.Hour, time.Hour, 9*day + 23*time.Hour, 10*day + time.Hour, 11*day + 23*time.Hour, 12*day + time.Hour, 34*day + 23*time.Hour,
	35*day + time.Hour,
}

const day = 24 * time.Hour

// runClocks lets the clock of PostgreSQL differ from that of the service. What the market decides of deadlines must be as when they agree:
// one clock alone decides.
func runClocks(ctx context.Context, t *trial) error {
	library := fakeClock()
	if library == "" {
		t.skip("chaos.clock_decisions_changed", "no libfaketime")
		return nil
	}
	// The market is three days old, so that no clock here shows a time before it began.
	g, err := newGround(ctx, t.folder, t.binary, fakeTime(library, "-3d")...)
	if err != nil {
		return err
	}
	defer g.close()
	if err := g.admitProvider(ctx); err != nil {
		return err
	}
	g.primary.Environment = nil
	agreed, err := g.decideDeadlines(ctx, "")
	if err != nil {
		return err
	}
	if !slices.Contains(agreed, "PUBLISHED") || !slices.Contains(agreed, "TOO_EARLY") {
		return fmt.Errorf("the decisions are all of one kind: %v", agreed)
	}
	t.note("decisions: %s", strings.Join(agreed, ", "))
	var changed []string
	for _, skew := range clockSkews[:t.count(2, len(clockSkews))] {
		g.primary.Environment = fakeTime(library, skew)
		decided, err := g.decideDeadlines(ctx, skew)
		if err != nil {
			return fmt.Errorf("%s: %w", skew, err)
		}
		for i := range decided {
			if decided[i] != agreed[i] {
				changed = append(changed, fmt.Sprintf("%s, a deadline %s ahead: %s and not %s", skew, deadlinesAhead[i], decided[i], agreed[i]))
			}
		}
	}
	t.addFindings("chaos.clock_decisions_changed", changed)
	return nil
}

func fakeTime(library, skew string) []string {
	return []string{"LD_PRELOAD=" + library, "FAKETIME=" + skew, "FAKETIME_DONT_FAKE_MONOTONIC=1"}
}

// admitProvider makes a provider a member of the lot, because a call needs somebody to invite.
func (g *ground) admitProvider(ctx context.Context) error {
	s, err := g.serve(ctx, serveOptions{})
	if err != nil {
		return err
	}
	defer s.Kill()
	submitted, err := g.mustAct(ctx, s, demo.Winner, "submitApplication", map[string]any{
		"lot": g.lot, "statement": "Synthetic: we run registered schools.", "noGroundForExclusion": true,
	}, "application { id }")
	if err != nil {
		return err
	}
	_, err = g.mustAct(ctx, s, demo.MarketManager, "decideApplication", map[string]any{
		"application": submitted.At("application.id").Text(), "decision": "ADMITTED", "reasons": "Synthetic: every criterion is met.",
	}, "application { id }")
	return err
}

// fakeClock is the library that shows programs another time, "" where it is not installed.
func fakeClock() string {
	for _, pattern := range []string{"/usr/lib/*/faketime/libfaketime.so.1", "/usr/lib*/faketime/libfaketime.so.1"} {
		if found, err := filepath.Glob(pattern); err == nil && len(found) > 0 {
			return found[0]
		}
	}
	return ""
}

// decideDeadlines starts PostgreSQL again and tries to publish a need with each deadline: the codes of refusals, "PUBLISHED" for none.
func (g *ground) decideDeadlines(ctx context.Context, skew string) (all []string, err error) {
	g.primary.Kill()
	if err := g.primary.Start(ctx); err != nil {
		return nil, err
	}
	if skew != "" {
		if err := g.checkSkew(ctx); err != nil {
			return nil, err
		}
	}
	s, err := g.serve(ctx, serveOptions{})
	if err != nil {
		return nil, err
	}
	defer s.Kill()
	for _, ahead := range deadlinesAhead {
		code, err := g.tryDeadline(ctx, s, ahead)
		if err != nil {
			return nil, err
		}
		all = append(all, code)
	}
	return all, nil
}

// checkSkew sees that PostgreSQL's clock really differs.
func (g *ground) checkSkew(ctx context.Context) error {
	now, err := g.marketTime(ctx)
	if err == nil && time.Since(now).Abs() < time.Hour {
		err = fmt.Errorf("PostgreSQL's clock shows %s", now)
	}
	return err
}

func (g *ground) marketTime(ctx context.Context) (now time.Time, err error) {
	d, err := g.primary.Admin()
	if err != nil {
		return now, err
	}
	defer d.Close()
	return now, d.QueryRowContext(ctx, "SELECT dps.now()").Scan(&now)
}

func (g *ground) tryDeadline(ctx context.Context, s *server, ahead time.Duration) (string, error) {
	made, err := g.mustAct(ctx, s, demo.Commissioner, "createNeed", g.needInput("synthetic draft"), "need { id }")
	if err != nil {
		return "", err
	}
	now, err := g.marketTime(ctx)
	if err != nil {
		return "", err
	}
	_, code, err := g.act(ctx, s, demo.Commissioner, "publishNeed", map[string]any{
		"need": made.At("need.id").Text(), "deadline": now.Add(ahead).Format(time.RFC3339), "uniqueReason": "Synthetic: as wide as it can be.",
	}, "need { id }")
	if err == nil && code == "" {
		code = "PUBLISHED"
	}
	return code, err
}
