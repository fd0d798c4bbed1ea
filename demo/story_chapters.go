package demo

import (
	"fmt"
	"slices"
	"time"

	"github.com/southeasttogether/dps/market"
)

type input = Input

const needAutism = "ASD - Autistic Spectrum Disorder"

// freeLotName is a name for a lot, with a number behind it where an earlier telling has published one of that name.
func (s *storyTeller) freeLotName(name string) string {
	lots := s.Ask(MarketManager, `query($id: ID!) { node(id: $id) { ... on Market { lots(first: 100) { edges { node { name } } } } } }`,
		input{"id": ID("market", MarketID())}).At("node.lots.edges").All()
	free, tellings := name, 1
	for slices.ContainsFunc(lots, func(l Value) bool { return l.At("node.name").Text() == free }) {
		tellings++
		free = fmt.Sprintf("%s, %d", name, tellings)
	}
	return free
}

func (s *storyTeller) setUp() {
	lot := s.Act(MarketManager, "createLot", input{
		"market": ID("market", MarketID()), "name": s.freeLotName("Day places, autism and communication"),
		"description": "Day places in independent and non-maintained special schools.",
		"kind":        "INMSS_DAY", "procedure": "SCORED", "ageLow": 5, "ageHigh": 19,
		"needs": []string{needAutism, "SLCN - Speech, language and Communication"},
		"criteria": []input{
			{"kind": "QUALITY", "name": "Meeting need", "description": "How each need and outcome is met.", "weight": "45"},
			{"kind": "QUALITY", "name": "Preparing for adulthood", "description": "How the next step is prepared.", "weight": "25"},
			{"kind": "PRICE", "name": "Price", "description": "For a year.", "weight": "30"},
		},
		"contract": "National Schools and Colleges Contract", "contractVersion": "2026",
	}, "lot { id name criteria { name weight } }").At("lot")
	s.told.Lot = lot.At("id").Text()
	s.tellStep(MarketManager, "drafts a lot with its criteria", lot.At("name").Text(), s.requireHidden(s.told.Lot,
		Winner, Commissioner, Public))
	asked := s.Act(MarketManager, "askForEvidence", input{"lot": s.told.Lot, "kind": "EXCLUSION_GROUNDS", "essential": false},
		"lot { evidence { kind { name } } }")
	s.tellStep(MarketManager, "asks in it for evidence", asked.At("lot.evidence.0.kind.name").Text(),
		s.requireHidden(s.told.Lot, Winner, Public))
	lot = s.Act(MarketManager, "publishLot", input{"lot": s.told.Lot},
		"lot { publishedAt procedure { openers evaluators priceLast } }").At("lot")
	s.start = s.ParseInstant(lot.At("publishedAt")).AddDate(0, 0, 60)
	s.tellStep(MarketManager, "publishes it: from now on it is frozen", fmt.Sprintf("%s openers, %s evaluators, price last: %s",
		lot.At("procedure.openers").Text(), lot.At("procedure.evaluators").Text(), lot.At("procedure.priceLast").Text()),
		"public "+s.visibilityOf(Public, s.told.Lot))
}

func (s *storyTeller) admitProviders() {
	for _, who := range []Persona{Winner, Rival, Decliner} {
		application := s.Act(who, "submitApplication", input{
			"lot": s.told.Lot, "statement": "Synthetic: we run registered schools and hold the insurance that the lot asks for.",
			"noGroundForExclusion": true,
		}, "application { id submittedAt decideBy }").At("application")
		s.declareEvidence(who, s.ParseInstant(application.At("submittedAt")))
		decided := s.Act(MarketManager, "decideApplication", input{
			"application": application.At("id").Text(), "decision": "ADMITTED", "reasons": "Synthetic: every selection criterion is met.",
		}, "application { decision }").At("application")
		s.told.Application = application.At("id").Text()
		s.tellStep(who, "applies, and the market manager admits", decided.At("decision").Text()+", due by "+application.At("decideBy").Text(),
			s.requireHidden(s.told.Application, Outsider, Commissioner))
	}
	lot := s.Ask(Public, `query($id: ID!) { node(id: $id) { ... on Lot { members { edges { node { id provider { name } status } } } } } }`,
		input{"id": s.told.Lot})
	s.told.Membership = lot.At("node.members.edges.0.node.id").Text()
	s.ExpectValue("the first member", lot.At("node.members.edges.0.node.provider.name"), ProviderName(1))
}

// declareEvidence is given once, for all lots and authorities; the clock warns before it lapses.
func (s *storyTeller) declareEvidence(who Persona, today time.Time) {
	given := s.Act(who, "recordEvidence", input{
		"kind": "EXCLUSION_GROUNDS", "reference": "Synthetic declaration", "validFrom": formatDay(today), "validUntil": formatDay(today.AddDate(1,
			0, -1)), "declared": true,
	}, "evidence { id status }").At("evidence")
	s.tellStep(who, "declares that no ground for exclusion applies", given.At("status").Text(),
		s.requireHidden(given.At("id").Text(), Outsider, Public))
}

func (s *storyTeller) publishNeed() {
	draft := input{
		"lot": s.told.Lot, "ageLow": 8, "ageHigh": 11, "primaryNeed": needAutism,
		"otherNeeds": []string{"SLCN - Speech, language and Communication"},
		"legalBasis": "EHC_PLAN", "homeOutcode": "ME14", "travelMiles": 25, "startFrom": formatDay(s.start),
		"startTo":  formatDay(s.start.AddDate(0, 0, 60)),
		"profile":  "Synthetic: the child is called Alex and likes to build with their hands.",
		"outcomes": "Synthetic: to speak in a small group, and to move calmly between rooms.", "ceilingWeekly": "1600.00",
	}
	s.tellStep(Commissioner, "drafts a need that names the child", s.ExpectRefused(Commissioner, "createNeed", draft, "IDENTIFIES_CHILD"),
		"nothing was kept")
	draft["profile"] = "Synthetic: the child likes to build with their hands and needs a calm, small class."
	need := s.Act(Commissioner, "createNeed", draft, "need { id reference createdAt ceilingWeekly }").At("need")
	s.told.Need = need.At("id").Text()
	s.tellStep(Commissioner, "drafts it without the name", fmt.Sprintf("%s, ceiling %s a week", need.At("reference").Text(),
		need.At("ceilingWeekly").Text()),
		s.requireHidden(s.told.Need, Neighbour, Officer, Outsider, Public))
	publish := input{"need": s.told.Need, "deadline": s.ParseInstant(need.At("createdAt")).AddDate(0, 0, 12)}
	s.tellStep(Commissioner, "publishes it", s.ExpectRefused(Commissioner, "publishNeed", publish, "UNIQUE_PROFILE"), "still a draft")
	publish["uniqueReason"] = "Synthetic: the profile was widened as far as the place allows."
	need = s.Act(Commissioner, "publishNeed", publish, "need { status deadline invitedCount }").At("need")
	s.tellStep(Commissioner, "publishes it with the reason", fmt.Sprintf("%s providers invited, offers until %s", s.ExpectValue("invited",
		need.At("invitedCount"), "3"),
		need.At("deadline").Text()), s.requireHidden(s.told.Need, Neighbour, Officer, Outsider, Public))
}

func (s *storyTeller) hearFamily() {
	s.sayAsFamily("givePreference", s.inviteFamily("PREFERENCE", "PARENT", ""),
		input{"words": "Synthetic: somewhere that we can reach without a long drive, please."})
	p := s.Ask(Commissioner, `query($id: ID!) { node(id: $id) { ... on Need { preferences { id words } } } }`,
		input{"id": s.told.Need}).At("node.preferences.0")
	s.told.Preference = p.At("id").Text()
	effect := s.Act(Commissioner, "answerPreference", input{
		"preference": s.told.Preference,
		"effect":     "Synthetic: distance was weighed among offers of like quality.",
	},
		"preference { effect }")
	s.tellStep(Commissioner, "reads what the family would like, said by a one-time code, and writes what was done with it",
		effect.At("preference.effect").Text(), "a provider is told by the contract that preferences are not its to ask for")
}

func (s *storyTeller) submitOffers() {
	declined := s.Act(Decliner, "answerInvitation", input{"need": s.told.Need, "answer": "DECLINED", "reason": "FULL"},
		"need { invitations { reason } }").At("need")
	silent := s.Ask(Commissioner, `query($id: ID!) { node(id: $id) { ... on Need { invitations { answer } } } }`, input{"id": s.told.Need})
	s.tellStep(Decliner, "declines with a coded reason", declined.At("invitations.0.reason").Text(),
		fmt.Sprintf("kent.commissioner sees %d invitations and each answer as it comes", len(silent.At("node.invitations").All())))
	s.told.WinningOffer = s.submitOffer(Winner, 1, "980.00", "260.00").At("id").Text()
	s.tellStep(Winner, "offers a place", "its own offer, sealed", s.requireHidden(s.told.WinningOffer, Rival, Commissioner, Opener1))
	rival := s.submitOffer(Rival, 3, "1010.00", "150.00")
	s.told.LosingOffer = rival.At("id").Text()
	s.tellStep(Rival, "offers too", "receipt "+rival.At("receipt").Text()[:min(16, len(rival.At("receipt").Text()))]+"...",
		s.requireHidden(s.told.LosingOffer, Winner, Commissioner, Opener1))
	better := s.submitOffer(Winner, 1, "980.00", "220.00")
	s.tellStep(Winner, "amends its offer", "version "+s.ExpectValue("version", better.At("version"), "2")+", "+
		better.At("price.weekly").Text()+" a week",
		s.requireHidden(s.told.WinningOffer, Rival, Neighbour))
	early := s.Ask(Opener1, `query($id: ID!) { node(id: $id) { ... on Need { offersReceived offers { id } } } }`,
		input{"id": s.told.Need}).At("node")
	s.tellStep(Opener1, "asks for offers too early: it is recorded", fmt.Sprintf("%d offers, count %q", len(early.At("offers").All()),
		early.At("offersReceived").Text()),
		s.ExpectRefused(Opener1, "openOffers", input{"need": s.told.Need}, "TOO_EARLY"))
}

// submitOffer offers a place in one of a provider's schools.
func (s *storyTeller) submitOffer(who Persona, setting int, education, therapy string) Value {
	return s.Act(who, "submitOffer", input{
		"need": s.told.Need, "setting": s.settingOf(who, setting), "startsOn": formatDay(s.start.AddDate(0, 0, 14)), "weeks": 38,
		"needsMet":    "Synthetic: a class of six with a teacher and two assistants.",
		"outcomesMet": "Synthetic: speech therapy twice a week, and a plan for each move.",
		"fees": []input{
			{"kind": "EDUCATION", "description": "Teaching and support", "weekly": education},
			{"kind": "THERAPY", "description": "Speech and language therapy", "weekly": therapy},
		},
	}, "offer { id version receipt receivedAt price { weekly annual } }").At("offer")
}

func (s *storyTeller) openOffers() {
	need := s.Ask(Commissioner, `query($id: ID!) { node(id: $id) { ... on Need { deadline } } }`, input{"id": s.told.Need}).At("node")
	s.passTime(s.ParseInstant(need.At("deadline")).Add(time.Second), "the deadline has passed")
	s.tellStep(Rival, "tries to withdraw its offer late", s.ExpectRefused(Rival, "withdrawOffer", input{"offer": s.told.LosingOffer},
		"DEADLINE_PASSED"), "the offers stay as they are")
	s.declareInterests()
	s.Act(Opener1, "openOffers", input{"need": s.told.Need}, "need { openedAt }")
	s.tellStep(Opener1, "says open: the lot asks for two officers", "nothing yet", s.requireHidden(s.told.WinningOffer, Opener1, Commissioner)+
		": nobody can open alone")
	opened := s.Act(Opener2, "openOffers", input{"need": s.told.Need}, "need { status offers { id } }").At("need")
	priced := s.Ask(Commissioner, `query($id: ID!) { node(id: $id) { ... on Need { offers { price { weekly } } } } }`,
		input{"id": s.told.Need}).At("node.offers.0.price")
	if priced.Exists() {
		s.Fail("a price is read before quality is locked")
	}
	s.tellStep(Opener2, "says open too", fmt.Sprintf("%d offers", len(opened.At("offers").All())),
		"kent.commissioner sees no price yet; "+s.requireHidden(s.told.WinningOffer, Rival, Neighbour, Officer))
}

// declareInterests makes each person who will act on the need declare that they have no interest. One more person finds
// that they have one.
func (s *storyTeller) declareInterests() {
	undeclared := s.ExpectRefused(Opener1, "openOffers", input{"need": s.told.Need}, "CONFLICT_OF_INTEREST")
	acting := []Persona{Opener1, Opener2, Commissioner, Evaluator1, Evaluator2, Moderator, Approver}
	for _, who := range acting {
		s.Act(who, "declareInterest", input{"need": s.told.Need, "conflict": false}, "need { id }")
	}
	own := s.Ask(Evaluator1, `query($id: ID!) { node(id: $id) { ... on Need { interests { person } } } }`,
		input{"id": s.told.Need}).At("node.interests").All()
	s.tellStep(Evaluator1, "declares to have no interest in the outcome, as each must who acts", fmt.Sprintf("%d declaration, its own",
		len(own)), "before that: "+undeclared)
}

var suitabilityChecks = []string{"MEMBERSHIP", "REGISTRATION", "AGE", "NEEDS_MET", "VACANCY", "INSPECTION", "IMPACT_ON_CHILDREN"}

func (s *storyTeller) evaluateOffers() {
	offers := []string{s.told.WinningOffer, s.told.LosingOffer}
	for _, offer := range offers {
		var made []input
		for _, check := range suitabilityChecks {
			made = append(made, input{
				"check": check, "passed": true,
				"reason": "Synthetic: the class is small, and the others would gain a friend.",
			})
		}
		s.Act(Commissioner, "assessSuitability", input{"offer": offer, "checks": made}, "offer { id }")
	}
	s.tellStep(Commissioner, "finds both offers suitable", "seven checks each", s.requireHidden(s.told.WinningOffer, Rival))
	quality := s.qualityCriteria()
	points := map[string][]int{s.told.WinningOffer: {5, 4}, s.told.LosingOffer: {4, 3}}
	for _, who := range []Persona{Evaluator1, Evaluator2} {
		for _, offer := range offers {
			s.Act(who, "scoreOffer", input{"offer": offer, "scores": scoreInputs(quality, points[offer], "points", "comment")}, "offer { id }")
		}
	}
	own := s.Ask(Evaluator2, `query($id: ID!) { node(id: $id) { ... on Offer { scores { points } } } }`,
		input{"id": s.told.WinningOffer}).At("node.scores")
	s.tellStep(Evaluator2, "has scored, as the first evaluator has", fmt.Sprintf("%d scores: only its own", len(own.All())),
		"evaluators are blind to each other, and to prices")
	for _, who := range []Persona{Evaluator1, Evaluator2} {
		s.Act(who, "lockScores", input{"need": s.told.Need}, "need { id }")
	}
	for _, offer := range offers {
		s.Act(Moderator, "moderateOffer", input{"offer": offer, "scores": scoreInputs(quality, points[offer], "points", "reason")},
			"offer { id }")
	}
	s.Act(Moderator, "lockQuality", input{"need": s.told.Need}, "need { id }")
	s.tellStep(Moderator, "agrees the scores and locks quality", "one score for each criterion", "prices can be opened now, not before")
	s.Act(Opener1, "openOffers", input{"need": s.told.Need}, "need { id }")
	s.Act(Opener2, "openOffers", input{"need": s.told.Need}, "need { id }")
	first := s.Ask(Commissioner, `query($id: ID!) { node(id: $id) { ... on Need { status offers { id ranking { rank total arithmetic } } } `+
		`} }`, input{"id": s.told.Need}).At("node")
	s.ExpectValue("the best offer", first.At("offers.0.id"), s.told.WinningOffer)
	s.tellStep(Opener2, "opens the prices with the first officer: the offers are ranked", first.At("status").Text(),
		"kent.commissioner sees: "+first.At("offers.0.ranking.arithmetic").Text())
}

// qualityCriteria are the ids of the lot's criteria of quality, in order.
func (s *storyTeller) qualityCriteria() []string {
	lot := s.Ask(Public, `query($id: ID!) { node(id: $id) { ... on Lot { criteria { id kind } } } }`, input{"id": s.told.Lot})
	var ids []string
	for _, c := range lot.At("node.criteria").All() {
		if c.At("kind").Text() == "QUALITY" {
			ids = append(ids, c.At("id").Text())
		}
	}
	return ids
}

func scoreInputs(criteria []string, points []int, pointsField, wordsField string) []input {
	var all []input
	for i, criterion := range criteria {
		all = append(all, input{"criterion": criterion, pointsField: points[i], wordsField: "Synthetic: well evidenced."})
	}
	return all
}

func (s *storyTeller) awardPlace() {
	s.told.Award = s.Act(Commissioner, "proposeAward", input{"offer": s.told.WinningOffer, "reason": "Synthetic: the first in rank."},
		"award { id }").At("award.id").Text()
	s.tellStep(Commissioner, "proposes the award", "it waits for the approver", s.requireHidden(s.told.Award, Rival, Neighbour, Officer))
	s.Act(Commissioner, "recordPanelDecision", input{
		"need": s.told.Need, "decidedOn": "2026-01-05", "agreed": true,
		"reasons":   "Synthetic: no place nearer meets the need.",
		"education": "60.00", "socialCare": "40.00", "icb": "0.00",
	}, "")
	s.tellStep(Commissioner, "records the panel's decision", "education pays 60, social care 40 of 100", s.requireHidden(s.told.Award,
		Rival, Neighbour, Officer))
	award := s.Act(Approver, "approveAward", input{"award": s.told.Award, "standstill": true},
		"award { approvedAt standstillEnds }").At("award")
	letter := s.Ask(Rival, `query($id: ID!) { node(id: $id) { ... on Offer { letters { result rank body } } } }`,
		input{"id": s.told.LosingOffer}).At("node.letters.0")
	s.ExpectValue("the rival's letter", letter.At("result"), "NOT_AWARDED")
	s.tellStep(Approver, "approves it, with a standstill", "until "+award.At("standstillEnds").Text(), "provider02.bids is told: "+
		letter.At("body").Text())
	s.publishNotice(award.At("approvedAt"))
	s.passTime(s.ParseInstant(award.At("standstillEnds")).Add(time.Second), "the standstill has ended")
	accepted := s.Act(Winner, "acceptAward", input{"award": s.told.Award},
		"award { status acceptedAt placement { id status agreement { weekly weeks contract } } }").At("award")
	s.told.Placement = accepted.At("placement.id").Text()
	s.tellStep(Winner, "accepts: the place is reserved within capacity", accepted.At("placement.agreement.weekly").Text()+" a week, "+
		accepted.At("placement.agreement.contract").Text(),
		s.requireHidden(s.told.Placement, Rival, Neighbour, Officer))
	s.publishNotice(accepted.At("acceptedAt"))
	told := s.Ask(Commissioner, "query($id: ID!) { node(id: $id) { ... on Award { notices { reference } } } }",
		input{"id": s.told.Award}).At("node.notices.0.reference")
	s.ExpectValue("the award notice", told, noticeReference)
}

const noticeReference = "Synthetic: 2026/1"

// publishNotice records the award notice as published on a day, where it is owed by then: some regimes ask for it before the
// standstill, others once the award is accepted.
func (s *storyTeller) publishNotice(on Value) {
	owed := s.Ask(Commissioner, "{ awardNotices(first: 100) { edges { node { kind dueOn source award { id } } } } }",
		nil).At("awardNotices.edges").All()
	at := slices.IndexFunc(owed, func(edge Value) bool { return edge.At("node.award.id").Text() == s.told.Award })
	if at < 0 {
		return
	}
	notice := owed[at].At("node")
	s.Act(Commissioner, "recordAwardNotice", input{
		"award": s.told.Award, "kind": notice.At("kind").Text(), "reference": noticeReference,
		"publishedOn": formatDay(s.ParseInstant(on).In(market.London)),
	}, "award { notices { reference } }")
	s.tellStep(Commissioner, "records where the award notice was published", "due on "+notice.At("dueOn").Text()+", by "+
		notice.At("source").Text(), "everybody reads it there")
}

func (s *storyTeller) startPlacement() {
	for _, who := range []Persona{Commissioner, Winner} {
		s.Act(who, "signAgreement", input{"placement": s.told.Placement}, "placement { status }")
	}
	s.Act(Commissioner, "recordIdentity", input{
		"need": s.told.Need, "name": "Synthetic Child",
		"dateOfBirth": formatDay(s.start.AddDate(-10, 0, 0)),
	}, "need { id }")
	seen := s.Ask(Winner, `mutation($input: ViewIdentityInput!) { viewIdentity(input: $input) { identity { name } problems { code } } }`,
		input{"input": input{"need": s.told.Need, "purpose": "PLACEMENT"}}).At("viewIdentity.identity.name")
	rival := s.Ask(Rival, `mutation($input: ViewIdentityInput!) { viewIdentity(input: $input) { identity { name } problems { code } } }`,
		input{"input": input{"need": s.told.Need, "purpose": "PLACEMENT"}}).At("viewIdentity.problems.0.code")
	s.tellStep(Winner, "has signed, as the commissioner has, and is told who the child is; the view is in the log", seen.Text(),
		"provider02.bids: "+s.ExpectValue("the rival", rival, "NOT_FOUND"))
	first := s.start.AddDate(0, 0, 14)
	s.passTime(time.Date(first.Year(), first.Month(), first.Day(), 9, 0, 0, 0, time.UTC), "the first day has come")
	started := s.Act(Commissioner, "startPlacement", input{"placement": s.told.Placement},
		"placement { status startsOn setting { name address } }").At("placement")
	s.tellStep(Commissioner, "records the child's first day", s.ExpectValue("the placement", started.At("status"), "ACTIVE")+" at "+
		started.At("setting.name").Text(),
		s.requireHidden(s.told.Placement, Rival, Neighbour, Officer, Public))
}

func (s *storyTeller) giveFeedback() {
	s.sayAsFamily("giveFeedback", s.inviteFamily("FEEDBACK", "YOUNG_PERSON", s.told.Placement), input{
		"ratings": []input{
			{"question": "WELCOME", "value": 5},
			{"question": "SAFE", "value": 5},
			{"question": "PROGRESS", "value": 4},
			{"question": "TOLD", "value": 4},
		},
		"words": "Synthetic: I like the workshop best.",
	})
	const words = `{ feedbackWords(first: 1) { edges { node { id words readBy decision } } } }`
	first := s.Ask(Safeguarding, words, nil).At("feedbackWords.edges.0.node")
	s.told.Words = first.At("id").Text()
	s.tellStep(Safeguarding, "reads the free words first", fmt.Sprintf("%q, to be read by %s", first.At("words").Text(),
		first.At("readBy").Text()),
		"the four ratings wait to be mixed with other people's: nobody sees them")
	s.Act(Safeguarding, "decideWords", input{"words": s.told.Words, "decision": "RELEASED"}, "words { decision }")
	released := s.Ask(Winner, words, nil).At("feedbackWords.edges.0.node.words")
	s.tellStep(Safeguarding, "releases them", "RELEASED", fmt.Sprintf("provider01.bids reads %q; %s", released.Text(),
		s.requireHidden(s.told.Words, Rival, Neighbour, Officer)))
}

func (s *storyTeller) readTheLog() {
	events := s.Ask(Auditor, `{ events(first: 100) { edges { node { person act } } } }`, nil).At("events.edges").All()
	if len(events) == 0 {
		s.Fail("the auditor sees no event")
	}
	s.tellStep(Auditor, "reads Kent's log", fmt.Sprintf("%d events, the early attempt and each view of the child's identity among them",
		len(events)),
		"what a provider did with its sealed offer is in its own chain")
}

// inviteFamily makes a one-time invitation of the family and gives its code, which is shown this once.
func (s *storyTeller) inviteFamily(kind, respondent, placement string) string {
	in := input{"kind": kind, "respondent": respondent, "need": s.told.Need}
	if placement != "" {
		in["placement"] = placement
	}
	return s.Act(Commissioner, "inviteFamily", in, "code").At("code").Text()
}

// sayAsFamily says something as the family that holds a code.
func (s *storyTeller) sayAsFamily(mutation, code string, in input) {
	credential := Credential{Authorization: "Invitation " + code}
	told := s.Send("family", credential, `{ myInvitation { promise questions { words } } }`, nil).At("myInvitation.promise").Text()
	given := s.Send("family", credential, MutationDocument(mutation, "received"), input{"input": in})
	s.ExpectValue("the family's words arrived", given.At(mutation+".received"), "true")
	again := s.Send("family", credential, MutationDocument(mutation, "received"), input{"input": in}).At(mutation +
		".problems.0.message").Text()
	s.tellStep(Persona{Key: "family", Does: "with a one-time code, without an account"}, "is told what becomes of the words, and writes",
		told, "a second use: "+again)
}
