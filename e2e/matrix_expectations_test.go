package e2e_test

import (
	"slices"
	"strings"
)

// The expectations of the matrix are written by hand from the domain's rules and not from the policy: who can see which
// facet of which thing from which moment on, and who can do what to which thing. A capacity that is in no line of a
// facet cannot ask for it at all: the whole document is refused.

// expectation is one line: these capacities see a facet of the things that are in a relation to them, since a moment.
type expectation struct {
	facet      string
	capacities string
	relates    relation
	since      needStage
}

// relation says whether a thing is in a relation to the asker.
type relation func(a asker, x *marketRecord) bool

// everyCapacity is each capacity, with a token and without.
const everyCapacity = "public family market_manager commissioner opening_officer evaluator moderator approver safeguarding_lead auditor " +
	"consortium_officer bids_manager"

var sightFacts = []expectation{
	// What is public.
	{"anyone", everyCapacity, toAnything, stageAny},
	{"organisation", everyCapacity, toAnything, stageAny},
	{"market", everyCapacity, toAnything, stageAny},
	{"provider", everyCapacity, toAnything, stageAny},
	{"setting", everyCapacity, toAnything, stageAny},
	{"membership", everyCapacity, toAnything, stageAny},
	{"question", everyCapacity, toAnything, stageAny},
	{"figure", everyCapacity, toAnything, stageAny},
	{"lot", everyCapacity, isPublished, stageAny},
	{"lot", "market_manager", ofOwnAuthority, stageAny},

	// A home's address: its provider, and an authority that has awarded a place there.
	{"address", "bids_manager", ofOwnProvider, stageAny},
	{"address", "commissioner", awardedThere, stageAny},

	// A saved search: the commissioner who saved it.
	{"search", "commissioner", savedByAsker, stageAny},

	// Alerts: people of the right capacity, only of their own authority or provider, or of one that delegates the duty.
	{"alert", "market_manager commissioner approver opening_officer evaluator moderator safeguarding_lead", ofOwnAuthority, stageAny},
	{"alert", "consortium_officer", askerIsDelegated("PUBLISH EVALUATE AWARD MANAGE"), stageAny},
	{"alert", "bids_manager", ofOwnProvider, stageAny},

	// Admission: the applicant, and the lead authority, which decides.
	{"application", "market_manager", ofOwnAuthority, stageAny},
	{"application", "bids_manager", ofOwnProvider, stageAny},
	{"registration", "bids_manager", ofOwnProvider, stageAny},
	{"registration", "market_manager", askerLeads, stageAny},
	{"contact", "bids_manager", ofOwnProvider, stageAny},
	{"contact", "market_manager", askerLeads, stageAny},
	{"contact", "commissioner", bothHold(inALot, ofTheRegion), stageAny},
	{"evidence", "bids_manager", ofOwnProvider, stageAny},
	{"renewal", "bids_manager", bothHold(ofOwnProvider, askedToRenew), stageAny},
	{"renewal", "market_manager", bothHold(appliedTo, askedToRenew), stageAny},
	{"upload link", "bids_manager", toAnything, stageAny},
	{"evidence", "market_manager", appliedTo, stageAny},
	{"evidence", "commissioner", bothHold(inALot, ofTheRegion), stageAny},
	{"document", "bids_manager", bothHold(ofOwnProvider, hasDocument), stageAny},
	{"document", "market_manager", bothHold(appliedTo, hasDocument), stageAny},
	{"document", "commissioner", bothHold(bothHold(inALot, hasCalls), hasDocument), stageAny},
	{"rejection", "bids_manager market_manager", toNothing, stageAny},
	{
		"own tasks", "bids_manager market_manager commissioner approver opening_officer evaluator moderator safeguarding_lead consortium_officer",
		toAnything, stageAny,
	},
	{"unclaimed", "market_manager", toAnything, stageAny},
	{"setting link", "market_manager", toNothing, stageAny},
	{"membership step", "market_manager", ofOwnAuthority, stageAny},
	{"membership step", "bids_manager", ofOwnProvider, stageAny},

	// Delegation: the borough, and the consortium that it delegates to.
	{"delegation", "commissioner", bothHold(ofOwnAuthority, hasDelegated), stageAny},
	{"delegation", "consortium_officer", bothHold(ofOwnConsortium, hasDelegated), stageAny},

	// A need: people of its authority, the consortium that it is delegated to in any respect, and invited providers.
	{"need", "commissioner opening_officer evaluator moderator approver safeguarding_lead", ofOwnAuthority, stageAny},
	{"need", "consortium_officer", askerIsDelegated("PUBLISH EVALUATE AWARD MANAGE"), stageAny},
	{"need", "bids_manager", askerIsInvited, stageSealed},
	{"ceiling", "commissioner approver", ofOwnAuthority, stageAny},
	{"ceiling", "consortium_officer", askerIsDelegated("PUBLISH"), stageAny},
	{"ehc", "commissioner", bothHold(ofOwnAuthority, hasPlanDates), stageAny},
	{"area", "commissioner approver", bothHold(ofOwnAuthority, hasPlanDates), stageAny},
	{"area of a setting", "commissioner approver", toNothing, stageAny},
	{"panel", "commissioner approver", ofOwnAuthority, stageAny},
	{"panel", "consortium_officer", askerIsDelegated("AWARD"), stageAny},
	{"invitation", "commissioner", ofOwnAuthority, stageSealed},
	{"invitation", "consortium_officer", askerIsDelegated("PUBLISH"), stageSealed},
	{"invitation", "bids_manager", askerIsInvited, stageSealed},
	{"silence", "commissioner", ofOwnAuthority, stageSealed},
	{"silence", "consortium_officer", askerIsDelegated("PUBLISH"), stageSealed},
	{"silence", "bids_manager", bothHold(askerIsInvited, notAnswered), stageSealed},

	// Questions: the authority sees all, a provider the answered ones and its own.
	{"clarification", "commissioner", bothHold(ofOwnAuthority, hasQuestion), stageSealed},
	{"clarification", "consortium_officer", bothHold(askerIsDelegated("PUBLISH"), hasQuestion), stageSealed},
	{"clarification", "bids_manager", bothHold(askerIsInvited, isAnswered), stageSealed},
	{"clarification", "bids_manager", askedByAsker, stageSealed},
	{"redaction", "commissioner consortium_officer", isRedacted, stageAny},
	{"correction", "commissioner consortium_officer bids_manager", toNothing, stageAny},
	{"preference", "commissioner approver", bothHold(ofOwnAuthority, familyHeard), stageAny},
	{"preference", "consortium_officer", bothHold(askerIsDelegated("EVALUATE"), familyHeard), stageAny},

	// Declarations of interest: those who answer for the award see all, others who act see their own.
	{"interest", "commissioner approver", bothHold(ofOwnAuthority, hasDeclarations), stageAny},
	{"interest", "opening_officer evaluator moderator", bothHold(ofOwnAuthority, declaredByAsker), stageAny},
	{"interest", "consortium_officer", bothHold(askerIsDelegated("EVALUATE AWARD"), declaredByAsker), stageAny},

	// Decisions on a school that a family asks for.
	{"naming", "commissioner approver", ofOwnAuthority, stageAny},

	// People of other authorities, appointed to a need: the need, its opened offers and their own part of the
	// evaluation, until the ranking.
	{"allocation", "commissioner approver", toNothing, stageAny},
	{"joint", "commissioner opening_officer evaluator moderator approver bids_manager consortium_officer", toNothing, stageAny},
	{"appointment", "commissioner", bothHold(ofOwnAuthority, hasAppointees), stageAny},
	{"appointment", "consortium_officer", bothHold(askerIsDelegated("EVALUATE"), hasAppointees), stageAny},
	{"need", "opening_officer evaluator moderator", askerIsAppointed, stageAny},
	{"interest", "opening_officer evaluator moderator", bothHold(askerIsAppointed, declaredByAsker), stageAny},
	{"offer", "opening_officer evaluator moderator", bothHold(askerIsAppointed, isNotWithdrawn), stageOpened},
	{"suitability", "evaluator moderator", bothHold(askerIsAppointed, isNotWithdrawn), stageScored},
	{"score", "evaluator", bothHold(askerIsAppointed, scoredByAsker), stageScored},
	{"score", "moderator", bothHold(askerIsAppointed, isNotWithdrawn), stageLocked},

	// The number of offers: if the lot's procedure shows it.
	{"tally", "commissioner opening_officer", bothHold(ofOwnAuthority, isMatching), stageSealed},
	{"tally", "consortium_officer", bothHold(askerIsDelegated("EVALUATE"), isMatching), stageSealed},

	// An offer: sealed for everybody except its provider until it is opened. A withdrawn one is never opened.
	{"offer", "bids_manager", ofOwnProvider, stageSealed},
	{"offer", "commissioner opening_officer evaluator moderator approver", bothHold(ofOwnAuthority, isNotWithdrawn), stageOpened},
	{"offer", "consortium_officer", bothHold(askerIsDelegated("EVALUATE AWARD"), isNotWithdrawn), stageOpened},
	{"own offers", "bids_manager", ofOwnProvider, stageSealed},

	// Its price: with the offer if the procedure opens them together, otherwise once quality is locked.
	{"price", "bids_manager", ofOwnProvider, stageSealed},
	{"price", "commissioner moderator approver", allOf(ofOwnAuthority, isNotWithdrawn, isMatching), stageOpened},
	{"price", "commissioner moderator approver", bothHold(ofOwnAuthority, isNotWithdrawn), stageRanked},
	{"price", "consortium_officer", bothHold(askerIsDelegated("EVALUATE AWARD"), isNotWithdrawn), stageOpened},

	// A query about a price: those who ask and decide, those who propose and approve, and the provider of the price.
	{"price query", "commissioner approver", bothHold(ofOwnAuthority, isPriceQueried), stageRanked},
	{"price query", "consortium_officer", bothHold(askerIsDelegated("EVALUATE AWARD"), isPriceQueried), stageRanked},
	{"price query", "bids_manager", bothHold(ofOwnProvider, isPriceQueried), stageRanked},

	// Evaluation: evaluators see only their own scores; others see them once every sheet is locked.
	{"suitability", "commissioner evaluator moderator approver", bothHold(ofOwnAuthority, isNotWithdrawn), stageScored},
	{"suitability", "consortium_officer", bothHold(askerIsDelegated("EVALUATE"), isNotWithdrawn), stageScored},
	{"score", "evaluator commissioner", bothHold(ofOwnAuthority, scoredByAsker), stageScored},
	{"score", "consortium_officer", bothHold(askerIsDelegated("EVALUATE"), scoredByAsker), stageScored},
	{"score", "commissioner moderator", bothHold(ofOwnAuthority, isNotWithdrawn), stageLocked},
	{"moderation", "commissioner moderator", allOf(ofOwnAuthority, isNotWithdrawn, inScoredLot), stageRanked},
	{"ranking", "commissioner moderator approver", bothHold(ofOwnAuthority, isNotWithdrawn), stageRanked},
	{"ranking", "consortium_officer", bothHold(askerIsDelegated("EVALUATE AWARD"), isNotWithdrawn), stageRanked},
	{"earlier ranking", "commissioner moderator approver", allOf(ofOwnAuthority, isNotWithdrawn, isRankedAgain), stageRanked},
	{"earlier ranking", "consortium_officer", allOf(askerIsDelegated("EVALUATE AWARD"), isNotWithdrawn, isRankedAgain), stageRanked},

	// Award: a provider sees its own once it is approved. Every bidder has its letter then.
	{"award", "commissioner approver", ofOwnAuthority, stageProposed},
	{"award", "consortium_officer", askerIsDelegated("AWARD"), stageProposed},
	{"award", "bids_manager", ofOwnProvider, stageApproved},
	{"award reason", "commissioner approver", ofOwnAuthority, stageProposed},
	{"award reason", "consortium_officer", askerIsDelegated("AWARD"), stageProposed},
	// The notices that it asks for, from its approval: in competition. Awards by other routes ask for none here.
	{"award notice", "commissioner", bothHold(ofOwnAuthority, cameByCompetition), stageApproved},
	{"award notice", "consortium_officer", bothHold(askerIsDelegated("AWARD"), cameByCompetition), stageApproved},
	// By a route other than competition: its basis, for those who answer for it. Its provider sees the child's need.
	{"basis", "commissioner approver", bothHold(ofOwnAuthority, cameByOtherRoute), stageProposed},
	{"grounds", "commissioner approver consortium_officer", toNothing, stageAny},
	{"need", "bids_manager", placedWithAsker, stagePlaced},
	{"spending", "commissioner approver auditor", toAnything, stageAny},

	// Telephone offers: those who answer for the award, and the provider.
	{"telephone offer", "commissioner approver", bothHold(ofOwnAuthority, hasTelephoneOffer), stageSealed},
	{"telephone offer", "bids_manager", telephonedByAsker, stageSealed},
	{"letter", "commissioner approver", bothHold(ofOwnAuthority, isNotWithdrawn), stageApproved},
	{"letter", "consortium_officer", bothHold(askerIsDelegated("AWARD"), isNotWithdrawn), stageApproved},
	{"letter", "bids_manager", bothHold(ofOwnProvider, isNotWithdrawn), stageApproved},

	// An end without an award is an outcome too, and every bidder has its letter.
	{"no award", "commissioner approver", bothHold(ofOwnAuthority, hasEnded), stageRanked},
	{"no award", "consortium_officer", bothHold(askerIsDelegated("AWARD"), hasEnded), stageRanked},
	{"letter", "commissioner approver", allOf(ofOwnAuthority, isNotWithdrawn, hasEnded), stageRanked},
	{"letter", "consortium_officer", allOf(askerIsDelegated("AWARD"), isNotWithdrawn, hasEnded), stageRanked},
	{"letter", "bids_manager", allOf(ofOwnProvider, isNotWithdrawn, hasEnded), stageRanked},

	// Placement, and the family's feedback about it: the safeguarding lead first, others what was released.
	{"placement", "commissioner safeguarding_lead", ofOwnAuthority, stagePlaced},
	{"placement", "consortium_officer", askerIsDelegated("MANAGE"), stagePlaced},
	{"placement", "bids_manager", ofOwnProvider, stagePlaced},
	{"agreement", "commissioner", ofOwnAuthority, stagePlaced},
	{"agreement", "consortium_officer", askerIsDelegated("MANAGE"), stagePlaced},
	{"agreement", "bids_manager", ofOwnProvider, stagePlaced},
	{"words", "safeguarding_lead", ofOwnAuthority, stageHeard},
	{"words decision", "safeguarding_lead", bothHold(ofOwnAuthority, isDecided), stageHeard},
	{"words", "commissioner", bothHold(ofOwnAuthority, isReleased), stageHeard},
	{"words", "bids_manager", bothHold(ofOwnProvider, isReleased), stageHeard},

	// The child's identity: shown by a mutation, which logs it.
	{"identity", "commissioner", ofOwnAuthority, stagePlaced},
	{"identity", "bids_manager", ofOwnProvider, stagePlaced},

	// The log: the auditor sees an authority's, the bids manager a provider's own chain.
	{"event", "auditor", ofOwnAuthority, stageAny},
	{"event", "bids_manager", ofOwnProvider, stageAny},

	// A family's invitation: in the answer to its maker, and for the holder of the code.
	{"family invitation", "commissioner", ofOwnAuthority, stageAny},
	{"family invitation", "family", toAnything, stageAny},
	{"own invitation", "family", toAnything, stageAny},
	{"preference", "family", isWithheld, stageAny}, // with its invitation alone, and not by a need
	{"own preference", "commissioner approver consortium_officer family", toAnything, stageAny},
}

func toAnything(asker, *marketRecord) bool { return true }
func toNothing(asker, *marketRecord) bool  { return false } // there is none here: the scenarios look at it
func ofOwnAuthority(a asker, x *marketRecord) bool {
	return x.authority != "" && x.authority == a.organisation
}

func ofOwnProvider(a asker, x *marketRecord) bool {
	return x.provider != "" && x.provider == a.organisation
}
func isPublished(_ asker, x *marketRecord) bool    { return x.published }
func isMatching(_ asker, x *marketRecord) bool     { return x.matching }
func inScoredLot(_ asker, x *marketRecord) bool    { return !x.matching }
func isNotWithdrawn(_ asker, x *marketRecord) bool { return !x.withdrawn }
func isReleased(_ asker, x *marketRecord) bool     { return x.released }
func isDecided(_ asker, x *marketRecord) bool      { return x.decided }
func familyHeard(_ asker, x *marketRecord) bool    { return x.heard }
func hasDelegated(_ asker, x *marketRecord) bool   { return x.delegation }

// appliedTo: of a provider that has applied to the lead authority: one of the first five.
func appliedTo(a asker, x *marketRecord) bool {
	return a.organisation == leadAuthority && slices.Contains([]string{
		providerNamed(1), providerNamed(2), providerNamed(3), providerNamed(4),
		providerNamed(5),
	}, x.provider)
}

// askedToRenew: only the first provider was.
func askedToRenew(_ asker, x *marketRecord) bool { return x.provider == providerNamed(1) }

// inALot: of a provider that is a member of a lot.
func inALot(_ asker, x *marketRecord) bool {
	return slices.Contains([]string{providerNamed(1), providerNamed(2), providerNamed(3), providerNamed(5)}, x.provider)
}

// hasDocument: evidence of which a document was uploaded.
func hasDocument(_ asker, x *marketRecord) bool { return x.documented }

// hasCalls: an authority with needs, of which some wait for offers in a lot of the first provider.
func hasCalls(a asker, _ *marketRecord) bool {
	return slices.Contains([]string{kent, surrey, croydon, bexley}, a.organisation)
}

// ofTheRegion: an authority, and not a provider with a token that was made out wrongly.
func ofTheRegion(a asker, _ *marketRecord) bool {
	return !strings.HasPrefix(a.organisation, "Synthetic Provider")
}

// hasAppointees: somebody of another authority is appointed to the need.
func hasAppointees(_ asker, x *marketRecord) bool { return len(x.need.appointees) > 0 }

// askerIsAppointed: the asker is one of them.
func askerIsAppointed(a asker, x *marketRecord) bool {
	return x.need != nil && slices.Contains(x.need.appointees, a.person) && x.need.stage < stageRanked
}

func hasPlanDates(_ asker, x *marketRecord) bool { return x.planRecorded }

// isWithheld: seen by another way alone.
func isWithheld(asker, *marketRecord) bool { return false }

// isRedacted: in this market nobody published a name, so that there is nothing to redact.
func isRedacted(asker, *marketRecord) bool { return false }

func hasQuestion(_ asker, x *marketRecord) bool { return x.question != "" }
func isAnswered(_ asker, x *marketRecord) bool  { return x.answered }
func askedByAsker(a asker, x *marketRecord) bool {
	return x.question != "" && x.question == a.organisation
}

func notAnswered(a asker, x *marketRecord) bool { return !slices.Contains(x.replied, a.organisation) }

func savedByAsker(a asker, x *marketRecord) bool { return x.savedBy != "" && x.savedBy == a.person }

func awardedThere(a asker, x *marketRecord) bool { return slices.Contains(x.awardedBy, a.organisation) }

func askerIsInvited(a asker, x *marketRecord) bool { return slices.Contains(x.invited, a.organisation) }
func scoredByAsker(a asker, x *marketRecord) bool  { return slices.Contains(x.scorers, a.person) }
func ofOwnConsortium(a asker, x *marketRecord) bool {
	return x.inMarket && a.organisation == consortium
}

// hasDeclarations: somebody has declared an interest in the need, or none.
func hasDeclarations(_ asker, x *marketRecord) bool { return len(x.declarers) > 0 }

func declaredByAsker(a asker, x *marketRecord) bool { return slices.Contains(x.declarers, a.person) }

// hasEnded: the need ended without an award.
func hasEnded(_ asker, x *marketRecord) bool { return x.need.ended }

// cameByOtherRoute: the place came by a route other than competition.
func cameByOtherRoute(_ asker, x *marketRecord) bool { return x.need.routed != "" }

// cameByCompetition: the place came by competition.
func cameByCompetition(a asker, x *marketRecord) bool { return !cameByOtherRoute(a, x) }

// hasTelephoneOffer: there is a telephone offer.
func hasTelephoneOffer(_ asker, x *marketRecord) bool { return x.need.telephoned != "" }

func telephonedByAsker(a asker, x *marketRecord) bool {
	return hasTelephoneOffer(a, x) && x.need.telephoned == a.organisation
}

func placedWithAsker(a asker, x *marketRecord) bool {
	return x.routed != "" && x.routed == a.organisation
}

// isRankedAgain: the offer was ranked again.
func isRankedAgain(_ asker, x *marketRecord) bool { return x.rankedTwice }

// isPriceQueried: the price of the offer was queried.
func isPriceQueried(_ asker, x *marketRecord) bool { return x.queried }

// askerIsDelegated: Croydon's need, while it delegates one of the acts to the asker's consortium.
func askerIsDelegated(acts string) relation {
	return func(a asker, x *marketRecord) bool {
		return a.organisation == consortium && x.authority == croydon && slices.Contains(strings.Fields(acts), a.delegated)
	}
}

func bothHold(one, other relation) relation { return allOf(one, other) }

func allOf(relations ...relation) relation {
	return func(a asker, x *marketRecord) bool {
		for _, r := range relations {
			if !r(a, x) {
				return false
			}
		}
		return true
	}
}

// seesFacet says whether a persona sees a facet of a thing.
func seesFacet(a asker, facet string, x *marketRecord) bool {
	return anyFactHolds(sightFacts, a, facet, x)
}

// mayChange says whether a persona is allowed to do something to a thing.
func mayChange(a asker, mutation string, x *marketRecord) bool {
	return anyFactHolds(changeFacts, a, mutation, x)
}

func anyFactHolds(table []expectation, a asker, facet string, x *marketRecord) bool {
	for _, f := range table {
		if f.facet == facet && f.holdsFor(a.capacity) && x.stage >= f.since && f.relates(a, x) {
			return true
		}
	}
	return false
}

// mayAsk says whether a capacity can ask for a facet, or for a mutation, of anything at all.
func mayAsk(capacity, facet string) bool {
	return slices.ContainsFunc(slices.Concat(sightFacts, changeFacts),
		func(f expectation) bool { return f.facet == facet && f.holdsFor(capacity) })
}

func (f expectation) holdsFor(capacity string) bool {
	return slices.Contains(strings.Fields(f.capacities), capacity)
}

// facetFields says for each type which fields show which facet. The first facet of a type is that of the thing itself.
type facetFields struct{ facet, fields string }

var fieldsByType = map[string][]facetFields{
	"Query": {
		{"anyone", "node viewer markets organisations providers districts places compare openPlacesByRoute _entities _service"},
		{"need", "needs"},
		{"own offers", "myOffers"},
		{"registration", "registrations"},
		{"application", "applications"},
		{"placement", "placements"},
		{"words", "feedbackWords"},
		{"event", "events"},
		{"own invitation", "myInvitation"},
		{"market", "evidenceKinds"},
		{"own tasks", "toDo"},
		{"unclaimed", "unclaimedSettings"},
		{"search", "savedSearches"},
		{"alert", "alerts"},
		{"award notice", "awardNotices"},
		{"spending", "placesByRoute"},
	},
	"Viewer":   {{"anyone", "person capacity organisation provider can"}},
	"PageInfo": {{"anyone", "hasNextPage hasPreviousPage startCursor endCursor"}},
	"Problem":  {{"anyone", "code field message"}},
	"_Service": {{"anyone", "sdl"}},
	"Organisation": {
		{"organisation", "id kind name dfeCode lead consortium joinedOn leftOn history succession"},
		{"delegation", "delegations"},
	},
	"Delegation":      {{"delegation", "id authority consortium act givenAt withdrawnAt"}},
	"PartnershipStep": {{"organisation", "kind onDay consortium words at"}},
	"Succession": {
		{"organisation", "onDay successors remainder words announcedAt allocatedAt completedAt cases"},
		{"allocation", "allocations"},
	},
	"Allocation":        {{"allocation", "need successor"}},
	"Joint":             {{"joint", "reference needs"}},
	"Appointment":       {{"appointment", "id organisation person capacity madeAt endedAt"}},
	"Market":            {{"market", "id name lead regime noticeAt endsOn ceased rules notices feedbackMinimum applicationPeriod lots"}},
	"Rule":              {{"market", "code value source"}},
	"Notice":            {{"market", "number kind reference words endsOn applicationPeriod rules publishedAt"}},
	"ApplicationPeriod": {{"market", "from until"}},
	"Regime": {{"market", "code name source mayBeEstablished establishedUntil extendedUntil endsBy statedByMarket firstCallDays " +
		"decideWorkingDays tenderDays standstillDays standstillWorking " +
		"standstillMandatory intendedFirst alwaysOpen routes awardNotices"}},
	"AwardNoticeRule": {{"market", "kind days quarterly beforeContract threshold source"}},
	"RouteRule":       {{"market", "route allowed awardNotice source"}},
	"RouteFigure":     {{"spending", "quarter route places annual"}},
	"OpenRouteFigure": {{"anyone", "quarter route places annual"}},
	"Lot": {{"lot", "id market name description kind procedure showsCount ageLow ageHigh needs criteria contract contractVersion " +
		"publishedAt members evidence"}},
	"Procedure": {{"market", "code openers evaluators moderated priceLast tieBreaks"}},
	"TieBreak":  {{"market", "position rule source"}},
	"Criterion": {{"lot", "id kind name description weight topScore"}},
	"Provider": {
		{"provider", "id name ukprn companyNumber charityNumber settings memberships"},
		{"contact", "contacts"},
		{"figure", "figures"},
		{"evidence", "evidence"},
		{"renewal", "renewals"},
	},
	"Setting": {
		{"setting", "id provider kind name urn district outcode ageLow ageHigh needs needsKnown declaredNeeds " +
			"needsDeclaredAt places vacancies vacanciesAt declared " +
			"establishmentType gender section41 localAuthority openedOn closedOn directoryChangedOn importedAt inspections previousUrns"},
		{"figure", "figures"},
		{"address", "address"},
		{"setting link", "links"},
	},
	"Registration": {
		{"registration", "id name companyNumber charityNumber ukprn urns settings similar submittedAt withdrawnAt decision reason decidedAt " +
			"provider"},
		{"contact", "contacts"},
	},
	"Contact":     {{"contact", "purpose name email telephone"}},
	"District":    {{"setting", "code name localAuthority localAuthorityName"}},
	"SettingLink": {{"setting link", "kind earlierProvider provider reason at"}},
	"Inspection":  {{"setting", "body scale value inspectedOn"}},
	"Place":       {{"setting", "setting miles"}},
	"Figure":      {{"figure", "question respondent answers mean"}},
	"Vacancy":     {{"setting", "fromOn free declaredAt"}},
	"SavedSearch": {{"search", "id name person shared filter savedAt"}},
	"Alert":       {{"alert", "id kind due at words about raised doneAt"}},

	// Admission.
	"EvidenceKind": {{"market", "code name declaration longestMonths source"}},
	"Renewal":      {{"renewal", "kind reason askedAt answerBy renewedAt"}},
	"LotEvidence":  {{"lot", "kind essential"}},
	"Evidence": {
		{"evidence", "id provider kind reference validFrom validUntil recordedAt status rejectedAt warnings"},
		{"document", "file"},
		{"rejection", "rejectionReason"},
	},
	"EvidenceFile":    {{"document", "name media bytes sha256 uploadedAt removedAt path"}},
	"UploadLink":      {{"upload link", "path expiresAt mostBytes"}},
	"EvidenceWarning": {{"evidence", "days at"}},
	"Task":            {{"own tasks", "kind due words about"}},
	"Application": {{
		"application",
		"id lot provider statement submittedAt decideBy decision reasons decidedAt extendedAt extensionReason questions appeal nextActs " +
			"withdrawnAt withdrawReason",
	}},
	"NextAct":             {{"anyone", "act capacity organisation from due yours"}},
	"ApplicationQuestion": {{"application", "round question askedAt answerBy answer answeredAt"}},
	"Appeal":              {{"application", "grounds appealedAt decideBy upheld reasons decidedAt refusalReasons refusedAt"}},
	"Membership":          {{"membership", "id lot provider admittedAt status suspendedUntil endedAt"}, {"membership step", "history"}},
	"MembershipStep":      {{"membership step", "kind reason until at by"}},

	"Need": {
		{"need", "id reference authority lot status ageLow ageHigh gender primaryNeed otherNeeds legalBasis homeOutcode travelMiles startFrom " +
			"startTo profile outcomes createdAt publishedAt deadline questionsUntil rules invitedCount openedAt " +
			"amendedAt restricted changes withdrawnAt withdrawReason siblings urgentReason stage nextActs"},
		{"telephone offer", "telephoneOffers"},
		{"ceiling", "ceilingWeekly"},
		{"invitation", "invitations"},
		{"silence", "silent"},
		{"panel", "panel"},
		{"redaction", "redactions textsWithNames"},
		{"ehc", "ehc"},
		{"area", "outOfArea"},
		{"area of a setting", "areaApprovals"},
		{"clarification", "clarifications"},
		{"tally", "offersReceived"},
		{"interest", "interests"},
		{"no award", "noAward"},
		{"appointment", "appointments"},
		{"joint", "joint"},
		{"offer", "offers"},
		{"preference", "preferences"},
		{"award", "awards"},
	},
	"Interest":   {{"interest", "person conflict nature at opened"}},
	"Invitation": {{"invitation", "provider invitedAt answer reason answeredAt chases settings"}},
	"NeedChange": {{"need", "at reason fields offersVoided"}},
	"EhcCalendar": {{"ehc", "requestedOn consultedOn draftSentOn finalisedOn transferOn postSixteen tribunalOn planDue schoolsAnswerBy " +
		"familyHeardUntil reviewDue transferDue"}},
	"AreaApproval":     {{"area", "setting areaCode distance approvedBy grounds emergency areaToldOn areaToldBy approvedAt"}},
	"PanelDecision":    {{"panel", "decidedOn agreed reasons education socialCare icb recordedAt"}},
	"Chase":            {{"invitation", "words sentAt"}},
	"Clarification":    {{"clarification", "id question answer answeredAt"}, {"correction", "corrections"}},
	"AnswerCorrection": {{"correction", "earlierAnswer reason correctedAt"}},
	"Identity":         {{"identity", "name dateOfBirth"}},
	"Offer": {
		{"offer", "id need provider setting version receivedAt receipt withdrawnAt voidedAt startsOn places needsMet outcomesMet assumptions"},
		{"price", "price"},
		{"price query", "priceQueries"},
		{"suitability", "suitability"},
		{"score", "scores"},
		{"moderation", "moderation"},
		{"ranking", "ranking"},
		{"earlier ranking", "earlierRankings"},
		{"letter", "letters"},
	},
	"PriceQuery":       {{"price query", "id kind question askedAt answerBy answer answeredAt accepted reason decidedAt"}},
	"OfferPrice":       {{"price", "weekly weeks annual fees"}},
	"Fee":              {{"price", "kind description weekly"}},
	"SuitabilityCheck": {{"suitability", "check passed reason at"}},
	"Score":            {{"score", "criterion evaluator points comment"}},
	"ModeratedScore":   {{"moderation", "criterion points reason"}},
	"Ranking":          {{"ranking", "rank quality price total arithmetic tieBreak reckonedAt supersededAt"}},
	"Letter":           {{"letter", "result rank total body sentAt"}},
	"Preference":       {{"preference", "id respondent setting words enteredFor givenAt effect effectAt"}, {"naming", "naming"}},
	"NoAward":          {{"no award", "reason words at"}},
	"Naming":           {{"naming", "setting named ground reasons consultedOn decidedAt"}},
	"Award": {
		{"award", "id need offer provider setting status estimatedValue proposedAt approvedAt standstillEnds acceptBy acceptedAt declinedAt " +
			"declineReason rejectedAt rejectReason withdrawnAt withdrawReason route nextActs"},
		{"grounds", "grounds"},
		{"award reason", "reason"},
		{"placement", "placement"},
		{"basis", "basis"},
		{"award notice", "notices"},
	},
	"AwardNotice": {{"award notice", "award kind dueOn beforeContract source reference publishedOn recordedAt"}},
	"Basis": {
		{"basis", "reasons evidence startsOn weekly weeks annual order choice enactment spot"},
		{"preference", "preference"},
		{"telephone offer", "telephoneOffer"},
	},
	"TelephoneOffer": {{
		"telephone offer",
		"id provider setting startsOn weekly weeks words saidBy saidAt enteredBy enteredAt confirmBy status confirmedAt paper dispute",
	}},
	"AwardGrounds":  {{"grounds", "overCeiling sinceRefusal"}},
	"TribunalOrder": {{"basis", "reference orderedOn directs complyBy source late"}},
	"Placement": {
		{"placement", "id need authority provider setting status startsOn startedOn startedAt endedOn endReason endedPlanned endNoticeBy " +
			"endWords cancelledAt earlierProvider handedOverOn noticeGivenAt noticeLastDay noticeReason noticeWords route nextActs"},
		{"agreement", "agreement"},
		{"words", "words"},
	},
	"Agreement": {{
		"agreement",
		"id contract contractVersion weekly weeks authoritySignedAt providerSignedAt authority predecessor succeededOn",
	}},
	"FamilyInvitation": {
		{"family invitation", "id kind respondent invitedAt expiresAt used replaced promise questions route"},
		{"own preference", "preference"},
	},
	"Question":      {{"question", "code words"}},
	"FeedbackWords": {{"words", "id placement respondent words mayContact receivedAt readBy decision"}, {"words decision", "decisions"}},
	"WordsDecided":  {{"words decision", "decision reason person at"}},
	"Redaction":     {{"redaction", "reason texts at"}},
	"Event":         {{"event", "id at person capacity act changed"}},
}

// facetOf is the facet that a field shows; "" for a field that the expectations do not know.
func facetOf(typ, field string) string {
	for _, s := range fieldsByType[typ] {
		if slices.Contains(strings.Fields(s.fields), field) {
			return s.facet
		}
	}
	return ""
}

// facetOfThing is the facet of a type's things themselves; "" for a type that the expectations do not know.
func facetOfThing(typ string) string {
	if len(fieldsByType[typ]) == 0 {
		return ""
	}
	return fieldsByType[typ][0].facet
}
