package tendering_test

import (
	"errors"
	"testing"
	"time"

	rules "github.com/southeasttogether/dps/market/tendering"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/policy"
)

// TestPrematureLookIsRecordedOncePerMinute: once for each actor, need and minute of the market's clock, whether or not
// there is an offer.
func TestPrematureLookIsRecordedOncePerMinute(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	need := f.PublishNeed(f.Kent)
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
		return f.CountRows("event WHERE act = 'offer.read' AND object_id = $1 AND authority_id = $2", need, f.Kent)
	}
	f.ToNextMinute()
	for range 3 {
		look(dbtest.ActorAs(policy.OpeningOfficer, f.Kent))
	}
	if n := tried(); n != 1 {
		t.Errorf("%d records of three looks in one minute", n)
	}
	look(dbtest.ActorAs(policy.Evaluator, f.Kent))
	f.SubmitOffer(need, 0)
	f.Advance(t, time.Minute)
	look(dbtest.ActorAs(policy.OpeningOfficer, f.Kent))
	if n := tried(); n != 3 {
		t.Errorf("%d records, want one more of another actor and one of another minute", n)
	}
	look(dbtest.ActorAs(policy.OpeningOfficer, f.Lead))
	if n := tried(); n != 3 {
		t.Error("another authority's look is on this one's record")
	}
}

// TestListIsNoPrematureLook: needs that are listed with their offers are counted, and are not on record.
func TestListIsNoPrematureLook(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	needs, before := []uuid.UUID{f.PublishNeed(f.Kent), f.PublishNeed(f.Kent)}, tendering.ListedEarly()
	v := f.API.View(dbtest.ActorAs(policy.OpeningOfficer, f.Kent))
	if _, err := tendering.OffersOfNeeds(t.Context(), v, needs); err != nil {
		t.Fatal(err)
	}
	if err := v.End(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := f.CountRows("event WHERE act = 'offer.read'"); n != 0 {
		t.Errorf("%d looks are on record", n)
	}
	if n := tendering.ListedEarly() - before; n != 2 {
		t.Errorf("%d are counted", n)
	}
}

// TestPrematureLookAfterAChangeInTheSameRequest: a request that read a need before changing it sees the need as it is
// after the change.
func TestPrematureLookAfterAChangeInTheSameRequest(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	who, need := dbtest.ActorAs(policy.Commissioner, f.Kent), f.DraftNeed(f.Kent)
	v := f.API.View(who)
	if _, err := tendering.NeedsByID(t.Context(), v, []uuid.UUID{need}); err != nil {
		t.Fatal(err)
	}
	v.Renew(t.Context()) // as before each change of a request
	f.RequireDone(tendering.PublishNeed(t.Context(), f.API, who, rules.PublishNeedInput{
		IdempotencyKey: dbtest.NewKey(),
		Need:           dbtest.IDOf(need), Deadline: f.MarketNow().AddDate(0, 0, 11), UniqueReason: new("Synthetic: one of its kind"),
	}))
	_, err := tendering.OffersOfNeeds(t.Context(), v, []uuid.UUID{need})
	if err := errors.Join(err, v.End(t.Context())); err != nil || f.CountRows("event WHERE act = 'offer.read' AND object_id = $1", need) != 1 {
		t.Errorf("the look is not on record: %v", err)
	}
}
