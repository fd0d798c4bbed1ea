package chaos

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/southeasttogether/dps/prove/chaos/machine"
)

// pair is a primary with a standby that confirms each commit before the caller is told.
type pair struct {
	*crew
	standby *machine.Cluster
	copies  int // made so far: each lies in a folder of its own
}

// runPromotions kills the primary and promotes its synchronous standby while callers draft needs. In every third round the standby
// is away for a while before: then nothing may be acknowledged that only one of them has.
func runPromotions(ctx context.Context, t *trial) error {
	c, err := t.newCrew(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	p := &pair{crew: c}
	defer func() {
		if p.standby != nil {
			p.standby.Kill()
		}
	}()
	for round := range t.count(3, 20) {
		if err := p.addStandby(ctx); err != nil {
			return err
		}
		if err := t.recovers(ctx, c, time.Now()); err != nil {
			return err
		}
		if round%3 == 1 {
			if err := t.loseStandby(ctx, p); err != nil {
				return err
			}
		}
		if err := t.promote(ctx, p); err != nil {
			return err
		}
	}
	c.load.stop()
	if err := t.settle(ctx, c.ground, c.history); err != nil {
		return err
	}
	return t.promoteBehind(ctx, p)
}

// promoteBehind is the control of the scenario: the primary does not wait for its standby, which has stopped. When that is promoted, the
// comparison must find what it never had.
func (t *trial) promoteBehind(ctx context.Context, p *pair) error {
	if err := p.addStandby(ctx); err != nil {
		return err
	}
	if err := p.primary.Configure(ctx, "synchronous_standby_names = ''"); err != nil {
		return err
	}
	p.standby.Kill()
	if err := t.underLoad(ctx, p.crew, nil); err != nil {
		return err
	}
	p.primary.Kill()
	if err := p.standby.Start(ctx); err != nil {
		return err
	}
	p.primary, p.standby = p.standby, nil
	v, err := judge(ctx, p.crew)
	if err != nil {
		return err
	}
	t.add("chaos.negative_controls_missed", 0)
	if len(v.Lost) == 0 {
		t.addFindings("chaos.negative_controls_missed", []string{"a standby that was behind is promoted"})
	}
	return nil
}

// addStandby copies the primary and lets it wait for the copy from then on.
func (p *pair) addStandby(ctx context.Context) (err error) {
	p.copies++
	if p.standby, err = p.primary.CopyTo(ctx, filepath.Join(p.folder, fmt.Sprint("copy", p.copies))); err != nil {
		return err
	}
	if err := p.standby.Start(ctx); err != nil {
		return err
	}
	if err := p.primary.Configure(ctx, "synchronous_standby_names = '*'"); err != nil {
		return err
	}
	return p.waitUntilSynchronous(ctx)
}

func (p *pair) waitUntilSynchronous(ctx context.Context) error {
	return machine.WaitFor(ctx, "a synchronous standby", machine.ReadyLimit, func(ctx context.Context) bool {
		state, err := p.primary.Ask(ctx, "SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming' LIMIT 1")
		return err == nil && state == "sync"
	})
}

// loseStandby kills the standby, sees that commits wait for it, and starts it again.
func (t *trial) loseStandby(ctx context.Context, p *pair) error {
	p.standby.Kill()
	waiting := "SELECT count(*) >= 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND clock_timestamp() - query_start > interval '1 s'"
	if err := machine.WaitFor(ctx, "a commit that waits for the standby", machine.ReadyLimit, func(ctx context.Context) bool {
		yes, err := p.primary.Ask(ctx, waiting)
		return err == nil && yes == "true"
	}); err != nil {
		return err
	}
	if err := p.standby.Start(ctx); err != nil {
		return err
	}
	if err := p.waitUntilSynchronous(ctx); err != nil {
		return err
	}
	return t.recovers(ctx, p.crew, time.Now())
}

// promote kills the primary and lets the standby take its place.
func (t *trial) promote(ctx context.Context, p *pair) error {
	p.primary.Kill()
	if _, err := p.standby.Ask(ctx, "SELECT pg_promote(true, 30)"); err != nil {
		return err
	}
	// Alone, it must not wait for a standby of its own.
	if err := p.standby.Configure(ctx, "synchronous_standby_names = ''"); err != nil {
		return err
	}
	p.primary, p.standby = p.standby, nil
	p.database.Retarget("unix", p.primary.Socket())
	t.add("chaos.promotions", 1)
	return t.recovers(ctx, p.crew, time.Now())
}
