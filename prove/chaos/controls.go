package chaos

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/southeasttogether/dps/prove/chaos/history"
	"github.com/southeasttogether/dps/prove/chaos/machine"
)

// sabotage takes one guard away from a real market, under real callers, and says which finding must come of it.
type sabotage struct {
	name  string
	take  string   // the statement that takes the guard away
	after string   // what is done to the data when the callers have ended, as somebody without the guard could
	set   []string // of PostgreSQL
	kill  bool     // PostgreSQL is killed at the end
	found func(history.Verdict) []string
}

// without is how somebody who can do anything changes what triggers protect.
const without = "SET session_replication_role = replica; "

// The needs of the first three are different ones, so that each is found for itself.
var sabotages = []sabotage{
	{
		name: "a need is removed", found: history.LostOf,
		after: without + "DELETE FROM dps.need WHERE id = (SELECT id FROM dps.need ORDER BY id LIMIT 1)",
	},
	{
		name: "a ceiling is removed", found: history.HalfDoneOf,
		after: without + "DELETE FROM dps.need_ceiling WHERE need_id = (SELECT id FROM dps.need ORDER BY id LIMIT 1)",
	},
	{
		name: "an event is removed", found: history.HalfDoneOf,
		after: without + `DELETE FROM dps.event WHERE act = 'need.create'
			AND object_id = (SELECT id FROM dps.need ORDER BY id DESC LIMIT 1)`,
	},
	{
		name: "keys are not remembered", found: history.DoubledOf,
		take: `CREATE FUNCTION dps.forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
			CREATE TRIGGER forget BEFORE INSERT ON dps.idempotency FOR EACH ROW EXECUTE FUNCTION dps.forget()`,
	},
	{
		name: "PostgreSQL answers before it has written", set: []string{"synchronous_commit=off", "wal_writer_delay=10s"}, kill: true,
		found: history.LostOf,
	},
	{
		name: "a seal is removed", found: history.BrokenOf,
		after: without + `DELETE FROM dps.event_seal WHERE (chain_id, position) = (SELECT chain_id, position FROM dps.event_seal
			WHERE position = 2 LIMIT 1)`,
	},
}

// runControls tries the comparison itself: every forged history and every guard that is taken away has to be found.
func runControls(ctx context.Context, t *trial) error {
	t.addFindings("chaos.negative_controls_missed", history.MissedForgeries())
	c, err := t.newCrew(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	if err := t.enough(ctx, c); err != nil {
		return err
	}
	c.load.stop()
	honest, err := judge(ctx, c)
	if err != nil {
		return err
	}
	t.record(honest)
	for _, s := range sabotages {
		missed, err := s.isMissed(ctx, t, c)
		for more := 3; missed && s.kill && err == nil && more > 0; more-- { // it may have written by chance
			missed, err = s.isMissed(ctx, t, c)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		if missed {
			t.addFindings("chaos.negative_controls_missed", []string{s.name})
		}
	}
	return nil
}

// enough waits until callers were told of 20 things more.
func (t *trial) enough(ctx context.Context, c *crew) error {
	count := func() int { c.history.Mu.Lock(); defer c.history.Mu.Unlock(); return len(c.history.Done) }
	before := count()
	return machine.WaitFor(ctx, "20 things done", recoveryLimit, func(context.Context) bool { return count() >= before+20 })
}

// judge compares what the callers of a crew were told with the database as it stands.
func judge(ctx context.Context, c *crew) (history.Verdict, error) {
	d, err := c.primary.Admin()
	if err != nil {
		return history.Verdict{}, err
	}
	defer d.Close()
	f, err := history.ReadFacts(ctx, d)
	return history.Compare(c.history.All(), f), err
}

// isMissed takes the guard away and says whether the comparison found nothing new.
func (s sabotage) isMissed(ctx context.Context, t *trial, c *crew) (bool, error) {
	d, err := c.primary.Admin()
	if err != nil {
		return false, err
	}
	defer d.Close()
	before, err := judge(ctx, c)
	if err != nil {
		return false, err
	}
	if s.set != nil {
		c.primary.Kill()
		if err := c.primary.Start(ctx, s.set...); err != nil {
			return false, err
		}
	}
	if err := execAll(ctx, d, s.take, s.after); err != nil {
		return false, err
	}
	if s.take != "" || s.kill {
		var atEnd func() error
		if s.kill {
			atEnd = func() error {
				c.primary.Kill()
				return c.primary.Start(ctx)
			}
		}
		if err := t.underLoad(ctx, c, atEnd); err != nil {
			return false, err
		}
	}
	after, err := judge(ctx, c)
	return len(s.found(after)) <= len(s.found(before)), err
}

// underLoad lets callers act until they were told of enough; atEnd, which may be nil, happens while they still act.
func (t *trial) underLoad(ctx context.Context, c *crew, atEnd func() error) error {
	c.load = startLoad(c.ground, c.history, c.server.endpoint())
	defer c.load.stop()
	if err := t.enough(ctx, c); err != nil || atEnd == nil {
		return err
	}
	return atEnd()
}

func execAll(ctx context.Context, d *sql.DB, statements ...string) error {
	for _, statement := range statements {
		if statement == "" {
			continue
		}
		if _, err := d.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
