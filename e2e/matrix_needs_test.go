package e2e_test

import (
	"slices"
	"testing"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// needPlan is a need to bring to a stage.
type needPlan struct {
	name         string
	authority    string
	schools      bool // in the story's lot, which is scored; else in the lot of homes
	stage        needStage
	byConsortium bool // its offers are opened and scored by the consortium's officer, by delegation
	withdrawn    bool // provider 3 has offered, and withdrawn
	silent       bool // nobody has offered
	ended        bool // without an award
	words        string

	id     string
	offers []string // of providers 1 and 2, and of 3 where it has withdrawn
}

// behindTheDeadline are the needs whose offers came in time, and what became of them.
var behindTheDeadline = []needPlan{
	{name: "Kent, closed", authority: kent, stage: stageClosed},
	{name: "Kent, opened", authority: kent, schools: true, stage: stageOpened},
	{name: "Kent, scored", authority: kent, schools: true, stage: stageScored},
	{name: "Kent, locked", authority: kent, schools: true, stage: stageLocked},
	{name: "Kent, ranked", authority: kent, schools: true, stage: stageRanked},
	{name: "Kent, proposed", authority: kent, stage: stageProposed},
	{name: "Kent, approved", authority: kent, stage: stageApproved},
	{name: "Surrey, heard", authority: surrey, stage: stageHeard, words: "RELEASED"},
	{name: "Croydon, closed", authority: croydon, stage: stageClosed},
	{name: "Croydon, scored", authority: croydon, stage: stageScored, byConsortium: true},
	{name: "Croydon, ranked", authority: croydon, stage: stageRanked, withdrawn: true},
	{name: "Croydon, proposed", authority: croydon, stage: stageProposed},
	{name: "Croydon, ended", authority: croydon, stage: stageRanked, ended: true},
	{name: "Surrey, ended", authority: surrey, stage: stageRanked, ended: true},
	{name: "Croydon, approved", authority: croydon, stage: stageApproved},
	{name: "Croydon, placed", authority: croydon, stage: stagePlaced},
	{name: "Croydon, heard", authority: croydon, stage: stageHeard, words: "HELD"},
	{name: "Bexley, opened", authority: bexley, stage: stageOpened},
}

// plansSealed are published, and their deadlines are to come.
var plansSealed = []needPlan{
	{name: "Kent, sealed", authority: kent, schools: true, stage: stageSealed},
	{name: "Kent, sealed home", authority: kent, stage: stageSealed, withdrawn: true},
	{name: "Surrey, sealed", authority: surrey, stage: stageSealed},
	{name: "Croydon, sealed", authority: croydon, stage: stageSealed},
	{name: "Croydon, silent", authority: croydon, stage: stageSealed, silent: true},
	{name: "Bexley, sealed", authority: bexley, stage: stageSealed},
}

func (m *stagedMarket) addNeedsPastDeadline(t testing.TB) {
	all := slices.Clone(behindTheDeadline)
	for i := range all {
		m.publishPlan(&all[i])
	}
	m.homes.passTime(pastDeadline)
	for i := range all {
		p := &all[i]
		if p.schools {
			m.bringScoredTo(p)
		} else {
			m.bringMatchedTo(t, p)
		}
	}
	m.addSecondWords(t)
}

func (m *stagedMarket) addSealedNeeds() {
	for _, p := range plansSealed {
		m.publishPlan(&p)
		m.addNeed(&p)
	}
	for _, name := range []string{"Kent, sealed", "Croydon, sealed"} {
		m.homes.mustChange(bidsManagerOf(3), "answerInvitation", fields{
			"need":   m.findRecord("Need", name).id,
			"answer": "DECLINED", "reason": "FULL",
		}, "")
		m.findRecord("Need", name).replied = []string{providerNamed(3)}
	}
}

// addOrderedPlace is a need that a tribunal's order took out of its competition, to a school of provider 4, which is in
// no lot.
func (m *stagedMarket) addOrderedPlace(t testing.TB) {
	s, by := m.schools, staffOf(kent)
	id := s.draftNeed(by.commissioner, fields{"legalBasis": "EHC_PLAN", "ceilingWeekly": "5000.00"})
	s.mustChange(by.commissioner, "publishNeed", fields{"need": id, "deadline": s.marketTime().AddDate(0, 0, 12), "uniqueReason": someReason},
		"")
	in := s.orderedPlaceInput(id)
	in["setting"] = settingOf(7)
	award := s.proposePlace(by.commissioner, "proposeOrderedPlace", in)
	s.mustChange(by.approver, "approvePlace", fields{"award": award}, "")
	s.mustChange(by.commissioner, "recordIdentity", fields{"need": id, "name": "Synthetic Child", "dateOfBirth": "2015-02-03"}, "")
	need := m.addRecord(marketRecord{
		kind: "Need", name: "Kent, ordered", id: id, authority: kent, stage: stagePlaced,
		routed:  providerNamed(4),
		invited: []string{providerNamed(1), providerNamed(2), providerNamed(3)},
	})
	m.addAward(t, need, 4, award)
}

// addUrgentNeed is a need for the same day, for which provider 1 has offered its home by telephone.
func (m *stagedMarket) addUrgentNeed(t testing.TB) {
	s, by := m.homes, staffOf(kent)
	id := s.broadcastUrgentNeed(by.commissioner)
	need := m.addRecord(marketRecord{
		kind: "Need", name: "Kent, urgent", id: id, authority: kent, stage: stageSealed, matching: true,
		telephoned: providerNamed(1),
	})
	m.eachProviderRow(t, "SELECT need_id AS id, provider_id FROM dps.invitation WHERE need_id = '"+uuidOf(t, id).String()+"'",
		func(_, provider string) { need.invited = append(need.invited, provider) })
	m.addRecord(marketRecord{kind: "TelephoneOffer", name: "telephone offer of Kent, urgent", id: s.enterTelephoneOffer(by.commissioner, id,
		2), authority: kent, provider: providerNamed(1), stage: stageSealed, need: need})
}

func (m *stagedMarket) sceneOfPlan(p *needPlan) *scene {
	if p.schools {
		return m.schools
	}
	return m.homes
}

// publishPlan publishes a need with a ceiling, whose family was heard, and lets providers offer.
func (m *stagedMarket) publishPlan(p *needPlan) {
	s, who := m.sceneOfPlan(p), personOf(p.authority, policy.Commissioner)
	p.id = s.draftNeed(who, fields{"ceilingWeekly": "5000.00"})
	s.mustChange(who, "publishNeed", fields{
		"need": p.id, "deadline": s.marketTime().AddDate(0, 0, 12),
		"uniqueReason": "Synthetic: it is as wide as it can be.",
	}, "")
	s.mustChange(who, "enterPreference", fields{"need": p.id, "respondent": "PARENT", "words": "Synthetic: near home, please."}, "")
	if p.silent {
		return
	}
	p.offers = []string{m.submitOfferFor(p, 1), m.submitOfferFor(p, 2)}
	if p.withdrawn {
		p.offers = append(p.offers, m.submitOfferFor(p, 3))
		s.mustChange(bidsManagerOf(3), "withdrawOffer", fields{"offer": p.offers[2]}, "")
	}
}

func (m *stagedMarket) submitOfferFor(p *needPlan, provider int) string {
	s := m.sceneOfPlan(p)
	in := s.offerInput(p.id, m.settingFor(&marketRecord{matching: !p.schools}, provider), "4000.00")
	in["startsOn"] = s.dayFromNow(12)
	return s.mustChange(bidsManagerOf(provider), "submitOffer", in, "offer { id }").At("offer.id").Text()
}

// addNeed adds a need with its offers.
func (m *stagedMarket) addNeed(p *needPlan, scorers ...string) *marketRecord {
	need := m.addRecord(marketRecord{
		kind: "Need", name: p.name, id: p.id, authority: p.authority, stage: p.stage,
		matching: !p.schools, heard: true,
		invited: []string{providerNamed(1), providerNamed(2), providerNamed(3)},
	})
	if !p.schools {
		need.invited = append(need.invited, providerNamed(5))
	}
	for i, id := range p.offers {
		offer := m.addOffer(need, i+1, id)
		offer.scorers, offer.withdrawn = scorers, i == 2
	}
	return need
}

// bringMatchedTo continues after the deadline as the procedure MATCHING does: one officer, one evaluator, prices at
// once.
func (m *stagedMarket) bringMatchedTo(t testing.TB, p *needPlan) {
	s, by := m.homes, staffOf(p.authority)
	if p.byConsortium {
		m.delegateOnly(t, "EVALUATE")
		by.opener, by.commissioner, by.evaluator = demo.Officer, demo.Officer, demo.Officer
	}
	for _, step := range []struct {
		at needStage
		do func()
	}{
		{stageOpened, func() { s.mustChange(by.opener, "openOffers", fields{"need": p.id}, "") }},
		{stageScored, func() { m.scoreAs(s, p, by.commissioner, by.evaluator) }},
		{stageRanked, func() { s.mustChange(by.evaluator, "lockScores", fields{"need": p.id}, "") }},
	} {
		if p.stage >= step.at {
			step.do()
		}
	}
	if p.byConsortium {
		m.delegateOnly(t, "")
	}
	need := m.addNeed(p, by.evaluator.Key)
	if p.ended {
		s.mustChange(by.commissioner, "endWithoutAward", fields{"need": p.id, "reason": "NEED_CHANGED", "words": someReason}, "")
		need.ended = true
	}
	if p.stage >= stageProposed {
		m.bringAwardTo(t, p, need)
	}
}

// scoreAs checks and scores what is opened.
func (m *stagedMarket) scoreAs(s *scene, p *needPlan, commissioner demo.Persona, evaluators ...demo.Persona) {
	for i, offer := range p.offers[:2] {
		s.assessAsSuitable(commissioner, offer)
		for _, evaluator := range evaluators {
			s.mustChange(evaluator, "scoreOffer", fields{"offer": offer, "scores": m.scoreInputs(s, 5-i, "comment")}, "")
		}
	}
}

// scoreInputs are the same points on each criterion of quality of a lot.
func (m *stagedMarket) scoreInputs(s *scene, points int, words string) (all []fields) {
	if m.criteria[s.lot] == nil {
		for _, c := range s.readNode(demo.Public, "Lot", s.lot, "criteria { id kind }").At("criteria").All() {
			if c.At("kind").Text() == "QUALITY" {
				m.criteria[s.lot] = append(m.criteria[s.lot], c.At("id").Text())
			}
		}
	}
	for _, id := range m.criteria[s.lot] {
		all = append(all, fields{"criterion": id, "points": points, words: "Synthetic: well evidenced."})
	}
	return all
}

// bringScoredTo continues as the procedure SCORED does: two officers, two evaluators, moderation, prices last.
func (m *stagedMarket) bringScoredTo(p *needPlan) {
	s := m.schools
	open := func() {
		s.mustChange(demo.Opener1, "openOffers", fields{"need": p.id}, "")
		s.mustChange(demo.Opener2, "openOffers", fields{"need": p.id}, "")
	}
	open()
	if p.stage >= stageScored {
		m.scoreAs(s, p, demo.Commissioner, demo.Evaluator1, demo.Evaluator2)
	}
	if p.stage >= stageLocked {
		s.mustChange(demo.Evaluator1, "lockScores", fields{"need": p.id}, "")
		s.mustChange(demo.Evaluator2, "lockScores", fields{"need": p.id}, "")
	}
	if p.stage >= stageRanked {
		for i, offer := range p.offers[:2] {
			s.mustChange(demo.Moderator, "moderateOffer", fields{"offer": offer, "scores": m.scoreInputs(s, 5-i, "reason")}, "")
		}
		s.mustChange(demo.Moderator, "lockQuality", fields{"need": p.id}, "")
		open()
	}
	m.addNeed(p, demo.Evaluator1.Key, demo.Evaluator2.Key)
}

// bringAwardTo awards the first offer and continues as far as the plan says.
func (m *stagedMarket) bringAwardTo(t testing.TB, p *needPlan, need *marketRecord) {
	s, by := m.homes, staffOf(p.authority)
	award := s.mustChange(by.commissioner, "proposeAward", fields{"offer": p.offers[0], "reason": "Synthetic: the first in rank."},
		"award { id }").At("award.id").Text()
	if p.stage >= stageApproved {
		s.mustChange(by.approver, "approveAward", fields{"award": award, "standstill": false}, "")
		s.execAsAdmin("UPDATE dps.setting SET local_authority = (SELECT dfe_code FROM dps.organisation WHERE id = $1)",
			by.commissioner.Organisation) // the child stays in its authority's own area
	}
	placement := ""
	if p.stage >= stagePlaced {
		placement = s.mustChange(bidsManagerOf(1), "acceptAward", fields{"award": award},
			"award { placement { id } }").At("award.placement.id").Text()
		s.mustChange(by.commissioner, "recordIdentity", fields{"need": p.id, "name": "Synthetic Child", "dateOfBirth": "2015-02-03"}, "")
	}
	if p.stage >= stageActive {
		s.publishAndSign(by.commissioner, placement)
		s.mustChange(bidsManagerOf(1), "signAgreement", fields{"placement": placement}, "")
		s.mustChange(by.commissioner, "startPlacement", fields{"placement": placement}, "")
	}
	m.addAward(t, need, 1, award)
	if p.stage >= stageHeard {
		m.addFamilyWords(t, need, p.words)
	}
}

// addFamilyWords makes a family write about its placement, and the safeguarding lead decide; "" leaves the words
// waiting.
func (m *stagedMarket) addFamilyWords(t testing.TB, need *marketRecord, decision string) {
	placement := m.findRecord("Placement", "placement of "+need.name)
	code := m.homes.mustChange(personOf(need.authority, policy.Commissioner), "inviteFamily", fields{
		"kind":       "FEEDBACK",
		"respondent": "YOUNG_PERSON",
		"need":       need.id, "placement": placement.id,
	}, "code").At("code").Text()
	given := m.postQuery(t, demo.Credential{Authorization: "Invitation " + code}, mutationDocument("giveFeedback", "received"),
		fields{"input": fields{
			"ratings": []fields{
				{"question": "WELCOME", "value": 5},
				{"question": "SAFE", "value": 5},
				{"question": "PROGRESS", "value": 4},
				{"question": "TOLD", "value": 4},
			},
			"words": "Synthetic: I like the garden best.",
		}})
	if given.code != "" {
		t.Fatal(given.body)
	}
	var id string
	must(t, m.Admin.QueryRow("SELECT 'words_' || replace(id::text, '-', '') FROM dps.feedback_words WHERE placement_id = $1 ORDER BY "+
		"received_at DESC LIMIT 1",
		uuidOf(t, placement.id)).Scan(&id))
	if decision != "" {
		m.homes.mustChange(personOf(need.authority, policy.SafeguardingLead), "decideWords", fields{"words": id, "decision": decision}, "")
	}
	m.addRecord(marketRecord{
		kind: "FeedbackWords", name: "words of " + need.name + ", " + decision, id: id, authority: need.authority,
		provider: placement.provider,
		need:     need, stage: stageHeard, released: decision == "RELEASED", decided: decision != "",
	})
}

// addSecondWords are words about the story's placement that wait for the safeguarding lead.
func (m *stagedMarket) addSecondWords(t testing.TB) {
	m.homes.execAsAdmin("UPDATE dps.family_invitation SET answered_term = answered_term - 120") // the story's answer was another term's
	m.addFamilyWords(t, m.findRecord("Need", "need of the story"), "")
}
