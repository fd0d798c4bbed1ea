package award_test

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/db/award"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/award"
	"github.com/southeasttogether/dps/policy"
)

// TestLapsedEvidenceCountsBeforeTheWorkerSeesIt: a provider whose essential evidence lapsed makes no offer, and no award to it is approved,
// even where no clock worker runs.
func TestLapsedEvidenceCountsBeforeTheWorkerSeesIt(t *testing.T) {
	f := dbtest.NewFixture(t, 2, 2)
	dbtest.RecordInsurance(f, 13)
	need := f.PublishNeed(f.Kent)
	offer := f.SubmitOffer(need, 0)
	f.Advance(t, 12*24*time.Hour)
	f.RankOffers(f.Kent, need, offer)
	id, later := f.ProposeAward(f.Kent, offer), f.PublishNeed(f.Kent)
	f.Advance(t, 2*24*time.Hour)
	_, approval := award.ApproveAward(t.Context(), f.API, dbtest.ActorAs(policy.Approver, f.Kent),
		rules.ApproveAwardInput{IdempotencyKey: dbtest.NewKey(), Award: dbtest.IDOf(id)})
	_, submitted := tendering.SubmitOffer(t.Context(), f.API, f.BidderActor(0), f.OfferInput(later, 0))
	if dbtest.CountSucceeded(t, []error{approval, submitted}, market.NotAdmitted) != 0 {
		t.Errorf("approval: %v, offer: %v", approval, submitted)
	}
	f.SubmitOffer(later, 1) // the evidence of the other is valid
	if f.CountRows("membership WHERE lapsed_at IS NOT NULL") != 0 {
		t.Error("a worker was there")
	}
}
