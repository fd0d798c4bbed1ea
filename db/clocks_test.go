package db_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// clock is one thing that becomes due: how a market comes to wait for it, and until when it waits. What has happened by then is
// counted by a condition on the log.
type clock struct {
	waits   func(f *fixture) (about uuid.UUID, due time.Time)
	happens string // the event's act
	changed string // what it names, where the act does not say it
}

// clocks are all that the worker wakes, by name: what it does itself, and every kind of alert.
var clocks = map[string]clock{
	"need.close": {happens: "need.close", waits: func(f *fixture) (uuid.UUID, time.Time) {
		need := f.need(f.kent)
		return need, f.instant("SELECT deadline FROM dps.need WHERE id = $1", need)
	}},
	"award.lapse": {happens: "award.lapse", waits: func(f *fixture) (uuid.UUID, time.Time) {
		_, award := f.awarded(f.kent, 0)
		return award, f.instant("SELECT accept_by FROM dps.award WHERE id = $1", award)
	}},
	"membership.lapse": {happens: "membership.lapse", waits: func(f *fixture) (uuid.UUID, time.Time) {
		f.insured(40)
		return f.membership(0), f.midnight(41)
	}},
	"evidence.warn, 60 days": {happens: "evidence.warn", changed: "60 days", waits: func(f *fixture) (uuid.UUID, time.Time) {
		return f.insured(70), f.midnight(10)
	}},
	"evidence.warn, 30 days": {happens: "evidence.warn", changed: "30 days", waits: func(f *fixture) (uuid.UUID, time.Time) {
		return f.insured(40), f.midnight(10)
	}},
	"evidence.warn, 7 days": {happens: "evidence.warn", changed: "7 days", waits: func(f *fixture) (uuid.UUID, time.Time) {
		return f.insured(10), f.midnight(3)
	}},
	"rating.mix": {happens: "rating.mix", waits: func(f *fixture) (uuid.UUID, time.Time) {
		for _, s := range f.settings { // three at the provider's two settings: too few for either, enough for both once they have waited
			f.run(`INSERT INTO dps.rating_waiting (id, market_id, provider_id, setting_id, respondent, question, value, month)
				SELECT gen_random_uuid(), $1, $2, $3, 'PARENT', q.code, 4, date_trunc('month', dps.now() AT TIME ZONE 'Europe/London') FROM dps.question q, generate_series(1, 2) WHERE q.respondent = 'PARENT'`, f.market, f.providers[0], s)
		}
		return f.providers[0], f.instant("SELECT (date_trunc('month', dps.now() AT TIME ZONE 'Europe/London') + interval '3 months') AT TIME ZONE 'Europe/London'")
	}},
	"APPLICATION_OVERDUE": {waits: func(f *fixture) (uuid.UUID, time.Time) {
		a := f.applies()
		return a, f.instant("SELECT decide_by FROM dps.application WHERE id = $1", a)
	}},
	"APPLICANT_SILENT": {waits: func(f *fixture) (uuid.UUID, time.Time) {
		a := f.done(f.API.AskApplicant(f.t.Context(), as(policy.MarketManager, f.lead), market.AskApplicantInput{IdempotencyKey: key(), Application: id(f.applies()), Question: "Which insurer?"}))
		return a, f.instant("SELECT answer_by FROM dps.application_question WHERE application_id = $1", a)
	}},
	"APPEAL_OVERDUE": {waits: func(f *fixture) (uuid.UUID, time.Time) {
		a := f.applies()
		f.done(f.API.DecideApplication(f.t.Context(), as(policy.MarketManager, f.lead), market.DecideApplicationInput{IdempotencyKey: key(), Application: id(a), Decision: market.Refused, Reasons: "No insurance"}))
		f.done(f.API.AppealRefusal(f.t.Context(), f.bidder(0), market.AppealRefusalInput{IdempotencyKey: key(), Application: id(a), Grounds: "There is"}))
		return a, f.instant("SELECT decide_by FROM dps.application_appeal WHERE application_id = $1", a)
	}},
	"REMOVAL_TO_DECIDE": {waits: func(f *fixture) (uuid.UUID, time.Time) {
		m := f.done(f.API.AnnounceRemoval(f.t.Context(), as(policy.MarketManager, f.lead), market.AnnounceRemovalInput{IdempotencyKey: key(), Membership: id(f.membership(0)), Reasons: "Registration was withdrawn"}))
		return m, f.instant("SELECT until FROM dps.membership_step WHERE membership_id = $1 AND kind = 'REMOVAL_ANNOUNCED'", m)
	}},
	"RENEWAL_OVERDUE": {waits: func(f *fixture) (uuid.UUID, time.Time) {
		f.done(f.API.AskForRenewal(f.t.Context(), as(policy.MarketManager, f.lead), market.AskForRenewalInput{IdempotencyKey: key(), Membership: id(f.membership(0)), Kind: "ACCOUNTS", Reason: "Of last year"}))
		return f.providers[0], f.instant("SELECT answer_by FROM dps.renewal WHERE provider_id = $1", f.providers[0])
	}},
	"SUSPENSION_ENDED": {waits: func(f *fixture) (uuid.UUID, time.Time) {
		until := f.now().AddDate(0, 0, 20)
		return f.done(f.API.SuspendMembership(f.t.Context(), as(policy.MarketManager, f.lead), market.SuspendMembershipInput{IdempotencyKey: key(), Membership: id(f.membership(0)), Reason: "An inquiry", Until: &until})), until
	}},
	"OFFERS_TO_OPEN": {waits: func(f *fixture) (uuid.UUID, time.Time) {
		need := f.need(f.kent)
		return need, f.instant("SELECT deadline FROM dps.need WHERE id = $1", need)
	}},
	"STANDSTILL_ENDED": {waits: func(f *fixture) (uuid.UUID, time.Time) {
		need := f.need(f.kent)
		offer := f.offer(need, 0)
		f.Advance(f.t, 12*24*time.Hour)
		f.ranked(f.kent, need, offer)
		award := f.approvedAfter(f.kent, offer, true)
		return award, f.instant("SELECT standstill_ends FROM dps.award WHERE id = $1", award)
	}},
	"AWARD_UNANSWERED": {waits: func(f *fixture) (uuid.UUID, time.Time) {
		_, award := f.awarded(f.kent, 0)
		return award, f.instant("SELECT accept_by FROM dps.award WHERE id = $1", award)
	}},
	"PRICE_UNEXPLAINED": {waits: func(f *fixture) (uuid.UUID, time.Time) {
		need := f.need(f.kent)
		offer := f.offer(need, 0)
		f.Advance(f.t, 12*24*time.Hour)
		f.ranked(f.kent, need, offer)
		q := f.done(f.API.QueryPrice(f.t.Context(), as(policy.Commissioner, f.kent), market.QueryPriceInput{IdempotencyKey: key(), Offer: id(offer), Kind: market.PriceUnclear, Question: "What is in it?", WorkingDays: 5}))
		return offer, f.instant("SELECT answer_by FROM dps.price_query WHERE id = $1", q)
	}},
	"FIRST_DAY_UNRECORDED": {waits: func(f *fixture) (uuid.UUID, time.Time) {
		return f.placement(false), f.instant("SELECT (starts_on + 1)::timestamp AT TIME ZONE 'Europe/London' FROM dps.placement")
	}},
	"INSPECTION_BELOW_STANDARD": {waits: func(f *fixture) (uuid.UUID, time.Time) {
		p := f.placement(true)
		f.run(`INSERT INTO dps.inspection (setting_id, body, scale, value, inspected_on) SELECT setting_id, 'Ofsted', 'Overall experiences and progress', 'Inadequate',
			(dps.now() AT TIME ZONE 'Europe/London')::date + 20 FROM dps.placement`)
		return p, f.instant("SELECT inspected_on::timestamp AT TIME ZONE 'Europe/London' FROM dps.inspection")
	}},
	"AREA_UNTOLD": {waits: func(f *fixture) (uuid.UUID, time.Time) {
		need := f.done(f.API.ApproveOutOfArea(f.t.Context(), as(policy.Approver, f.kent), market.ApproveOutOfAreaInput{IdempotencyKey: key(), Need: id(f.draftNeed(f.kent)),
			Distance: market.Neighbouring, ApprovedBy: market.NominatedOfficer, Grounds: "No place nearer", Emergency: true}))
		return need, f.instant("SELECT told_by FROM dps.area_approval WHERE need_id = $1", need)
	}},
	"SCHOOLS_SILENT": planned(market.SchoolsSilent, func(f *fixture) market.EhcDates {
		return market.EhcDates{RequestedOn: f.day(-30), ConsultedOn: new(f.day(-1))}
	}),
	"FAMILY_HEARD": planned(market.FamilyHeard, func(f *fixture) market.EhcDates {
		return market.EhcDates{RequestedOn: f.day(-30), DraftSentOn: new(f.day(-1))}
	}),
	"PLAN_DUE":     planned(market.PlanDue, func(f *fixture) market.EhcDates { return market.EhcDates{RequestedOn: f.day(-30)} }),
	"PLAN_OVERDUE": planned(market.PlanOverdue, func(f *fixture) market.EhcDates { return market.EhcDates{RequestedOn: f.day(-30)} }),
	"REVIEW_DUE": planned(market.ReviewDue, func(f *fixture) market.EhcDates {
		return market.EhcDates{RequestedOn: f.day(-90), DraftSentOn: new(f.day(-30)), FinalisedOn: new(f.day(-1))}
	}),
	"TRANSFER_DUE": planned(market.TransferDue, func(f *fixture) market.EhcDates {
		return market.EhcDates{RequestedOn: f.day(-30), TransferOn: new(f.day(400))}
	}),
	"TRIBUNAL_NEAR": planned(market.TribunalNear, func(f *fixture) market.EhcDates {
		return market.EhcDates{RequestedOn: f.day(-30), TribunalOn: new(f.day(60))}
	}),
	"WORDS_UNREAD": {waits: func(f *fixture) (uuid.UUID, time.Time) {
		f.placement(true)
		words := uuid.New()
		f.run(`INSERT INTO dps.feedback_words (id, placement_id, authority_id, provider_id, respondent, words, may_contact, received_at, read_by)
			SELECT $1, id, authority_id, provider_id, 'PARENT', '\x00', false, dps.now(), dps.now() + interval '2 days' FROM dps.placement`, words)
		return words, f.instant("SELECT read_by FROM dps.feedback_words")
	}},
}

// planned is a draft with dates of a plan.
func planned(kind market.AlertKind, dates func(*fixture) market.EhcDates) clock {
	return clock{waits: func(f *fixture) (uuid.UUID, time.Time) {
		need := f.draftNeed(f.kent)
		f.run("UPDATE dps.need SET legal_basis = 'EHC_PLAN' WHERE id = $1", need)
		f.done(f.API.RecordEhcDates(f.t.Context(), as(policy.Commissioner, f.kent), market.RecordEhcDatesInput{IdempotencyKey: key(), Need: id(need), EhcDates: dates(f)}))
		return need, f.instant("SELECT due FROM dps.ehc_alert WHERE need_id = $1 AND kind = $2", need, kind)
	}}
}

// TestEveryClock: nothing happens too early; several workers at once make it happen once; and so they do when every
// process was down over its time and starts late.
func TestEveryClock(t *testing.T) {
	for _, kind := range market.AlertKinds {
		if clocks[string(kind)].waits == nil {
			t.Errorf("no test waits for %s", kind)
		}
	}
	for name, c := range clocks {
		if c.happens == "" {
			c.happens, c.changed = "alert.wake", name
		}
		t.Run(strings.ReplaceAll(name, ", ", "/")+"/at once", func(t *testing.T) { c.check(t, time.Second) })
		if name != string(market.StandstillEnded) { // by then the award has lapsed, and its alert is AWARD_UNANSWERED
			t.Run(strings.ReplaceAll(name, ", ", "/")+"/late", func(t *testing.T) { c.check(t, 200*24*time.Hour) })
		}
	}
}

// early is as long before its time as a slow machine may take to look.
const early = 10 * time.Minute

func (c clock) check(t *testing.T, late time.Duration) {
	t.Parallel()
	f := newFixture(t, 2, 2)
	about, due := c.waits(f)
	happened := func() int {
		return f.count("event WHERE act = $1 AND object_id = $2 AND ($3 = '' OR changed = ARRAY[$3]::text[])", c.happens, about, c.changed)
	}
	f.Advance(t, due.Add(-early).Sub(f.now()))
	if f.work(); happened() != 0 {
		t.Fatalf("%s happened before %s", c.happens, due)
	}
	f.Advance(t, due.Add(late).Sub(f.now()))
	if errs := atOnce(4, func(int) error { _, err := f.Worker.Work(t.Context()); return err }); succeeded(t, errs) != 4 {
		t.Fatal("a worker failed")
	}
	f.work()
	want := 1
	if late > time.Hour && c.happens == "evidence.warn" { // it has lapsed meanwhile: there is nothing to warn of any more
		want = 0
	}
	if n := happened(); n != want {
		t.Errorf("%s happened %d times", c.happens, n)
	}
}

// TestAlertsAreOfWhatStillWaits: what is done in time is alerted to by nobody.
func TestAlertsAreOfWhatStillWaits(t *testing.T) {
	f := newFixture(t, 2, 2)
	a := f.applies()
	f.done(f.API.DecideApplication(t.Context(), as(policy.MarketManager, f.lead), market.DecideApplicationInput{IdempotencyKey: key(), Application: id(a), Decision: market.Refused, Reasons: "No insurance"}))
	f.Advance(t, 60*24*time.Hour)
	if done := f.work(); done.Alerted != 0 {
		t.Errorf("alerted %d times", done.Alerted)
	}
}

// TestAlertsWaitUntilTheyAreMade: what is done, or handed over, between the look and the alert is alerted to by nobody then.
func TestAlertsWaitUntilTheyAreMade(t *testing.T) {
	f := newFixture(t, 2, 2)
	a := f.applies()
	f.Advance(t, 60*24*time.Hour)
	made, err := f.Worker.WakeAfter(t.Context(), func() {
		f.done(f.API.DecideApplication(t.Context(), as(policy.MarketManager, f.lead), market.DecideApplicationInput{IdempotencyKey: key(), Application: id(a), Decision: market.Refused, Reasons: "No insurance"}))
	})
	if n := f.count("alert"); err != nil || made != 0 || n != 0 {
		t.Errorf("decided meanwhile: alerted %d times, %d alerts, %v", made, n, err)
	}
	b := f.applies()
	f.Advance(t, 60*24*time.Hour)
	made, err = f.Worker.WakeAfter(t.Context(), func() {
		f.tamper(fmt.Sprintf("UPDATE dps.application SET authority_id = '%s' WHERE id = '%s'", f.kent, b))
	})
	if n := f.count("alert"); err != nil || made != 0 || n != 0 {
		t.Errorf("handed over meanwhile: alerted %d times, %d alerts, %v", made, n, err)
	}
	if f.work(); f.count("alert WHERE authority_id = $1", f.kent) != 1 || f.count("alert") != 1 {
		t.Error("the next round does not alert whose it is now")
	}
}

// instant looks at an instant behind the walls.
func (f *fixture) instant(query string, args ...any) (at time.Time) {
	f.t.Helper()
	f.look(&at, query, args...)
	return at
}

// midnight is when a day begins in London, so many days from now.
func (f *fixture) midnight(days int) time.Time {
	f.t.Helper()
	year, month, day := f.now().In(market.London).Date()
	return time.Date(year, month, day+days, 0, 0, 0, 0, market.London)
}

// membership is that of a provider in the fixture's lot.
func (f *fixture) membership(i int) (m uuid.UUID) {
	f.t.Helper()
	f.look(&m, "SELECT id FROM dps.membership WHERE provider_id = $1 AND lot_id = $2", f.providers[i], f.lot)
	return m
}

// applies is the first provider's application to another lot.
func (f *fixture) applies() uuid.UUID {
	f.t.Helper()
	lot := f.draftLot(market.Matching)
	f.done(f.API.PublishLot(f.t.Context(), as(policy.MarketManager, f.lead), market.PublishLotInput{IdempotencyKey: key(), Lot: id(lot)}))
	return f.done(f.API.SubmitApplication(f.t.Context(), f.bidder(0), market.SubmitApplicationInput{IdempotencyKey: key(), Lot: id(lot), Statement: "Synthetic statement", NoGroundForExclusion: true}))
}

// insured is a declaration of the first provider, essential in its lot, that is valid for so many days; the second's outlasts it.
func (f *fixture) insured(days int) (evidence uuid.UUID) {
	f.t.Helper()
	f.tamper(fmt.Sprintf("INSERT INTO dps.lot_evidence VALUES ('%s', '%s', 'MODERN_SLAVERY', true)", f.lot, f.lead))
	for i, valid := range []int{days, 360} {
		given := f.done(f.API.RecordEvidence(f.t.Context(), f.bidder(i), market.RecordEvidenceInput{IdempotencyKey: key(), Kind: "MODERN_SLAVERY", Reference: "Synthetic",
			ValidFrom: f.day(0), ValidUntil: f.day(valid), Declared: new(true)}))
		if i == 0 {
			evidence = given
		}
	}
	return evidence
}

// placement is one of the first provider, whose first day is recorded or not.
func (f *fixture) placement(started bool) (placement uuid.UUID) {
	f.t.Helper()
	_, award := f.awarded(f.kent, 0)
	f.done(f.API.AcceptAward(f.t.Context(), f.bidder(0), market.AcceptAwardInput{IdempotencyKey: key(), Award: id(award)}))
	f.look(&placement, "SELECT id FROM dps.placement")
	if started {
		f.run("UPDATE dps.placement SET starts_on = (dps.now() AT TIME ZONE 'Europe/London')::date, started_at = dps.now()")
	}
	return placement
}
