package db_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// TestPrematureLookIsRecordedOncePerMinute: once an actor, need and minute of the market's clock, whether or not there is an offer.
func TestPrematureLookIsRecordedOncePerMinute(t *testing.T) {
	f := newFixture(t, 1, 2)
	need := f.publishNeed(f.kent)
	look := func(a policy.Actor) {
		t.Helper()
		v := f.API.View(a)
		if found, err := tendering.OffersOfNeeds(t.Context(), v, []uuid.UUID{need}); err != nil || len(found[need]) != 0 {
			t.Errorf("read %v, %v", found, err)
		}
		if err := v.End(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	tried := func() int {
		return f.countRows("event WHERE act = 'offer.read' AND object_id = $1 AND authority_id = $2", need, f.kent)
	}
	f.toNextMinute()
	for range 3 {
		look(actorAs(policy.OpeningOfficer, f.kent))
	}
	if n := tried(); n != 1 {
		t.Errorf("%d records of three looks in one minute", n)
	}
	look(actorAs(policy.Evaluator, f.kent))
	f.submitOffer(need, 0)
	f.Advance(t, time.Minute)
	look(actorAs(policy.OpeningOfficer, f.kent))
	if n := tried(); n != 3 {
		t.Errorf("%d records, want one more of another actor and one of another minute", n)
	}
	look(actorAs(policy.OpeningOfficer, f.lead))
	if n := tried(); n != 3 {
		t.Error("another authority's look is on this one's record")
	}
}

// TestPrematureLookAfterAChangeInTheSameRequest: a request that read a need before its change is told by how the need is since.
func TestPrematureLookAfterAChangeInTheSameRequest(t *testing.T) {
	f := newFixture(t, 1, 2)
	who, need := actorAs(policy.Commissioner, f.kent), f.draftNeed(f.kent)
	v := f.API.View(who)
	if _, err := tendering.NeedsByID(t.Context(), v, []uuid.UUID{need}); err != nil {
		t.Fatal(err)
	}
	v.Renew(t.Context()) // as before each change of a request
	f.requireDone(tendering.PublishNeed(t.Context(), f.API, who, market.PublishNeedInput{IdempotencyKey: newKey(), Need: idOf(need), Deadline: f.marketNow().AddDate(0, 0, 11), UniqueReason: new("Synthetic: one of its kind")}))
	_, err := tendering.OffersOfNeeds(t.Context(), v, []uuid.UUID{need})
	if err := errors.Join(err, v.End(t.Context())); err != nil || f.countRows("event WHERE act = 'offer.read' AND object_id = $1", need) != 1 {
		t.Errorf("the look is not on record: %v", err)
	}
}

// TestChangeCountsItsKeyInCharacters, as the database counts them.
func TestChangeCountsItsKeyInCharacters(t *testing.T) {
	f := newFixture(t, 1, 2)
	for in, good := range map[string]bool{"1234567": false, "éééé": false, "éééééééé": true, strings.Repeat("é", 100): true, strings.Repeat("k", 101): false} {
		_, err := admission.PublishLot(t.Context(), f.API, actorAs(policy.MarketManager, f.lead), market.PublishLotInput{IdempotencyKey: in, Lot: idOf(uuid.New())})
		want := market.Invalid
		if good {
			want = market.NotFound
		}
		requireRefused(t, err, want)
	}
}

// TestChangeRefusesAZeroByte is the caller's mistake and not the service's.
func TestChangeRefusesAZeroByte(t *testing.T) {
	f := newFixture(t, 1, 2)
	_, err := tendering.CreateNeed(t.Context(), f.API, actorAs(policy.Commissioner, f.kent), market.CreateNeedInput{
		IdempotencyKey: newKey(), Lot: idOf(f.lot), AgeLow: 10, AgeHigh: 12, PrimaryNeed: autismNeed, LegalBasis: "SECTION_20", HomeOutcode: "BN11",
		StartFrom: f.dayFromNow(0), StartTo: f.dayFromNow(90), Profile: "A zero\x00byte", Outcomes: "Feels safe",
	})
	requireRefused(t, err, market.Invalid)
}

// TestChangeThatPanicsReleasesItsConnection, nor the locks that it held.
func TestChangeThatPanicsReleasesItsConnection(t *testing.T) {
	f := newFixture(t, 1, 2)
	for range 20 { // more than the pool has
		func() {
			defer func() { _ = recover() }()
			_, _ = f.API.Change(t.Context(), actorAs(policy.Commissioner, f.kent), db.Request{Act: "need.create", Key: newKey()},
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
	f := newFixture(t, 1, 2)
	need := f.publishNeed(f.kent)
	in := f.offerInput(need, 0)
	cut := in
	cut.IdempotencyKey = newKey()
	errs := f.cutWhileWaiting("need:"+need.String(), func(int) error {
		_, err := tendering.SubmitOffer(t.Context(), f.API, f.bidderActor(0), cut)
		return err
	})
	if !errors.Is(errs[0], db.ErrUnavailable) || f.countRows("sealed_offer") != 0 {
		t.Errorf("cut off in the middle: %v, %d offers", errs[0], f.countRows("sealed_offer"))
	}
	f.execSQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'dps_api' AND datname = current_database()")
	id, err := tendering.SubmitOffer(t.Context(), f.API, f.bidderActor(0), in)
	if err != nil || f.countRows("sealed_offer WHERE id = $1", id) != 1 || f.countRows("sealed_offer") != 1 {
		t.Errorf("after every connection was cut: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tendering.SubmitOffer(ctx, f.API, f.bidderActor(0), in); !errors.Is(err, db.ErrUnavailable) {
		t.Errorf("a request that was given up: %v", err)
	}
}
