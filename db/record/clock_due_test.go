package record_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/db/evaluation"
	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	admissionrules "github.com/southeasttogether/dps/market/admission"
	evaluationrules "github.com/southeasttogether/dps/market/evaluation"
	rules "github.com/southeasttogether/dps/market/record"
	tenderingrules "github.com/southeasttogether/dps/market/tendering"
	"github.com/southeasttogether/dps/policy"
)

// clockCase is a thing that becomes due: how a market comes to wait for it, and until when it waits. A condition on the
// log counts what has happened by then.
type clockCase struct {
	arrange func(f *dbtest.Fixture) (about uuid.UUID, due time.Time)
	act     string // the event's act
	changed string // what it names, if the act does not say it
	passes  bool   // long after its time there is nothing left to do
	times   int    // how many capacities it concerns; one if it is not given
}

// clockCases are everything that the worker does, by name: its own work, and every kind of alert.
var clockCases = map[string]clockCase{
	"need.close": {act: "need.close", arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		need := f.PublishNeed(f.Kent)
		return need, dbtest.QueryTime(f, "SELECT deadline FROM dps.need WHERE id = $1", need)
	}},
	"award.lapse": {act: "award.lapse", arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		_, award := f.AwardNeed(f.Kent, 0)
		return award, dbtest.QueryTime(f, "SELECT accept_by FROM dps.award WHERE id = $1", award)
	}},
	"membership.lapse": {act: "membership.lapse", arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		dbtest.RecordInsurance(f, 40)
		return dbtest.MembershipOf(f, 0), dbtest.MidnightIn(f, 41)
	}},
	"evidence.warn, 60 days": {act: "evidence.warn", changed: "60 days", arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		return dbtest.RecordInsurance(f, 70), dbtest.MidnightIn(f, 10)
	}},
	"evidence.warn, 30 days": {act: "evidence.warn", changed: "30 days", arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		return dbtest.RecordInsurance(f, 40), dbtest.MidnightIn(f, 10)
	}},
	"evidence.warn, 7 days": {act: "evidence.warn", changed: "7 days", arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		return dbtest.RecordInsurance(f, 10), dbtest.MidnightIn(f, 3)
	}},
	"rating.mix": {act: "rating.mix", arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		for _, s := range f.Settings { // three at the provider's two settings: too few for either, enough for both once they have waited
			f.ExecSQL(`INSERT INTO dps.rating_waiting (id, market_id, provider_id, setting_id, respondent, question, value, month)
				SELECT gen_random_uuid(), $1, $2, $3, 'PARENT', q.code, 4, date_trunc('month', dps.now() AT TIME ZONE 'Europe/London')
				FROM dps.question q, generate_series(1, 2) WHERE q.respondent = 'PARENT'`, f.Market, f.Providers[0], s)
		}
		return f.Providers[0], dbtest.QueryTime(f,
			"SELECT (date_trunc('month', dps.now() AT TIME ZONE 'Europe/London') + interval '3 months') AT TIME ZONE 'Europe/London'")
	}},
	"APPLICATION_OVERDUE": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		a := dbtest.SubmitApplication(f)
		return a, dbtest.QueryTime(f, "SELECT decide_by FROM dps.application WHERE id = $1", a)
	}},
	"APPLICANT_SILENT": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		a := f.RequireDone(admission.AskApplicant(f.T.Context(), f.API, dbtest.ActorAs(policy.MarketManager, f.Lead),
			admissionrules.AskApplicantInput{
				IdempotencyKey: dbtest.NewKey(), Application: dbtest.IDOf(dbtest.SubmitApplication(f)),
				Question: "Which insurer?",
			}))
		return a, dbtest.QueryTime(f, "SELECT answer_by FROM dps.application_question WHERE application_id = $1", a)
	}},
	"APPEAL_OVERDUE": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		a := dbtest.SubmitApplication(f)
		f.RequireDone(admission.DecideApplication(f.T.Context(), f.API, dbtest.ActorAs(policy.MarketManager, f.Lead),
			admissionrules.DecideApplicationInput{
				IdempotencyKey: dbtest.NewKey(), Application: dbtest.IDOf(a), Decision: admissionrules.ApplicationRefused,
				Reasons: "No insurance",
			}))
		f.RequireDone(admission.AppealRefusal(f.T.Context(), f.API, f.BidderActor(0),
			admissionrules.AppealRefusalInput{IdempotencyKey: dbtest.NewKey(), Application: dbtest.IDOf(a), Grounds: "There is"}))
		return a, dbtest.QueryTime(f, "SELECT decide_by FROM dps.application_appeal WHERE application_id = $1", a)
	}},
	"REMOVAL_TO_DECIDE": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		m := f.RequireDone(admission.AnnounceRemoval(f.T.Context(), f.API, dbtest.ActorAs(policy.MarketManager, f.Lead),
			admissionrules.AnnounceRemovalInput{
				IdempotencyKey: dbtest.NewKey(), Membership: dbtest.IDOf(dbtest.MembershipOf(f, 0)),
				Reasons: "Registration was withdrawn",
			}))
		return m, dbtest.QueryTime(f, "SELECT until FROM dps.membership_step WHERE membership_id = $1 AND kind = 'REMOVAL_ANNOUNCED'", m)
	}},
	"RENEWAL_OVERDUE": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		f.RequireDone(admission.AskForRenewal(f.T.Context(), f.API, dbtest.ActorAs(policy.MarketManager, f.Lead),
			admissionrules.AskForRenewalInput{
				IdempotencyKey: dbtest.NewKey(), Membership: dbtest.IDOf(dbtest.MembershipOf(f, 0)), Kind: "ACCOUNTS",
				Reason: "Of last year",
			}))
		return f.Providers[0], dbtest.QueryTime(f, "SELECT answer_by FROM dps.renewal WHERE provider_id = $1", f.Providers[0])
	}},
	"SUSPENSION_ENDED": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		until := f.MarketNow().AddDate(0, 0, 20)
		return f.RequireDone(admission.SuspendMembership(f.T.Context(), f.API, dbtest.ActorAs(policy.MarketManager, f.Lead),
			admissionrules.SuspendMembershipInput{
				IdempotencyKey: dbtest.NewKey(), Membership: dbtest.IDOf(dbtest.MembershipOf(f, 0)),
				Reason: "An inquiry", Until: &until,
			})), until
	}},
	"REGISTRATION_TO_DECIDE": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		id := uuid.New()
		f.TamperWith(`INSERT INTO dps.registration (id, provider_id, name, company_number, urns, settings, similar_providers, submitted_at,
				submitted_by)
			SELECT '` + id.String() + `', gen_random_uuid(), 'Synthetic Care', '00000001', '{}', '{}', '{}', dps.now() + interval '1 hour',
			'synthetic'`)
		return id, dbtest.QueryTime(f, "SELECT submitted_at FROM dps.registration WHERE id = $1", id)
	}},
	"OFFERS_TO_OPEN": {times: 2, arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		need := f.PublishNeed(f.Kent)
		return need, dbtest.QueryTime(f, "SELECT deadline FROM dps.need WHERE id = $1", need)
	}},
	"STANDSTILL_ENDED": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		need := f.PublishNeed(f.Kent)
		offer := f.SubmitOffer(need, 0)
		f.Advance(f.T, 12*24*time.Hour)
		f.RankOffers(f.Kent, need, offer)
		award := f.ApproveAwardWith(f.Kent, offer, true)
		return award, dbtest.QueryTime(f, "SELECT standstill_ends FROM dps.award WHERE id = $1", award)
	}},
	"AWARD_UNANSWERED": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		_, award := f.AwardNeed(f.Kent, 0)
		return award, dbtest.QueryTime(f, "SELECT accept_by FROM dps.award WHERE id = $1", award)
	}},
	"PRICE_UNEXPLAINED": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		offer := queryPrice(f)
		return offer, dbtest.QueryTime(f, "SELECT answer_by FROM dps.price_query WHERE offer_id = $1", offer)
	}},
	"FIRST_DAY_UNRECORDED": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		return dbtest.MakePlacement(f, false), dbtest.QueryTime(f,
			"SELECT (starts_on + 1)::timestamp AT TIME ZONE 'Europe/London' FROM dps.placement")
	}},
	"NOTICE_GIVEN": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		p := dbtest.MakePlacement(f, true)
		f.ExecSQL(`UPDATE dps.placement SET notice_given_at = dps.now() + interval '1 hour', notice_reason = 'MOVED_AWAY',
			notice_last_day = starts_on`)
		return p, dbtest.QueryTime(f, "SELECT notice_given_at FROM dps.placement")
	}},
	"INSPECTION_BELOW_STANDARD": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		p := dbtest.MakePlacement(f, true)
		f.ExecSQL(`INSERT INTO dps.inspection (setting_id, body, scale, value, inspected_on) SELECT setting_id, 'Ofsted',
			'Overall experiences and progress', 'Inadequate',
			(dps.now() AT TIME ZONE 'Europe/London')::date + 20 FROM dps.placement`)
		return p, dbtest.QueryTime(f, "SELECT inspected_on::timestamp AT TIME ZONE 'Europe/London' FROM dps.inspection")
	}},
	"AREA_UNTOLD": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		need := f.RequireDone(tendering.ApproveOutOfArea(f.T.Context(), f.API, dbtest.ActorAs(policy.Approver, f.Kent),
			tenderingrules.ApproveOutOfAreaInput{
				IdempotencyKey: dbtest.NewKey(), Need: dbtest.IDOf(f.DraftNeed(f.Kent)),
				Distance: market.AreaNeighbouring, ApprovedBy: market.ApprovedByNominatedOfficer, Grounds: "No place nearer", Emergency: true,
			}))
		return need, dbtest.QueryTime(f, "SELECT told_by FROM dps.area_approval WHERE need_id = $1", need)
	}},
	"SCHOOLS_SILENT": ehcClockCase(rules.AlertSchoolsSilent, func(f *dbtest.Fixture) tenderingrules.EhcDates {
		return tenderingrules.EhcDates{RequestedOn: f.DayFromNow(-30), ConsultedOn: new(f.DayFromNow(-1))}
	}),
	"FAMILY_HEARD": ehcClockCase(rules.AlertFamilyHeard, func(f *dbtest.Fixture) tenderingrules.EhcDates {
		return tenderingrules.EhcDates{RequestedOn: f.DayFromNow(-30), DraftSentOn: new(f.DayFromNow(-1))}
	}),
	"PLAN_DUE": ehcClockCase(rules.AlertPlanDue,
		func(f *dbtest.Fixture) tenderingrules.EhcDates {
			return tenderingrules.EhcDates{RequestedOn: f.DayFromNow(-30)}
		}),
	"PLAN_OVERDUE": ehcClockCase(rules.AlertPlanOverdue,
		func(f *dbtest.Fixture) tenderingrules.EhcDates {
			return tenderingrules.EhcDates{RequestedOn: f.DayFromNow(-30)}
		}),
	"REVIEW_DUE": ehcClockCase(rules.AlertReviewDue, func(f *dbtest.Fixture) tenderingrules.EhcDates {
		return tenderingrules.EhcDates{RequestedOn: f.DayFromNow(-90), DraftSentOn: new(f.DayFromNow(-30)), FinalisedOn: new(f.DayFromNow(-1))}
	}),
	"TRANSFER_DUE": ehcClockCase(rules.AlertTransferDue, func(f *dbtest.Fixture) tenderingrules.EhcDates {
		return tenderingrules.EhcDates{RequestedOn: f.DayFromNow(-30), TransferOn: new(f.DayFromNow(400))}
	}),
	"TRIBUNAL_NEAR": ehcClockCase(rules.AlertTribunalNear, func(f *dbtest.Fixture) tenderingrules.EhcDates {
		return tenderingrules.EhcDates{RequestedOn: f.DayFromNow(-30), TribunalOn: new(f.DayFromNow(60))}
	}),
	"MEMBERSHIP_LAPSED": {times: 2, arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		dbtest.RecordInsurance(f, 40)
		return dbtest.MembershipOf(f, 0), dbtest.MidnightIn(f, 41)
	}},
	"URGENT_PLACE_TO_AGREE": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		need := f.PublishNeed(f.Kent)
		f.TamperWith("UPDATE dps.need SET urgent_reason = 'Synthetic'")
		return need, dbtest.QueryTime(f, "SELECT deadline FROM dps.need WHERE id = $1", need)
	}},
	"QUESTION_UNANSWERED": {passes: true, arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		need := f.PublishNeed(f.Kent)
		f.ExecSQL(`INSERT INTO dps.clarification (id, need_id, authority_id, question) SELECT gen_random_uuid(), id, authority_id, 'Synthetic?'
			FROM dps.need`)
		return need, dbtest.QueryTime(f, "SELECT questions_until FROM dps.need WHERE id = $1", need)
	}},
	"SCORES_UNLOCKED": {times: 2, arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		need := openNeed(f)
		return need, dbtest.QueryTime(f, "SELECT opened_at + interval '7 days' FROM dps.need WHERE id = $1", need)
	}},
	"SCORES_TO_AGREE": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		need := openNeed(f)
		f.TamperWith("UPDATE dps.procedure SET moderated = true", `INSERT INTO dps.score_sheet (need_id, authority_id, person, locked_at)
			SELECT id, authority_id, 'synthetic', dps.now() + interval '1 hour' FROM dps.need`)
		return need, dbtest.QueryTime(f, "SELECT locked_at FROM dps.score_sheet WHERE need_id = $1", need)
	}},
	"PRICES_TO_OPEN": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		need := openNeed(f)
		f.TamperWith("UPDATE dps.need SET prices_opened_at = NULL, quality_locked_at = dps.now() + interval '1 hour'")
		return need, dbtest.QueryTime(f, "SELECT quality_locked_at FROM dps.need WHERE id = $1", need)
	}},
	"PRICE_QUERIED": {passes: true, arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		offer := queryPrice(f)
		f.TamperWith("UPDATE dps.price_query SET asked_at = dps.now() + interval '1 hour'")
		return offer, dbtest.QueryTime(f, "SELECT asked_at FROM dps.price_query WHERE offer_id = $1", offer)
	}},
	"AWARD_TO_APPROVE": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		_, award := f.AwardNeed(f.Kent, 0)
		f.TamperWith("UPDATE dps.award SET approved_at = NULL, accept_by = NULL, proposed_at = dps.now() + interval '1 hour'")
		return award, dbtest.QueryTime(f, "SELECT proposed_at FROM dps.award WHERE id = $1", award)
	}},
	"PANEL_TO_DECIDE": {passes: true, arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		_, award := f.AwardNeed(f.Kent, 0)
		f.TamperWith("DELETE FROM dps.panel_decision",
			"UPDATE dps.award SET approved_at = NULL, accept_by = NULL, proposed_at = dps.now() + interval '1 hour'")
		return award, dbtest.QueryTime(f, "SELECT proposed_at FROM dps.award WHERE id = $1", award)
	}},
	"AREA_TO_APPROVE": {passes: true, arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		_, award := f.AwardNeed(f.Kent, 0)
		f.TamperWith("DELETE FROM dps.area_approval", "UPDATE dps.award SET proposed_at = dps.now() + interval '1 hour'")
		return award, dbtest.QueryTime(f, "SELECT proposed_at FROM dps.award WHERE id = $1", award)
	}},
	"CALL_ENDED": {passes: true, arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		need := f.PublishNeed(f.Kent)
		f.SubmitOffer(need, 0)
		f.TamperWith("UPDATE dps.need SET withdrawn_at = dps.now() + interval '1 hour', withdraw_reason = 'Synthetic'")
		return need, dbtest.QueryTime(f, "SELECT withdrawn_at FROM dps.need WHERE id = $1", need)
	}},
	"AWARD_DECLINED": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		_, award := f.AwardNeed(f.Kent, 0)
		f.TamperWith("UPDATE dps.award SET declined_at = dps.now() + interval '1 hour', decline_reason = 'Synthetic'",
			"UPDATE dps.need SET awaits_award = true")
		return award, dbtest.QueryTime(f, "SELECT declined_at FROM dps.award WHERE id = $1", award)
	}},
	"NOTICE_OVERDUE": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		dbtest.MakePlacement(f, true)
		f.TamperWith("DELETE FROM dps.owed_notice", `INSERT INTO dps.owed_notice (award_id, kind, need_id, authority_id, due_on)
			SELECT award_id, 'AWARD', need_id, authority_id, (dps.now() AT TIME ZONE 'Europe/London')::date + 20 FROM dps.placement`)
		var award uuid.UUID
		f.QueryValue(&award, "SELECT award_id FROM dps.placement")
		return award, dbtest.QueryTime(f, "SELECT (due_on + 1)::timestamp AT TIME ZONE 'Europe/London' FROM dps.owed_notice")
	}},
	"AGREEMENT_UNSIGNED": {times: 2, arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		return dbtest.MakePlacement(f, false), dbtest.QueryTime(f, "SELECT starts_on::timestamp AT TIME ZONE 'Europe/London' FROM dps.placement")
	}},
	"WORDS_UNREAD": {arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		dbtest.MakePlacement(f, true)
		words := uuid.New()
		f.ExecSQL(`INSERT INTO dps.feedback_words (id, placement_id, authority_id, provider_id, respondent, words, may_contact, received_at,
			read_by)
			SELECT $1, id, authority_id, provider_id, 'PARENT', '\x00', false, dps.now(), dps.now() + interval '2 days' FROM dps.placement`, words)
		return words, dbtest.QueryTime(f, "SELECT read_by FROM dps.feedback_words")
	}},
}

// ehcClockCase is a draft with dates of a plan.
func ehcClockCase(kind rules.AlertKind, dates func(*dbtest.Fixture) tenderingrules.EhcDates) clockCase {
	return clockCase{arrange: func(f *dbtest.Fixture) (uuid.UUID, time.Time) {
		need := f.DraftNeed(f.Kent)
		f.ExecSQL("UPDATE dps.need SET legal_basis = 'EHC_PLAN' WHERE id = $1", need)
		f.RequireDone(tendering.RecordEhcDates(f.T.Context(), f.API, dbtest.ActorAs(policy.Commissioner, f.Kent),
			tenderingrules.RecordEhcDatesInput{IdempotencyKey: dbtest.NewKey(), Need: dbtest.IDOf(need), EhcDates: dates(f)}))
		return need, dbtest.QueryTime(f, "SELECT due FROM dps.ehc_alert WHERE need_id = $1 AND kind = $2", need, kind)
	}}
}

// openNeed opens a need with one offer, and nothing is assessed yet.
func openNeed(f *dbtest.Fixture) uuid.UUID {
	need := f.PublishNeed(f.Kent)
	f.SubmitOffer(need, 0)
	f.Advance(f.T, 12*24*time.Hour)
	opener := dbtest.ActorAs(policy.OpeningOfficer, f.Kent)
	f.DeclareNoInterest(need, opener)
	f.RequireDone(evaluation.OpenOffers(f.T.Context(), f.API, opener,
		evaluationrules.OpenOffersInput{IdempotencyKey: dbtest.NewKey(), Need: dbtest.IDOf(need)}))
	return need
}

// queryPrice asks about the price of the only offer of a need.
func queryPrice(f *dbtest.Fixture) (offer uuid.UUID) {
	need := f.PublishNeed(f.Kent)
	offer = f.SubmitOffer(need, 0)
	f.Advance(f.T, 12*24*time.Hour)
	f.RankOffers(f.Kent, need, offer)
	f.RequireDone(evaluation.QueryPrice(f.T.Context(), f.API, dbtest.ActorAs(policy.Commissioner, f.Kent),
		evaluationrules.QueryPriceInput{
			IdempotencyKey: dbtest.NewKey(), Offer: dbtest.IDOf(offer), Kind: evaluationrules.PriceUnclear,
			Question: "What is in it?", WorkingDays: 5,
		}))
	return offer
}

// TestClockDoesEachThingOnce: nothing happens too early, and several workers at once make it happen once, even if every
// process was down at its time and starts late.
func TestClockDoesEachThingOnce(t *testing.T) {
	for _, kind := range rules.AlertKinds {
		if clockCases[string(kind)].arrange == nil {
			t.Errorf("no test waits for %s", kind)
		}
	}
	for name, c := range clockCases {
		if c.act == "" {
			c.act, c.changed = "alert.wake", name
		}
		t.Run(strings.ReplaceAll(name, ", ", "/")+"/at once", func(t *testing.T) { c.checkOnce(t, time.Second) })
		if name != string(rules.AlertStandstillEnded) && !c.passes { // by then the award has lapsed, and its alert is AWARD_UNANSWERED
			t.Run(strings.ReplaceAll(name, ", ", "/")+"/late", func(t *testing.T) { c.checkOnce(t, 200*24*time.Hour) })
		}
	}
}

// slowMachineMargin is how long before its time a slow machine can need to look.
const slowMachineMargin = 10 * time.Minute

func (c clockCase) checkOnce(t *testing.T, late time.Duration) {
	t.Parallel()
	f := dbtest.NewFixture(t, 2, 2)
	about, due := c.arrange(f)
	happened := func() int {
		return f.CountRows("event WHERE act = $1 AND object_id = $2 AND ($3 = '' OR changed = ARRAY[$3]::text[])", c.act, about, c.changed)
	}
	f.Advance(t, due.Add(-slowMachineMargin).Sub(f.MarketNow()))
	if f.RunWorker(); happened() != 0 {
		t.Fatalf("%s happened before %s", c.act, due)
	}
	f.Advance(t, due.Add(late).Sub(f.MarketNow()))
	if errs := dbtest.AtOnce(4, func(int) error { _, err := record.Work(t.Context(), f.Worker); return err }); dbtest.CountSucceeded(t,
		errs) != 4 {
		t.Fatal("a worker failed")
	}
	f.RunWorker()
	want := max(c.times, 1)
	if late > time.Hour && c.act == "evidence.warn" { // it has lapsed meanwhile, so no warning is needed
		want = 0
	}
	if n := happened(); n != want {
		t.Errorf("%s happened %d times", c.act, n)
	}
}
