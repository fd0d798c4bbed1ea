package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// needStage is the stage of a need, and what belongs to it.
type needStage int

// The moments of a need, in order.
const (
	stageAny      needStage = iota // things without a need, or that exist from the draft on
	stageSealed                    // published; offers have come
	stageClosed                    // the deadline has passed, nothing is opened
	stageOpened                    // offers are opened; in a scored lot without their prices
	stageScored                    // checked and scored, the sheets still being open
	stageLocked                    // every sheet is locked
	stageRanked                    // in a scored lot with prices now
	stageProposed                  // an award waits for its approver
	stageApproved                  // it is approved, and every bidder told
	stagePlaced                    // it is accepted: a place is reserved
	stageActive                    // the child is there
	stageHeard                     // the family has given feedback
)

// marketRecord is an object with an id, and what the expectations need to know about it.
type marketRecord struct {
	kind      string // its type in the schema
	name      string // to read in a failure
	id        string
	authority string        // its authority; "" if it has none
	provider  string        // its provider; "" if it has none
	stage     needStage     // of its need
	need      *marketRecord // that it belongs to, or itself

	matching     bool     // by this procedure, which shows the number of offers and opens prices at once
	invited      []string // providers; of a need
	heard        bool     // the family has said what it would like; of a need
	planRecorded bool     // its dates of a plan and its approval out of area are recorded; of a need
	replied      []string // providers that have answered their invitation; of a need
	question     string   // who has asked about it; of a need
	answered     bool     // what was asked is answered; of a need
	scorers      []string // who scored; of an offer
	declarers    []string // who has declared an interest or none; of a need
	withdrawn    bool     // of an offer
	ended        bool     // without an award; of a need
	telephoned   string   // which provider has offered by telephone; of a need
	routed       string   // to which provider, by another route than the competition; of a need
	queried      bool     // its price was; of an offer, and of the query itself

	rankedTwice bool     // the order was, in which it stands; of an offer
	published   bool     // of a lot
	documented  bool     // its document was uploaded; of evidence
	released    bool     // of free words
	decided     bool     // of free words
	awardedBy   []string // which authorities have approved an award there; of a setting
	inMarket    bool     // members of the consortium and it; of an organisation
	appointees  []string // people of other authorities who evaluate with it; of a need
	savedBy     string   // who; of a search
	delegation  bool     // has ever delegated; of an organisation
}

// stagedMarket is one market in which every stage exists at once: the story's need and those of the authorities around.
type stagedMarket struct {
	*world
	homes, schools *scene // a lot by matching; the story's lot, which is scored
	told           demo.Told
	records        []*marketRecord
	codes          map[string]string   // of families, by what they are for
	criteria       map[string][]string // of quality, by lot
}

var croydonsPeople = staffOf(croydon)

// newStagedMarket builds the market: first what is past the deadline of its needs, then what is still sealed.
func newStagedMarket(t testing.TB) *stagedMarket {
	t.Helper()
	homes := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2), bidsManagerOf(3), bidsManagerOf(5))
	m := &stagedMarket{world: homes.world, homes: homes, codes: map[string]string{"unknown": unknownCode()}, criteria: map[string][]string{}}
	m.told = m.liveStory(t)
	schools := *homes
	schools.lot = m.told.Lot
	m.schools = &schools
	m.addRegion()
	m.addLots(t)
	m.addStory(t)
	m.addNeedsPastDeadline(t)
	m.addSealedNeeds()
	m.addOrderedPlace(t)
	m.addUrgentNeed(t)
	m.addDrafts()
	m.makeFamilyCodes(t)
	m.addWithoutNode(t)
	m.askQuestions()
	m.queryPrices()
	m.appointPeople(t)
	m.addDeclarations(t)
	return m
}

func (m *stagedMarket) addRecord(x marketRecord) *marketRecord {
	if x.need == nil {
		x.need = &x
	}
	m.records = append(m.records, &x)
	return &x
}

// addRegion adds what the synthetic region has.
func (m *stagedMarket) addRegion() {
	members := map[string]bool{consortium: true}
	for _, o := range demo.Region(m.homes.marketTime()).Organisations {
		members[o.Name] = members[o.Name] || o.ConsortiumID != nil
		m.addRecord(marketRecord{
			kind: "Organisation", name: o.Name, id: opaqueID("org", o.ID), authority: o.Name, inMarket: members[o.Name],
			delegation: o.Name == croydon,
		})
	}
	for n := 1; n <= 20; n++ {
		m.addRecord(marketRecord{
			kind: "Provider", name: providerNamed(n), id: opaqueID("provider", demo.ProviderID(n)),
			provider: providerNamed(n),
		})
	}
	for n := 1; n <= 40; n++ {
		m.addRecord(marketRecord{kind: "Setting", name: fmt.Sprintf("setting %d", n), id: settingOf(n), provider: providerNamed((n + 1) / 2)})
	}
	m.addRecord(marketRecord{kind: "Market", name: demo.MarketName, id: opaqueID("market", demo.MarketID()), authority: leadAuthority})
	// Figures of feedback need more answers than this market has families, so the superuser adds them.
	m.homes.execAsAdmin(`INSERT INTO dps.rating (id, market_id, provider_id, setting_id, respondent, question, value, month)
		SELECT gen_random_uuid(), m.id, p.id, s.id, 'PARENT', 'SAFE', 4, '2026-01-01' FROM dps.market m, dps.provider p
		JOIN dps.setting s ON s.provider_id = p.id,
		generate_series(1, 10)`)
}

// addLots adds the two published lots and a draft, their members, and two applications that wait.
func (m *stagedMarket) addLots(t testing.TB) {
	draft := m.homes.mustChange(demo.MarketManager, "createLot", m.lotInput("Draft of a lot"), "lot { id }").At("lot.id").Text()
	m.addRecord(marketRecord{kind: "Lot", name: "draft lot", id: draft, authority: leadAuthority})
	m.addRecord(marketRecord{kind: "Lot", name: "lot of homes", id: m.homes.lot, authority: leadAuthority, published: true})
	m.addRecord(marketRecord{kind: "Lot", name: "lot of schools", id: m.schools.lot, authority: leadAuthority, published: true})
	for n, s := range map[int]*scene{4: m.homes, 5: m.schools} {
		s.mustChange(bidsManagerOf(n), "submitApplication", fields{
			"lot": s.lot, "statement": "Synthetic: we meet every criterion.",
			"noGroundForExclusion": true,
		}, "")
	}
	m.homes.mustChange(demo.MarketManager, "askForRenewal", fields{
		"membership": m.homes.membershipID(bidsManagerOf(1)), "kind": "ACCOUNTS",
		"reason": someReason,
	}, "")
	for _, n := range []int{1, 4, 6} {
		m.homes.giveEvidence(bidsManagerOf(n), 300)
	}
	m.eachProviderRow(t, "SELECT id, provider_id FROM dps.evidence", func(id, provider string) {
		documented := m.homes.countRows("evidence_file WHERE evidence_id = $1", uuidOf(t, id)) > 0
		m.addRecord(marketRecord{kind: "Evidence", name: "evidence of " + provider, id: id, provider: provider, documented: documented})
	})
	m.eachProviderRow(t, "SELECT id, provider_id FROM dps.application", func(id, provider string) {
		m.addRecord(marketRecord{kind: "Application", name: "application of " + provider, id: id, authority: leadAuthority, provider: provider})
	})
	m.eachProviderRow(t, "SELECT id, provider_id FROM dps.membership", func(id, provider string) {
		m.addRecord(marketRecord{kind: "Membership", name: "membership of " + provider, id: id, authority: leadAuthority, provider: provider})
	})
}

func (m *stagedMarket) lotInput(name string) fields {
	return fields{
		"market": opaqueID("market", demo.MarketID()), "name": name, "description": "Synthetic: day places.", "kind": "INMSS_DAY",
		"procedure": "MATCHING", "ageLow": 5, "ageHigh": 19, "needs": []string{anyNeed}, "contract": "Synthetic contract", "contractVersion": "1",
		"criteria": []fields{{"kind": "QUALITY", "name": "Match", "description": "How well it fits.", "weight": "100"}},
	}
}

// eachProviderRow looks behind the walls at ids with the provider that each belongs to.
func (m *stagedMarket) eachProviderRow(t testing.TB, query string, hear func(id, provider string)) {
	t.Helper()
	kind := strings.TrimPrefix(strings.Fields(query)[4], "dps.")
	found, err := m.Admin.Query("SELECT '" + kind + "_' || replace(r.id::text, '-', ''), p.name FROM (" + query +
		") r JOIN dps.provider p ON p.id = r.provider_id ORDER BY 2")
	must(t, err)
	defer found.Close()
	for found.Next() {
		var id, provider string
		must(t, found.Scan(&id, &provider))
		hear(id, provider)
	}
	must(t, found.Err())
}

// addStory adds what the told story left behind.
func (m *stagedMarket) addStory(t testing.TB) {
	need := m.addRecord(marketRecord{
		kind: "Need", name: "need of the story", id: m.told.Need, authority: kent, stage: stageHeard, heard: true,
		replied: []string{providerNamed(3)}, invited: []string{providerNamed(1), providerNamed(2), providerNamed(3)},
	})
	for n, id := range map[int]string{1: m.told.WinningOffer, 2: m.told.LosingOffer} {
		m.addOffer(need, n, id).scorers = []string{demo.Evaluator1.Key, demo.Evaluator2.Key}
	}
	m.addAward(t, need, 1, m.told.Award)
	m.addRecord(marketRecord{
		kind: "FeedbackWords", name: "words of the story", id: m.told.Words, authority: kent, provider: providerNamed(1),
		need: need, stage: stageHeard, released: true, decided: true,
	})
}

// addOffer adds an offer; those of matching lots are in homes, those of the story's lot in schools.
func (m *stagedMarket) addOffer(need *marketRecord, provider int, id string) *marketRecord {
	return m.addRecord(marketRecord{
		kind: "Offer", name: fmt.Sprintf("offer %d of %s", provider, need.name), id: id, authority: need.authority,
		provider: providerNamed(provider), stage: need.stage, need: need, matching: need.matching,
	})
}

// addAward adds a need's award and, once accepted, its placement.
func (m *stagedMarket) addAward(t testing.TB, need *marketRecord, provider int, id string) {
	award := m.addRecord(marketRecord{
		kind: "Award", name: "award of " + need.name, id: id, authority: need.authority,
		provider: providerNamed(provider),
		stage:    need.stage, need: need,
	})
	if need.stage >= stageApproved {
		at := m.findRecord("Setting", fmt.Sprintf("setting %d", m.settingFor(need, provider)))
		at.awardedBy = append(at.awardedBy, need.authority)
	}
	if need.stage < stagePlaced {
		return
	}
	var placement string
	must(t, m.Admin.QueryRow("SELECT 'placement_' || replace(id::text, '-', '') FROM dps.placement WHERE award_id = $1",
		uuidOf(t, award.id)).Scan(&placement))
	m.addRecord(marketRecord{
		kind: "Placement", name: "placement of " + need.name, id: placement, authority: need.authority,
		provider: award.provider, stage: need.stage, need: need,
	})
}

// settingFor is the setting that a provider offers: its school, or its home.
func (m *stagedMarket) settingFor(need *marketRecord, provider int) int {
	if need.matching {
		return 2 * provider
	}
	return 2*provider - 1
}

func (m *stagedMarket) findRecord(kind, name string) *marketRecord {
	for _, x := range m.records {
		if x.kind == kind && x.name == name {
			return x
		}
	}
	panic("no " + kind + " is called " + name)
}

// addDrafts adds needs that only their authority knows about.
func (m *stagedMarket) addDrafts() {
	for _, authority := range []string{kent, surrey, croydon, bexley} {
		id := m.homes.draftNeed(staffOf(authority).commissioner, fields{"ceilingWeekly": "5000.00"})
		m.addRecord(marketRecord{kind: "Need", name: authority + ", draft", id: id, authority: authority, matching: true})
		if authority == kent || authority == croydon {
			second := m.homes.draftNeed(staffOf(authority).commissioner, fields{"ceilingWeekly": "5000.00"})
			m.addRecord(marketRecord{kind: "Need", name: authority + ", sibling", id: second, authority: authority, matching: true})
			m.recordPlanDates(second, authority)
			m.homes.mustChange(staffOf(authority).commissioner, "linkNeeds", fields{"need": id, "sibling": second}, "")
		}
	}
}

// recordPlanDates records what happens during the procurement of a draft, first as one for a plan and then as one for a
// child in care.
func (m *stagedMarket) recordPlanDates(need, authority string) {
	commissioner := personOf(authority, policy.Commissioner)
	change := func(basis string) {
		in := m.homes.amendmentInput(need)
		in["legalBasis"] = basis
		m.homes.mustChange(commissioner, "amendNeed", in, "")
	}
	change("EHC_PLAN")
	m.homes.mustChange(commissioner, "recordEhcDates", fields{"need": need, "requestedOn": "2026-01-12"}, "")
	change("SECTION_20")
	m.homes.mustChange(personOf(authority, policy.Approver), "approveOutOfArea", m.homes.outOfAreaInput(need), "")
	m.findRecord("Need", authority+", sibling").planRecorded = true
}

// makeFamilyCodes makes a one-time code of each kind, and one that is used.
func (m *stagedMarket) makeFamilyCodes(t testing.TB) {
	s := m.homes
	invite := func(kind string, more fields) string {
		in := fields{"kind": kind, "respondent": "PARENT", "need": m.findRecord("Need", kent+", sealed").id}
		for name, value := range more {
			in[name] = value
		}
		return s.mustChange(demo.Commissioner, "inviteFamily", in, "code").At("code").Text()
	}
	m.codes["PREFERENCE"], m.codes["used"] = invite("PREFERENCE", nil), invite("PREFERENCE", nil)
	m.codes["FEEDBACK"] = invite("FEEDBACK", fields{"need": m.told.Need, "placement": m.told.Placement})
	given := m.postQuery(t, demo.Credential{Authorization: "Invitation " + m.codes["used"]}, mutationDocument("givePreference", "received"),
		fields{"input": fields{"words": "Synthetic: near home, please."}})
	if given.code != "" {
		t.Fatal(given.body)
	}
}

// addWithoutNode adds objects with an id that cannot be read by it: only mutations name them.
func (m *stagedMarket) addWithoutNode(t testing.TB) {
	var id string
	must(t, m.Admin.QueryRow("SELECT id FROM dps.delegation WHERE authority_id = $1 ORDER BY given_at LIMIT 1",
		demo.OrganisationID(croydon)).Scan(&id))
	m.addRecord(marketRecord{
		kind: "Delegation", name: "delegation of Croydon", id: idOf("delegation", id), authority: croydon,
		delegation: true, inMarket: true,
	})
	m.addRegistration(t)
	searcher := personOf(kent, policy.Commissioner)
	search := m.homes.mustChange(searcher, "saveSearch", fields{"name": "Synthetic search", "filter": fields{"needs": []string{anyNeed}}},
		"search { id }").At("search.id").Text()
	m.addRecord(marketRecord{kind: "SavedSearch", name: "search of Kent's commissioner", id: search, authority: kent, savedBy: searcher.Key})
	for _, of := range []string{"Kent, sealed", "Croydon, sealed"} {
		need := m.findRecord("Need", of)
		must(t, m.Admin.QueryRow("SELECT id FROM dps.preference WHERE need_id = $1", uuidOf(t, need.id)).Scan(&id))
		m.addRecord(marketRecord{
			kind: "Preference", name: "preference of " + of, id: idOf("preference", id), authority: need.authority,
			need: need, heard: true,
		})
	}
}

// addRegistration adds the registration of a provider, and contacts of every one.
func (m *stagedMarket) addRegistration(t testing.TB) {
	t.Helper()
	for n := 1; n <= 20; n++ {
		m.homes.mustChange(bidsManagerOf(n), "keepContacts", fields{"contacts": syntheticContacts()}, "")
	}
	id := uuid.New()
	m.homes.execAsAdmin(`INSERT INTO dps.registration (id, provider_id, name, company_number, urns, settings, similar_providers, submitted_at,
		submitted_by) VALUES ($1, $2, 'Synthetic', 'ZY000002', '{}', '{}', '{}', dps.now(), 'provider02.bids')`, id, demo.ProviderID(2))
	m.addRecord(marketRecord{
		kind: "Registration", name: "registration of " + providerNamed(2), id: opaqueID("registration", id), provider: providerNamed(2),
	})
}

// appointPeople: people of Surrey evaluate together with Bexley, one of them also with Croydon.
func (m *stagedMarket) appointPeople(t testing.TB) {
	t.Helper()
	for _, a := range []struct {
		need  string
		roles []policy.Role
	}{{"Bexley, opened", []policy.Role{policy.OpeningOfficer, policy.Evaluator, policy.Moderator}}, {
		"Croydon, scored",
		[]policy.Role{policy.Evaluator},
	}} {
		need := m.findRecord("Need", a.need)
		for _, role := range a.roles {
			who := personOf(surrey, role)
			m.homes.mustChange(personOf(need.authority, policy.Commissioner), "appoint", fields{
				"need":         need.id,
				"organisation": opaqueID("org", who.Organisation),
				"person":       who.Key, "capacity": strings.ToUpper(string(role)),
			}, "")
			need.appointees = append(need.appointees, who.Key)
			m.homes.declareNoInterest(who, need.id)
		}
		var id string
		must(t, m.Admin.QueryRow("SELECT id FROM dps.appointment WHERE need_id = $1 ORDER BY made_at LIMIT 1", uuidOf(t, need.id)).Scan(&id))
		m.addRecord(marketRecord{
			kind: "Appointment", name: "appointment to " + a.need, id: idOf("appointment", id), authority: need.authority,
			need: need,
		})
	}
}

// addDeclarations adds the declarations of interest for each need.
func (m *stagedMarket) addDeclarations(t testing.TB) {
	t.Helper()
	for _, x := range m.records {
		if x.kind != "Need" {
			continue
		}
		must(t, m.Admin.QueryRow("SELECT array_agg(DISTINCT person) FROM dps.interest WHERE need_id = $1",
			uuidOf(t, x.id)).Scan(pq.Array(&x.declarers)))
	}
}

// askQuestions: the second provider has asked about two needs, and one of the two is answered.
func (m *stagedMarket) askQuestions() {
	for _, of := range []string{"Kent, sealed", "Croydon, sealed"} {
		need := m.findRecord("Need", of)
		id := m.homes.mustChange(bidsManagerOf(2), "askClarification", fields{"need": need.id, "question": "Synthetic: is there a garden?"},
			"clarification { id }").At("clarification.id").Text()
		need.question, need.answered = providerNamed(2), need.authority == croydon
		if need.answered {
			m.homes.mustChange(personOf(need.authority, policy.Commissioner), "answerClarification", fields{
				"clarification": id,
				"answer":        "Synthetic: yes.",
			}, "")
		}
		x := *need
		x.kind, x.name, x.id, x.need = "Clarification", "question about "+of, id, need
		m.addRecord(x)
	}
}

// queryPrices queries the price of the first offer of the needs that are ranked, as their authority.
func (m *stagedMarket) queryPrices() {
	for _, name := range []string{"Kent, ranked", "Croydon, ranked"} {
		offer := m.findRecord("Offer", "offer 1 of "+name)
		id := m.homes.mustChange(personOf(offer.authority, policy.Commissioner), "queryPrice",
			fields{"offer": offer.id, "kind": "UNCLEAR", "question": "Synthetic: what is in it?"}, "priceQuery { id }").At("priceQuery.id").Text()
		offer.queried, offer.rankedTwice = true, true // as if another offer had fallen for its price before
		m.homes.execAsAdmin(`INSERT INTO dps.ranking (id, offer_id, need_id, authority_id, provider_id, rank, quality, price, total, arithmetic,
			reckoned_at, superseded_at)
			SELECT gen_random_uuid(), offer_id, need_id, authority_id, provider_id, rank + 1, quality, price, total, arithmetic, reckoned_at,
			reckoned_at FROM dps.ranking WHERE offer_id = $1`,
			uuidOf(m.homes.t, offer.id))
		m.addRecord(marketRecord{
			kind: "PriceQuery", name: "query of " + name, id: id, authority: offer.authority, provider: offer.provider,
			stage: offer.stage,
			need:  offer.need, queried: true,
		})
	}
}

func idOf(kind, id string) string { return opaqueID(kind, uuid.MustParse(id)) }

// personOf is a persona of the demonstration for an authority's capacity.
func personOf(authority string, capacity policy.Role) demo.Persona {
	return demo.Persona{
		Key: strings.ToLower(authority) + "." + string(capacity), Organisation: demo.OrganisationID(authority),
		Capacity: capacity,
	}
}
