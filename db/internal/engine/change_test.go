package engine_test

import (
	"strings"
	"testing"
	"time"

	admissionrules "github.com/southeasttogether/dps/market/admission"
	evaluationrules "github.com/southeasttogether/dps/market/evaluation"
	tenderingrules "github.com/southeasttogether/dps/market/tendering"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/evaluation"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// TestChangeCountsItsKeyInCharacters, as the database counts them.
func TestChangeCountsItsKeyInCharacters(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	for in, good := range map[string]bool{
		"1234567": false, "éééé": false, "éééééééé": true, strings.Repeat("é", 100): true,
		strings.Repeat("k", 101): false,
	} {
		_, err := admission.PublishLot(t.Context(), f.API, dbtest.ActorAs(policy.MarketManager, f.Lead),
			admissionrules.PublishLotInput{IdempotencyKey: in, Lot: dbtest.IDOf(uuid.New())})
		want := market.Invalid
		if good {
			want = market.NotFound
		}
		dbtest.RequireRefused(t, err, want)
	}
}

// TestChangeRefusesAZeroByte is the caller's mistake and not the service's.
func TestChangeRefusesAZeroByte(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	_, err := tendering.CreateNeed(t.Context(), f.API, dbtest.ActorAs(policy.Commissioner, f.Kent), tenderingrules.CreateNeedInput{
		IdempotencyKey: dbtest.NewKey(), Lot: dbtest.IDOf(f.Lot), AgeLow: 10, AgeHigh: 12, PrimaryNeed: dbtest.AutismNeed,
		LegalBasis: "SECTION_20", HomeOutcode: "BN11",
		StartFrom: f.DayFromNow(0), StartTo: f.DayFromNow(90), Profile: "A zero\x00byte", Outcomes: "Feels safe",
	})
	dbtest.RequireRefused(t, err, market.Invalid)
}

func TestChangeWithTheSameKeyActsOnce(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	commissioner := dbtest.ActorAs(policy.Commissioner, f.Kent)
	in := tenderingrules.CreateNeedInput{
		IdempotencyKey: dbtest.NewKey(), Lot: dbtest.IDOf(f.Lot), AgeLow: 10, AgeHigh: 12, PrimaryNeed: dbtest.AutismNeed,
		LegalBasis: "SECTION_20", HomeOutcode: "BN11",
		StartFrom: f.DayFromNow(0), StartTo: f.DayFromNow(90), Profile: "A calm place", Outcomes: "Feels safe",
	}
	answers := make([]uuid.UUID, 20)
	errs := dbtest.AtOnce(20, func(i int) (err error) {
		answers[i], err = tendering.CreateNeed(t.Context(), f.API, commissioner, in)
		return err
	})
	if n := dbtest.CountSucceeded(t, errs); n != 20 || f.CountRows("need") != 1 || f.CountRows("event WHERE act = 'need.create'") != 1 {
		t.Fatalf("%d of 20 answered, %d needs, %d events", n, f.CountRows("need"), f.CountRows("event WHERE act = 'need.create'"))
	}
	for _, a := range answers {
		if a != answers[0] {
			t.Errorf("answers differ: %s and %s", a, answers[0])
		}
	}
	in.Profile = "Another place"
	_, err := tendering.CreateNeed(t.Context(), f.API, commissioner, in)
	dbtest.RequireRefused(t, err, market.KeyReused)
	someoneElse := commissioner
	someoneElse.Person = "synthetic-second-commissioner"
	if other := f.RequireDone(tendering.CreateNeed(t.Context(), f.API, someoneElse, in)); other == answers[0] {
		t.Error("one person's key answered for another")
	}
}

// TestChangeRemembersWhatWasDecided: a retry of what was refused answers the same, though it would be allowed by now.
func TestChangeRemembersWhatWasDecided(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	draft := f.DraftNeed(f.Kent)
	in := evaluationrules.OpenOffersInput{IdempotencyKey: dbtest.NewKey(), Need: dbtest.IDOf(draft)}
	officer := dbtest.ActorAs(policy.OpeningOfficer, f.Kent)
	_, err := evaluation.OpenOffers(t.Context(), f.API, officer, in)
	dbtest.RequireRefused(t, err, market.WrongState)
	f.PublishDraft(f.Kent, draft)
	f.Advance(t, 13*24*time.Hour)
	f.DeclareNoInterest(draft, officer)
	_, err = evaluation.OpenOffers(t.Context(), f.API, officer, in)
	dbtest.RequireRefused(t, err, market.WrongState)
	in.IdempotencyKey = dbtest.NewKey()
	f.RequireDone(evaluation.OpenOffers(t.Context(), f.API, officer, in))
}

// TestChangeAsksAgainWhatPasses: a refusal that time or another step makes pass is not kept. The key acts once all the same.
func TestChangeAsksAgainWhatPasses(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	need := f.PublishNeed(f.Kent)
	in := evaluationrules.OpenOffersInput{IdempotencyKey: dbtest.NewKey(), Need: dbtest.IDOf(need)}
	officer := dbtest.ActorAs(policy.OpeningOfficer, f.Kent)
	for range 2 {
		_, err := evaluation.OpenOffers(t.Context(), f.API, officer, in)
		dbtest.RequireRefused(t, err, market.TooEarly)
	}
	f.Advance(t, 13*24*time.Hour)
	_, err := evaluation.OpenOffers(t.Context(), f.API, officer, in)
	dbtest.RequireRefused(t, err, market.ConflictOfInterest) // the officer has not declared yet
	f.DeclareNoInterest(need, officer)
	for range 2 {
		f.RequireDone(evaluation.OpenOffers(t.Context(), f.API, officer, in))
	}
	if n := f.CountRows("event WHERE act = 'offer.open' AND 'opened' = ANY (changed)"); n != 1 {
		t.Errorf("opened %d times", n)
	}
}

// TestChangeRefusedAtCommitLeavesNothing: refused at the commit itself, after everything was written.
func TestChangeRefusedAtCommitLeavesNothing(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	need := f.PublishNeed(f.Kent)
	f.ExecSQL("CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'deadline' USING ERRCODE = 'DPS05'; END $$")
	f.ExecSQL("CREATE CONSTRAINT TRIGGER late AFTER INSERT ON dps.sealed_part DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION " +
		"late()")
	events := f.CountRows("event")
	_, err := tendering.SubmitOffer(t.Context(), f.API, f.BidderActor(0), f.OfferInput(need, 0))
	dbtest.RequireRefused(t, err, market.DeadlinePassed)
	if f.CountRows("sealed_offer") != 0 || f.CountRows("sealed_part") != 0 || f.CountRows("offer_tally WHERE offer_id <> need_id") != 0 ||
		f.CountRows("event") != events {
		t.Error("something is left of a change that was refused")
	}
}

// TestChangeFailsWithoutItsEvent: where the log cannot be written, nothing happens.
func TestChangeFailsWithoutItsEvent(t *testing.T) {
	f := dbtest.NewFixture(t, 1, 2)
	need := f.PublishNeed(f.Kent)
	f.ExecSQL("REVOKE INSERT ON dps.event FROM dps_bids_manager")
	if _, err := tendering.SubmitOffer(t.Context(), f.API, f.BidderActor(0), f.OfferInput(need, 0)); err == nil {
		t.Error("an offer was taken without its event")
	}
	if f.CountRows("sealed_offer") != 0 {
		t.Error("an offer is there without its event")
	}
}
