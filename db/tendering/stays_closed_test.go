package tendering_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/tendering"
	"github.com/southeasttogether/dps/policy"
)

// TestWhatWasClosedStaysClosed: the clock of the database goes back to before the deadline of a need that was closed, or opened.
func TestWhatWasClosedStaysClosed(t *testing.T) {
	for name, after := range map[string]func(f *dbtest.Fixture, need, offer uuid.UUID){
		"closed": func(f *dbtest.Fixture, _, _ uuid.UUID) { f.RunWorker() },
		"opened": func(f *dbtest.Fixture, need, offer uuid.UUID) { f.RankOffers(f.Kent, need, offer) },
	} {
		t.Run(name, func(t *testing.T) {
			f := dbtest.NewFixture(t, 2, 2)
			ctx, officer := t.Context(), dbtest.ActorAs(policy.Commissioner, f.Kent)
			need := f.PublishNeed(f.Kent)
			offer := f.SubmitOffer(need, 0)
			f.Advance(t, 12*24*time.Hour)
			after(f, need, offer)
			f.TurnClockBack(2 * 24 * time.Hour)
			offered := func(i int) func() (uuid.UUID, error) {
				return func() (uuid.UUID, error) {
					return tendering.SubmitOffer(ctx, f.API, f.BidderActor(i), f.OfferInput(need, i))
				}
			}
			for what, try := range map[string]func() (uuid.UUID, error){
				"a new offer": offered(1), "an amendment": offered(0),
				"a withdrawal": func() (uuid.UUID, error) {
					return tendering.WithdrawOffer(ctx, f.API, f.BidderActor(0),
						rules.WithdrawOfferInput{IdempotencyKey: dbtest.NewKey(), Offer: dbtest.IDOf(offer)})
				},
				"a chase": func() (uuid.UUID, error) {
					return tendering.ChaseInvitations(ctx, f.API, officer,
						rules.ChaseInvitationsInput{IdempotencyKey: dbtest.NewKey(), Need: dbtest.IDOf(need), Words: "Can you offer a place?"})
				},
				"a question": func() (uuid.UUID, error) {
					return tendering.AskClarification(ctx, f.API, f.BidderActor(1),
						rules.AskClarificationInput{IdempotencyKey: dbtest.NewKey(), Need: dbtest.IDOf(need), Question: "Is there a garden?"})
				},
			} {
				_, err := try()
				if dbtest.CountSucceeded(t, []error{err}, market.DeadlinePassed) != 0 {
					t.Errorf("%s was taken after the need was %s", what, name)
				}
			}
			for what, write := range map[string]string{
				"a new offer": `INSERT INTO dps.sealed_offer (id, need_id, authority_id, provider_id, setting_id, version, received_at, receipt)
					SELECT gen_random_uuid(), $1, authority_id, $2, $3, 1, dps.now(), 'synthetic' FROM dps.need WHERE id = $1`,
				"a withdrawal": `UPDATE dps.sealed_offer SET withdrawn_at = dps.now() WHERE need_id = $1 AND provider_id = $2 AND setting_id = $3`,
			} {
				i := map[string]int{"a new offer": 1, "a withdrawal": 0}[what]
				tx := f.Become(t, f.BidderActor(i))
				if _, err := tx.Exec(write, need, f.Providers[i], f.Settings[i]); err != nil {
					t.Fatal(err)
				}
				dbtest.RequireSQLState(t, tx.Commit(), "DPS05")
			}
		})
	}
}
