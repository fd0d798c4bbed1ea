package engine

import (
	"context"
	"fmt"

	"github.com/southeasttogether/dps/db/internal/session"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/seal"
)

// Operator is who runs the service, in one transaction: what they do there is recorded in their name, in the capacity of an operator.
type Operator struct {
	AdminURL string // of a login that can become the owner of the tables
	Keys     *seal.Keyring
	Person   string
	DryRun   bool // everything is done and nothing kept
}

// Operate runs fn in one transaction of the operator, as the owner of the tables. An error of fn leaves nothing.
func Operate(ctx context.Context, o Operator, fn func(*Tx) error) error {
	d, err := Connect(Config{URL: WithParameter(o.AdminURL, "role", Owner), Keyring: o.Keys, Pool: 1})
	if err != nil {
		return fmt.Errorf("database address: %w", err)
	}
	defer d.Close()
	inner, err := d.pool.Begin(ctx, BeginReadWrite, session.Caller{Role: Owner, Person: o.Person})
	if err != nil {
		return translateError(err)
	}
	t := &Tx{session: inner, db: d, actor: policy.Actor{Person: o.Person, Role: policy.Operator}}
	defer t.Rollback(ctx)
	if o.Keys != nil {
		if err := t.checkKeys(ctx, o.Keys); err != nil {
			return err
		}
	}
	if err := fn(t); err != nil || o.DryRun {
		return err
	}
	return t.Commit(ctx)
}

// Record does one act of the operator's and records what it says of itself, as Change does for an act of a caller.
func (t *Tx) Record(ctx context.Context, act policy.Act, change func() (Event, error)) error {
	t.act = act
	e, err := change()
	if err != nil {
		return err
	}
	return t.RecordEvent(ctx, e)
}

// Failed is the failure of a statement, after which the transaction can only end.
func (t *Tx) Failed() error { return t.failed }
