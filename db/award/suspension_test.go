package award_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/award"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	admissionrules "github.com/southeasttogether/dps/market/admission"
	rules "github.com/southeasttogether/dps/market/award"
	tenderingrules "github.com/southeasttogether/dps/market/tendering"
	"github.com/southeasttogether/dps/policy"
)

// TestASuspensionUnderWayIsWaitedFor by whatever only an active member may do or be given, which is then refused.
func TestASuspensionUnderWayIsWaitedFor(t *testing.T) {
	officer := func(f *dbtest.Fixture) policy.Actor { return dbtest.ActorAs(policy.Commissioner, f.Kent) }
	ranked := func(f *dbtest.Fixture) uuid.UUID {
		need := f.PublishNeed(f.Kent)
		offer := f.SubmitOffer(need, 0)
		f.Advance(f.T, 12*24*time.Hour)
		f.RankOffers(f.Kent, need, offer)
		return offer
	}
	published := func(f *dbtest.Fixture) uuid.UUID { return f.PublishNeed(f.Kent) }
	for name, c := range map[string]struct {
		prepare func(*dbtest.Fixture) uuid.UUID
		try     func(*dbtest.Fixture, uuid.UUID) (uuid.UUID, error)
	}{
		"an offer": {published, func(f *dbtest.Fixture, need uuid.UUID) (uuid.UUID, error) {
			return tendering.SubmitOffer(f.T.Context(), f.API, f.BidderActor(0), f.OfferInput(need, 0))
		}},
		"an intention": {published, func(f *dbtest.Fixture, need uuid.UUID) (uuid.UUID, error) {
			return tendering.AnswerInvitation(f.T.Context(), f.API, f.BidderActor(0), tenderingrules.AnswerInvitationInput{
				IdempotencyKey: dbtest.NewKey(), Need: dbtest.IDOf(need), Answer: market.InvitationIntends,
			})
		}},
		"a question": {published, func(f *dbtest.Fixture, need uuid.UUID) (uuid.UUID, error) {
			return tendering.AskClarification(f.T.Context(), f.API, f.BidderActor(0), tenderingrules.AskClarificationInput{
				IdempotencyKey: dbtest.NewKey(), Need: dbtest.IDOf(need), Question: "Is there a garden?",
			})
		}},
		"a proposal": {ranked, func(f *dbtest.Fixture, offer uuid.UUID) (uuid.UUID, error) {
			return award.ProposeAward(f.T.Context(), f.API, officer(f), rules.ProposeAwardInput{
				IdempotencyKey: dbtest.NewKey(), Offer: dbtest.IDOf(offer), Reason: "The best offer",
			})
		}},
		"an approval": {
			func(f *dbtest.Fixture) uuid.UUID { return f.ProposeAward(f.Kent, ranked(f)) },
			func(f *dbtest.Fixture, id uuid.UUID) (uuid.UUID, error) {
				return award.ApproveAward(f.T.Context(), f.API, dbtest.ActorAs(policy.Approver, f.Kent), rules.ApproveAwardInput{
					IdempotencyKey: dbtest.NewKey(), Award: dbtest.IDOf(id),
				})
			},
		},
		"an acceptance": {
			func(f *dbtest.Fixture) uuid.UUID { return f.ApproveAwardWith(f.Kent, ranked(f), false) },
			func(f *dbtest.Fixture, id uuid.UUID) (uuid.UUID, error) {
				return award.AcceptAward(f.T.Context(), f.API, f.BidderActor(0), rules.AcceptAwardInput{
					IdempotencyKey: dbtest.NewKey(), Award: dbtest.IDOf(id),
				})
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := dbtest.NewFixture(t, 1, 2)
			object := c.prepare(f)
			release := f.HoldRow(t, "membership", dbtest.MembershipOf(f, 0))
			suspension, act := make(chan error, 1), make(chan error, 1)
			go func() { suspension <- suspend(f) }()
			f.AwaitWaiting(t, "transactionid", suspension)
			go func() { _, err := c.try(f, object); act <- err }()
			f.AwaitWaiting(t, "advisory", act)
			release()
			if err := <-suspension; err != nil {
				t.Error(err)
			}
			if dbtest.CountSucceeded(t, []error{<-act}, market.NotAdmitted, market.NotFound) != 0 { // it does not find the need any more
				t.Error("it was taken from a suspended member")
			}
		})
	}
}

// TestASuspensionWaitsForAnApprovalUnderWay, which then counts.
func TestASuspensionWaitsForAnApprovalUnderWay(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	need := f.PublishNeed(f.Kent)
	offer := f.SubmitOffer(need, 0)
	f.Advance(t, 12*24*time.Hour)
	f.RankOffers(f.Kent, need, offer)
	id := f.ProposeAward(f.Kent, offer)
	release := f.HoldRow(t, "award", id)
	suspension, approval := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := award.ApproveAward(t.Context(), f.API, dbtest.ActorAs(policy.Approver, f.Kent),
			rules.ApproveAwardInput{IdempotencyKey: dbtest.NewKey(), Award: dbtest.IDOf(id)})
		approval <- err
	}()
	f.AwaitWaiting(t, "transactionid", approval)
	go func() { suspension <- suspend(f) }()
	f.AwaitWaiting(t, "advisory", suspension)
	release()
	if err := errors.Join(<-approval, <-suspension); err != nil {
		t.Error(err)
	}
}

func suspend(f *dbtest.Fixture) error {
	_, err := admission.SuspendMembership(f.T.Context(), f.API, dbtest.ActorAs(policy.MarketManager, f.Lead),
		admissionrules.SuspendMembershipInput{
			IdempotencyKey: dbtest.NewKey(), Membership: dbtest.IDOf(dbtest.MembershipOf(f, 0)), Reason: "Synthetic",
		})
	return err
}
