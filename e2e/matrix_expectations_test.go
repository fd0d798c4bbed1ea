package e2e_test

import (
	"slices"
	"strings"
)

// The expectations of the matrix, written by hand from the domain's rules and not from the policy: who may see which
// facet of which thing from which moment on, and who may do what to which thing. A capacity that stands in no line of a
// facet may not ask for it at all: the whole document is refused.

// fact is one line: these capacities see a facet of the things that stand in a relation to them, since a moment.
type fact struct {
	facet      string
	capacities string
	of         relation
	since      moment
}

// relation says whether a thing stands in one to who asks.
type relation func(a asker, x *thing) bool

// everyone is each capacity, with a token and without.
const everyone = "public family market_manager commissioner opening_officer evaluator moderator approver safeguarding_lead auditor consortium_officer bids_manager"

var facts = []fact{
	// What is public.
	{"anyone", everyone, anything, always},
	{"organisation", everyone, anything, always},
	{"market", everyone, anything, always},
	{"provider", everyone, anything, always},
	{"setting", everyone, anything, always},
	{"membership", everyone, anything, always},
	{"question", everyone, anything, always},
	{"figure", everyone, anything, always},
	{"lot", everyone, published, always},
	{"lot", "market_manager", own, always},

	// A home's address: its provider, and an authority that has awarded a place there.
	{"address", "bids_manager", ownProvider, always},
	{"address", "commissioner", awardedThere, always},

	// A saved search: the commissioner who saved it.
	{"search", "commissioner", savedByAsker, always},

	// What has come due: those whose capacity it concerns, of their authority alone.
	{"alert", "market_manager commissioner opening_officer safeguarding_lead", own, always},

	// Admission: who applies, and the lead authority, which decides.
	{"application", "market_manager", own, always},
	{"application", "bids_manager", ownProvider, always},
	{"evidence", "bids_manager", ownProvider, always},
	{"renewal", "bids_manager", both(ownProvider, askedToRenew), always},
	{"renewal", "market_manager", both(appliedTo, askedToRenew), always},
	{"upload link", "bids_manager", anything, always},
	{"evidence", "market_manager", appliedTo, always},
	{"evidence", "commissioner", both(inALot, ofTheRegion), always},
	{"own tasks", "bids_manager", anything, always},
	{"unclaimed", "market_manager", anything, always},
	{"membership step", "market_manager", own, always},
	{"membership step", "bids_manager", ownProvider, always},

	// Delegation: the borough, and the consortium that it delegates to.
	{"delegation", "commissioner", both(own, delegates), always},
	{"delegation", "consortium_officer", both(ofOwnConsortium, delegates), always},

	// A need: its authority's people, the consortium that it is delegated to in any respect, and who was invited.
	{"need", "commissioner opening_officer evaluator moderator approver safeguarding_lead", own, always},
	{"need", "consortium_officer", delegated("PUBLISH EVALUATE AWARD MANAGE"), always},
	{"need", "bids_manager", invited, sealed},
	{"ceiling", "commissioner approver", own, always},
	{"ceiling", "consortium_officer", delegated("PUBLISH"), always},
	{"ehc", "commissioner", both(own, beside), always},
	{"area", "commissioner approver", both(own, beside), always},
	{"panel", "commissioner approver", own, always},
	{"panel", "consortium_officer", delegated("AWARD"), always},
	{"invitation", "commissioner", own, sealed},
	{"invitation", "consortium_officer", delegated("PUBLISH"), sealed},
	{"invitation", "bids_manager", invited, sealed},
	{"silence", "commissioner", own, sealed},
	{"silence", "consortium_officer", delegated("PUBLISH"), sealed},
	{"silence", "bids_manager", both(invited, notAnswered), sealed},

	// Questions: the authority sees all, a provider those that are answered and its own.
	{"clarification", "commissioner", both(own, asked), sealed},
	{"clarification", "consortium_officer", both(delegated("PUBLISH"), asked), sealed},
	{"clarification", "bids_manager", both(invited, answered), sealed},
	{"clarification", "bids_manager", askedByAsker, sealed},
	{"preference", "commissioner approver", both(own, familyHeard), always},
	{"preference", "consortium_officer", both(delegated("EVALUATE"), familyHeard), always},

	// Who has declared to have an interest, or none: who answers for the award sees all, others who act see their own.
	{"interest", "commissioner approver", both(own, declared), always},
	{"interest", "opening_officer evaluator moderator", both(own, declaredByAsker), always},
	{"interest", "consortium_officer", both(delegated("EVALUATE AWARD"), declaredByAsker), always},

	// What was decided on a school that a family asks for.
	{"naming", "commissioner approver", own, always},

	// People of other authorities, appointed to a need: the need, its opened offers and their own part of the evaluation, until the ranking.
	{"allocation", "commissioner approver", nothing, always},
	{"joint", "commissioner opening_officer evaluator moderator approver bids_manager consortium_officer", nothing, always},
	{"appointment", "commissioner", both(own, appointing), always},
	{"appointment", "consortium_officer", both(delegated("EVALUATE"), appointing), always},
	{"need", "opening_officer evaluator moderator", appointed, always},
	{"interest", "opening_officer evaluator moderator", both(appointed, declaredByAsker), always},
	{"offer", "opening_officer evaluator moderator", both(appointed, standing), opened},
	{"suitability", "evaluator moderator", both(appointed, standing), scored},
	{"score", "evaluator", both(appointed, scoredByAsker), scored},
	{"score", "moderator", both(appointed, standing), locked},

	// How many offers have come: where the lot's procedure shows it.
	{"tally", "commissioner opening_officer", both(own, matching), sealed},
	{"tally", "consortium_officer", both(delegated("EVALUATE"), matching), sealed},

	// An offer: sealed for all but its provider until it is opened; one that was withdrawn is never opened.
	{"offer", "bids_manager", ownProvider, sealed},
	{"offer", "commissioner opening_officer evaluator moderator approver", both(own, standing), opened},
	{"offer", "consortium_officer", both(delegated("EVALUATE AWARD"), standing), opened},
	{"own offers", "bids_manager", ownProvider, sealed},

	// Its price: with the offer where the procedure opens them together, else once quality is locked.
	{"price", "bids_manager", ownProvider, sealed},
	{"price", "commissioner moderator approver", allOf(own, standing, matching), opened},
	{"price", "commissioner moderator approver", both(own, standing), ranked},
	{"price", "consortium_officer", both(delegated("EVALUATE AWARD"), standing), opened},

	// A query about a price: who asks and decides, who proposes and approves, and whose price it is.
	{"price query", "commissioner approver", both(own, queried), ranked},
	{"price query", "consortium_officer", both(delegated("EVALUATE AWARD"), queried), ranked},
	{"price query", "bids_manager", both(ownProvider, queried), ranked},

	// Evaluation: an evaluator sees the own scores alone; others theirs once every sheet is locked.
	{"suitability", "commissioner evaluator moderator approver", both(own, standing), scored},
	{"suitability", "consortium_officer", both(delegated("EVALUATE"), standing), scored},
	{"score", "evaluator", both(own, scoredByAsker), scored},
	{"score", "consortium_officer", both(delegated("EVALUATE"), scoredByAsker), scored},
	{"score", "commissioner moderator", both(own, standing), locked},
	{"moderation", "commissioner moderator", allOf(own, standing, inScoredLot), ranked},
	{"ranking", "commissioner moderator approver", both(own, standing), ranked},
	{"ranking", "consortium_officer", both(delegated("EVALUATE AWARD"), standing), ranked},
	{"earlier ranking", "commissioner moderator approver", allOf(own, standing, reckonedAgain), ranked},
	{"earlier ranking", "consortium_officer", allOf(delegated("EVALUATE AWARD"), standing, reckonedAgain), ranked},

	// Award: a provider learns of its own once it is approved; every bidder has its letter then.
	{"award", "commissioner approver", own, proposed},
	{"award", "consortium_officer", delegated("AWARD"), proposed},
	{"award", "bids_manager", ownProvider, approved},
	// The notices that it asks for, from its approval on: in competition; other routes' awards ask for none here.
	{"award notice", "commissioner", both(own, competed), approved},
	{"award notice", "consortium_officer", both(delegated("AWARD"), competed), approved},
	// By another route than the competition: what it rests on, for those who answer for it; its provider sees the child's need.
	{"basis", "commissioner approver", both(own, routed), proposed},
	{"need", "bids_manager", placedWithAsker, placed},
	{"spending", "commissioner approver auditor", anything, always},

	// What was offered by telephone: for those who answer for it, and whose it is.
	{"telephone offer", "commissioner approver", both(own, telephoned), sealed},
	{"telephone offer", "bids_manager", telephonedByAsker, sealed},
	{"letter", "commissioner approver", both(own, standing), approved},
	{"letter", "consortium_officer", both(delegated("AWARD"), standing), approved},
	{"letter", "bids_manager", both(ownProvider, standing), approved},

	// No award is an outcome too, and every bidder has its letter.
	{"no award", "commissioner approver", both(own, ended), ranked},
	{"no award", "consortium_officer", both(delegated("AWARD"), ended), ranked},
	{"letter", "commissioner approver", allOf(own, standing, ended), ranked},
	{"letter", "consortium_officer", allOf(delegated("AWARD"), standing, ended), ranked},
	{"letter", "bids_manager", allOf(ownProvider, standing, ended), ranked},

	// Placement, and what the family says of it: to the safeguarding lead first, to others what was released.
	{"placement", "commissioner safeguarding_lead", own, placed},
	{"placement", "consortium_officer", delegated("MANAGE"), placed},
	{"placement", "bids_manager", ownProvider, placed},
	{"agreement", "commissioner", own, placed},
	{"agreement", "consortium_officer", delegated("MANAGE"), placed},
	{"agreement", "bids_manager", ownProvider, placed},
	{"words", "safeguarding_lead", own, heard},
	{"words", "commissioner", both(own, released), heard},
	{"words", "bids_manager", both(ownProvider, released), heard},

	// Who the child is: shown by a mutation, which logs it.
	{"identity", "commissioner", own, placed},
	{"identity", "bids_manager", ownProvider, placed},

	// The log: an authority's for its auditor, a provider's own chain for its bids manager.
	{"event", "auditor", own, always},
	{"event", "bids_manager", ownProvider, always},

	// A family's invitation: in the answer to who makes it, and for who holds the code.
	{"family invitation", "commissioner", own, always},
	{"family invitation", "family", anything, always},
	{"own invitation", "family", anything, always},
}

func anything(asker, *thing) bool        { return true }
func nothing(asker, *thing) bool         { return false } // there is none here: the scenarios look at it
func own(a asker, x *thing) bool         { return x.authority != "" && x.authority == a.of }
func ownProvider(a asker, x *thing) bool { return x.provider != "" && x.provider == a.of }
func published(_ asker, x *thing) bool   { return x.published }
func matching(_ asker, x *thing) bool    { return x.matching }
func inScoredLot(_ asker, x *thing) bool { return !x.matching }
func standing(_ asker, x *thing) bool    { return !x.withdrawn }
func released(_ asker, x *thing) bool    { return x.released }
func familyHeard(_ asker, x *thing) bool { return x.heard }
func delegates(_ asker, x *thing) bool   { return x.delegation }

// appliedTo: of a provider that has applied to the lead authority, which is the first five.
func appliedTo(a asker, x *thing) bool {
	return a.of == lead && slices.Contains([]string{providerNamed(1), providerNamed(2), providerNamed(3), providerNamed(4), providerNamed(5)}, x.provider)
}

// askedToRenew: the first provider alone was.
func askedToRenew(_ asker, x *thing) bool { return x.provider == providerNamed(1) }

// inALot: of a provider that is a member of a lot.
func inALot(_ asker, x *thing) bool {
	return slices.Contains([]string{providerNamed(1), providerNamed(2), providerNamed(3), providerNamed(5)}, x.provider)
}

// ofTheRegion: an authority, and not a provider with a token that was made out wrongly.
func ofTheRegion(a asker, _ *thing) bool { return !strings.HasPrefix(a.of, "Synthetic Provider") }

// appointing: somebody of another authority is appointed to the need.
func appointing(_ asker, x *thing) bool { return len(x.need.appointees) > 0 }

// appointed: the asker is one of them.
func appointed(a asker, x *thing) bool {
	return x.need != nil && slices.Contains(x.need.appointees, a.person) && x.need.moment < ranked
}

func beside(_ asker, x *thing) bool        { return x.beside }
func asked(_ asker, x *thing) bool         { return x.question != "" }
func answered(_ asker, x *thing) bool      { return x.answered }
func askedByAsker(a asker, x *thing) bool  { return x.question != "" && x.question == a.of }
func notAnswered(a asker, x *thing) bool   { return !slices.Contains(x.replied, a.of) }
func savedByAsker(a asker, x *thing) bool  { return x.savedBy != "" && x.savedBy == a.person }
func awardedThere(a asker, x *thing) bool  { return slices.Contains(x.awardedBy, a.of) }
func invited(a asker, x *thing) bool       { return slices.Contains(x.invited, a.of) }
func scoredByAsker(a asker, x *thing) bool { return slices.Contains(x.scorers, a.person) }
func ofOwnConsortium(a asker, x *thing) bool {
	return x.inMarket && a.of == consortium
}

// declared: somebody has declared an interest in the need, or none.
func declared(_ asker, x *thing) bool { return len(x.declarers) > 0 }

func declaredByAsker(a asker, x *thing) bool { return slices.Contains(x.declarers, a.person) }

// ended: the need did, without an award.
func ended(_ asker, x *thing) bool { return x.need.ended }

// routed: the place came by another route than the competition.
func routed(_ asker, x *thing) bool { return x.need.routed != "" }

// competed: the place came by competition.
func competed(a asker, x *thing) bool { return !routed(a, x) }

// telephoned: somebody has offered by telephone.
func telephoned(_ asker, x *thing) bool { return x.need.telephoned != "" }

func telephonedByAsker(a asker, x *thing) bool { return telephoned(a, x) && x.need.telephoned == a.of }

func placedWithAsker(a asker, x *thing) bool { return x.routed != "" && x.routed == a.of }

// reckonedAgain: the order in which an offer stands was.
func reckonedAgain(_ asker, x *thing) bool { return x.reckonedAgain }

// queried: the price was; of an offer.
func queried(_ asker, x *thing) bool { return x.queried }

// delegated: Croydon's, while it delegates one of the acts to the consortium that asks.
func delegated(acts string) relation {
	return func(a asker, x *thing) bool {
		return a.of == consortium && x.authority == croydon && slices.Contains(strings.Fields(acts), a.delegated)
	}
}

func both(one, other relation) relation { return allOf(one, other) }

func allOf(relations ...relation) relation {
	return func(a asker, x *thing) bool {
		for _, r := range relations {
			if !r(a, x) {
				return false
			}
		}
		return true
	}
}

// sees says whether somebody sees a facet of a thing.
func sees(a asker, facet string, x *thing) bool { return holds(facts, a, facet, x) }

// may says whether somebody may do something to a thing.
func may(a asker, mutation string, x *thing) bool { return holds(doers, a, mutation, x) }

func holds(table []fact, a asker, facet string, x *thing) bool {
	for _, f := range table {
		if f.facet == facet && f.holdsFor(a.capacity) && x.moment >= f.since && f.of(a, x) {
			return true
		}
	}
	return false
}

// mayAsk says whether a capacity may ask for a facet, or for a mutation, of anything at all.
func mayAsk(capacity, facet string) bool {
	return slices.ContainsFunc(slices.Concat(facts, doers), func(f fact) bool { return f.facet == facet && f.holdsFor(capacity) })
}

func (f fact) holdsFor(capacity string) bool {
	return slices.Contains(strings.Fields(f.capacities), capacity)
}

// shown says for each type which fields show which facet. The first facet of a type is that of the thing itself.
type shown struct{ facet, fields string }

var shows = map[string][]shown{
	"Query": {
		{"anyone", "node viewer markets organisations providers places compare openPlacesByRoute _entities _service"},
		{"need", "needs"}, {"own offers", "myOffers"}, {"application", "applications"}, {"placement", "placements"},
		{"words", "feedbackWords"}, {"event", "events"}, {"own invitation", "myInvitation"},
		{"market", "evidenceKinds"}, {"own tasks", "toDo"}, {"unclaimed", "unclaimedSettings"},
		{"search", "savedSearches"}, {"alert", "alerts"}, {"award notice", "awardNotices"}, {"spending", "placesByRoute"},
	},
	"Viewer":            {{"anyone", "person capacity organisation provider can"}},
	"PageInfo":          {{"anyone", "hasNextPage hasPreviousPage startCursor endCursor"}},
	"Problem":           {{"anyone", "code field message"}},
	"_Service":          {{"anyone", "sdl"}},
	"Organisation":      {{"organisation", "id kind name dfeCode lead consortium joinedOn leftOn history succession"}, {"delegation", "delegations"}},
	"Delegation":        {{"delegation", "id authority consortium act givenAt withdrawnAt"}},
	"PartnershipStep":   {{"organisation", "kind onDay consortium words at"}},
	"Succession":        {{"organisation", "onDay successors remainder words announcedAt allocatedAt completedAt cases"}, {"allocation", "allocations"}},
	"Allocation":        {{"allocation", "need successor"}},
	"Joint":             {{"joint", "reference needs"}},
	"Appointment":       {{"appointment", "id organisation person capacity madeAt endedAt"}},
	"Market":            {{"market", "id name lead regime noticeAt endsOn ceased rules notices feedbackMinimum applicationPeriod lots"}},
	"Rule":              {{"market", "code value source"}},
	"Notice":            {{"market", "number kind reference words endsOn applicationPeriod rules publishedAt"}},
	"ApplicationPeriod": {{"market", "from until"}},
	"Regime": {{"market", "code name source mayBeEstablished establishedUntil extendedUntil endsBy statedByMarket firstCallDays decideWorkingDays tenderDays standstillDays standstillWorking " +
		"standstillMandatory intendedFirst alwaysOpen routes awardNotices"}},
	"AwardNoticeRule": {{"market", "kind days quarterly beforeContract source"}},
	"RouteRule":       {{"market", "route allowed awardNotice source"}},
	"RouteFigure":     {{"spending", "quarter route places annual"}},
	"OpenRouteFigure": {{"anyone", "quarter route places annual"}},
	"Lot": {{"lot", "id market name description kind procedure showsCount ageLow ageHigh needs criteria contract contractVersion " +
		"publishedAt members evidence"}},
	"Procedure": {{"market", "code openers evaluators moderated priceLast tieBreaks"}},
	"TieBreak":  {{"market", "position rule source"}},
	"Criterion": {{"lot", "id kind name description weight topScore"}},
	"Provider":  {{"provider", "id name ukprn companyNumber settings memberships"}, {"figure", "figures"}, {"evidence", "evidence"}, {"renewal", "renewals"}},
	"Setting": {{"setting", "id provider kind name urn district outcode ageLow ageHigh needs places vacancies vacanciesAt declared " +
		"establishmentType gender section41 localAuthority openedOn closedOn directoryChangedOn importedAt inspections previousUrns"}, {"figure", "figures"}, {"address", "address"}},
	"Inspection":  {{"setting", "body scale value inspectedOn"}},
	"Place":       {{"setting", "setting miles"}},
	"Figure":      {{"figure", "question respondent answers mean"}},
	"Vacancy":     {{"setting", "fromOn free declaredAt"}},
	"SavedSearch": {{"search", "id name person shared filter savedAt"}},
	"Alert":       {{"alert", "id kind due at words about"}},

	// Admission.
	"EvidenceKind":        {{"market", "code name declaration longestMonths source"}},
	"Renewal":             {{"renewal", "kind reason askedAt answerBy renewedAt"}},
	"LotEvidence":         {{"lot", "kind essential"}},
	"Evidence":            {{"evidence", "id provider kind reference validFrom validUntil recordedAt status rejectedAt rejectionReason warnings file"}},
	"EvidenceFile":        {{"evidence", "name media bytes sha256 uploadedAt path"}},
	"UploadLink":          {{"upload link", "path expiresAt mostBytes"}},
	"EvidenceWarning":     {{"evidence", "days at"}},
	"Task":                {{"own tasks", "kind due words about"}},
	"Application":         {{"application", "id lot provider statement submittedAt decideBy decision reasons decidedAt extendedAt extensionReason questions appeal"}},
	"ApplicationQuestion": {{"application", "round question askedAt answerBy answer answeredAt"}},
	"Appeal":              {{"application", "grounds appealedAt decideBy upheld reasons decidedAt"}},
	"Membership":          {{"membership", "id lot provider admittedAt status suspendedUntil endedAt"}, {"membership step", "history"}},
	"MembershipStep":      {{"membership step", "kind reason until at by"}},

	"Need": {
		{"need", "id reference authority lot status ageLow ageHigh gender primaryNeed otherNeeds legalBasis homeOutcode travelMiles startFrom " +
			"startTo profile outcomes createdAt publishedAt deadline questionsUntil rules invitedCount openedAt " +
			"amendedAt restricted changes withdrawnAt withdrawReason siblings urgentReason"}, {"telephone offer", "telephoneOffers"},
		{"ceiling", "ceilingWeekly"}, {"invitation", "invitations"}, {"silence", "silent"}, {"panel", "panel"}, {"ehc", "ehc"}, {"area", "outOfArea"},
		{"clarification", "clarifications"}, {"tally", "offersReceived"}, {"interest", "interests"}, {"no award", "noAward"}, {"appointment", "appointments"}, {"joint", "joint"},
		{"offer", "offers"}, {"preference", "preferences"}, {"award", "awards"},
	},
	"Interest":      {{"interest", "person conflict nature at opened"}},
	"Invitation":    {{"invitation", "provider invitedAt answer reason answeredAt chases settings"}},
	"NeedChange":    {{"need", "at reason fields"}},
	"EhcCalendar":   {{"ehc", "requestedOn consultedOn draftSentOn finalisedOn transferOn postSixteen tribunalOn planDue schoolsAnswerBy familyHeardUntil reviewDue transferDue"}},
	"AreaApproval":  {{"area", "distance approvedBy grounds emergency areaToldOn areaToldBy approvedAt"}},
	"PanelDecision": {{"panel", "decidedOn agreed reasons education socialCare icb recordedAt"}},
	"Chase":         {{"invitation", "words sentAt"}},
	"Clarification": {{"clarification", "id question answer answeredAt"}},
	"Identity":      {{"identity", "name dateOfBirth"}},
	"Offer": {
		{"offer", "id need provider setting version receivedAt receipt withdrawnAt voidedAt startsOn places needsMet outcomesMet assumptions"},
		{"price", "price"}, {"price query", "priceQueries"}, {"suitability", "suitability"}, {"score", "scores"}, {"moderation", "moderation"}, {"ranking", "ranking"}, {"earlier ranking", "earlierRankings"}, {"letter", "letters"},
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
		{"award", "id need offer provider setting status reason proposedAt approvedAt standstillEnds acceptBy acceptedAt declinedAt declineReason rejectedAt rejectReason route"},
		{"placement", "placement"}, {"basis", "basis"}, {"award notice", "notices"},
	},
	"AwardNotice":    {{"award notice", "award kind dueOn beforeContract source reference publishedOn recordedAt"}},
	"Basis":          {{"basis", "reasons evidence startsOn weekly weeks annual order choice enactment spot"}, {"preference", "preference"}, {"telephone offer", "telephoneOffer"}},
	"TelephoneOffer": {{"telephone offer", "id provider setting startsOn weekly weeks words saidBy saidAt enteredBy enteredAt confirmBy status confirmedAt paper dispute"}},
	"TribunalOrder":  {{"basis", "reference orderedOn directs complyBy source late"}},
	"Placement": {
		{"placement", "id need authority provider setting status startsOn startedAt endedOn route"}, {"agreement", "agreement"}, {"words", "words"},
	},
	"Agreement":        {{"agreement", "id contract contractVersion weekly weeks authoritySignedAt providerSignedAt authority predecessor succeededOn"}},
	"FamilyInvitation": {{"family invitation", "id kind respondent invitedAt expiresAt used promise questions route"}},
	"Question":         {{"question", "code words"}},
	"FeedbackWords":    {{"words", "id placement respondent words mayContact receivedAt readBy decision"}},
	"Event":            {{"event", "id at person capacity act changed"}},
}

// facetOf is the facet that a field shows; "" where the expectations do not know the field.
func facetOf(typ, field string) string {
	for _, s := range shows[typ] {
		if slices.Contains(strings.Fields(s.fields), field) {
			return s.facet
		}
	}
	return ""
}

// facetOfThing is the facet of a type's things themselves; "" for a type that the expectations do not know.
func facetOfThing(typ string) string {
	if len(shows[typ]) == 0 {
		return ""
	}
	return shows[typ][0].facet
}
