package e2e_test

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/demo"
)

// doers says who may do what to which things: the facet of such a fact is a mutation.
var doers = []fact{
	// The lead authority's market manager.
	{"createLot", "market_manager", own, always},
	{"publishLot", "market_manager", own, always},
	{"publishNotice", "market_manager", own, always},
	{"decideApplication", "market_manager", own, always},
	{"linkSetting", "market_manager", func(a asker, _ *thing) bool { return a.of == lead }, always},
	{"admitPartner", "market_manager", leads, always},
	{"endPartnership", "market_manager", leads, always},
	{"moveBorough", "market_manager", leads, always},
	{"announceSuccession", "market_manager", leads, always},
	{"allocateSuccession", "approver", nothing, always},
	{"publishJointly", "consortium_officer", delegated("PUBLISH"), always},
	{"askForEvidence", "market_manager", own, always},
	{"recordEvidence", "bids_manager", isProvider, always},
	{"uploadEvidence", "bids_manager", ownProvider, always},
	{"rejectEvidence", "market_manager", appliedTo, always},
	{"askForRenewal", "market_manager", own, always},
	{"askApplicant", "market_manager", own, always},
	{"answerApplicationQuestion", "bids_manager", ownProvider, always},
	{"extendApplication", "market_manager", own, always},
	{"appealRefusal", "bids_manager", ownProvider, always},
	{"decideAppeal", "market_manager", own, always},
	{"suspendMembership", "market_manager", own, always},
	{"restoreMembership", "market_manager", own, always},
	{"announceRemoval", "market_manager", own, always},
	{"decideRemoval", "market_manager", own, always},
	{"answerRemoval", "bids_manager", ownProvider, always},
	{"leaveLot", "bids_manager", ownProvider, always},

	// Any provider applies to a lot that is published.
	{"submitApplication", "bids_manager", both(published, isProvider), always},

	// Searches are one's own; free places are declared for one's own settings.
	{"saveSearch", "commissioner", anything, always},
	{"removeSearch", "commissioner", savedByAsker, always},
	{"declareVacancies", "bids_manager", ownProvider, always},

	// A borough delegates what is its own, and takes it back.
	{"giveDelegation", "commissioner", own, always},
	{"withdrawDelegation", "commissioner", own, always},

	// An authority's needs, and those that it delegates to the consortium.
	{"createNeed", "commissioner", own, always},
	{"createNeed", "consortium_officer", delegated("PUBLISH"), always},
	{"publishNeed", "commissioner", own, always},
	{"publishNeed", "consortium_officer", delegated("PUBLISH"), always},
	{"recordPanelDecision", "commissioner", own, always},
	{"recordEhcDates", "commissioner", own, always},
	{"approveOutOfArea", "approver", own, always},
	{"amendNeed", "commissioner", own, always},
	{"amendNeed", "consortium_officer", delegated("PUBLISH"), always},
	{"withdrawNeed", "commissioner", own, always},
	{"withdrawNeed", "consortium_officer", delegated("PUBLISH"), always},
	{"copyNeed", "commissioner", own, always},
	{"copyNeed", "consortium_officer", delegated("PUBLISH"), always},
	{"linkNeeds", "commissioner", own, always},
	{"linkNeeds", "consortium_officer", delegated("PUBLISH"), always},
	{"chaseInvitations", "commissioner", own, always},
	{"chaseInvitations", "consortium_officer", delegated("PUBLISH"), always},
	{"answerClarification", "commissioner", own, always},
	{"answerClarification", "consortium_officer", delegated("PUBLISH"), always},
	{"recordIdentity", "commissioner", own, always},
	{"viewIdentity", "commissioner", own, placed},
	{"viewIdentity", "bids_manager", ownAward, placed},
	{"inviteFamily", "commissioner", own, always},
	{"enterPreference", "commissioner", own, always},
	{"answerPreference", "commissioner", own, always},
	{"decideNaming", "commissioner", own, always},
	{"answerPreference", "consortium_officer", delegated("EVALUATE"), always},

	// A family, with a code of the right kind.
	{"givePreference", "family", withCode("PREFERENCE"), always},
	{"giveFeedback", "family", withCode("FEEDBACK"), always},

	// A provider that was invited, and its own offers and awards.
	{"answerInvitation", "bids_manager", invited, sealed},
	{"askClarification", "bids_manager", invited, sealed},
	{"submitOffer", "bids_manager", invited, sealed},
	{"withdrawOffer", "bids_manager", ownProvider, sealed},
	{"acceptAward", "bids_manager", ownProvider, approved},
	{"declineAward", "bids_manager", ownProvider, approved},

	// Opening, evaluation, award: each capacity its own part.
	{"declareInterest", "commissioner opening_officer evaluator moderator approver", own, always},
	{"declareInterest", "consortium_officer", delegated("EVALUATE AWARD"), always},
	{"openOffers", "opening_officer", own, sealed},
	{"openOffers", "consortium_officer", delegated("EVALUATE"), sealed},
	{"assessSuitability", "commissioner", own, opened},
	{"assessSuitability", "consortium_officer", delegated("EVALUATE"), opened},
	{"queryPrice", "commissioner", own, opened},
	{"queryPrice", "consortium_officer", delegated("EVALUATE"), opened},
	{"answerPriceQuery", "bids_manager", ownProvider, ranked},
	{"decidePriceQuery", "commissioner", own, ranked},
	{"decidePriceQuery", "consortium_officer", delegated("EVALUATE"), ranked},
	{"scoreOffer", "evaluator", own, opened},
	{"scoreOffer", "consortium_officer", delegated("EVALUATE"), opened},
	{"lockScores", "evaluator", own, always},
	{"lockScores", "consortium_officer", delegated("EVALUATE"), always},
	{"moderateOffer", "moderator", own, opened},
	{"lockQuality", "moderator", own, always},
	{"proposeAward", "commissioner", own, ranked},
	{"proposeAward", "consortium_officer", delegated("AWARD"), ranked},
	{"endWithoutAward", "commissioner", own, sealed},
	{"endWithoutAward", "consortium_officer", delegated("AWARD"), ranked},
	{"approveAward", "approver", own, proposed},
	{"recordAwardNotice", "commissioner", own, proposed},
	{"recordAwardNotice", "consortium_officer", delegated("AWARD"), proposed},
	{"broadcastUrgentNeed", "commissioner", both(published, isAuthority), always},
	{"enterTelephoneOffer", "commissioner", own, always},
	{"confirmTelephoneOffer", "bids_manager", ownProvider, always},
	{"completeTelephoneOffer", "commissioner", own, always},
	{"proposeUrgentPlace", "commissioner", own, always},
	{"proposeNamedPlace", "commissioner", own, always},
	{"proposeOrderedPlace", "commissioner", own, always},
	{"proposeChosenPlace", "commissioner", own, always},
	{"proposeSpotPlace", "commissioner", own, always},
	{"approvePlace", "approver", own, proposed},
	{"recordSignature", "commissioner", own, placed},
	{"rejectAward", "approver", own, proposed},

	// Who runs the need appoints people of other authorities, who then act on it.
	{"appoint", "commissioner", own, always},
	{"appoint", "consortium_officer", delegated("EVALUATE"), always},
	{"endAppointment", "commissioner", own, always},
	{"endAppointment", "consortium_officer", delegated("EVALUATE"), always},
	{"declareInterest", "opening_officer evaluator moderator", appointed, always},
	{"openOffers", "opening_officer", appointed, sealed},
	{"scoreOffer", "evaluator", appointed, opened},
	{"lockScores", "evaluator", appointed, always},
	{"moderateOffer", "moderator", appointed, opened},

	// Both sides sign; the authority, or whom it lets manage, records the first day.
	{"signAgreement", "commissioner", own, placed},
	{"signAgreement", "consortium_officer", delegated("MANAGE"), placed},
	{"signAgreement", "bids_manager", ownProvider, placed},
	{"startPlacement", "commissioner", own, placed},
	{"startPlacement", "consortium_officer", delegated("MANAGE"), placed},

	// What the family wrote.
	{"decideWords", "safeguarding_lead", own, heard},
}

func leads(a asker, _ *thing) bool { return a.of == lead }

func isProvider(a asker, _ *thing) bool { return strings.HasPrefix(a.of, "Synthetic Provider") }

func isAuthority(a asker, x *thing) bool { return !isProvider(a, x) }

func withCode(kind string) relation { return func(a asker, _ *thing) bool { return a.code == kind } }

// ownAward: the need's first offer is that of provider 1, and is awarded wherever one is.
func ownAward(a asker, x *thing) bool { return x.moment >= placed && a.of == providerNamed(1) }

// change is how a mutation is asked for: on which things, and with an input that is right for who may.
type change struct {
	mutation string
	kind     string   // of its things; "" where it has none
	names    []string // which ones
	input    func(m *matrix, a asker, id string) fields
}

// only is an input that names the thing and nothing else.
func only(field string, more ...any) func(*matrix, asker, string) fields {
	return func(_ *matrix, _ asker, id string) fields {
		in := fields{field: id}
		for i := 0; i < len(more); i += 2 {
			in[more[i].(string)] = more[i+1]
		}
		return in
	}
}

const reason = "Synthetic: on the whole this is best for the child, as the notes say."

var changes = []change{
	{"createLot", "Market", []string{demo.MarketName}, func(m *matrix, _ asker, id string) fields {
		in := m.newLot("One more lot")
		in["market"] = id
		return in
	}},
	{"publishLot", "Lot", []string{"draft lot"}, only("lot")},
	{"linkSetting", "Setting", []string{"setting 1", "setting 40"}, only("setting", "provider", opaque("provider", demo.ProviderID(1)))},
	{"submitApplication", "Lot", []string{"draft lot", "lot of homes", "lot of schools"},
		only("lot", "statement", "Synthetic: we meet every criterion.", "noGroundForExclusion", true)},
	{"publishNotice", "Market", []string{demo.MarketName}, only("market", "kind", "MODIFY", "reference", "Synthetic: 1", "words", reason)},
	{"askForEvidence", "Lot", []string{"draft lot"}, only("lot", "kind", "ACCOUNTS", "essential", false)},
	{"recordEvidence", "", nil, func(m *matrix, _ asker, _ string) fields {
		return fields{"kind": "ACCOUNTS", "reference": "SYN-2", "validFrom": m.homes.day(0), "validUntil": m.homes.day(100)}
	}},
	{"uploadEvidence", "Evidence", []string{"evidence of Synthetic Provider 04", "evidence of Synthetic Provider 06"}, only("evidence", "name", "policy.pdf")},
	{"rejectEvidence", "Evidence", []string{"evidence of Synthetic Provider 04", "evidence of Synthetic Provider 06"}, only("evidence", "reason", reason)},
	{"askForRenewal", "Membership", []string{"membership of Synthetic Provider 03"}, only("membership", "kind", "ACCOUNTS", "reason", reason)},
	{"askApplicant", "Application", []string{"application of Synthetic Provider 04"}, only("application", "question", reason)},
	{"answerApplicationQuestion", "Application", []string{"application of Synthetic Provider 04"}, only("application", "answer", reason)},
	{"extendApplication", "Application", []string{"application of Synthetic Provider 04"}, only("application", "reason", reason)},
	{"decideApplication", "Application", []string{"application of Synthetic Provider 04"}, only("application", "decision", "REFUSED", "reasons", reason)},
	{"appealRefusal", "Application", []string{"application of Synthetic Provider 04"}, only("application", "grounds", reason)},
	{"decideAppeal", "Application", []string{"application of Synthetic Provider 04"}, only("application", "upheld", true, "reasons", reason)},
	{"suspendMembership", "Membership", []string{"membership of Synthetic Provider 03"}, only("membership", "reason", reason)},
	{"restoreMembership", "Membership", []string{"membership of Synthetic Provider 03"}, only("membership", "reason", reason)},
	{"announceRemoval", "Membership", []string{"membership of Synthetic Provider 03"}, only("membership", "reasons", reason)},
	{"answerRemoval", "Membership", []string{"membership of Synthetic Provider 03"}, only("membership", "answer", reason)},
	{"decideRemoval", "Membership", []string{"membership of Synthetic Provider 03"}, only("membership", "decision", "KEEP", "reasons", reason)},
	{"leaveLot", "Membership", []string{"membership of Synthetic Provider 05"}, only("membership", "reason", reason)},
	{"admitPartner", "", nil, func(m *matrix, _ asker, _ string) fields {
		return fields{"kind": "PARTNER", "name": "Synthetic Partner", "dfeCode": "999", "from": m.homes.day(0), "words": reason}
	}},
	{"endPartnership", "Organisation", []string{"Merton"}, func(m *matrix, _ asker, id string) fields {
		return fields{"organisation": id, "lastDay": m.homes.day(30), "words": reason}
	}},
	{"moveBorough", "Organisation", []string{"Sutton"}, only("organisation", "words", reason)},
	{"announceSuccession", "Organisation", []string{"Lewisham"}, func(m *matrix, _ asker, id string) fields {
		to := opaque("org", demo.OrganisationID(kent))
		return fields{"predecessor": id, "successors": []string{to}, "remainder": to, "onDay": m.homes.day(300), "words": reason}
	}},
	{"allocateSuccession", "Need", []string{"Kent, sealed"}, func(_ *matrix, _ asker, id string) fields {
		return fields{"cases": []fields{{"need": id, "successor": opaque("org", demo.OrganisationID(surrey))}}}
	}},
	{"publishJointly", "Need", []string{"Kent, draft", "Croydon, draft"}, func(m *matrix, _ asker, id string) fields {
		return fields{"needs": []string{id, id}, "deadline": m.homes.now().AddDate(0, 0, 12).Format(time.RFC3339), "uniqueReason": reason}
	}},
	{"appoint", "Need", []string{"Kent, opened", "Croydon, scored"}, only("need", "organisation", opaque("org", demo.OrganisationID(surrey)), "person", "synthetic.helper", "capacity", "EVALUATOR")},
	{"saveSearch", "", nil, func(*matrix, asker, string) fields {
		return fields{"name": "Synthetic", "filter": fields{"age": 9}, "shared": true}
	}},
	{"removeSearch", "SavedSearch", []string{"search of Kent's commissioner"}, only("search")},
	{"declareVacancies", "Setting", []string{"setting 1", "setting 4"}, func(m *matrix, _ asker, id string) fields {
		return fields{"setting": id, "fromOn": m.homes.day(1), "free": 1}
	}},
	{"giveDelegation", "", nil, func(*matrix, asker, string) fields { return fields{"act": "MANAGE"} }},
	{"withdrawDelegation", "Delegation", []string{"delegation of Croydon"}, only("delegation")},
	{"createNeed", "Organisation", []string{kent, croydon, surrey}, (*matrix).needFor},
	{"publishNeed", "Need", []string{"Kent, draft", "Croydon, draft"}, func(m *matrix, _ asker, id string) fields {
		return fields{"need": id, "deadline": m.homes.now().AddDate(0, 0, 12).Format(time.RFC3339), "uniqueReason": reason}
	}},
	{"recordEhcDates", "Need", []string{"Kent, sealed", "Croydon, sealed"}, only("need", "requestedOn", "2026-01-12")},
	{"approveOutOfArea", "Need", []string{"Kent, sealed", "Croydon, sealed"}, func(m *matrix, _ asker, id string) fields { return m.homes.outOfArea(id) }},
	{"recordPanelDecision", "Need", []string{"Kent, sealed", "Croydon, sealed"}, func(m *matrix, _ asker, id string) fields { return m.homes.deciding(id, true, "50.00") }},
	{"amendNeed", "Need", []string{"Kent, sealed home", "Croydon, silent", "Croydon, draft"}, func(m *matrix, a asker, id string) fields {
		in := m.needFor(a, "")
		delete(in, "authority")
		delete(in, "lot")
		in["need"], in["profile"], in["reason"], in["deadline"], in["uniqueReason"] = id, "Synthetic: a quiet home.", reason, m.homes.now().AddDate(0, 0, 12).Format(time.RFC3339), reason
		return in
	}},
	{"withdrawNeed", "Need", []string{"Surrey, sealed", "Croydon, silent"}, only("need", "reason", reason)},
	{"copyNeed", "Need", []string{"Kent, sealed", "Croydon, silent"}, only("need")},
	{"linkNeeds", "Need", []string{"Kent, draft", "Croydon, draft"}, (*matrix).siblingOf},
	{"chaseInvitations", "Need", []string{"Kent, sealed", "Croydon, sealed", "Kent, draft"}, only("need", "words", "Synthetic: please answer.")},
	{"askClarification", "Need", []string{"Kent, sealed", "Croydon, sealed", "Kent, draft"}, only("need", "question", "Synthetic: is there a pet?")},
	{"answerClarification", "Clarification", []string{"question about Kent, sealed", "question about Croydon, sealed"}, only("clarification", "answer", "Synthetic: no.")},
	{"recordIdentity", "Need", []string{"Kent, sealed", "Croydon, heard"}, only("need", "name", "Synthetic Child", "dateOfBirth", "2015-02-03")},
	{"viewIdentity", "Need", []string{"need of the story", "Croydon, heard", "Kent, sealed"}, only("need", "purpose", "PLACEMENT")},
	{"inviteFamily", "Need", []string{"need of the story", "Croydon, heard"}, only("need", "kind", "PREFERENCE", "respondent", "PARENT")},
	{"enterPreference", "Need", []string{"Kent, sealed", "Croydon, sealed"}, only("need", "respondent", "PARENT", "words", "Synthetic: near home, please.")},
	{"answerPreference", "Preference", []string{"preference of Kent, sealed", "preference of Croydon, sealed"}, only("preference", "effect", reason)},
	{"decideNaming", "Preference", []string{"preference of Kent, sealed", "preference of Croydon, sealed"},
		only("preference", "named", true, "reasons", reason, "consultedOn", "2026-01-05", "effect", reason)},
	{"givePreference", "", nil, func(*matrix, asker, string) fields { return fields{"words": "Synthetic: near home, please."} }},
	{"giveFeedback", "", nil, func(*matrix, asker, string) fields {
		return fields{"ratings": []fields{{"question": "WELCOME", "value": 5}, {"question": "SAFE", "value": 5}, {"question": "PROGRESS", "value": 4}, {"question": "TOLD", "value": 4}},
			"words": "Synthetic: fine."}
	}},
	{"answerInvitation", "Need", []string{"Kent, sealed", "Croydon, sealed", "Kent, draft"}, only("need", "answer", "INTENDS")},
	{"submitOffer", "Need", []string{"Kent, sealed", "Croydon, sealed", "Kent, draft"}, (*matrix).offerFor},
	{"withdrawOffer", "Offer", []string{"offer 1 of Kent, sealed", "offer 2 of Croydon, sealed", "offer 1 of need of the story"}, only("offer")},
	{"acceptAward", "Award", []string{"award of Kent, approved", "award of Croydon, approved", "award of Kent, proposed"}, only("award")},
	{"declineAward", "Award", []string{"award of Kent, approved", "award of Croydon, approved", "award of Kent, proposed"}, only("award", "reason", reason)},
	{"declareInterest", "Need", []string{"Kent, closed", "Croydon, closed", "Kent, sealed", "Kent, draft"}, only("need", "conflict", true, "nature", reason)},
	{"declareInterest", "Need", []string{"Kent, opened", "Kent, scored", "Kent, locked", "Kent, ranked", "Kent, proposed", "Croydon, scored", "Croydon, ranked", "Croydon, proposed"},
		only("need", "conflict", false)},
	{"openOffers", "Need", []string{"Kent, closed", "Croydon, closed", "Kent, sealed", "Bexley, opened"}, only("need")},
	{"assessSuitability", "Offer", []string{"offer 1 of Kent, opened", "offer 1 of Croydon, scored", "offer 1 of Kent, sealed"}, func(_ *matrix, _ asker, id string) fields {
		var checks []fields
		for _, check := range []string{"MEMBERSHIP", "REGISTRATION", "AGE", "NEEDS_MET", "VACANCY", "INSPECTION", "IMPACT_ON_CHILDREN"} {
			checks = append(checks, fields{"check": check, "passed": true, "reason": reason})
		}
		return fields{"offer": id, "checks": checks}
	}},
	{"scoreOffer", "Offer", []string{"offer 1 of Kent, opened", "offer 1 of Croydon, scored", "offer 1 of Kent, sealed", "offer 1 of Bexley, opened"}, func(m *matrix, _ asker, id string) fields {
		return fields{"offer": id, "scores": m.scoresFor(m.sceneOf(id), 3, "comment")}
	}},
	{"queryPrice", "Offer", []string{"offer 2 of Kent, ranked", "offer 2 of Croydon, ranked", "offer 1 of Kent, sealed"},
		only("offer", "kind", "UNCLEAR", "question", reason, "workingDays", 5)},
	{"answerPriceQuery", "PriceQuery", []string{"query of Kent, ranked", "query of Croydon, ranked"}, only("query", "answer", reason)},
	{"decidePriceQuery", "PriceQuery", []string{"query of Kent, ranked", "query of Croydon, ranked"}, only("query", "accepted", true, "reason", reason)},
	{"lockScores", "Need", []string{"Kent, scored", "Croydon, scored"}, only("need")},
	{"moderateOffer", "Offer", []string{"offer 1 of Kent, locked", "offer 1 of Croydon, scored"}, func(m *matrix, _ asker, id string) fields {
		return fields{"offer": id, "scores": m.scoresFor(m.sceneOf(id), 3, "reason")}
	}},
	{"lockQuality", "Need", []string{"Kent, locked", "Croydon, scored"}, only("need")},
	{"proposeAward", "Offer", []string{"offer 1 of Kent, ranked", "offer 1 of Croydon, ranked", "offer 1 of Kent, scored"}, only("offer", "reason", reason)},
	{"endWithoutAward", "Need", []string{"Kent, opened", "Croydon, ranked", "Kent, sealed"}, only("need", "reason", "NEED_CHANGED", "words", reason)},
	{"approveAward", "Award", []string{"award of Kent, proposed", "award of Croydon, proposed"}, only("award", "standstill", true)},
	{"rejectAward", "Award", []string{"award of Kent, proposed", "award of Croydon, proposed"}, only("award", "reason", reason)},
	{"recordAwardNotice", "Award", []string{"award of Kent, proposed", "award of Croydon, placed"}, func(m *matrix, _ asker, id string) fields {
		return fields{"award": id, "kind": "AWARD", "reference": reason, "publishedOn": m.homes.day(0)}
	}},
	{"broadcastUrgentNeed", "Lot", []string{"lot of homes"}, func(m *matrix, _ asker, id string) fields {
		in := m.homes.calling()
		in["lot"] = id
		return in
	}},
	{"enterTelephoneOffer", "Need", []string{"Kent, urgent", "Croydon, sealed"}, func(m *matrix, _ asker, id string) fields { return m.homes.saying(id, 4) }},
	{"confirmTelephoneOffer", "TelephoneOffer", []string{"telephone offer of Kent, urgent"}, only("telephoneOffer", "right", true)},
	{"completeTelephoneOffer", "TelephoneOffer", []string{"telephone offer of Kent, urgent"}, only("telephoneOffer", "paper", reason)},
	{"proposeUrgentPlace", "TelephoneOffer", []string{"telephone offer of Kent, urgent"}, only("telephoneOffer", "reasons", reason)},
	{"proposeNamedPlace", "Preference", []string{"preference of Kent, sealed", "preference of Croydon, sealed"}, func(m *matrix, _ asker, id string) fields {
		return fields{"preference": id, "terms": m.homes.terms()}
	}},
	{"proposeOrderedPlace", "Need", []string{"Kent, sealed", "Croydon, sealed"}, func(m *matrix, _ asker, id string) fields { return m.homes.ordered(id) }},
	{"proposeChosenPlace", "Need", []string{"Kent, sealed", "Croydon, sealed"}, func(m *matrix, _ asker, id string) fields {
		in := m.homes.chosen(id, "")
		in["ground"] = "ONLY_SUPPLIER"
		delete(in, "preference")
		return in
	}},
	{"proposeSpotPlace", "Need", []string{"Kent, sealed", "Croydon, sealed"}, func(m *matrix, _ asker, id string) fields { return m.homes.bought(id) }},
	{"approvePlace", "Award", []string{"award of Kent, ordered", "award of Croydon, proposed"}, only("award")},
	{"recordSignature", "Placement", []string{"placement of Kent, ordered", "placement of Croydon, placed"}, only("placement", "reference", reason)},
	{"signAgreement", "Placement", []string{"placement of need of the story", "placement of Croydon, placed"}, only("placement")},
	{"startPlacement", "Placement", []string{"placement of need of the story", "placement of Croydon, placed"}, only("placement")},
	{"decideWords", "FeedbackWords", []string{"words of need of the story, ", "words of Croydon, heard, HELD"}, only("words", "decision", "HELD")},
	// Last, because who is appointed does all of the above.
	{"endAppointment", "Appointment", []string{"appointment to Bexley, opened", "appointment to Croydon, scored"}, only("appointment")},
}

// changesCalled are the ways in which a mutation is asked for.
func changesCalled(mutation string) (all []change) {
	for _, c := range changes {
		if c.mutation == mutation && slices.ContainsFunc(doers, func(f fact) bool { return f.facet == mutation }) {
			all = append(all, c)
		}
	}
	return all
}

// needFor is a need for an authority, named as a consortium's officer names it.
func (m *matrix) needFor(_ asker, authority string) fields {
	return fields{
		"authority": authority, "lot": m.homes.lot, "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed, "legalBasis": "SECTION_20", "homeOutcode": "BN11",
		"travelMiles": 30, "startFrom": m.homes.day(0), "startTo": m.homes.day(120), "profile": "Synthetic: a calm home.", "outcomes": "Synthetic: to feel safe.",
	}
}

// siblingOf names a need with the second draft of its authority; of nobody's need, with Kent's.
func (m *matrix) siblingOf(_ asker, need string) fields {
	sibling := m.find("Need", kent+", sibling")
	if need == m.find("Need", croydon+", draft").id {
		sibling = m.find("Need", croydon+", sibling")
	}
	return fields{"need": need, "sibling": sibling.id}
}

// offerFor is an offer in a setting of who asks.
func (m *matrix) offerFor(a asker, need string) fields {
	setting := 1
	for n := 1; n <= 20; n++ {
		if a.of == providerNamed(n) {
			setting = 2 * n
		}
	}
	in := m.homes.offering(need, setting, "4200.00")
	in["startsOn"] = m.homes.day(12)
	return in
}

// sceneOf is that of the lot in which an offer stands; that of homes for one that does not exist.
func (m *matrix) sceneOf(offer string) *scene {
	for _, x := range m.things {
		if x.id == offer && !x.matching {
			return m.schools
		}
	}
	return m.homes
}

// harmless is an input in the right form that is refused by a rule before anything is looked at.
func (m *matrix) harmless(mutation string) fields {
	switch mutation {
	case "givePreference":
		return fields{"words": ""}
	case "giveFeedback":
		return fields{"ratings": []fields{}}
	}
	in := changesCalled(mutation)[0].input(m, asker{}, opaque("need", uuid.New()))
	if mutation != "viewIdentity" && mutation != "uploadEvidence" {
		in["idempotencyKey"] = "short"
	}
	return in
}
