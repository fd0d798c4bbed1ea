package e2e_test

import (
	"slices"
	"testing"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// plan is a need to bring to a moment.
type plan struct {
	name      string
	authority string
	schools   bool // in the story's lot, which is scored; else in the lot of homes
	to        moment
	consort   bool // its offers are opened and scored by the consortium's officer, by delegation
	withdrawn bool // provider 3 has offered, and withdrawn
	silent    bool // nobody has offered
	ended     bool // without an award
	words     string

	id     string
	offers []string // of providers 1 and 2, and of 3 where it has withdrawn
}

// behindTheDeadline are the needs whose offers came in time, and what became of them.
var behindTheDeadline = []plan{
	{name: "Kent, closed", authority: kent, to: closed},
	{name: "Kent, opened", authority: kent, schools: true, to: opened},
	{name: "Kent, scored", authority: kent, schools: true, to: scored},
	{name: "Kent, locked", authority: kent, schools: true, to: locked},
	{name: "Kent, ranked", authority: kent, schools: true, to: ranked},
	{name: "Kent, proposed", authority: kent, to: proposed},
	{name: "Kent, approved", authority: kent, to: approved},
	{name: "Surrey, heard", authority: surrey, to: heard, words: "RELEASED"},
	{name: "Croydon, closed", authority: croydon, to: closed},
	{name: "Croydon, scored", authority: croydon, to: scored, consort: true},
	{name: "Croydon, ranked", authority: croydon, to: ranked, withdrawn: true},
	{name: "Croydon, proposed", authority: croydon, to: proposed},
	{name: "Croydon, ended", authority: croydon, to: ranked, ended: true},
	{name: "Surrey, ended", authority: surrey, to: ranked, ended: true},
	{name: "Croydon, approved", authority: croydon, to: approved},
	{name: "Croydon, placed", authority: croydon, to: placed},
	{name: "Croydon, heard", authority: croydon, to: heard, words: "HELD"},
	{name: "Bexley, opened", authority: bexley, to: opened},
}

// plansSealed are published, and their deadlines are to come.
var plansSealed = []plan{
	{name: "Kent, sealed", authority: kent, schools: true, to: sealed},
	{name: "Kent, sealed home", authority: kent, to: sealed, withdrawn: true},
	{name: "Surrey, sealed", authority: surrey, to: sealed},
	{name: "Croydon, sealed", authority: croydon, to: sealed},
	{name: "Croydon, silent", authority: croydon, to: sealed, silent: true},
	{name: "Bexley, sealed", authority: bexley, to: sealed},
}

func (m *moments) passed(t testing.TB) {
	all := slices.Clone(behindTheDeadline)
	for i := range all {
		m.publish(&all[i])
	}
	m.homes.pass(pastDeadline)
	for i := range all {
		p := &all[i]
		if p.schools {
			m.scoredTo(p)
		} else {
			m.matchedTo(t, p)
		}
	}
	m.secondWords(t)
}

func (m *moments) stillSealed() {
	for _, p := range plansSealed {
		m.publish(&p)
		m.needOf(&p)
	}
	for _, name := range []string{"Kent, sealed", "Croydon, sealed"} {
		m.homes.done(bidsOf(3), "answerInvitation", fields{"need": m.find("Need", name).id, "answer": "DECLINED", "reason": "FULL"}, "")
		m.find("Need", name).replied = []string{providerNamed(3)}
	}
}

// ordered is a need that a tribunal's order has taken out of its competition, to a school of provider 4, which is in no lot.
func (m *moments) ordered(t testing.TB) {
	s, by := m.schools, staffOf(kent)
	id := s.draft(by.commissioner, fields{"legalBasis": "EHC_PLAN", "ceilingWeekly": "5000.00"})
	s.done(by.commissioner, "publishNeed", fields{"need": id, "deadline": s.now().AddDate(0, 0, 12), "uniqueReason": reason}, "")
	in := s.ordered(id)
	in["setting"] = settingOf(7)
	award := s.proposed(by.commissioner, "proposeOrderedPlace", in)
	s.done(by.approver, "approvePlace", fields{"award": award}, "")
	s.done(by.commissioner, "recordIdentity", fields{"need": id, "name": "Synthetic Child", "dateOfBirth": "2015-02-03"}, "")
	need := m.add(thing{kind: "Need", name: "Kent, ordered", id: id, authority: kent, moment: placed, routed: providerNamed(4),
		invited: []string{providerNamed(1), providerNamed(2), providerNamed(3)}})
	m.awarded(t, need, 4, award)
}

// urgent is a need for the same day, for which provider 1 has offered its home by telephone.
func (m *moments) urgent(t testing.TB) {
	s, by := m.homes, staffOf(kent)
	id := s.called(by.commissioner)
	need := m.add(thing{kind: "Need", name: "Kent, urgent", id: id, authority: kent, moment: sealed, matching: true, telephoned: providerNamed(1)})
	m.rows(t, "SELECT need_id AS id, provider_id FROM dps.invitation WHERE need_id = '"+plain(t, id).String()+"'", func(_, provider string) { need.invited = append(need.invited, provider) })
	m.add(thing{kind: "TelephoneOffer", name: "telephone offer of Kent, urgent", id: s.said(by.commissioner, id, 2), authority: kent, provider: providerNamed(1), moment: sealed, need: need})
}

func (m *moments) lotOf(p *plan) *scene {
	if p.schools {
		return m.schools
	}
	return m.homes
}

// publish publishes a need with a ceiling, whose family was heard, and lets providers offer.
func (m *moments) publish(p *plan) {
	s, who := m.lotOf(p), personOf(p.authority, policy.Commissioner)
	p.id = s.draft(who, fields{"ceilingWeekly": "5000.00"})
	s.done(who, "publishNeed", fields{"need": p.id, "deadline": s.now().AddDate(0, 0, 12), "uniqueReason": "Synthetic: it is as wide as it can be."}, "")
	s.done(who, "enterPreference", fields{"need": p.id, "respondent": "PARENT", "words": "Synthetic: near home, please."}, "")
	if p.silent {
		return
	}
	p.offers = []string{m.bidFor(p, 1), m.bidFor(p, 2)}
	if p.withdrawn {
		p.offers = append(p.offers, m.bidFor(p, 3))
		s.done(bidsOf(3), "withdrawOffer", fields{"offer": p.offers[2]}, "")
	}
}

func (m *moments) bidFor(p *plan, provider int) string {
	s := m.lotOf(p)
	in := s.offering(p.id, m.settingFor(&thing{matching: !p.schools}, provider), "4000.00")
	in["startsOn"] = s.day(12)
	return s.done(bidsOf(provider), "submitOffer", in, "offer { id }").At("offer.id").Text()
}

// needOf adds a need with its offers.
func (m *moments) needOf(p *plan, scorers ...string) *thing {
	need := m.add(thing{kind: "Need", name: p.name, id: p.id, authority: p.authority, moment: p.to, matching: !p.schools, heard: true,
		invited: []string{providerNamed(1), providerNamed(2), providerNamed(3)}})
	if !p.schools {
		need.invited = append(need.invited, providerNamed(5))
	}
	for i, id := range p.offers {
		offer := m.offered(need, i+1, id)
		offer.scorers, offer.withdrawn = scorers, i == 2
	}
	return need
}

// matchedTo goes on behind the deadline as the procedure MATCHING has it: one officer, one evaluator, prices at once.
func (m *moments) matchedTo(t testing.TB, p *plan) {
	s, by := m.homes, staffOf(p.authority)
	if p.consort {
		m.delegate(t, "EVALUATE")
		by.opener, by.commissioner, by.evaluator = demo.Officer, demo.Officer, demo.Officer
	}
	for _, step := range []struct {
		at moment
		do func()
	}{
		{opened, func() { s.done(by.opener, "openOffers", fields{"need": p.id}, "") }},
		{scored, func() { m.scoredBy(s, p, by.commissioner, by.evaluator) }},
		{ranked, func() { s.done(by.evaluator, "lockScores", fields{"need": p.id}, "") }},
	} {
		if p.to >= step.at {
			step.do()
		}
	}
	if p.consort {
		m.delegate(t, "")
	}
	need := m.needOf(p, by.evaluator.Key)
	if p.ended {
		s.done(by.commissioner, "endWithoutAward", fields{"need": p.id, "reason": "NEED_CHANGED", "words": reason}, "")
		need.ended = true
	}
	if p.to >= proposed {
		m.awardTo(t, p, need)
	}
}

// scoredBy checks and scores what is opened.
func (m *moments) scoredBy(s *scene, p *plan, commissioner demo.Persona, evaluators ...demo.Persona) {
	for i, offer := range p.offers[:2] {
		s.suitable(commissioner, offer)
		for _, evaluator := range evaluators {
			s.done(evaluator, "scoreOffer", fields{"offer": offer, "scores": m.scoresFor(s, 5-i, "comment")}, "")
		}
	}
}

// scoresFor are the same points on each criterion of quality of a lot.
func (m *moments) scoresFor(s *scene, points int, words string) (all []fields) {
	if m.criteria[s.lot] == nil {
		for _, c := range s.node(demo.Public, "Lot", s.lot, "criteria { id kind }").At("criteria").All() {
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

// scoredTo goes on as the procedure SCORED has it: two officers, two evaluators, moderation, prices last.
func (m *moments) scoredTo(p *plan) {
	s := m.schools
	open := func() {
		s.done(demo.Opener1, "openOffers", fields{"need": p.id}, "")
		s.done(demo.Opener2, "openOffers", fields{"need": p.id}, "")
	}
	open()
	if p.to >= scored {
		m.scoredBy(s, p, demo.Commissioner, demo.Evaluator1, demo.Evaluator2)
	}
	if p.to >= locked {
		s.done(demo.Evaluator1, "lockScores", fields{"need": p.id}, "")
		s.done(demo.Evaluator2, "lockScores", fields{"need": p.id}, "")
	}
	if p.to >= ranked {
		for i, offer := range p.offers[:2] {
			s.done(demo.Moderator, "moderateOffer", fields{"offer": offer, "scores": m.scoresFor(s, 5-i, "reason")}, "")
		}
		s.done(demo.Moderator, "lockQuality", fields{"need": p.id}, "")
		open()
	}
	m.needOf(p, demo.Evaluator1.Key, demo.Evaluator2.Key)
}

// awardTo awards the first offer and goes on as far as the plan says.
func (m *moments) awardTo(t testing.TB, p *plan, need *thing) {
	s, by := m.homes, staffOf(p.authority)
	award := s.done(by.commissioner, "proposeAward", fields{"offer": p.offers[0], "reason": "Synthetic: the first in rank."}, "award { id }").At("award.id").Text()
	if p.to >= approved {
		s.done(by.approver, "approveAward", fields{"award": award, "standstill": false}, "")
	}
	placement := ""
	if p.to >= placed {
		placement = s.done(bidsOf(1), "acceptAward", fields{"award": award}, "award { placement { id } }").At("award.placement.id").Text()
		s.done(by.commissioner, "recordIdentity", fields{"need": p.id, "name": "Synthetic Child", "dateOfBirth": "2015-02-03"}, "")
	}
	if p.to >= active {
		s.done(by.commissioner, "signAgreement", fields{"placement": placement}, "")
		s.done(bidsOf(1), "signAgreement", fields{"placement": placement}, "")
		s.done(by.commissioner, "startPlacement", fields{"placement": placement}, "")
	}
	m.awarded(t, need, 1, award)
	if p.to >= heard {
		m.wordsOf(t, need, p.words)
	}
}

// wordsOf lets a family write about its placement, and the safeguarding lead decide; "" leaves the words waiting.
func (m *moments) wordsOf(t testing.TB, need *thing, decision string) {
	placement := m.find("Placement", "placement of "+need.name)
	code := m.homes.done(personOf(need.authority, policy.Commissioner), "inviteFamily", fields{"kind": "FEEDBACK", "respondent": "YOUNG_PERSON",
		"need": need.id, "placement": placement.id}, "code").At("code").Text()
	given := m.post(t, demo.Credential{Authorization: "Invitation " + code}, mutationDocument("giveFeedback", "received"), fields{"input": fields{
		"ratings": []fields{{"question": "WELCOME", "value": 5}, {"question": "SAFE", "value": 5}, {"question": "PROGRESS", "value": 4}, {"question": "TOLD", "value": 4}},
		"words":   "Synthetic: I like the garden best.",
	}})
	if given.code != "" {
		t.Fatal(given.body)
	}
	var id string
	must(t, m.Admin.QueryRow("SELECT 'words_' || replace(id::text, '-', '') FROM dps.feedback_words WHERE placement_id = $1 ORDER BY received_at DESC LIMIT 1",
		plain(t, placement.id)).Scan(&id))
	if decision != "" {
		m.homes.done(personOf(need.authority, policy.SafeguardingLead), "decideWords", fields{"words": id, "decision": decision}, "")
	}
	m.add(thing{kind: "FeedbackWords", name: "words of " + need.name + ", " + decision, id: id, authority: need.authority, provider: placement.provider,
		need: need, moment: heard, released: decision == "RELEASED"})
}

// secondWords are words about the story's placement that wait for the safeguarding lead.
func (m *moments) secondWords(t testing.TB) { m.wordsOf(t, m.find("Need", "need of the story"), "") }
