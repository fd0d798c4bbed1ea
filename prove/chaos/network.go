package chaos

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/southeasttogether/dps/prove/chaos/machine"
)

// networkFault is a fault that is done to what goes between the service and PostgreSQL or, if it can be, between callers and the service.
type networkFault struct {
	name   string
	does   machine.Fault
	where  func(piece []byte) bool
	lasts  time.Duration // how late a delay is; how long a black hole swallows, and then what went into it is cut
	silent bool          // a black hole that is never cut: only a deadline of the service ends it. PostgreSQL's side alone
}

func anywhere([]byte) bool { return true }

// networkFaults are done in turn.
var networkFaults = []networkFault{
	{name: "a COMMIT is lost", does: machine.LoseRequest, where: machine.IsCommit},
	{name: "the answer to a COMMIT is lost", does: machine.LoseAnswer, where: machine.IsCommit},
	{name: "a COMMIT is late", does: machine.Delay, where: machine.IsCommit, lasts: 1500 * time.Millisecond},
	{name: "a COMMIT goes into a black hole", does: machine.BlackHole, where: machine.IsCommit, lasts: 2 * time.Second},
	{name: "a connection is reset", does: machine.LoseRequest, where: anywhere},
	{name: "an answer is lost", does: machine.LoseAnswer, where: anywhere},
	{name: "everything goes into a black hole", does: machine.BlackHole, where: anywhere, lasts: 2 * time.Second},
}

// silence is done to PostgreSQL's side a few times: each can take as long as a request.
var silence = []networkFault{
	{name: "a COMMIT is never answered", does: machine.BlackHole, where: machine.IsCommit, silent: true},
	{name: "nothing is ever answered", does: machine.BlackHole, where: anywhere, silent: true},
}

// runNetwork does faults to both sides of the service while callers draft needs.
func runNetwork(ctx context.Context, t *trial) error {
	c, err := t.newCrew(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	c.load.stop()
	front, err := machine.NewProxy("tcp", c.server.address)
	if err != nil {
		return err
	}
	defer front.Close()
	c.load = startLoad(c.ground, c.history, "http://"+front.Address()+"/graphql")
	for range t.count(1, 12) {
		for _, f := range networkFaults {
			if err := t.disturb(ctx, c, c.database, f); err != nil {
				return err
			}
			if !isOfDatabase(f) {
				if err := t.disturb(ctx, c, front, f); err != nil {
					return err
				}
			}
		}
	}
	for range t.count(1, 3) {
		for _, f := range silence {
			if err := t.disturb(ctx, c, c.database, f); err != nil {
				return err
			}
		}
	}
	c.load.stop()
	return t.settle(ctx, c.ground, c.history)
}

// isOfDatabase says whether a fault is one of PostgreSQL's protocol alone.
func isOfDatabase(f networkFault) bool { return !f.where([]byte("GET /")) }

// disturb does one fault, waits until it has happened, ends it and waits for an answer.
func (t *trial) disturb(ctx context.Context, c *crew, p *machine.Proxy, f networkFault) error {
	if err := t.recovers(ctx, c, time.Now()); err != nil {
		return err
	}
	var happened atomic.Bool
	p.InjectFaults(func(piece []byte) machine.Fault {
		if !f.where(piece) || !happened.CompareAndSwap(false, true) && f.does != machine.BlackHole {
			return machine.NoFault
		}
		return f.does
	}, f.lasts)
	err := machine.WaitFor(ctx, f.name, recoveryLimit, func(context.Context) bool { return happened.Load() })
	if err == nil && f.does == machine.BlackHole {
		<-time.After(f.lasts) // the fault itself
	}
	p.InjectFaults(nil, 0)
	if err != nil {
		return err
	}
	t.add("chaos.network_faults", 1)
	if f.silent {
		return t.enough(ctx, c) // when it ends is the service's to say: only how long each request takes is judged
	}
	if f.does == machine.BlackHole {
		p.CutAll()
	}
	return t.recovers(ctx, c, time.Now())
}
