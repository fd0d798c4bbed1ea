package db_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// TestEarlyLookIsOnRecord: once an actor, need and minute of the market's clock, whether or not there is an offer.
func TestEarlyLookIsOnRecord(t *testing.T) {
	f := newFixture(t, 1, 2)
	need := f.need(f.kent)
	look := func(a policy.Actor) {
		t.Helper()
		v := f.API.View(a)
		if found, err := v.OffersOfNeeds(t.Context(), []uuid.UUID{need}); err != nil || len(found[need]) != 0 {
			t.Errorf("read %v, %v", found, err)
		}
		if err := v.End(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	tried := func() int {
		return f.count("event WHERE act = 'offer.read' AND object_id = $1 AND authority_id = $2", need, f.kent)
	}
	f.toNextMinute()
	for range 3 {
		look(as(policy.OpeningOfficer, f.kent))
	}
	if n := tried(); n != 1 {
		t.Errorf("%d records of three looks in one minute", n)
	}
	look(as(policy.Evaluator, f.kent))
	f.offer(need, 0)
	f.Advance(t, time.Minute)
	look(as(policy.OpeningOfficer, f.kent))
	if n := tried(); n != 3 {
		t.Errorf("%d records, want one more of another actor and one of another minute", n)
	}
	look(as(policy.OpeningOfficer, f.lead))
	if n := tried(); n != 3 {
		t.Error("another authority's look is on this one's record")
	}
}

// TestEarlyLookAfterAChange: a request that read a need before its change is told by how the need is since.
func TestEarlyLookAfterAChange(t *testing.T) {
	f := newFixture(t, 1, 2)
	who, need := as(policy.Commissioner, f.kent), f.draftNeed(f.kent)
	v := f.API.View(who)
	if _, err := v.NeedsByID(t.Context(), []uuid.UUID{need}); err != nil {
		t.Fatal(err)
	}
	v.Renew(t.Context()) // as before each change of a request
	f.done(f.API.PublishNeed(t.Context(), who, market.PublishNeedInput{IdempotencyKey: key(), Need: id(need), Deadline: f.now().AddDate(0, 0, 11), UniqueReason: new("Synthetic: one of its kind")}))
	_, err := v.OffersOfNeeds(t.Context(), []uuid.UUID{need})
	if err := errors.Join(err, v.End(t.Context())); err != nil || f.count("event WHERE act = 'offer.read' AND object_id = $1", need) != 1 {
		t.Errorf("the look is not on record: %v", err)
	}
}

// TestKeysAreCountedInCharacters, as the database counts them.
func TestKeysAreCountedInCharacters(t *testing.T) {
	f := newFixture(t, 1, 2)
	for in, good := range map[string]bool{"1234567": false, "éééé": false, "éééééééé": true, strings.Repeat("é", 100): true, strings.Repeat("k", 101): false} {
		_, err := f.API.PublishLot(t.Context(), as(policy.MarketManager, f.lead), market.PublishLotInput{IdempotencyKey: in, Lot: id(uuid.New())})
		want := market.Invalid
		if good {
			want = market.NotFound
		}
		refused(t, err, want)
	}
}

// TestTextThatCannotBeKept is the caller's mistake and not the service's.
func TestTextThatCannotBeKept(t *testing.T) {
	f := newFixture(t, 1, 2)
	_, err := f.API.CreateNeed(t.Context(), as(policy.Commissioner, f.kent), market.CreateNeedInput{
		IdempotencyKey: key(), Lot: id(f.lot), AgeLow: 10, AgeHigh: 12, PrimaryNeed: autism, LegalBasis: "SECTION_20", HomeOutcode: "BN11",
		StartFrom: f.day(0), StartTo: f.day(90), Profile: "A zero\x00byte", Outcomes: "Feels safe",
	})
	refused(t, err, market.Invalid)
}

// TestPanicLeavesNoConnectionBehind, nor the locks that it held.
func TestPanicLeavesNoConnectionBehind(t *testing.T) {
	f := newFixture(t, 1, 2)
	for range 20 { // more than the pool has
		func() {
			defer func() { _ = recover() }()
			_, _ = f.API.Change(t.Context(), as(policy.Commissioner, f.kent), db.Request{Act: "need.create", Key: key()},
				func(*db.Tx) (db.Event, error) { panic("synthetic") })
		}()
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := f.API.Ping(ctx); err != nil {
		t.Errorf("the pool is used up: %v", err)
	}
}

// TestBrokenConnection: what was cut off is "try again", and the pool heals.
func TestBrokenConnection(t *testing.T) {
	f := newFixture(t, 1, 2)
	need := f.need(f.kent)
	in := f.offerInput(need, 0)
	cut := in
	cut.IdempotencyKey = key()
	errs := f.cut("need:"+need.String(), func(int) error {
		_, err := f.API.SubmitOffer(t.Context(), f.bidder(0), cut)
		return err
	})
	if !errors.Is(errs[0], db.ErrUnavailable) || f.count("sealed_offer") != 0 {
		t.Errorf("cut off in the middle: %v, %d offers", errs[0], f.count("sealed_offer"))
	}
	f.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'dps_api' AND datname = current_database()")
	id, err := f.API.SubmitOffer(t.Context(), f.bidder(0), in)
	if err != nil || f.count("sealed_offer WHERE id = $1", id) != 1 || f.count("sealed_offer") != 1 {
		t.Errorf("after every connection was cut: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.API.SubmitOffer(ctx, f.bidder(0), in); !errors.Is(err, db.ErrUnavailable) {
		t.Errorf("a request that was given up: %v", err)
	}
}
