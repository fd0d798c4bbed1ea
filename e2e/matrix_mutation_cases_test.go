package e2e_test

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/demo"
)

// changeFacts say who can do what to which things: the facet of such a fact is a mutation.
var changeFacts = []expectation{
	// The lead authority's market manager.
	{"createLot", "market_manager", ofOwnAuthority, stageAny},
	{"publishLot", "market_manager", ofOwnAuthority, stageAny},
	{"publishNotice", "market_manager", ofOwnAuthority, stageAny},
	{"decideApplication", "market_manager", ofOwnAuthority, stageAny},
	{"linkSetting", "market_manager", func(a asker, _ *marketRecord) bool { return a.organisation == leadAuthority }, stageAny},
	{"unlinkSetting", "market_manager", askerLeads, stageAny},
	{"handOverSetting", "market_manager", askerLeads, stageAny},
	{"correctLastDay", "market_manager", askerLeads, stageAny},
	{"cancelSuccession", "market_manager", toNothing, stageAny},
	{"withdrawApplication", "bids_manager", ofOwnProvider, stageAny},
	{"admitPartner", "market_manager", askerLeads, stageAny},
	{"endPartnership", "market_manager", askerLeads, stageAny},
	{"moveBorough", "market_manager", askerLeads, stageAny},
	{"announceSuccession", "market_manager", askerLeads, stageAny},
	{"allocateSuccession", "approver", toNothing, stageAny},
	{"publishJointly", "consortium_officer", askerIsDelegated("PUBLISH"), stageAny},
	{"registerProvider", "bids_manager", isProvider, stageAny},
	{"keepContacts", "bids_manager", isProvider, stageAny},
	{"withdrawRegistration", "bids_manager", ofOwnProvider, stageAny},
	{"decideRegistration", "market_manager", askerLeads, stageAny},
	{"askForEvidence", "market_manager", ofOwnAuthority, stageAny},
	{"recordEvidence", "bids_manager", isProvider, stageAny},
	{"uploadEvidence", "bids_manager", ofOwnProvider, stageAny},
	{"rejectEvidence", "market_manager", appliedTo, stageAny},
	{"askForRenewal", "market_manager", ofOwnAuthority, stageAny},
	{"askApplicant", "market_manager", ofOwnAuthority, stageAny},
	{"answerApplicationQuestion", "bids_manager", ofOwnProvider, stageAny},
	{"extendApplication", "market_manager", ofOwnAuthority, stageAny},
	{"appealRefusal", "bids_manager", ofOwnProvider, stageAny},
	{"decideAppeal", "market_manager", ofOwnAuthority, stageAny},
	{"suspendMembership", "market_manager", ofOwnAuthority, stageAny},
	{"restoreMembership", "market_manager", ofOwnAuthority, stageAny},
	{"announceRemoval", "market_manager", ofOwnAuthority, stageAny},
	{"decideRemoval", "market_manager", ofOwnAuthority, stageAny},
	{"answerRemoval", "bids_manager", ofOwnProvider, stageAny},
	{"leaveLot", "bids_manager", ofOwnProvider, stageAny},

	// Any provider can apply to a published lot.
	{"submitApplication", "bids_manager", bothHold(isPublished, isProvider), stageAny},

	// People have their own searches, and providers declare vacancies for their own settings.
	{"saveSearch", "commissioner", toAnything, stageAny},
	{"removeSearch", "commissioner", savedByAsker, stageAny},
	{"declareVacancies", "bids_manager", ofOwnProvider, stageAny},
	{"declareSettingNeeds", "bids_manager", ofOwnProvider, stageAny},

	// A borough delegates what is its own, and withdraws that.
	{"giveDelegation", "commissioner", ofOwnAuthority, stageAny},
	{"withdrawDelegation", "commissioner", ofOwnAuthority, stageAny},

	// An authority's needs, and those that it delegates to the consortium.
	{"createNeed", "commissioner", ofOwnAuthority, stageAny},
	{"createNeed", "consortium_officer", askerIsDelegated("PUBLISH"), stageAny},
	{"publishNeed", "commissioner", ofOwnAuthority, stageAny},
	{"publishNeed", "consortium_officer", askerIsDelegated("PUBLISH"), stageAny},
	{"recordPanelDecision", "commissioner", ofOwnAuthority, stageAny},
	{"recordEhcDates", "commissioner", ofOwnAuthority, stageAny},
	{"approveOutOfArea", "approver", ofOwnAuthority, stageAny},
	{"amendNeed", "commissioner", ofOwnAuthority, stageAny},
	{"amendNeed", "consortium_officer", askerIsDelegated("PUBLISH"), stageAny},
	{"withdrawNeed", "commissioner", ofOwnAuthority, stageAny},
	{"withdrawNeed", "consortium_officer", askerIsDelegated("PUBLISH"), stageAny},
	{"copyNeed", "commissioner", ofOwnAuthority, stageAny},
	{"copyNeed", "consortium_officer", askerIsDelegated("PUBLISH"), stageAny},
	{"linkNeeds", "commissioner", ofOwnAuthority, stageAny},
	{"linkNeeds", "consortium_officer", askerIsDelegated("PUBLISH"), stageAny},
	{"redactNeed", "commissioner", ofOwnAuthority, stageAny},
	{"redactNeed", "consortium_officer", askerIsDelegated("PUBLISH"), stageAny},
	{"unlinkNeeds", "commissioner", ofOwnAuthority, stageAny},
	{"unlinkNeeds", "consortium_officer", askerIsDelegated("PUBLISH"), stageAny},
	{"discardNeed", "commissioner", ofOwnAuthority, stageAny},
	{"discardNeed", "consortium_officer", askerIsDelegated("PUBLISH"), stageAny},
	{"setCeiling", "commissioner", ofOwnAuthority, stageAny},
	{"setCeiling", "consortium_officer", askerIsDelegated("PUBLISH"), stageAny},
	{"correctAnswer", "commissioner", ofOwnAuthority, stageAny},
	{"correctAnswer", "consortium_officer", askerIsDelegated("PUBLISH"), stageAny},
	{"chaseInvitations", "commissioner", ofOwnAuthority, stageAny},
	{"chaseInvitations", "consortium_officer", askerIsDelegated("PUBLISH"), stageAny},
	{"answerClarification", "commissioner", ofOwnAuthority, stageAny},
	{"answerClarification", "consortium_officer", askerIsDelegated("PUBLISH"), stageAny},
	{"recordIdentity", "commissioner", ofOwnAuthority, stageAny},
	{"viewIdentity", "commissioner", ofOwnAuthority, stagePlaced},
	{"viewIdentity", "bids_manager", ownAward, stagePlaced},
	{"inviteFamily", "commissioner", ofOwnAuthority, stageAny},
	{"enterPreference", "commissioner", ofOwnAuthority, stageAny},
	{"answerPreference", "commissioner", ofOwnAuthority, stageAny},
	{"decideNaming", "commissioner", ofOwnAuthority, stageAny},
	{"answerPreference", "consortium_officer", askerIsDelegated("EVALUATE"), stageAny},

	// A family, with a code of the right kind.
	{"givePreference", "family", withCode("PREFERENCE"), stageAny},
	{"givePreference", "family", withCode("used"), stageAny}, // again: it is received, and nothing is stored
	{"giveFeedback", "family", withCode("FEEDBACK"), stageAny},

	// A provider that was invited, and its own offers and awards.
	{"answerInvitation", "bids_manager", askerIsInvited, stageSealed},
	{"askClarification", "bids_manager", askerIsInvited, stageSealed},
	{"submitOffer", "bids_manager", askerIsInvited, stageSealed},
	{"withdrawOffer", "bids_manager", ofOwnProvider, stageSealed},
	{"acceptAward", "bids_manager", ofOwnProvider, stageApproved},
	{"declineAward", "bids_manager", ofOwnProvider, stageApproved},

	// Opening, evaluation, award: each capacity its own part.
	{"declareInterest", "commissioner opening_officer evaluator moderator approver", ofOwnAuthority, stageAny},
	{"declareInterest", "consortium_officer", askerIsDelegated("EVALUATE AWARD"), stageAny},
	{"openOffers", "opening_officer", ofOwnAuthority, stageSealed},
	{"openOffers", "commissioner", ofOwnAuthority, stageSealed},
	{"openOffers", "consortium_officer", askerIsDelegated("EVALUATE"), stageSealed},
	{"assessSuitability", "commissioner", ofOwnAuthority, stageOpened},
	{"assessSuitability", "consortium_officer", askerIsDelegated("EVALUATE"), stageOpened},
	{"queryPrice", "commissioner", ofOwnAuthority, stageOpened},
	{"queryPrice", "consortium_officer", askerIsDelegated("EVALUATE"), stageOpened},
	{"answerPriceQuery", "bids_manager", ofOwnProvider, stageRanked},
	{"decidePriceQuery", "commissioner", ofOwnAuthority, stageRanked},
	{"decidePriceQuery", "consortium_officer", askerIsDelegated("EVALUATE"), stageRanked},
	{"scoreOffer", "evaluator", ofOwnAuthority, stageOpened},
	{"scoreOffer", "commissioner", ofOwnAuthority, stageOpened},
	{"scoreOffer", "consortium_officer", askerIsDelegated("EVALUATE"), stageOpened},
	{"lockScores", "evaluator", ofOwnAuthority, stageAny},
	{"lockScores", "commissioner", ofOwnAuthority, stageAny},
	{"lockScores", "consortium_officer", askerIsDelegated("EVALUATE"), stageAny},
	{"moderateOffer", "moderator", ofOwnAuthority, stageOpened},
	{"lockQuality", "moderator", ofOwnAuthority, stageAny},
	{"proposeAward", "commissioner", ofOwnAuthority, stageRanked},
	{"proposeAward", "consortium_officer", askerIsDelegated("AWARD"), stageRanked},
	{"endWithoutAward", "commissioner", ofOwnAuthority, stageSealed},
	{"endWithoutAward", "consortium_officer", askerIsDelegated("AWARD"), stageRanked},
	{"approveAward", "approver", ofOwnAuthority, stageProposed},
	{"recordAwardNotice", "commissioner", ofOwnAuthority, stageProposed},
	{"recordAwardNotice", "consortium_officer", askerIsDelegated("AWARD"), stageProposed},
	{"broadcastUrgentNeed", "commissioner", bothHold(isPublished, isAuthority), stageAny},
	{"enterTelephoneOffer", "commissioner", ofOwnAuthority, stageAny},
	{"confirmTelephoneOffer", "bids_manager", ofOwnProvider, stageAny},
	{"completeTelephoneOffer", "commissioner", ofOwnAuthority, stageAny},
	{"proposeUrgentPlace", "commissioner", ofOwnAuthority, stageAny},
	{"proposeNamedPlace", "commissioner", ofOwnAuthority, stageAny},
	{"proposeOrderedPlace", "commissioner", ofOwnAuthority, stageAny},
	{"proposeChosenPlace", "commissioner", ofOwnAuthority, stageAny},
	{"proposeSpotPlace", "commissioner", ofOwnAuthority, stageAny},
	{"approvePlace", "approver", ofOwnAuthority, stageProposed},
	{"recordSignature", "commissioner", ofOwnAuthority, stagePlaced},
	{"rejectAward", "approver", ofOwnAuthority, stageProposed},
	{"withdrawProposal", "commissioner", ofOwnAuthority, stageProposed},
	{"withdrawProposal", "consortium_officer", askerIsDelegated("AWARD"), stageProposed},

	// The people who run the need appoint people of other authorities, who then act on it.
	{"appoint", "commissioner", ofOwnAuthority, stageAny},
	{"appoint", "consortium_officer", askerIsDelegated("EVALUATE"), stageAny},
	{"endAppointment", "commissioner", ofOwnAuthority, stageAny},
	{"endAppointment", "consortium_officer", askerIsDelegated("EVALUATE"), stageAny},
	{"declareInterest", "opening_officer evaluator moderator", askerIsAppointed, stageAny},
	{"openOffers", "opening_officer", askerIsAppointed, stageSealed},
	{"scoreOffer", "evaluator", askerIsAppointed, stageOpened},
	{"lockScores", "evaluator", askerIsAppointed, stageAny},
	{"moderateOffer", "moderator", askerIsAppointed, stageOpened},

	// Both sides sign. The authority, or the consortium that manages for it, records the first day.
	{"signAgreement", "commissioner", ofOwnAuthority, stagePlaced},
	{"signAgreement", "consortium_officer", askerIsDelegated("MANAGE"), stagePlaced},
	{"signAgreement", "bids_manager", ofOwnProvider, stagePlaced},
	{"startPlacement", "commissioner", ofOwnAuthority, stagePlaced},
	{"startPlacement", "consortium_officer", askerIsDelegated("MANAGE"), stagePlaced},
	{"endPlacement", "commissioner", ofOwnAuthority, stagePlaced},
	{"endPlacement", "consortium_officer", askerIsDelegated("MANAGE"), stagePlaced},
	{"withdrawEnd", "commissioner", ofOwnAuthority, stagePlaced},
	{"withdrawEnd", "consortium_officer", askerIsDelegated("MANAGE"), stagePlaced},
	{"cancelPlacement", "commissioner", ofOwnAuthority, stagePlaced},
	{"cancelPlacement", "consortium_officer", askerIsDelegated("MANAGE"), stagePlaced},
	{"giveNotice", "bids_manager", ofOwnProvider, stagePlaced},

	// What the family wrote.
	{"decideWords", "safeguarding_lead", ofOwnAuthority, stageHeard},
}

func askerLeads(a asker, _ *marketRecord) bool { return a.organisation == leadAuthority }

func isProvider(a asker, _ *marketRecord) bool {
	return strings.HasPrefix(a.organisation, "Synthetic Provider")
}

func isAuthority(a asker, x *marketRecord) bool { return !isProvider(a, x) }

func withCode(kind string) relation {
	return func(a asker, _ *marketRecord) bool { return a.codeKind == kind }
}

// ownAward: the need's first offer is that of provider 1, and is awarded wherever one is.
func ownAward(a asker, x *marketRecord) bool {
	return x.stage >= stagePlaced && a.organisation == providerNamed(1)
}

// mutationCase is how a mutation is tried: on which things, and with an input that is right for a persona who is
// allowed.
type mutationCase struct {
	mutation string
	kind     string   // of its things; "" where it has none
	names    []string // which ones
	input    func(m *matrix, a asker, id string) fields
}

// onlyInput is an input that names only the thing.
func onlyInput(field string, more ...any) func(*matrix, asker, string) fields {
	return func(_ *matrix, _ asker, id string) fields {
		in := fields{field: id}
		for i := 0; i < len(more); i += 2 {
			in[more[i].(string)] = more[i+1]
		}
		return in
	}
}

const someReason = "Synthetic: on the whole this is best for the child, as the notes say."

var mutationCases = []mutationCase{
	{"createLot", "Market", []string{demo.MarketName}, func(m *matrix, _ asker, id string) fields {
		in := m.lotInput("One more lot")
		in["market"] = id
		return in
	}},
	{"publishLot", "Lot", []string{"draft lot"}, onlyInput("lot")},
	{"linkSetting", "Setting", []string{"setting 1", "setting 40"}, onlyInput("setting", "provider",
		opaqueID("provider", demo.ProviderID(1)))},
	{"unlinkSetting", "Setting", []string{"setting 40"}, onlyInput("setting", "reason", someReason)},
	{"handOverSetting", "Setting", []string{"setting 40"}, onlyInput("setting", "provider", opaqueID("provider", demo.ProviderID(2)),
		"reason", someReason)},
	{
		"submitApplication", "Lot",
		[]string{"draft lot", "lot of homes", "lot of schools"},
		onlyInput("lot", "statement", "Synthetic: we meet every criterion.", "noGroundForExclusion", true),
	},
	{"publishNotice", "Market", []string{demo.MarketName}, onlyInput("market", "kind", "MODIFY", "reference", "Synthetic: 1", "words",
		someReason)},
	{"registerProvider", "", nil, func(*matrix, asker, string) fields { return registrationInput("1234567") }},
	{"keepContacts", "", nil, func(*matrix, asker, string) fields { return fields{"contacts": syntheticContacts()} }},
	{"withdrawRegistration", "Registration", []string{"registration of Synthetic Provider 02"}, onlyInput("registration")},
	{"decideRegistration", "Registration", []string{"registration of Synthetic Provider 02"}, onlyInput("registration", "decision", "REFUSED",
		"reason", someReason)},
	{"askForEvidence", "Lot", []string{"draft lot"}, onlyInput("lot", "kind", "ACCOUNTS", "essential", false)},
	{"recordEvidence", "", nil, func(m *matrix, _ asker, _ string) fields {
		return fields{"kind": "ACCOUNTS", "reference": "SYN-2", "validFrom": m.homes.dayFromNow(0), "validUntil": m.homes.dayFromNow(100)}
	}},
	{
		"uploadEvidence", "Evidence",
		[]string{"evidence of Synthetic Provider 04", "evidence of Synthetic Provider 06"},
		onlyInput("evidence", "name", "policy.pdf"),
	},
	{
		"rejectEvidence", "Evidence",
		[]string{"evidence of Synthetic Provider 04", "evidence of Synthetic Provider 06"},
		onlyInput("evidence", "reason", someReason),
	},
	{"askForRenewal", "Membership", []string{"membership of Synthetic Provider 03"}, onlyInput("membership", "kind",
		"ACCOUNTS", "reason", someReason)},
	{"askApplicant", "Application", []string{"application of Synthetic Provider 04"}, onlyInput("application", "question", someReason)},
	{
		"answerApplicationQuestion", "Application",
		[]string{"application of Synthetic Provider 04"},
		onlyInput("application", "answer", someReason),
	},
	{"extendApplication", "Application", []string{"application of Synthetic Provider 04"}, onlyInput("application", "reason", someReason)},
	{"decideApplication", "Application", []string{"application of Synthetic Provider 04"}, onlyInput("application", "decision", "REFUSED",
		"reasons", someReason)},
	{"withdrawApplication", "Application", []string{"application of Synthetic Provider 04"}, onlyInput("application", "reason", someReason)},
	{"appealRefusal", "Application", []string{"application of Synthetic Provider 04"}, onlyInput("application", "grounds", someReason)},
	{"decideAppeal", "Application", []string{"application of Synthetic Provider 04"}, onlyInput("application", "upheld", true,
		"reasons", someReason)},
	{"suspendMembership", "Membership", []string{"membership of Synthetic Provider 03"}, onlyInput("membership", "reason", someReason)},
	{"restoreMembership", "Membership", []string{"membership of Synthetic Provider 03"}, onlyInput("membership", "reason", someReason)},
	{"announceRemoval", "Membership", []string{"membership of Synthetic Provider 03"}, onlyInput("membership", "reasons", someReason)},
	{"answerRemoval", "Membership", []string{"membership of Synthetic Provider 03"}, onlyInput("membership", "answer", someReason)},
	{"decideRemoval", "Membership", []string{"membership of Synthetic Provider 03"}, onlyInput("membership", "decision", "KEEP",
		"reasons", someReason)},
	{"admitPartner", "", nil, func(m *matrix, _ asker, _ string) fields {
		return fields{"kind": "PARTNER", "name": "Synthetic Partner", "dfeCode": "999", "from": m.homes.dayFromNow(0), "words": someReason}
	}},
	{"endPartnership", "Organisation", []string{"Merton"}, func(m *matrix, _ asker, id string) fields {
		return fields{"organisation": id, "lastDay": m.homes.dayFromNow(30), "words": someReason}
	}},
	{"correctLastDay", "Organisation", []string{"Merton"}, func(m *matrix, _ asker, id string) fields {
		return fields{"organisation": id, "lastDay": m.homes.dayFromNow(60), "words": someReason}
	}},
	{"cancelSuccession", "Organisation", []string{"Lewisham"}, onlyInput("predecessor", "words", someReason)},
	{"moveBorough", "Organisation", []string{"Sutton"}, onlyInput("organisation", "words", someReason)},
	{"announceSuccession", "Organisation", []string{"Lewisham"}, func(m *matrix, _ asker, id string) fields {
		to := opaqueID("org", demo.OrganisationID(kent))
		return fields{"predecessor": id, "successors": []string{to}, "remainder": to, "onDay": m.homes.dayFromNow(300), "words": someReason}
	}},
	{"allocateSuccession", "Need", []string{"Kent, sealed"}, func(_ *matrix, _ asker, id string) fields {
		return fields{"cases": []fields{{"need": id, "successor": opaqueID("org", demo.OrganisationID(surrey))}}}
	}},
	{"publishJointly", "Need", []string{"Kent, draft", "Croydon, draft"}, func(m *matrix, _ asker, id string) fields {
		return fields{
			"needs": []string{id, id}, "deadline": m.homes.marketTime().AddDate(0, 0, 12).Format(time.RFC3339),
			"uniqueReason": someReason,
		}
	}},
	{"appoint", "Need", []string{"Kent, opened", "Croydon, scored"}, onlyInput("need", "organisation",
		opaqueID("org", demo.OrganisationID(surrey)), "person", "synthetic.helper", "capacity", "EVALUATOR")},
	{"saveSearch", "", nil, func(*matrix, asker, string) fields {
		return fields{"name": "Synthetic", "filter": fields{"age": 9}, "shared": true}
	}},
	{"removeSearch", "SavedSearch", []string{"search of Kent's commissioner"}, onlyInput("search")},
	{"declareSettingNeeds", "Setting", []string{"setting 1", "setting 4"}, func(_ *matrix, _ asker, id string) fields {
		return fields{"setting": id, "needs": []string{anyNeed}}
	}},
	{"declareVacancies", "Setting", []string{"setting 1", "setting 4"}, func(m *matrix, _ asker, id string) fields {
		return fields{"setting": id, "fromOn": m.homes.dayFromNow(1), "free": 1}
	}},
	{"giveDelegation", "", nil, func(*matrix, asker, string) fields { return fields{"act": "MANAGE"} }},
	{"withdrawDelegation", "Delegation", []string{"delegation of Croydon"}, onlyInput("delegation")},
	{"createNeed", "Organisation", []string{kent, croydon, surrey}, (*matrix).needInputFor},
	{"publishNeed", "Need", []string{"Kent, draft", "Croydon, draft"}, func(m *matrix, _ asker, id string) fields {
		return fields{"need": id, "deadline": m.homes.marketTime().AddDate(0, 0, 12).Format(time.RFC3339), "uniqueReason": someReason}
	}},
	{"recordEhcDates", "Need", []string{"Kent, sealed", "Croydon, sealed"}, onlyInput("need", "requestedOn", "2026-01-12")},
	{"approveOutOfArea", "Need", []string{"Kent, sealed", "Croydon, sealed"}, func(m *matrix, _ asker,
		id string,
	) fields {
		return m.homes.outOfAreaInput(id)
	}},
	{"recordPanelDecision", "Need", []string{"Kent, sealed", "Croydon, sealed"}, func(m *matrix, _ asker,
		id string,
	) fields {
		return m.homes.panelInput(id, true, "50.00")
	}},
	{"amendNeed", "Need", []string{"Kent, sealed home", "Croydon, silent", "Croydon, draft"}, func(m *matrix, a asker, id string) fields {
		in := m.needInputFor(a, "")
		delete(in, "authority")
		delete(in, "lot")
		in["need"], in["profile"], in["reason"], in["deadline"], in["uniqueReason"] = id, "Synthetic: a quiet home.", someReason,
			m.homes.marketTime().AddDate(0, 0, 12).Format(time.RFC3339), someReason
		return in
	}},
	{"withdrawNeed", "Need", []string{"Surrey, sealed", "Croydon, silent"}, onlyInput("need", "reason", someReason)},
	{"copyNeed", "Need", []string{"Kent, sealed", "Croydon, silent"}, onlyInput("need")},
	{"linkNeeds", "Need", []string{"Kent, draft", "Croydon, draft"}, (*matrix).siblingInput},
	{"redactNeed", "Need", []string{"Kent, sealed", "Croydon, silent"}, onlyInput("need", "words", "calm", "replacement", "quiet",
		"reason", someReason)},
	{"unlinkNeeds", "Need", []string{"Kent, draft", "Croydon, draft"}, (*matrix).siblingInput},
	{"discardNeed", "Need", []string{"Kent, draft", "Croydon, draft"}, onlyInput("need")},
	{"setCeiling", "Need", []string{"Kent, draft", "Croydon, draft"}, onlyInput("need", "weekly", "5000.00")},
	{
		"correctAnswer", "Clarification",
		[]string{"question about Kent, sealed", "question about Croydon, sealed"},
		onlyInput("clarification", "answer", "Synthetic: not any more.", "reason", someReason),
	},
	{"chaseInvitations", "Need", []string{"Kent, sealed", "Croydon, sealed", "Kent, draft"}, onlyInput("need", "words",
		"Synthetic: please answer.")},
	{"askClarification", "Need", []string{"Kent, sealed", "Croydon, sealed", "Kent, draft"}, onlyInput("need", "question",
		"Synthetic: is there a pet?")},
	{
		"answerClarification", "Clarification",
		[]string{"question about Kent, sealed", "question about Croydon, sealed"},
		onlyInput("clarification", "answer", "Synthetic: no."),
	},
	{"recordIdentity", "Need", []string{"Kent, sealed", "Croydon, heard"}, onlyInput("need", "name", "Synthetic Child",
		"dateOfBirth", "2015-02-03")},
	{"viewIdentity", "Need", []string{"need of the story", "Croydon, heard", "Kent, sealed"}, onlyInput("need", "purpose", "PLACEMENT")},
	{"inviteFamily", "Need", []string{"need of the story", "Croydon, heard"}, onlyInput("need", "kind", "PREFERENCE", "respondent", "PARENT")},
	{"enterPreference", "Need", []string{"Kent, sealed", "Croydon, sealed"}, onlyInput("need", "respondent", "PARENT", "words",
		"Synthetic: near home, please.")},
	{
		"answerPreference", "Preference",
		[]string{"preference of Kent, sealed", "preference of Croydon, sealed"},
		onlyInput("preference", "effect", someReason),
	},
	{
		"decideNaming", "Preference",
		[]string{"preference of Kent, sealed", "preference of Croydon, sealed"},
		onlyInput("preference", "named", true, "reasons", someReason, "consultedOn", "2026-01-05", "effect", someReason),
	},
	{"givePreference", "", nil, func(*matrix, asker, string) fields { return fields{"words": "Synthetic: near home, please."} }},
	{"giveFeedback", "", nil, func(*matrix, asker, string) fields {
		return fields{
			"ratings": []fields{{"question": "WELCOME", "value": 5}, {"question": "SAFE", "value": 5}, {
				"question": "PROGRESS",
				"value":    4,
			}, {"question": "TOLD", "value": 4}},
			"words": "Synthetic: fine.",
		}
	}},
	{"answerInvitation", "Need", []string{"Kent, sealed", "Croydon, sealed", "Kent, draft"}, onlyInput("need", "answer", "INTENDS")},
	{"submitOffer", "Need", []string{"Kent, sealed", "Croydon, sealed", "Kent, draft"}, (*matrix).offerInputFor},
	{
		"withdrawOffer", "Offer",
		[]string{"offer 1 of Kent, sealed", "offer 2 of Croydon, sealed", "offer 1 of need of the story"},
		onlyInput("offer"),
	},
	{"acceptAward", "Award", []string{"award of Kent, approved", "award of Croydon, approved", "award of Kent, proposed"}, onlyInput("award")},
	{
		"declineAward", "Award",
		[]string{"award of Kent, approved", "award of Croydon, approved", "award of Kent, proposed"},
		onlyInput("award", "reason", someReason),
	},
	{"declareInterest", "Need", []string{"Kent, closed", "Croydon, closed", "Kent, sealed", "Kent, draft"}, onlyInput("need", "conflict",
		true, "nature", someReason)},
	{
		"declareInterest", "Need",
		[]string{
			"Kent, opened", "Kent, scored", "Kent, locked", "Kent, ranked", "Kent, proposed", "Croydon, scored",
			"Croydon, ranked", "Croydon, proposed",
		},
		onlyInput("need", "conflict", false),
	},
	{"openOffers", "Need", []string{"Kent, closed", "Croydon, closed", "Kent, sealed", "Bexley, opened"}, onlyInput("need")},
	{
		"assessSuitability", "Offer",
		[]string{"offer 1 of Kent, opened", "offer 1 of Croydon, scored", "offer 1 of Kent, sealed"},
		func(_ *matrix, _ asker, id string) fields {
			var checks []fields
			for _, check := range []string{"MEMBERSHIP", "REGISTRATION", "AGE", "NEEDS_MET", "VACANCY", "INSPECTION", "IMPACT_ON_CHILDREN"} {
				checks = append(checks, fields{"check": check, "passed": true, "reason": someReason})
			}
			return fields{"offer": id, "checks": checks}
		},
	},
	{"scoreOffer", "Offer", []string{
		"offer 1 of Kent, opened", "offer 1 of Croydon, scored", "offer 1 of Kent, sealed",
		"offer 1 of Bexley, opened",
	}, func(m *matrix, _ asker, id string) fields {
		return fields{"offer": id, "scores": m.scoreInputs(m.sceneOf(id), 3, "comment")}
	}},
	{
		"queryPrice", "Offer",
		[]string{"offer 2 of Kent, ranked", "offer 2 of Croydon, ranked", "offer 1 of Kent, sealed"},
		onlyInput("offer", "kind", "UNCLEAR", "question", someReason, "workingDays", 5),
	},
	{
		"answerPriceQuery", "PriceQuery",
		[]string{"query of Kent, ranked", "query of Croydon, ranked"},
		onlyInput("query", "answer", someReason),
	},
	{"decidePriceQuery", "PriceQuery", []string{"query of Kent, ranked", "query of Croydon, ranked"}, onlyInput("query", "accepted",
		true, "reason", someReason)},
	{"lockScores", "Need", []string{"Kent, scored", "Croydon, scored"}, onlyInput("need")},
	{"moderateOffer", "Offer", []string{"offer 1 of Kent, locked", "offer 1 of Croydon, scored"}, func(m *matrix, _ asker, id string) fields {
		return fields{"offer": id, "scores": m.scoreInputs(m.sceneOf(id), 3, "reason")}
	}},
	{"lockQuality", "Need", []string{"Kent, locked", "Croydon, scored"}, onlyInput("need")},
	{
		"proposeAward", "Offer",
		[]string{"offer 1 of Kent, ranked", "offer 1 of Croydon, ranked", "offer 1 of Kent, scored"},
		onlyInput("offer", "reason", someReason),
	},
	{"endWithoutAward", "Need", []string{"Kent, opened", "Croydon, ranked", "Kent, sealed"}, onlyInput("need", "reason",
		"NEED_CHANGED", "words", someReason)},
	{"approveAward", "Award", []string{"award of Kent, proposed", "award of Croydon, proposed"}, onlyInput("award", "standstill", true)},
	{"rejectAward", "Award", []string{"award of Kent, proposed", "award of Croydon, proposed"}, onlyInput("award", "reason", someReason)},
	{
		"recordAwardNotice", "Award",
		[]string{"award of Kent, proposed", "award of Croydon, placed"},
		func(m *matrix, _ asker, id string) fields {
			return fields{"award": id, "kind": "AWARD", "reference": someReason, "publishedOn": m.homes.dayFromNow(0)}
		},
	},
	{"broadcastUrgentNeed", "Lot", []string{"lot of homes"}, func(m *matrix, _ asker, id string) fields {
		in := m.homes.urgentNeedInput()
		in["lot"] = id
		return in
	}},
	{"enterTelephoneOffer", "Need", []string{"Kent, urgent", "Croydon, sealed"}, func(m *matrix, _ asker,
		id string,
	) fields {
		return m.homes.telephoneOfferInput(id, 4)
	}},
	{"confirmTelephoneOffer", "TelephoneOffer", []string{"telephone offer of Kent, urgent"}, onlyInput("telephoneOffer", "right", true)},
	{
		"completeTelephoneOffer", "TelephoneOffer",
		[]string{"telephone offer of Kent, urgent"},
		onlyInput("telephoneOffer", "paper", someReason),
	},
	{"proposeUrgentPlace", "TelephoneOffer", []string{"telephone offer of Kent, urgent"}, onlyInput("telephoneOffer", "reasons", someReason)},
	{
		"proposeNamedPlace", "Preference",
		[]string{"preference of Kent, sealed", "preference of Croydon, sealed"},
		func(m *matrix, _ asker, id string) fields {
			return fields{"preference": id, "terms": m.homes.placeTerms()}
		},
	},
	{"proposeOrderedPlace", "Need", []string{"Kent, sealed", "Croydon, sealed"}, func(m *matrix, _ asker,
		id string,
	) fields {
		return m.homes.orderedPlaceInput(id)
	}},
	{"proposeChosenPlace", "Need", []string{"Kent, sealed", "Croydon, sealed"}, func(m *matrix, _ asker, id string) fields {
		in := m.homes.chosenPlaceInput(id, "")
		in["ground"] = "ONLY_SUPPLIER"
		delete(in, "preference")
		return in
	}},
	{"proposeSpotPlace", "Need", []string{"Kent, sealed", "Croydon, sealed"}, func(m *matrix, _ asker,
		id string,
	) fields {
		return m.homes.spotPlaceInput(id)
	}},
	{"withdrawProposal", "Award", []string{"award of Kent, proposed", "award of Croydon, proposed"}, onlyInput("award", "reason", someReason)},
	{"approvePlace", "Award", []string{"award of Kent, ordered", "award of Croydon, proposed"}, onlyInput("award")},
	{"recordSignature", "Placement", []string{"placement of Kent, ordered", "placement of Croydon, placed"}, onlyInput("placement",
		"reference", someReason)},
	{"signAgreement", "Placement", []string{"placement of need of the story", "placement of Croydon, placed"}, onlyInput("placement")},
	{"startPlacement", "Placement", []string{"placement of need of the story", "placement of Croydon, placed"}, onlyInput("placement")},
	{
		"giveNotice", "Placement",
		[]string{"placement of need of the story", "placement of Croydon, placed"},
		onlyInput("placement", "reason", "PHASE_ENDED", "lastDay", "2199-01-01"),
	},
	{
		"endPlacement", "Placement",
		[]string{"placement of need of the story", "placement of Croydon, placed"},
		onlyInput("placement", "reason", "PHASE_ENDED", "planned", true, "lastDay", "2199-01-01"),
	},
	{"withdrawEnd", "Placement", []string{"placement of need of the story", "placement of Croydon, placed"}, onlyInput("placement")},
	{
		"cancelPlacement", "Placement",
		[]string{"placement of Kent, ordered", "placement of Croydon, placed"},
		onlyInput("placement", "reason", "FAMILY_REQUEST"),
	},
	{
		"decideWords", "FeedbackWords",
		[]string{"words of need of the story, ", "words of Croydon, heard, HELD"},
		onlyInput("words", "decision", "HELD"),
	},
	// Last, because appointed people do all of the above.
	{"endAppointment", "Appointment", []string{"appointment to Bexley, opened", "appointment to Croydon, scored"}, onlyInput("appointment")},
	// Last: who has left a lot reads its needs no more.
	{"leaveLot", "Membership", []string{"membership of Synthetic Provider 05"}, onlyInput("membership", "reason", someReason)},
}

// casesOfMutation are the ways in which a mutation is tried.
func casesOfMutation(mutation string) (all []mutationCase) {
	for _, c := range mutationCases {
		if c.mutation == mutation && slices.ContainsFunc(changeFacts, func(f expectation) bool { return f.facet == mutation }) {
			all = append(all, c)
		}
	}
	return all
}

// needInputFor is a need for an authority, in the form that a consortium's officer uses.
func (m *matrix) needInputFor(_ asker, authority string) fields {
	return fields{
		"authority": authority, "lot": m.homes.lot, "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed, "legalBasis": "SECTION_20",
		"homeOutcode": "BN11",
		"travelMiles": 30, "startFrom": m.homes.dayFromNow(0), "startTo": m.homes.dayFromNow(120), "profile": "Synthetic: a calm home.",
		"outcomes": "Synthetic: to feel safe.",
	}
}

// siblingInput names a need with the second draft of its authority; of nobody's need, with Kent's.
func (m *matrix) siblingInput(_ asker, need string) fields {
	sibling := m.findRecord("Need", kent+", sibling")
	if need == m.findRecord("Need", croydon+", draft").id {
		sibling = m.findRecord("Need", croydon+", sibling")
	}
	return fields{"need": need, "sibling": sibling.id}
}

// offerInputFor is an offer in a setting of the asker.
func (m *matrix) offerInputFor(a asker, need string) fields {
	setting := 1
	for n := 1; n <= 20; n++ {
		if a.organisation == providerNamed(n) {
			setting = 2 * n
		}
	}
	in := m.homes.offerInput(need, setting, "4200.00")
	in["startsOn"] = m.homes.dayFromNow(12)
	return in
}

// sceneOf is that of the lot in which an offer stands; that of homes for one that does not exist.
func (m *matrix) sceneOf(offer string) *scene {
	for _, x := range m.records {
		if x.id == offer && !x.matching {
			return m.schools
		}
	}
	return m.homes
}

// harmlessInput is an input in the right form that a rule refuses before anything is read.
func (m *matrix) harmlessInput(mutation string) fields {
	switch mutation {
	case "givePreference":
		return fields{"words": ""}
	case "giveFeedback":
		return fields{"ratings": []fields{}}
	}
	in := casesOfMutation(mutation)[0].input(m, asker{}, opaqueID("need", uuid.New()))
	if mutation != "viewIdentity" && mutation != "uploadEvidence" {
		in["idempotencyKey"] = "short"
	}
	return in
}
