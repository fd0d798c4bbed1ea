package chaos

import (
	"context"
	"time"

	"github.com/southeasttogether/dps/prove/chaos/history"
	"github.com/southeasttogether/dps/prove/chaos/machine"
)

// recoveryLimit is how long the suite waits for the first answer after a fault, beyond the goal, so that a slow one is measured.
const recoveryLimit = 60 * time.Second

// crew is a ground with one process that answers requests, one that runs the clock worker, and callers.
type crew struct {
	*ground
	server, worker *server
	history        *history.History
	load           *load
}

// newCrew starts a service and callers on a new ground.
func (t *trial) newCrew(ctx context.Context) (*crew, error) {
	g, err := t.newGround(ctx)
	if err != nil {
		return nil, err
	}
	return newCrewOn(ctx, g)
}

// newCrewOn starts a service and callers on a ground, and ends that if it cannot.
func newCrewOn(ctx context.Context, g *ground) (c *crew, err error) {
	c = &crew{ground: g, history: &history.History{}}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	if c.server, err = c.serve(ctx, serveOptions{}); err != nil {
		return c, err
	}
	if c.worker, err = c.serve(ctx, serveOptions{worker: true}); err != nil {
		return c, err
	}
	c.load = startLoad(c.ground, c.history, c.server.endpoint())
	return c, nil
}

func (c *crew) close() {
	if c.load != nil && !c.load.isStopped() {
		c.load.stop()
	}
	for _, s := range []*server{c.server, c.worker} {
		if s != nil {
			s.Kill()
		}
	}
	c.ground.close()
}

// recovers waits for the first thing that is done after an instant, and records how long that took.
func (t *trial) recovers(ctx context.Context, c *crew, ended time.Time) error {
	var at time.Time
	err := machine.WaitFor(ctx, "an answer after the fault", recoveryLimit, func(context.Context) (ok bool) {
		at, ok = c.history.DoneAfter(ended)
		return ok
	})
	if err != nil {
		t.worst("chaos.recovery_s", recoveryLimit.Seconds())
		return err
	}
	t.worst("chaos.recovery_s", at.Sub(ended).Seconds())
	return nil
}

// runKills kills each kind of process in turn, without warning, while callers draft needs.
func runKills(ctx context.Context, t *trial) error {
	c, err := t.newCrew(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	if err := t.recovers(ctx, c, time.Now()); err != nil {
		return err
	}
	for range t.count(3, 100) {
		for _, kill := range []func(context.Context, *crew) error{t.killServer, t.killPostgres, t.killWorker} {
			if err := kill(ctx, c); err != nil {
				return err
			}
		}
	}
	c.load.stop()
	return t.settle(ctx, c.ground, c.history)
}

// killServer kills the process that answers, and starts it again at the same address.
func (t *trial) killServer(ctx context.Context, c *crew) error {
	c.server.Kill()
	restarted := time.Now()
	s, err := c.startServer(serveOptions{address: c.server.address})
	if err != nil {
		return err
	}
	c.server = s
	t.add("chaos.server_kills", 1)
	return t.recovers(ctx, c, restarted)
}

func (t *trial) killPostgres(ctx context.Context, c *crew) error {
	c.primary.Kill()
	if err := c.primary.Start(ctx); err != nil {
		return err
	}
	t.add("chaos.postgres_kills", 1)
	return t.recovers(ctx, c, time.Now())
}

// killWorker kills the process that runs the clock worker. It must have started to work again before it is killed again.
func (t *trial) killWorker(ctx context.Context, c *crew) error {
	c.worker.Kill()
	w, err := c.serve(ctx, serveOptions{worker: true, address: c.worker.address})
	if err != nil {
		return err
	}
	c.worker = w
	t.add("chaos.worker_kills", 1)
	return nil
}
