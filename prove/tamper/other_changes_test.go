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

// mustChange changes something as somebody, and it has to succeed.
func (b *brokenLog) mustChange(who demo.Persona, mutation string, in fields, selection string) demo.Value {
	b.t.Helper()
	in["idempotencyKey"] = uuid.NewString()
	reply := b.Ask(b.t, who, fmt.Sprintf("mutation($input: %s%sInput!) { %s(input: $input) { %s problems { code field message } } }",
		strings.ToUpper(mutation[:1]), mutation[1:], mutation, selection), fields{"input": in})
	payload := reply.Data.At(mutation)
	if len(reply.Errors) > 0 || payload.At("problems.0").Exists() {
		b.t.Fatalf("%s, %s: %s", who, mutation, reply.Raw)
	}
	return payload
}

func opaqueID(kind string, id uuid.UUID) string { return kind + "_" + hex.EncodeToString(id[:]) }

// makeOtherChanges makes the changes that the story has no occasion for: an offer withdrawn, an award rejected, one declined, a
// membership with all that can happen to it, a preference entered for a family, a delegation given and withdrawn.
func (b *brokenLog) makeOtherChanges(told demo.Told) {
	b.t.Helper()
	b.changeMembership(told)
	given := b.mustChange(demo.Borough, "giveDelegation", fields{"act": "PUBLISH"}, "delegation { id }").At("delegation.id").Text()
	b.mustChange(demo.Borough, "withdrawDelegation", fields{"delegation": given}, "")
	b.changePartners()
	lot := b.publishLot()
	b.changeNeeds(lot)
	b.publishJointCall(lot)
	named := b.nameSchool(lot)
	need, offer := b.needAfterDeadline(lot)
	b.mustChange(demo.Commissioner, "redactNeed", fields{
		"need": need, "words": "calm", "replacement": "quiet", "reason": "Synthetic: to see that it is recorded.",
	}, "")
	b.endNeedWithoutAward(named)
	b.takeOtherRoutes(lot)
	b.broadcastUrgentNeed(lot)
	evaluator := demo.Evaluator1
	for _, who := range []demo.Persona{demo.Opener1, demo.Commissioner, evaluator, demo.Approver} {
		b.mustChange(who, "declareInterest", fields{"need": need, "conflict": false}, "")
	}
	b.mustChange(demo.Opener1, "openOffers", fields{"need": need}, "")
	criterion := b.Ask(b.t, evaluator, "query($id: ID!) { node(id: $id) { ... on Need { lot { criteria { id } } } } }",
		fields{"id": need}).Data.At("node.lot.criteria.0.id").Text()
	var checks []fields
	for _, check := range []string{"MEMBERSHIP", "REGISTRATION", "AGE", "NEEDS_MET", "VACANCY", "INSPECTION", "IMPACT_ON_CHILDREN"} {
		checks = append(checks, fields{"check": check, "passed": true, "reason": "Synthetic: few others, and calm."})
	}
	b.mustChange(demo.Commissioner, "assessSuitability", fields{"offer": offer, "checks": checks}, "")
	b.mustChange(evaluator, "scoreOffer", fields{"offer": offer, "scores": []fields{{
		"criterion": criterion, "points": 4,
		"comment": "Synthetic: good.",
	}}}, "")
	b.mustChange(evaluator, "lockScores", fields{"need": need}, "")
	query := b.mustChange(demo.Commissioner, "queryPrice", fields{"offer": offer, "kind": "UNCLEAR", "question": "Synthetic: what is in it?"},
		"priceQuery { id }").At("priceQuery.id").Text()
	b.mustChange(demo.Rival, "answerPriceQuery", fields{"query": query, "answer": "Synthetic: all of it."}, "")
	b.mustChange(demo.Commissioner, "decidePriceQuery", fields{"query": query, "accepted": true, "reason": "Synthetic: explained."}, "")
	award := b.proposeAward(offer)
	b.mustChange(demo.Approver, "rejectAward", fields{"award": award, "reason": "Synthetic: ask the family first."}, "")
	b.mustChange(demo.Commissioner, "withdrawProposal", fields{"award": b.proposeAward(offer), "reason": "Synthetic: of another need."}, "")
	award = b.proposeAward(offer)
	b.mustChange(demo.Commissioner, "recordPanelDecision", fields{
		"need": need, "decidedOn": "2026-01-05", "agreed": true,
		"reasons": "Synthetic.", "education": "100.00", "socialCare": "0.00", "icb": "0.00",
	}, "")
	b.mustChange(demo.Approver, "approveAward", fields{"award": award, "standstill": false}, "")
	b.mustChange(demo.Commissioner, "recordAwardNotice", fields{
		"award": award, "kind": "AWARD", "reference": "Synthetic: 1",
		"publishedOn": b.marketTime().Format(time.DateOnly),
	}, "")
	b.mustChange(demo.Rival, "declineAward", fields{"award": award, "reason": "Synthetic: the place is taken."}, "")
}

// changePartners join, move and leave.
func (b *brokenLog) changePartners() {
	b.t.Helper()
	day := b.marketTime().Format(time.DateOnly)
	joined := b.mustChange(demo.MarketManager, "admitPartner", fields{
		"kind": "PARTNER", "name": "Synthetic County", "dfeCode": "999",
		"from": day, "words": "Synthetic: agreed.",
	},
		"organisation { id }").At("organisation.id").Text()
	b.mustChange(demo.MarketManager, "moveBorough", fields{"organisation": joined, "consortium": opaqueID("org",
		demo.OrganisationID(demo.Consortium)), "words": "Synthetic: agreed."}, "")
	b.mustChange(demo.MarketManager, "endPartnership", fields{"organisation": joined, "lastDay": day, "words": "Synthetic: agreed."}, "")
	b.mustChange(demo.MarketManager, "correctLastDay", fields{"organisation": joined, "words": "Synthetic: it stays."}, "")
}

// publishJointCall publishes needs of two boroughs as one call; one of the boroughs is to be succeeded.
func (b *brokenLog) publishJointCall(lot string) {
	b.t.Helper()
	now, needs := b.marketTime(), []string{}
	for _, borough := range []string{"Bexley", "Bromley"} {
		b.mustChange(demo.Persona{Key: borough, Organisation: demo.OrganisationID(borough), Capacity: policy.Commissioner}, "giveDelegation",
			fields{"act": "PUBLISH"}, "")
		needs = append(needs, b.mustChange(demo.Officer, "createNeed", fields{
			"authority": opaqueID("org", demo.OrganisationID(borough)), "lot": lot, "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed,
			"legalBasis": "SECTION_20", "homeOutcode": "BR1", "travelMiles": 30,
			"startFrom": now.Format(time.DateOnly), "startTo": now.AddDate(0, 0, 120).Format(time.DateOnly), "profile": "Synthetic: a calm home.",
			"outcomes": "Synthetic: to feel safe.",
		}, "need { id }").At("need.id").Text())
	}
	b.mustChange(demo.Officer, "publishJointly", fields{
		"needs": needs, "deadline": now.AddDate(0, 0, 12),
		"uniqueReason": "Synthetic: alone.",
	}, "")
	from, to := opaqueID("org", demo.OrganisationID("Bexley")), opaqueID("org", demo.OrganisationID("Kent"))
	announce := func() {
		b.mustChange(demo.MarketManager, "announceSuccession", fields{
			"predecessor": from, "successors": []string{to}, "remainder": to,
			"onDay": now.AddDate(0, 0, 300).Format(time.DateOnly), "words": "Synthetic: by order.",
		}, "")
	}
	announce()
	b.mustChange(demo.MarketManager, "cancelSuccession", fields{"predecessor": from, "words": "Synthetic: the order fell."}, "")
	announce()
	b.mustChange(demo.Persona{Key: "bexley.approver", Organisation: demo.OrganisationID("Bexley"), Capacity: policy.Approver},
		"allocateSuccession",
		fields{"cases": []fields{{"need": needs[0], "successor": to}}}, "")
}

// nameSchool is a school that a family asks for, and that is named.
func (b *brokenLog) nameSchool(lot string) (need string) {
	b.t.Helper()
	_, err := b.Admin.Exec("UPDATE dps.setting SET section41 = true WHERE id = $1", demo.SettingID(5))
	must(b.t, err)
	now := b.marketTime()
	need = b.mustChange(demo.Commissioner, "createNeed", fields{
		"lot": lot, "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed, "legalBasis": "EHC_PLAN", "homeOutcode": "BN11", "travelMiles": 30,
		"startFrom": now.Format(time.DateOnly), "startTo": now.AddDate(0, 0, 120).Format(time.DateOnly), "profile": "Synthetic: a calm school.",
		"outcomes": "Synthetic: to feel safe.",
	}, "need { id }").At("need.id").Text()
	b.mustChange(demo.Commissioner, "publishNeed", fields{
		"need": need, "deadline": now.AddDate(0, 0, 12),
		"uniqueReason": "Synthetic: it is as wide as it can be.",
	}, "")
	b.mustChange(demo.Commissioner, "declareInterest", fields{"need": need, "conflict": false}, "")
	preference := b.mustChange(demo.Commissioner, "enterPreference", fields{
		"need": need, "respondent": "PARENT",
		"setting": opaqueID("setting", demo.SettingID(5)),
		"words":   "Synthetic: this school, please.",
	}, "preference { id }").At("preference.id").Text()
	b.mustChange(demo.Commissioner, "decideNaming", fields{
		"preference": preference, "named": true,
		"reasons":     "Synthetic: no ground against it.",
		"consultedOn": now.Format(time.DateOnly), "effect": "Synthetic: it is your school.",
	}, "")
	return need
}

// takeOtherRoutes are places by other routes than the competition.
func (b *brokenLog) takeOtherRoutes(lot string) {
	b.t.Helper()
	now := b.marketTime()
	terms := fields{"startsOn": now.Format(time.DateOnly), "weekly": "1500.00", "weeks": 38, "evidence": []string{"Synthetic: letter 7"}}
	setting := opaqueID("setting", demo.SettingID(5))
	draft := func(who ...demo.Persona) string {
		need := b.mustChange(demo.Commissioner, "createNeed", fields{
			"lot": lot, "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed, "legalBasis": "EHC_PLAN", "homeOutcode": "BN11", "travelMiles": 30,
			"startFrom": now.Format(time.DateOnly), "startTo": now.AddDate(0, 0, 120).Format(time.DateOnly), "profile": "Synthetic: a calm school.",
			"outcomes": "Synthetic: to feel safe.",
		}, "need { id }").At("need.id").Text()
		for _, p := range append(who, demo.Commissioner) {
			b.mustChange(p, "declareInterest", fields{"need": need, "conflict": false}, "")
		}
		return need
	}
	need := draft()
	preference := b.mustChange(demo.Commissioner, "enterPreference", fields{
		"need": need, "respondent": "PARENT", "setting": setting,
		"words": "Synthetic: this school, please.",
	},
		"preference { id }").At("preference.id").Text()
	b.mustChange(demo.Commissioner, "decideNaming", fields{
		"preference": preference, "named": true,
		"reasons":     "Synthetic: no ground against it.",
		"consultedOn": now.Format(time.DateOnly), "effect": "Synthetic: it is your school.",
	}, "")
	b.mustChange(demo.Commissioner, "proposeNamedPlace", fields{"preference": preference, "terms": terms}, "")
	b.mustChange(demo.Commissioner, "proposeChosenPlace", fields{
		"need": draft(), "setting": setting, "ground": "ONLY_SUPPLIER",
		"enactment": "Synthetic", "reasons": "Synthetic.",
		"notExcluded": true, "terms": terms,
	}, "")
	b.mustChange(demo.Commissioner, "proposeSpotPlace", fields{
		"need": draft(), "setting": setting, "reason": "CONTINUITY",
		"reasons": "Synthetic.", "terms": terms,
	}, "")
	ordered := func() string {
		need := draft(demo.Approver)
		award := b.mustChange(demo.Commissioner, "proposeOrderedPlace", fields{
			"need": need, "setting": setting, "reference": "SYN",
			"orderedOn": now.Format(time.DateOnly),
			"directs":   "MAKE_PLAN", "reasons": "Synthetic.", "terms": terms,
		}, "award { id }").At("award.id").Text()
		b.mustChange(demo.Commissioner, "recordPanelDecision", fields{
			"need": need, "decidedOn": "2026-01-05", "agreed": true,
			"reasons": "Synthetic.", "education": "100.00", "socialCare": "0.00", "icb": "0.00",
		}, "")
		b.mustChange(demo.Approver, "approvePlace", fields{"award": award}, "")
		return b.Ask(b.t, demo.Commissioner, "query($id: ID!) { node(id: $id) { ... on Award { placement { id } } } }",
			fields{"id": award}).Data.At("node.placement.id").Text()
	}
	b.endPlacements(ordered(), ordered())
}

// endPlacements ends a placement, takes the end back, and cancels another.
func (b *brokenLog) endPlacements(ends, cancelled string) {
	b.t.Helper()
	b.mustChange(demo.Commissioner, "recordSignature", fields{"placement": ends, "reference": "Synthetic: paper 1"}, "")
	b.mustChange(demo.Commissioner, "signAgreement", fields{"placement": ends}, "")
	b.mustChange(demo.Commissioner, "startPlacement", fields{"placement": ends}, "")
	lastDay := b.marketTime().AddDate(0, 0, 90).Format(time.DateOnly)
	b.mustChange(demo.Decliner, "giveNotice", fields{"placement": ends, "reason": "MOVED_AWAY", "lastDay": lastDay}, "")
	b.mustChange(demo.Commissioner, "endPlacement", fields{
		"placement": ends, "reason": "MOVED_AWAY", "lastDay": lastDay, "planned": true,
		"noticeBy": "PROVIDER",
	}, "")
	b.mustChange(demo.Commissioner, "withdrawEnd", fields{"placement": ends}, "")
	b.mustChange(demo.Commissioner, "cancelPlacement", fields{"placement": cancelled, "reason": "FAMILY_REQUEST"}, "")
}

// broadcastUrgentNeed is a need for the same day, with what is said on the telephone.
func (b *brokenLog) broadcastUrgentNeed(lot string) {
	b.t.Helper()
	now := b.marketTime()
	said := func() (need, offer string) {
		need = b.mustChange(demo.Commissioner, "broadcastUrgentNeed", fields{
			"lot": lot, "age": 11, "primaryNeed": anyNeed,
			"legalBasis": "SECTION_20", "homeOutcode": "BN11",
			"profile": "Synthetic: a calm home tonight.", "reason": "Synthetic: the carer was taken ill.", "hours": 4, "vacant": false,
		},
			"need { id }").At("need.id").Text()
		return need, b.mustChange(demo.Commissioner, "enterTelephoneOffer", fields{
			"need": need, "setting": opaqueID("setting",
				demo.SettingID(4)), "startsOn": now.Format(time.DateOnly),
			"weekly": "5000.00", "weeks": 52, "words": "Synthetic: one room.", "saidBy": "Synthetic manager", "saidAt": b.marketTime(),
		},
			"telephoneOffer { id }").At("telephoneOffer.id").Text()
	}
	_, offer := said()
	b.mustChange(demo.Commissioner, "completeTelephoneOffer", fields{"telephoneOffer": offer, "paper": "Synthetic: letter 9"}, "")
	need, offer := said()
	b.mustChange(demo.Rival, "confirmTelephoneOffer", fields{"telephoneOffer": offer, "right": true}, "")
	b.mustChange(demo.Commissioner, "declareInterest", fields{"need": need, "conflict": false}, "")
	b.mustChange(demo.Commissioner, "proposeUrgentPlace", fields{"telephoneOffer": offer, "reasons": "Synthetic."}, "")
}

// endNeedWithoutAward ends a need without an award, after its deadline.
func (b *brokenLog) endNeedWithoutAward(need string) {
	b.t.Helper()
	b.mustChange(demo.Opener1, "declareInterest", fields{"need": need, "conflict": false}, "")
	b.mustChange(demo.Opener1, "openOffers", fields{"need": need}, "")
	b.mustChange(demo.Commissioner, "endWithoutAward", fields{
		"need": need, "reason": "SCHOOL_NAMED",
		"words": "Synthetic: as the family asked.",
	}, "")
}

func (b *brokenLog) proposeAward(offer string) string {
	b.t.Helper()
	return b.mustChange(demo.Commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best offer."},
		"award { id }").At("award.id").Text()
}

// publishLot is a published lot of the short procedure, with one member.
func (b *brokenLog) publishLot() string {
	b.t.Helper()
	lot := b.mustChange(demo.MarketManager, "createLot", fields{
		"market": opaqueID("market", demo.MarketID()), "name": "Children's homes", "description": "Places in children's homes.",
		"kind":      "CHILDRENS_HOME",
		"procedure": "MATCHING", "ageLow": 5, "ageHigh": 19, "needs": []string{anyNeed}, "contract": "Synthetic contract",
		"contractVersion": "2026",
		"criteria": []fields{{"kind": "QUALITY", "name": "Match", "description": "How well they fit.", "weight": "60"}, {
			"kind": "PRICE",
			"name": "Price", "description": "For a year.", "weight": "40",
		}},
	}, "lot { id }").At("lot.id").Text()
	b.mustChange(demo.MarketManager, "publishLot", fields{"lot": lot}, "")
	application := b.mustChange(demo.Rival, "submitApplication", fields{
		"lot": lot, "statement": "Synthetic: we meet every criterion.",
		"noGroundForExclusion": true,
	},
		"application { id }").At("application.id").Text()
	b.mustChange(demo.MarketManager, "decideApplication", fields{
		"application": application, "decision": "ADMITTED",
		"reasons": "Synthetic: all are met.",
	}, "")
	return lot
}

const anyNeed = "ASD - Autistic Spectrum Disorder"

// needAfterDeadline is a need of a lot with one offer, after its deadline.
func (b *brokenLog) needAfterDeadline(lot string) (need, offer string) {
	b.t.Helper()
	need, offer = b.needWithOffer(lot)
	must(b.t, b.MoveClock(b.t.Context(), b.marketTime().AddDate(0, 0, 12).Add(time.Second)))
	return need, offer
}

// needWithOffer is a need of a lot with one sealed offer. Another was withdrawn.
func (b *brokenLog) needWithOffer(lot string) (need, offer string) {
	b.t.Helper()
	now := b.marketTime()
	need = b.mustChange(demo.Commissioner, "createNeed", fields{
		"lot": lot, "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed, "legalBasis": "SECTION_20", "homeOutcode": "BN11", "travelMiles": 30,
		"startFrom": now.Format(time.DateOnly), "startTo": now.AddDate(0, 0, 120).Format(time.DateOnly), "profile": "Synthetic: a calm home.",
		"outcomes": "Synthetic: to feel safe.",
	}, "need { id }").At("need.id").Text()
	b.mustChange(demo.Commissioner, "publishNeed", fields{
		"need": need, "deadline": now.AddDate(0, 0, 12),
		"uniqueReason": "Synthetic: it is as wide as it can be.",
	}, "")
	b.mustChange(demo.Commissioner, "enterPreference", fields{"need": need, "respondent": "PARENT", "words": "Synthetic: near to us."}, "")
	for range 2 {
		offer = b.mustChange(demo.Rival, "submitOffer", fields{
			"need": need, "setting": opaqueID("setting", demo.SettingID(4)), "startsOn": now.AddDate(0, 0, 60).Format(time.DateOnly), "weeks": 52,
			"needsMet": "Synthetic: two adults at all times.", "outcomesMet": "Synthetic: a plan for each.",
			"fees": []fields{{"kind": "RESIDENTIAL_CARE", "description": "Care", "weekly": "4100.00"}},
		}, "offer { id }").At("offer.id").Text()
		if b.changeCounts["withdrawOffer"] == 0 {
			b.mustChange(demo.Rival, "withdrawOffer", fields{"offer": offer}, "")
		}
	}
	return need, offer
}

func (b *brokenLog) marketTime() (now time.Time) {
	b.t.Helper()
	must(b.t, b.Admin.QueryRow("SELECT dps.now()").Scan(&now))
	return now
}

// earlyReaders are all who may look at an unopened need and ask for its offers.
var earlyReaders = []demo.Persona{
	demo.Commissioner, demo.Opener1, demo.Evaluator1, demo.Moderator, demo.Approver,
	{Key: "kent.opener.9", Organisation: demo.OrganisationID("Kent"), Capacity: policy.OpeningOfficer},
}
