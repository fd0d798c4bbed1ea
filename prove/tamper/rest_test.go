package tamper_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

type fields = map[string]any

// change changes something as somebody, and it has to succeed.
func (b *brokenLog) change(who demo.Persona, mutation string, in fields, selection string) demo.Value {
	b.t.Helper()
	in["idempotencyKey"] = uuid.NewString()
	reply := b.Ask(b.t, who, fmt.Sprintf("mutation($input: %s%sInput!) { %s(input: $input) { %s problems { code field message } } }",
		strings.ToUpper(mutation[:1]), mutation[1:], mutation, selection), fields{"input": in})
	payload := reply.Data.At(mutation)
	if len(reply.Errors) > 0 || payload.At("problems.0").Is() {
		b.t.Fatalf("%s, %s: %s", who, mutation, reply.Raw)
	}
	return payload
}

func opaque(kind string, id uuid.UUID) string { return kind + "_" + hex.EncodeToString(id[:]) }

// rest makes the changes that the story has no occasion for: an offer withdrawn, an award rejected, one declined, a
// membership with all that can happen to it, a preference entered for a family, a delegation given and withdrawn.
func (b *brokenLog) rest(told demo.Told) {
	b.t.Helper()
	b.admission(told)
	given := b.change(demo.Borough, "giveDelegation", fields{"act": "PUBLISH"}, "delegation { id }").At("delegation.id").Text()
	b.change(demo.Borough, "withdrawDelegation", fields{"delegation": given}, "")
	b.partners()
	lot := b.lot()
	b.needsInFull(lot)
	b.jointly(lot)
	named := b.named(lot)
	need, offer := b.bid(lot)
	b.ended(named)
	b.routes(lot)
	b.urgent(lot)
	evaluator := demo.Evaluator1
	for _, who := range []demo.Persona{demo.Opener1, demo.Commissioner, evaluator, demo.Approver} {
		b.change(who, "declareInterest", fields{"need": need, "conflict": false}, "")
	}
	b.change(demo.Opener1, "openOffers", fields{"need": need}, "")
	criterion := b.Ask(b.t, evaluator, "query($id: ID!) { node(id: $id) { ... on Need { lot { criteria { id } } } } }", fields{"id": need}).Data.At("node.lot.criteria.0.id").Text()
	var checks []fields
	for _, check := range []string{"MEMBERSHIP", "REGISTRATION", "AGE", "NEEDS_MET", "VACANCY", "INSPECTION", "IMPACT_ON_CHILDREN"} {
		checks = append(checks, fields{"check": check, "passed": true, "reason": "Synthetic: few others, and calm."})
	}
	b.change(demo.Commissioner, "assessSuitability", fields{"offer": offer, "checks": checks}, "")
	b.change(evaluator, "scoreOffer", fields{"offer": offer, "scores": []fields{{"criterion": criterion, "points": 4, "comment": "Synthetic: good."}}}, "")
	b.change(evaluator, "lockScores", fields{"need": need}, "")
	query := b.change(demo.Commissioner, "queryPrice", fields{"offer": offer, "kind": "UNCLEAR", "question": "Synthetic: what is in it?"}, "priceQuery { id }").At("priceQuery.id").Text()
	b.change(demo.Rival, "answerPriceQuery", fields{"query": query, "answer": "Synthetic: all of it."}, "")
	b.change(demo.Commissioner, "decidePriceQuery", fields{"query": query, "accepted": true, "reason": "Synthetic: explained."}, "")
	award := b.propose(offer)
	b.change(demo.Approver, "rejectAward", fields{"award": award, "reason": "Synthetic: ask the family first."}, "")
	award = b.propose(offer)
	b.change(demo.Commissioner, "recordPanelDecision", fields{"need": need, "decidedOn": "2026-01-05", "agreed": true, "reasons": "Synthetic.", "education": "100.00", "socialCare": "0.00", "icb": "0.00"}, "")
	b.change(demo.Approver, "approveAward", fields{"award": award, "standstill": false}, "")
	b.change(demo.Commissioner, "recordAwardNotice", fields{"award": award, "kind": "AWARD", "reference": "Synthetic: 1", "publishedOn": b.now().Format(time.DateOnly)}, "")
	b.change(demo.Rival, "declineAward", fields{"award": award, "reason": "Synthetic: the place is taken."}, "")
}

// partners join, move and leave.
func (b *brokenLog) partners() {
	b.t.Helper()
	day := b.now().Format(time.DateOnly)
	joined := b.change(demo.MarketManager, "admitPartner", fields{"kind": "PARTNER", "name": "Synthetic County", "dfeCode": "999", "from": day, "words": "Synthetic: agreed."},
		"organisation { id }").At("organisation.id").Text()
	b.change(demo.MarketManager, "moveBorough", fields{"organisation": joined, "consortium": opaque("org", demo.OrganisationID(demo.Consortium)), "words": "Synthetic: agreed."}, "")
	b.change(demo.MarketManager, "endPartnership", fields{"organisation": joined, "lastDay": day, "words": "Synthetic: agreed."}, "")
}

// jointly publishes needs of two boroughs as one call; one of the boroughs is to be succeeded.
func (b *brokenLog) jointly(lot string) {
	b.t.Helper()
	now, needs := b.now(), []string{}
	for _, borough := range []string{"Bexley", "Bromley"} {
		b.change(demo.Persona{Key: borough, Organisation: demo.OrganisationID(borough), Capacity: policy.Commissioner}, "giveDelegation", fields{"act": "PUBLISH"}, "")
		needs = append(needs, b.change(demo.Officer, "createNeed", fields{
			"authority": opaque("org", demo.OrganisationID(borough)), "lot": lot, "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed, "legalBasis": "SECTION_20", "homeOutcode": "BR1", "travelMiles": 30,
			"startFrom": now.Format(time.DateOnly), "startTo": now.AddDate(0, 0, 120).Format(time.DateOnly), "profile": "Synthetic: a calm home.", "outcomes": "Synthetic: to feel safe.",
		}, "need { id }").At("need.id").Text())
	}
	b.change(demo.Officer, "publishJointly", fields{"needs": needs, "deadline": now.AddDate(0, 0, 12), "uniqueReason": "Synthetic: alone."}, "")
	to := opaque("org", demo.OrganisationID("Kent"))
	b.change(demo.MarketManager, "announceSuccession", fields{"predecessor": opaque("org", demo.OrganisationID("Bexley")), "successors": []string{to}, "remainder": to,
		"onDay": now.AddDate(0, 0, 300).Format(time.DateOnly), "words": "Synthetic: by order."}, "")
	b.change(demo.Persona{Key: "bexley.approver", Organisation: demo.OrganisationID("Bexley"), Capacity: policy.Approver}, "allocateSuccession",
		fields{"cases": []fields{{"need": needs[0], "successor": to}}}, "")
}

// named is a school that a family asks for, and that is named.
func (b *brokenLog) named(lot string) (need string) {
	b.t.Helper()
	_, err := b.Admin.Exec("UPDATE dps.setting SET section41 = true WHERE id = $1", demo.SettingID(5))
	must(b.t, err)
	now := b.now()
	need = b.change(demo.Commissioner, "createNeed", fields{
		"lot": lot, "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed, "legalBasis": "EHC_PLAN", "homeOutcode": "BN11", "travelMiles": 30,
		"startFrom": now.Format(time.DateOnly), "startTo": now.AddDate(0, 0, 120).Format(time.DateOnly), "profile": "Synthetic: a calm school.", "outcomes": "Synthetic: to feel safe.",
	}, "need { id }").At("need.id").Text()
	b.change(demo.Commissioner, "publishNeed", fields{"need": need, "deadline": now.AddDate(0, 0, 12), "uniqueReason": "Synthetic: it is as wide as it can be."}, "")
	b.change(demo.Commissioner, "declareInterest", fields{"need": need, "conflict": false}, "")
	preference := b.change(demo.Commissioner, "enterPreference", fields{"need": need, "respondent": "PARENT", "setting": opaque("setting", demo.SettingID(5)),
		"words": "Synthetic: this school, please."}, "preference { id }").At("preference.id").Text()
	b.change(demo.Commissioner, "decideNaming", fields{"preference": preference, "named": true, "reasons": "Synthetic: no ground against it.",
		"consultedOn": now.Format(time.DateOnly), "effect": "Synthetic: it is your school."}, "")
	return need
}

// routes are places by other routes than the competition.
func (b *brokenLog) routes(lot string) {
	b.t.Helper()
	now := b.now()
	terms := fields{"startsOn": now.Format(time.DateOnly), "weekly": "1500.00", "weeks": 38, "evidence": []string{"Synthetic: letter 7"}}
	setting := opaque("setting", demo.SettingID(5))
	draft := func(who ...demo.Persona) string {
		need := b.change(demo.Commissioner, "createNeed", fields{
			"lot": lot, "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed, "legalBasis": "EHC_PLAN", "homeOutcode": "BN11", "travelMiles": 30,
			"startFrom": now.Format(time.DateOnly), "startTo": now.AddDate(0, 0, 120).Format(time.DateOnly), "profile": "Synthetic: a calm school.", "outcomes": "Synthetic: to feel safe.",
		}, "need { id }").At("need.id").Text()
		for _, p := range append(who, demo.Commissioner) {
			b.change(p, "declareInterest", fields{"need": need, "conflict": false}, "")
		}
		return need
	}
	need := draft()
	preference := b.change(demo.Commissioner, "enterPreference", fields{"need": need, "respondent": "PARENT", "setting": setting, "words": "Synthetic: this school, please."},
		"preference { id }").At("preference.id").Text()
	b.change(demo.Commissioner, "decideNaming", fields{"preference": preference, "named": true, "reasons": "Synthetic: no ground against it.",
		"consultedOn": now.Format(time.DateOnly), "effect": "Synthetic: it is your school."}, "")
	b.change(demo.Commissioner, "proposeNamedPlace", fields{"preference": preference, "terms": terms}, "")
	b.change(demo.Commissioner, "proposeChosenPlace", fields{"need": draft(), "setting": setting, "ground": "ONLY_SUPPLIER", "enactment": "Synthetic", "reasons": "Synthetic.",
		"notExcluded": true, "terms": terms}, "")
	b.change(demo.Commissioner, "proposeSpotPlace", fields{"need": draft(), "setting": setting, "reason": "CONTINUITY", "reasons": "Synthetic.", "terms": terms}, "")
	need = draft(demo.Approver)
	award := b.change(demo.Commissioner, "proposeOrderedPlace", fields{"need": need, "setting": setting, "reference": "SYN", "orderedOn": now.Format(time.DateOnly),
		"directs": "MAKE_PLAN", "reasons": "Synthetic.", "terms": terms}, "award { id }").At("award.id").Text()
	b.change(demo.Commissioner, "recordPanelDecision", fields{"need": need, "decidedOn": "2026-01-05", "agreed": true, "reasons": "Synthetic.", "education": "100.00", "socialCare": "0.00", "icb": "0.00"}, "")
	b.change(demo.Approver, "approvePlace", fields{"award": award}, "")
	id := b.Ask(b.t, demo.Commissioner, "query($id: ID!) { node(id: $id) { ... on Award { placement { id } } } }", fields{"id": award}).Data.At("node.placement.id").Text()
	b.change(demo.Commissioner, "recordSignature", fields{"placement": id, "reference": "Synthetic: paper 1"}, "")
}

// urgent is a need for the same day, with what is said on the telephone.
func (b *brokenLog) urgent(lot string) {
	b.t.Helper()
	now := b.now()
	said := func() (need, offer string) {
		need = b.change(demo.Commissioner, "broadcastUrgentNeed", fields{"lot": lot, "age": 11, "primaryNeed": anyNeed, "legalBasis": "SECTION_20", "homeOutcode": "BN11",
			"profile": "Synthetic: a calm home tonight.", "reason": "Synthetic: the carer was taken ill.", "hours": 4, "vacant": false}, "need { id }").At("need.id").Text()
		return need, b.change(demo.Commissioner, "enterTelephoneOffer", fields{"need": need, "setting": opaque("setting", demo.SettingID(4)), "startsOn": now.Format(time.DateOnly),
			"weekly": "5000.00", "weeks": 52, "words": "Synthetic: one room.", "saidBy": "Synthetic manager", "saidAt": b.now()}, "telephoneOffer { id }").At("telephoneOffer.id").Text()
	}
	_, offer := said()
	b.change(demo.Commissioner, "completeTelephoneOffer", fields{"telephoneOffer": offer, "paper": "Synthetic: letter 9"}, "")
	need, offer := said()
	b.change(demo.Rival, "confirmTelephoneOffer", fields{"telephoneOffer": offer, "right": true}, "")
	b.change(demo.Commissioner, "declareInterest", fields{"need": need, "conflict": false}, "")
	b.change(demo.Commissioner, "proposeUrgentPlace", fields{"telephoneOffer": offer, "reasons": "Synthetic."}, "")
}

// ended ends a need without an award, after its deadline.
func (b *brokenLog) ended(need string) {
	b.t.Helper()
	b.change(demo.Opener1, "declareInterest", fields{"need": need, "conflict": false}, "")
	b.change(demo.Opener1, "openOffers", fields{"need": need}, "")
	b.change(demo.Commissioner, "endWithoutAward", fields{"need": need, "reason": "SCHOOL_NAMED", "words": "Synthetic: as the family asked."}, "")
}

func (b *brokenLog) propose(offer string) string {
	b.t.Helper()
	return b.change(demo.Commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best offer."}, "award { id }").At("award.id").Text()
}

// lot is a published lot of the short procedure, with one member.
func (b *brokenLog) lot() string {
	b.t.Helper()
	lot := b.change(demo.MarketManager, "createLot", fields{
		"market": opaque("market", demo.MarketID()), "name": "Children's homes", "description": "Places in children's homes.", "kind": "CHILDRENS_HOME",
		"procedure": "MATCHING", "ageLow": 5, "ageHigh": 19, "needs": []string{anyNeed}, "contract": "Synthetic contract", "contractVersion": "2026",
		"criteria": []fields{{"kind": "QUALITY", "name": "Match", "description": "How well they fit.", "weight": "60"}, {"kind": "PRICE", "name": "Price", "description": "For a year.", "weight": "40"}},
	}, "lot { id }").At("lot.id").Text()
	b.change(demo.MarketManager, "publishLot", fields{"lot": lot}, "")
	application := b.change(demo.Rival, "submitApplication", fields{"lot": lot, "statement": "Synthetic: we meet every criterion.", "noGroundForExclusion": true},
		"application { id }").At("application.id").Text()
	b.change(demo.MarketManager, "decideApplication", fields{"application": application, "decision": "ADMITTED", "reasons": "Synthetic: all are met."}, "")
	return lot
}

const anyNeed = "ASD - Autistic Spectrum Disorder"

// bid is a need of a lot with one offer, after its deadline.
func (b *brokenLog) bid(lot string) (need, offer string) {
	b.t.Helper()
	need, offer = b.offered(lot)
	must(b.t, b.MoveClock(b.t.Context(), b.now().AddDate(0, 0, 12).Add(time.Second)))
	return need, offer
}

// offered is a need of a lot with one sealed offer. Another was withdrawn.
func (b *brokenLog) offered(lot string) (need, offer string) {
	b.t.Helper()
	now := b.now()
	need = b.change(demo.Commissioner, "createNeed", fields{
		"lot": lot, "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed, "legalBasis": "SECTION_20", "homeOutcode": "BN11", "travelMiles": 30,
		"startFrom": now.Format(time.DateOnly), "startTo": now.AddDate(0, 0, 120).Format(time.DateOnly), "profile": "Synthetic: a calm home.", "outcomes": "Synthetic: to feel safe.",
	}, "need { id }").At("need.id").Text()
	b.change(demo.Commissioner, "publishNeed", fields{"need": need, "deadline": now.AddDate(0, 0, 12), "uniqueReason": "Synthetic: it is as wide as it can be."}, "")
	b.change(demo.Commissioner, "enterPreference", fields{"need": need, "respondent": "PARENT", "words": "Synthetic: near to us."}, "")
	for range 2 {
		offer = b.change(demo.Rival, "submitOffer", fields{
			"need": need, "setting": opaque("setting", demo.SettingID(4)), "startsOn": now.AddDate(0, 0, 60).Format(time.DateOnly), "weeks": 52,
			"needsMet": "Synthetic: two adults at all times.", "outcomesMet": "Synthetic: a plan for each.",
			"fees": []fields{{"kind": "RESIDENTIAL_CARE", "description": "Care", "weekly": "4100.00"}},
		}, "offer { id }").At("offer.id").Text()
		if b.done["withdrawOffer"] == 0 {
			b.change(demo.Rival, "withdrawOffer", fields{"offer": offer}, "")
		}
	}
	return need, offer
}

func (b *brokenLog) now() (now time.Time) {
	b.t.Helper()
	must(b.t, b.Admin.QueryRow("SELECT dps.now()").Scan(&now))
	return now
}

// readers are all who may look at an unopened need and ask for its offers.
var readers = []demo.Persona{demo.Commissioner, demo.Opener1, demo.Evaluator1, demo.Moderator, demo.Approver,
	{Key: "kent.opener.9", Organisation: demo.OrganisationID("Kent"), Capacity: policy.OpeningOfficer}}
