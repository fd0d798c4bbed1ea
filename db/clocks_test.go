package db_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/admission"
	"github.com/southeasttogether/dps/db/evaluation"
	"github.com/southeasttogether/dps/db/record"
	"github.com/southeasttogether/dps/db/tendering"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// clockCase is one thing that becomes due: how a market comes to wait for it, and until when it waits. What has happened by then is
// counted by a condition on the log.
type clockCase struct {
	arrange func(f *fixture) (about uuid.UUID, due time.Time)
	act     string // the event's act
	changed string // what it names, where the act does not say it
}

// clockCases are all that the worker wakes, by name: what it does itself, and every kind of alert.
var clockCases = map[string]clockCase{
	"need.close": {act: "need.close", arrange: func(f *fixture) (uuid.UUID, time.Time) {
		need := f.publishNeed(f.kent)
		return need, f.queryTime("SELECT deadline FROM dps.need WHERE id = $1", need)
	}},
	"award.lapse": {act: "award.lapse", arrange: func(f *fixture) (uuid.UUID, time.Time) {
		_, award := f.awardNeed(f.kent, 0)
		return award, f.queryTime("SELECT accept_by FROM dps.award WHERE id = $1", award)
	}},
	"membership.lapse": {act: "membership.lapse", arrange: func(f *fixture) (uuid.UUID, time.Time) {
		f.recordInsurance(40)
		return f.membershipOf(0), f.midnightIn(41)
	}},
	"evidence.warn, 60 days": {act: "evidence.warn", changed: "60 days", arrange: func(f *fixture) (uuid.UUID, time.Time) {
		return f.recordInsurance(70), f.midnightIn(10)
	}},
	"evidence.warn, 30 days": {act: "evidence.warn", changed: "30 days", arrange: func(f *fixture) (uuid.UUID, time.Time) {
		return f.recordInsurance(40), f.midnightIn(10)
	}},
	"evidence.warn, 7 days": {act: "evidence.warn", changed: "7 days", arrange: func(f *fixture) (uuid.UUID, time.Time) {
		return f.recordInsurance(10), f.midnightIn(3)
	}},
	"rating.mix": {act: "rating.mix", arrange: func(f *fixture) (uuid.UUID, time.Time) {
		for _, s := range f.settings { // three at the provider's two settings: too few for either, enough for both once they have waited
			f.execSQL(`INSERT INTO dps.rating_waiting (id, market_id, provider_id, setting_id, respondent, question, value, month)
				SELECT gen_random_uuid(), $1, $2, $3, 'PARENT', q.code, 4, date_trunc('month', dps.now() AT TIME ZONE 'Europe/London') FROM dps.question q, generate_series(1, 2) WHERE q.respondent = 'PARENT'`, f.market, f.providers[0], s)
		}
		return f.providers[0], f.queryTime("SELECT (date_trunc('month', dps.now() AT TIME ZONE 'Europe/London') + interval '3 months') AT TIME ZONE 'Europe/London'")
	}},
	"APPLICATION_OVERDUE": {arrange: func(f *fixture) (uuid.UUID, time.Time) {
		a := f.submitApplication()
		return a, f.queryTime("SELECT decide_by FROM dps.application WHERE id = $1", a)
	}},
	"APPLICANT_SILENT": {arrange: func(f *fixture) (uuid.UUID, time.Time) {
		a := f.requireDone(admission.AskApplicant(f.t.Context(), f.API, actorAs(policy.MarketManager, f.lead), market.AskApplicantInput{IdempotencyKey: newKey(), Application: idOf(f.submitApplication()), Question: "Which insurer?"}))
		return a, f.queryTime("SELECT answer_by FROM dps.application_question WHERE application_id = $1", a)
	}},
	"APPEAL_OVERDUE": {arrange: func(f *fixture) (uuid.UUID, time.Time) {
		a := f.submitApplication()
		f.requireDone(admission.DecideApplication(f.t.Context(), f.API, actorAs(policy.MarketManager, f.lead), market.DecideApplicationInput{IdempotencyKey: newKey(), Application: idOf(a), Decision: market.ApplicationRefused, Reasons: "No insurance"}))
		f.requireDone(admission.AppealRefusal(f.t.Context(), f.API, f.bidderActor(0), market.AppealRefusalInput{IdempotencyKey: newKey(), Application: idOf(a), Grounds: "There is"}))
		return a, f.queryTime("SELECT decide_by FROM dps.application_appeal WHERE application_id = $1", a)
	}},
	"REMOVAL_TO_DECIDE": {arrange: func(f *fixture) (uuid.UUID, time.Time) {
		m := f.requireDone(admission.AnnounceRemoval(f.t.Context(), f.API, actorAs(policy.MarketManager, f.lead), market.AnnounceRemovalInput{IdempotencyKey: newKey(), Membership: idOf(f.membershipOf(0)), Reasons: "Registration was withdrawn"}))
		return m, f.queryTime("SELECT until FROM dps.membership_step WHERE membership_id = $1 AND kind = 'REMOVAL_ANNOUNCED'", m)
	}},
	"RENEWAL_OVERDUE": {arrange: func(f *fixture) (uuid.UUID, time.Time) {
		f.requireDone(admission.AskForRenewal(f.t.Context(), f.API, actorAs(policy.MarketManager, f.lead), market.AskForRenewalInput{IdempotencyKey: newKey(), Membership: idOf(f.membershipOf(0)), Kind: "ACCOUNTS", Reason: "Of last year"}))
		return f.providers[0], f.queryTime("SELECT answer_by FROM dps.renewal WHERE provider_id = $1", f.providers[0])
	}},
	"SUSPENSION_ENDED": {arrange: func(f *fixture) (uuid.UUID, time.Time) {
		until := f.marketNow().AddDate(0, 0, 20)
		return f.requireDone(admission.SuspendMembership(f.t.Context(), f.API, actorAs(policy.MarketManager, f.lead), market.SuspendMembershipInput{IdempotencyKey: newKey(), Membership: idOf(f.membershipOf(0)), Reason: "An inquiry", Until: &until})), until
	}},
	"OFFERS_TO_OPEN": {arrange: func(f *fixture) (uuid.UUID, time.Time) {
		need := f.publishNeed(f.kent)
		return need, f.queryTime("SELECT deadline FROM dps.need WHERE id = $1", need)
	}},
	"STANDSTILL_ENDED": {arrange: func(f *fixture) (uuid.UUID, time.Time) {
		need := f.publishNeed(f.kent)
		offer := f.submitOffer(need, 0)
		f.Advance(f.t, 12*24*time.Hour)
		f.rankOffers(f.kent, need, offer)
		award := f.approveAwardWith(f.kent, offer, true)
		return award, f.queryTime("SELECT standstill_ends FROM dps.award WHERE id = $1", award)
	}},
	"AWARD_UNANSWERED": {arrange: func(f *fixture) (uuid.UUID, time.Time) {
		_, award := f.awardNeed(f.kent, 0)
		return award, f.queryTime("SELECT accept_by FROM dps.award WHERE id = $1", award)
	}},
	"PRICE_UNEXPLAINED": {arrange: func(f *fixture) (uuid.UUID, time.Time) {
		need := f.publishNeed(f.kent)
		offer := f.submitOffer(need, 0)
		f.Advance(f.t, 12*24*time.Hour)
		f.rankOffers(f.kent, need, offer)
		q := f.requireDone(evaluation.QueryPrice(f.t.Context(), f.API, actorAs(policy.Commissioner, f.kent), market.QueryPriceInput{IdempotencyKey: newKey(), Offer: idOf(offer), Kind: market.PriceUnclear, Question: "What is in it?", WorkingDays: 5}))
		return offer, f.queryTime("SELECT answer_by FROM dps.price_query WHERE id = $1", q)
	}},
	"FIRST_DAY_UNRECORDED": {arrange: func(f *fixture) (uuid.UUID, time.Time) {
		return f.makePlacement(false), f.queryTime("SELECT (starts_on + 1)::timestamp AT TIME ZONE 'Europe/London' FROM dps.placement")
	}},
	"INSPECTION_BELOW_STANDARD": {arrange: func(f *fixture) (uuid.UUID, time.Time) {
		p := f.makePlacement(true)
		f.execSQL(`INSERT INTO dps.inspection (setting_id, body, scale, value, inspected_on) SELECT setting_id, 'Ofsted', 'Overall experiences and progress', 'Inadequate',
			(dps.now() AT TIME ZONE 'Europe/London')::date + 20 FROM dps.placement`)
		return p, f.queryTime("SELECT inspected_on::timestamp AT TIME ZONE 'Europe/London' FROM dps.inspection")
	}},
	"AREA_UNTOLD": {arrange: func(f *fixture) (uuid.UUID, time.Time) {
		need := f.requireDone(tendering.ApproveOutOfArea(f.t.Context(), f.API, actorAs(policy.Approver, f.kent), market.ApproveOutOfAreaInput{IdempotencyKey: newKey(), Need: idOf(f.draftNeed(f.kent)),
			Distance: market.AreaNeighbouring, ApprovedBy: market.ApprovedByNominatedOfficer, Grounds: "No place nearer", Emergency: true}))
		return need, f.queryTime("SELECT told_by FROM dps.area_approval WHERE need_id = $1", need)
	}},
	"SCHOOLS_SILENT": ehcClockCase(market.AlertSchoolsSilent, func(f *fixture) market.EhcDates {
		return market.EhcDates{RequestedOn: f.dayFromNow(-30), ConsultedOn: new(f.dayFromNow(-1))}
	}),
	"FAMILY_HEARD": ehcClockCase(market.AlertFamilyHeard, func(f *fixture) market.EhcDates {
		return market.EhcDates{RequestedOn: f.dayFromNow(-30), DraftSentOn: new(f.dayFromNow(-1))}
	}),
	"PLAN_DUE":     ehcClockCase(market.AlertPlanDue, func(f *fixture) market.EhcDates { return market.EhcDates{RequestedOn: f.dayFromNow(-30)} }),
	"PLAN_OVERDUE": ehcClockCase(market.AlertPlanOverdue, func(f *fixture) market.EhcDates { return market.EhcDates{RequestedOn: f.dayFromNow(-30)} }),
	"REVIEW_DUE": ehcClockCase(market.AlertReviewDue, func(f *fixture) market.EhcDates {
		return market.EhcDates{RequestedOn: f.dayFromNow(-90), DraftSentOn: new(f.dayFromNow(-30)), FinalisedOn: new(f.dayFromNow(-1))}
	}),
	"TRANSFER_DUE": ehcClockCase(market.AlertTransferDue, func(f *fixture) market.EhcDates {
		return market.EhcDates{RequestedOn: f.dayFromNow(-30), TransferOn: new(f.dayFromNow(400))}
	}),
	"TRIBUNAL_NEAR": ehcClockCase(market.AlertTribunalNear, func(f *fixture) market.EhcDates {
		return market.EhcDates{RequestedOn: f.dayFromNow(-30), TribunalOn: new(f.dayFromNow(60))}
	}),
	"WORDS_UNREAD": {arrange: func(f *fixture) (uuid.UUID, time.Time) {
		f.makePlacement(true)
		words := uuid.New()
		f.execSQL(`INSERT INTO dps.feedback_words (id, placement_id, authority_id, provider_id, respondent, words, may_contact, received_at, read_by)
			SELECT $1, id, authority_id, provider_id, 'PARENT', '\x00', false, dps.now(), dps.now() + interval '2 days' FROM dps.placement`, words)
		return words, f.queryTime("SELECT read_by FROM dps.feedback_words")
	}},
}

// ehcClockCase is a draft with dates of a plan.
func ehcClockCase(kind market.AlertKind, dates func(*fixture) market.EhcDates) clockCase {
	return clockCase{arrange: func(f *fixture) (uuid.UUID, time.Time) {
		need := f.draftNeed(f.kent)
		f.execSQL("UPDATE dps.need SET legal_basis = 'EHC_PLAN' WHERE id = $1", need)
		f.requireDone(tendering.RecordEhcDates(f.t.Context(), f.API, actorAs(policy.Commissioner, f.kent), market.RecordEhcDatesInput{IdempotencyKey: newKey(), Need: idOf(need), EhcDates: dates(f)}))
		return need, f.queryTime("SELECT due FROM dps.ehc_alert WHERE need_id = $1 AND kind = $2", need, kind)
	}}
}

// TestClockDoesEachThingOnce: nothing happens too early; several workers at once make it happen once; and so they do when every
// process was down over its time and starts late.
func TestClockDoesEachThingOnce(t *testing.T) {
	for _, kind := range market.AlertKinds {
		if clockCases[string(kind)].arrange == nil {
			t.Errorf("no test waits for %s", kind)
		}
	}
	for name, c := range clockCases {
		if c.act == "" {
			c.act, c.changed = "alert.wake", name
		}
		t.Run(strings.ReplaceAll(name, ", ", "/")+"/at once", func(t *testing.T) { c.checkOnce(t, time.Second) })
		if name != string(market.AlertStandstillEnded) { // by then the award has lapsed, and its alert is AWARD_UNANSWERED
			t.Run(strings.ReplaceAll(name, ", ", "/")+"/late", func(t *testing.T) { c.checkOnce(t, 200*24*time.Hour) })
		}
	}
}

// slowMachineMargin is as long before its time as a slow machine may take to look.
const slowMachineMargin = 10 * time.Minute

func (c clockCase) checkOnce(t *testing.T, late time.Duration) {
	t.Parallel()
	f := newFixture(t, 2, 2)
	about, due := c.arrange(f)
	happened := func() int {
		return f.countRows("event WHERE act = $1 AND object_id = $2 AND ($3 = '' OR changed = ARRAY[$3]::text[])", c.act, about, c.changed)
	}
	f.Advance(t, due.Add(-slowMachineMargin).Sub(f.marketNow()))
	if f.runWorker(); happened() != 0 {
		t.Fatalf("%s happened before %s", c.act, due)
	}
	f.Advance(t, due.Add(late).Sub(f.marketNow()))
	if errs := atOnce(4, func(int) error { _, err := record.Work(t.Context(), f.Worker); return err }); countSucceeded(t, errs) != 4 {
		t.Fatal("a worker failed")
	}
	f.runWorker()
	want := 1
	if late > time.Hour && c.act == "evidence.warn" { // it has lapsed meanwhile: there is nothing to warn of any more
		want = 0
	}
	if n := happened(); n != want {
		t.Errorf("%s happened %d times", c.act, n)
	}
}

// TestAlertIsNotMadeOfWhatWasDoneInTime: what is done in time is alerted to by nobody.
func TestAlertIsNotMadeOfWhatWasDoneInTime(t *testing.T) {
	f := newFixture(t, 2, 2)
	a := f.submitApplication()
	f.requireDone(admission.DecideApplication(t.Context(), f.API, actorAs(policy.MarketManager, f.lead), market.DecideApplicationInput{IdempotencyKey: newKey(), Application: idOf(a), Decision: market.ApplicationRefused, Reasons: "No insurance"}))
	f.Advance(t, 60*24*time.Hour)
	if done := f.runWorker(); done.Alerted != 0 {
		t.Errorf("alerted %d times", done.Alerted)
	}
}

// TestAlertIsNotMadeOfWhatWasDoneMeanwhile: what is done, or handed over, between the look and the alert is alerted to by nobody then.
func TestAlertIsNotMadeOfWhatWasDoneMeanwhile(t *testing.T) {
	f := newFixture(t, 2, 2)
	a := f.submitApplication()
	f.Advance(t, 60*24*time.Hour)
	made, err := record.WakeAfter(t.Context(), f.Worker, func() {
		f.requireDone(admission.DecideApplication(t.Context(), f.API, actorAs(policy.MarketManager, f.lead), market.DecideApplicationInput{IdempotencyKey: newKey(), Application: idOf(a), Decision: market.ApplicationRefused, Reasons: "No insurance"}))
	})
	if n := f.countRows("alert"); err != nil || made != 0 || n != 0 {
		t.Errorf("decided meanwhile: alerted %d times, %d alerts, %v", made, n, err)
	}
	b := f.submitApplication()
	f.Advance(t, 60*24*time.Hour)
	made, err = record.WakeAfter(t.Context(), f.Worker, func() {
		f.tamperWith(fmt.Sprintf("UPDATE dps.application SET authority_id = '%s' WHERE id = '%s'", f.kent, b))
	})
	if n := f.countRows("alert"); err != nil || made != 0 || n != 0 {
		t.Errorf("handed over meanwhile: alerted %d times, %d alerts, %v", made, n, err)
	}
	if f.runWorker(); f.countRows("alert WHERE authority_id = $1", f.kent) != 1 || f.countRows("alert") != 1 {
		t.Error("the next round does not alert whose it is now")
	}
}

// queryTime looks at an instant behind the walls.
func (f *fixture) queryTime(query string, args ...any) (at time.Time) {
	f.t.Helper()
	f.queryValue(&at, query, args...)
	return at
}

// midnightIn is when a day begins in London, so many days from now.
func (f *fixture) midnightIn(days int) time.Time {
	f.t.Helper()
	year, month, day := f.marketNow().In(market.London).Date()
	return time.Date(year, month, day+days, 0, 0, 0, 0, market.London)
}

// membershipOf is that of a provider in the fixture's lot.
func (f *fixture) membershipOf(i int) (m uuid.UUID) {
	f.t.Helper()
	f.queryValue(&m, "SELECT id FROM dps.membership WHERE provider_id = $1 AND lot_id = $2", f.providers[i], f.lot)
	return m
}

// submitApplication is the first provider's application to another lot.
func (f *fixture) submitApplication() uuid.UUID {
	f.t.Helper()
	lot := f.draftLot(market.ProcedureMatching)
	f.requireDone(admission.PublishLot(f.t.Context(), f.API, actorAs(policy.MarketManager, f.lead), market.PublishLotInput{IdempotencyKey: newKey(), Lot: idOf(lot)}))
	return f.requireDone(admission.SubmitApplication(f.t.Context(), f.API, f.bidderActor(0), market.SubmitApplicationInput{IdempotencyKey: newKey(), Lot: idOf(lot), Statement: "Synthetic statement", NoGroundForExclusion: true}))
}

// recordInsurance is a declaration of the first provider, essential in its lot, that is valid for so many days; the second's outlasts it.
func (f *fixture) recordInsurance(days int) (evidence uuid.UUID) {
	f.t.Helper()
	f.tamperWith(fmt.Sprintf("INSERT INTO dps.lot_evidence VALUES ('%s', '%s', 'MODERN_SLAVERY', true)", f.lot, f.lead))
	for i, valid := range []int{days, 360} {
		given := f.requireDone(admission.RecordEvidence(f.t.Context(), f.API, f.bidderActor(i), market.RecordEvidenceInput{IdempotencyKey: newKey(), Kind: "MODERN_SLAVERY", Reference: "Synthetic",
			ValidFrom: f.dayFromNow(0), ValidUntil: f.dayFromNow(valid), Declared: new(true)}))
		if i == 0 {
			evidence = given
		}
	}
	return evidence
}

// makePlacement is one of the first provider, whose first day is recorded or not.
func (f *fixture) makePlacement(started bool) (placement uuid.UUID) {
	f.t.Helper()
	_, award := f.awardNeed(f.kent, 0)
	f.requireDone(award.AcceptAward(f.t.Context(), f.API, f.bidderActor(0), market.AcceptAwardInput{IdempotencyKey: newKey(), Award: idOf(award)}))
	f.queryValue(&placement, "SELECT id FROM dps.placement")
	if started {
		f.execSQL("UPDATE dps.placement SET starts_on = (dps.now() AT TIME ZONE 'Europe/London')::date, started_at = dps.now()")
	}
	return placement
}
