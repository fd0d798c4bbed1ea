package dbtest

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/award"
	"github.com/southeasttogether/dps/db/evaluation"
	"github.com/southeasttogether/dps/db/placement"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	admissionrules "github.com/southeasttogether/dps/market/admission"
	awardrules "github.com/southeasttogether/dps/market/award"
	evaluationrules "github.com/southeasttogether/dps/market/evaluation"
	placementrules "github.com/southeasttogether/dps/market/placement"
	tenderingrules "github.com/southeasttogether/dps/market/tendering"
	"github.com/southeasttogether/dps/policy"
)

// SubmitApplication is the first provider's application to another lot.
func SubmitApplication(f *Fixture) uuid.UUID {
	f.T.Helper()
	lot := f.DraftLot(market.ProcedureMatching)
	f.RequireDone(admission.PublishLot(f.T.Context(), f.API, ActorAs(policy.MarketManager, f.Lead),
		admissionrules.PublishLotInput{IdempotencyKey: NewKey(), Lot: IDOf(lot)}))
	return f.RequireDone(admission.SubmitApplication(f.T.Context(), f.API, f.BidderActor(0),
		admissionrules.SubmitApplicationInput{
			IdempotencyKey: NewKey(), Lot: IDOf(lot), Statement: "Synthetic statement",
			NoGroundForExclusion: true,
		}))
}

// RecordInsurance records a declaration of the first provider, essential in its lot, that is valid for the given number
// of days; the second provider's lasts longer.
func RecordInsurance(f *Fixture, days int) (evidence uuid.UUID) {
	f.T.Helper()
	f.TamperWith(fmt.Sprintf("INSERT INTO dps.lot_evidence VALUES ('%s', '%s', 'MODERN_SLAVERY', true)", f.Lot, f.Lead))
	for i, valid := range []int{days, 360} {
		given := f.RequireDone(admission.RecordEvidence(f.T.Context(), f.API, f.BidderActor(i),
			admissionrules.RecordEvidenceInput{
				IdempotencyKey: NewKey(), Kind: "MODERN_SLAVERY", Reference: "Synthetic",
				ValidFrom: f.DayFromNow(0), ValidUntil: f.DayFromNow(valid), Declared: new(true),
			}))
		if i == 0 {
			evidence = given
		}
	}
	return evidence
}

// MakePlacement makes a placement of the first provider. Its first day can be recorded or not.
func MakePlacement(f *Fixture, started bool) (placementID uuid.UUID) {
	f.T.Helper()
	_, awardID := f.AwardNeed(f.Kent, 0)
	f.RequireDone(award.AcceptAward(f.T.Context(), f.API, f.BidderActor(0), awardrules.AcceptAwardInput{
		IdempotencyKey: NewKey(),
		Award:          IDOf(awardID),
	}))
	f.QueryValue(&placementID, "SELECT id FROM dps.placement")
	if started {
		f.ExecSQL("UPDATE dps.placement SET starts_on = (dps.now() AT TIME ZONE 'Europe/London')::date, started_at = dps.now()")
	}
	return placementID
}

// PublishLot publishes a lot of a procedure, which is the fixture's from now on.
func (f *Fixture) PublishLot(procedure market.ProcedureCode) {
	f.T.Helper()
	f.Lot = f.DraftLot(procedure)
	f.RequireDone(admission.PublishLot(f.T.Context(), f.API, ActorAs(policy.MarketManager, f.Lead),
		admissionrules.PublishLotInput{IdempotencyKey: NewKey(), Lot: IDOf(f.Lot)}))
	f.criteria = nil
	f.ScanRows("SELECT id FROM dps.criterion WHERE lot_id = $1 AND kind = 'QUALITY'", []any{f.Lot}, func(rows *sql.Rows) error {
		var c uuid.UUID
		err := rows.Scan(&c)
		f.criteria = append(f.criteria, c)
		return err
	})
}

// DraftLot creates a lot that nobody has published. Its name is its own, because no two lots of a market have the same.
func (f *Fixture) DraftLot(procedure market.ProcedureCode) uuid.UUID {
	f.T.Helper()
	return f.RequireDone(admission.CreateLot(f.T.Context(), f.API, ActorAs(policy.MarketManager, f.Lead), admissionrules.CreateLotInput{
		IdempotencyKey: NewKey(), Market: IDOf(f.Market), Name: "Homes " + NewKey(), Description: "Synthetic lot", Kind: "CHILDRENS_HOME",
		Procedure: procedure,
		AgeLow:    8, AgeHigh: 17, Needs: []string{AutismNeed}, Contract: "Synthetic contract", ContractVersion: "1",
		Criteria: []admissionrules.CriterionInput{
			{Kind: market.CriterionQuality, Name: "Match", Description: "How well it fits", Weight: market.Pounds("60"), TopScore: 5},
			{Kind: market.CriterionPrice, Name: "Price", Description: "A year", Weight: market.Pounds("40"), TopScore: 100},
		},
	}))
}

// AdmitProvider has provider i apply to the fixture's lot, and admits it.
func (f *Fixture) AdmitProvider(i int) {
	f.T.Helper()
	application := f.RequireDone(admission.SubmitApplication(f.T.Context(), f.API, f.BidderActor(i), admissionrules.SubmitApplicationInput{
		IdempotencyKey: NewKey(), Lot: IDOf(f.Lot), Statement: "Synthetic statement", NoGroundForExclusion: true,
	}))
	f.RequireDone(admission.DecideApplication(f.T.Context(), f.API, ActorAs(policy.MarketManager, f.Lead),
		admissionrules.DecideApplicationInput{
			IdempotencyKey: NewKey(), Application: IDOf(application), Decision: admissionrules.ApplicationAdmitted, Reasons: "It meets the criteria",
		}))
}

// PublishNeed publishes a need of an authority that closes in 11 days.
func (f *Fixture) PublishNeed(authority uuid.UUID) uuid.UUID {
	f.T.Helper()
	need := f.DraftNeed(authority)
	f.PublishDraft(authority, need)
	return need
}

// PublishDraft publishes a draft until eleven days from now.
func (f *Fixture) PublishDraft(authority, need uuid.UUID) {
	f.T.Helper()
	f.RequireDone(tendering.PublishNeed(f.T.Context(), f.API, ActorAs(policy.Commissioner, authority), tenderingrules.PublishNeedInput{
		IdempotencyKey: NewKey(), Need: IDOf(need), Deadline: f.MarketNow().AddDate(0, 0, 11),
		UniqueReason: new("The only synthetic one of its kind"),
	}))
}

// DraftNeed creates a need of an authority in the fixture's lot.
func (f *Fixture) DraftNeed(authority uuid.UUID) uuid.UUID {
	f.T.Helper()
	return f.RequireDone(tendering.CreateNeed(f.T.Context(), f.API, ActorAs(policy.Commissioner, authority), tenderingrules.CreateNeedInput{
		IdempotencyKey: NewKey(), Lot: IDOf(f.Lot), AgeLow: 10, AgeHigh: 12, PrimaryNeed: AutismNeed, LegalBasis: "SECTION_20",
		HomeOutcode: "BN11", TravelMiles: 20,
		StartFrom: f.DayFromNow(0), StartTo: f.DayFromNow(90), Profile: "A calm place with few others", Outcomes: "Feels safe",
	}))
}

// OfferInput is an offer of provider i to a need: one place at 4,000 pounds a week for 52 weeks.
func (f *Fixture) OfferInput(need uuid.UUID, i int) tenderingrules.SubmitOfferInput {
	return tenderingrules.SubmitOfferInput{
		IdempotencyKey: NewKey(), Need: IDOf(need), Setting: IDOf(f.Settings[i]), StartsOn: f.DayFromNow(30), Places: 1, NeedsMet: "Each need",
		OutcomesMet: "Each outcome",
		Weeks:       52, Fees: []tenderingrules.FeeInput{{Kind: "RESIDENTIAL_CARE", Description: "Care", Weekly: market.Pounds("4000.00")}},
	}
}

// SubmitOffer has provider i submit the offer of OfferInput.
func (f *Fixture) SubmitOffer(need uuid.UUID, i int) uuid.UUID {
	f.T.Helper()
	return f.RequireDone(tendering.SubmitOffer(f.T.Context(), f.API, f.BidderActor(i), f.OfferInput(need, i)))
}

// RankOffers opens the offers of a need after its deadline and evaluates them, up to the ranking.
func (f *Fixture) RankOffers(authority, need uuid.UUID, offers ...uuid.UUID) {
	f.T.Helper()
	ctx := f.T.Context()
	f.DeclareNoInterest(need, ActorAs(policy.OpeningOfficer, authority), ActorAs(policy.Commissioner, authority), ActorAs(policy.Evaluator,
		authority), ActorAs(policy.Approver, authority))
	f.RequireDone(evaluation.OpenOffers(ctx, f.API, ActorAs(policy.OpeningOfficer, authority),
		evaluationrules.OpenOffersInput{IdempotencyKey: NewKey(), Need: IDOf(need)}))
	var checks []evaluationrules.SuitabilityCheckInput
	for _, c := range market.SuitabilityCodes {
		checks = append(checks, evaluationrules.SuitabilityCheckInput{Check: c, Passed: true, Reason: "Few others, and calm"})
	}
	for _, o := range offers {
		f.RequireDone(evaluation.AssessSuitability(ctx, f.API, ActorAs(policy.Commissioner, authority),
			evaluationrules.AssessSuitabilityInput{IdempotencyKey: NewKey(), Offer: IDOf(o), Checks: checks}))
		f.RequireDone(evaluation.ScoreOffer(ctx, f.API, ActorAs(policy.Evaluator, authority), evaluationrules.ScoreOfferInput{
			IdempotencyKey: NewKey(), Offer: IDOf(o), Scores: []evaluationrules.ScoreInput{{
				Criterion: IDOf(f.criteria[0]),
				Points:    4, Comment: "Fits well",
			}},
		}))
	}
	f.RequireDone(evaluation.LockScores(ctx, f.API, ActorAs(policy.Evaluator, authority),
		evaluationrules.LockScoresInput{IdempotencyKey: NewKey(), Need: IDOf(need)}))
}

// DeclareNoInterest makes people declare that they have no interest in a need's outcome.
func (f *Fixture) DeclareNoInterest(need uuid.UUID, people ...policy.Actor) {
	f.T.Helper()
	for _, who := range people {
		f.RequireDone(tendering.DeclareInterest(f.T.Context(), f.API, who, tenderingrules.DeclareInterestInput{
			IdempotencyKey: NewKey(),
			Need:           IDOf(need),
		}))
	}
}

// AwardNeed takes a need of an authority from its draft to an approved award to provider i.
func (f *Fixture) AwardNeed(authority uuid.UUID, i int) (need, awardID uuid.UUID) {
	f.T.Helper()
	need = f.PublishNeed(authority)
	offer := f.SubmitOffer(need, i)
	f.Advance(f.T, 12*24*time.Hour)
	f.RankOffers(authority, need, offer)
	return need, f.approveAward(authority, offer)
}

func (f *Fixture) approveAward(authority, offer uuid.UUID) uuid.UUID {
	f.T.Helper()
	return f.ApproveAwardWith(authority, offer, false)
}

// ApproveAwardWith proposes an award to an offer and approves it, with or without a standstill.
func (f *Fixture) ApproveAwardWith(authority, offer uuid.UUID, standstill bool) uuid.UUID {
	f.T.Helper()
	return f.RequireDone(award.ApproveAward(f.T.Context(), f.API, ActorAs(policy.Approver, authority),
		awardrules.ApproveAwardInput{IdempotencyKey: NewKey(), Award: IDOf(f.ProposeAward(authority, offer)), Standstill: standstill}))
}

// ProposeAward proposes an award to an offer that can be approved as it is.
func (f *Fixture) ProposeAward(authority, offer uuid.UUID) uuid.UUID {
	f.T.Helper()
	awardID := f.RequireDone(award.ProposeAward(f.T.Context(), f.API, ActorAs(policy.Commissioner, authority), awardrules.ProposeAwardInput{
		IdempotencyKey: NewKey(), Offer: IDOf(offer), Reason: "The best offer",
	}))
	var need uuid.UUID
	f.QueryValue(&need, "SELECT need_id FROM dps.offer WHERE id = $1", offer)
	f.RequireDone(award.RecordPanelDecision(f.T.Context(), f.API, ActorAs(policy.Commissioner, authority), awardrules.RecordPanelDecisionInput{
		IdempotencyKey: NewKey(), Need: IDOf(need), DecidedOn: f.DayFromNow(0), Agreed: true, Reasons: "No place nearer",
		Education: market.Pounds("100"),
	}))
	f.ExecSQL(`INSERT INTO dps.area_approval (need_id, authority_id, setting_id, distance, approved_by, grounds, emergency, area_told_on,
			approved_at, person)
		SELECT o.need_id, o.authority_id, o.setting_id, 'DISTANT', 'DIRECTOR', 'Synthetic', false, dps.now()::date, dps.now(), 'synthetic'
		FROM dps.offer o WHERE o.id = $1 ON CONFLICT DO NOTHING`, offer)
	return awardID
}

// StartPlacement places a child of an authority in the home of provider i, and returns its need and placement.
func StartPlacement(f *Fixture, authority uuid.UUID, i int) (need, placementID uuid.UUID) {
	f.T.Helper()
	ctx := f.T.Context()
	need, awardID := f.AwardNeed(authority, i)
	f.RequireDone(award.AcceptAward(ctx, f.API, f.BidderActor(i), awardrules.AcceptAwardInput{IdempotencyKey: NewKey(), Award: IDOf(awardID)}))
	f.QueryValue(&placementID, "SELECT id FROM dps.placement WHERE award_id = $1", awardID)
	for _, side := range []policy.Actor{f.BidderActor(i), ActorAs(policy.Commissioner, authority)} {
		f.RequireDone(placement.SignAgreement(ctx, f.API, side, placementrules.SignAgreementInput{
			IdempotencyKey: NewKey(),
			Placement:      IDOf(placementID),
		}))
	}
	f.Advance(f.T, 40*24*time.Hour)
	f.RequireDone(placement.StartPlacement(ctx, f.API, ActorAs(policy.Commissioner, authority),
		placementrules.StartPlacementInput{IdempotencyKey: NewKey(), Placement: IDOf(placementID)}))
	return need, placementID
}
