package engine_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/policy"
)

// TestChangeThatPanicsReleasesItsConnection, nor the locks that it held.
func TestChangeThatPanicsReleasesItsConnection(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	for range 20 { // more than the pool has
		func() {
			defer func() { _ = recover() }()
			_, _ = f.API.Change(t.Context(), dbtest.ActorAs(policy.Commissioner, f.Kent), db.Request{Act: "need.create", Key: dbtest.NewKey()},
				func(*db.Tx) (db.Event, error) { panic("synthetic") })
		}()
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := f.API.Ping(ctx); err != nil {
		t.Errorf("the pool is used up: %v", err)
	}
}

// TestChangeOnABrokenConnection: what was cut off is "try again", and the pool heals.
func TestChangeOnABrokenConnection(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	need := f.PublishNeed(f.Kent)
	in := f.OfferInput(need, 0)
	cut := in
	cut.IdempotencyKey = dbtest.NewKey()
	errs := f.CutWhileWaiting("need:"+need.String(), func(int) error {
		_, err := tendering.SubmitOffer(t.Context(), f.API, f.BidderActor(0), cut)
		return err
	})
	if !errors.Is(errs[0], db.ErrUnavailable) || f.CountRows("sealed_offer") != 0 {
		t.Errorf("cut off in the middle: %v, %d offers", errs[0], f.CountRows("sealed_offer"))
	}
	f.ExecSQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'dps_api' AND datname = current_database()")
	id, err := tendering.SubmitOffer(t.Context(), f.API, f.BidderActor(0), in)
	if err != nil || f.CountRows("sealed_offer WHERE id = $1", id) != 1 || f.CountRows("sealed_offer") != 1 {
		t.Errorf("after every connection was cut: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tendering.SubmitOffer(ctx, f.API, f.BidderActor(0), in); !errors.Is(err, db.ErrUnavailable) {
		t.Errorf("a request that was given up: %v", err)
	}
}
