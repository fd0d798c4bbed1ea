package worlds_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/demo/demotest"
	"github.com/southeasttogether/dps/policy"
)

// fields are an input's.
type fields map[string]any

// scene is a world with needs in it at several stages. Everybody in it is invented.
type scene struct {
	*demotest.World
	t    testing.TB
	keys int
	ids  map[string]string // what there is, by a short name
}

func as(authority string, capacity policy.Role) demo.Persona {
	return demo.Persona{Key: strings.ToLower(strings.ReplaceAll(authority, " ", "")) + "." + string(capacity), Organisation: demo.OrganisationID(authority), Capacity: capacity}
}

func bids(n int) demo.Persona {
	return demo.Persona{Key: fmt.Sprintf("provider%02d.bids", n), Organisation: demo.ProviderID(n), Capacity: policy.BidsManager}
}

func opaque(kind string, id uuid.UUID) string {
	return kind + "_" + strings.ReplaceAll(id.String(), "-", "")
}

const anyNeed = "ASD - Autistic Spectrum Disorder"

func newScene(t testing.TB) *scene {
	t.Helper()
	s := &scene{World: demotest.New(t), t: t, ids: map[string]string{}}
	for name, procedure := range map[string]string{"scored": "SCORED", "matching": "MATCHING", "quiet": "SCORED"} {
		s.lot(name, procedure)
	}
	for n := range 3 {
		s.admit(n+1, "scored")
		s.admit(n+1, "matching")
	}
	s.admit(5, "quiet")
	for _, act := range []string{"PUBLISH", "EVALUATE", "AWARD", "MANAGE"} {
		s.ids["delegation"] = s.done(demo.Borough, "giveDelegation", fields{"act": act}, "delegation { id }").At("delegation.id").Text()
	}
	s.past()
	for name, who := range map[string]demo.Persona{"kent": demo.Commissioner, "offered": demo.Commissioner, "croydon": demo.Borough, "surrey": demo.Neighbour} {
		s.publish(name, who, "scored")
	}
	s.behind("UPDATE dps.setting SET provider_id = $2 WHERE id = $1", demo.SettingID(10), demo.ProviderID(1)) // a rival's second home
	s.bid("offer", 1, "offered", 2, "4000.00")
	s.ids["question"] = s.ask("kent", 1)
	return s
}

// decide lets the panel agree to a placement.
func (s *scene) decide(need string, who demo.Persona) {
	s.done(who, "recordPanelDecision", fields{"need": need, "decidedOn": s.day(0), "agreed": true, "reasons": "Synthetic.", "education": "50.00", "socialCare": "30.00", "icb": "20.00"}, "")
}

// ask asks about a need as a provider.
func (s *scene) ask(need string, provider int) string {
	return s.done(bids(provider), "askClarification", fields{"need": s.ids[need], "question": "Synthetic: is there a garden?"}, "clarification { id }").At("clarification.id").Text()
}

// past are the needs whose deadline has passed: scored in part, ranked, proposed, approved, and with a child in the place.
func (s *scene) past() {
	names := []string{"scoring", "ranked", "proposed", "approved", "placed"}
	for i, name := range names {
		lot := "matching"
		if name == "scoring" {
			lot = "scored"
		}
		s.publish(name, demo.Commissioner, lot)
		s.bid("offer of 1 to "+name, 1, name, 2, fmt.Sprintf("%d.00", 4000+i))
		s.bid("offer of 2 to "+name, 2, name, 4, "4500.00")
	}
	s.Advance(s.t, 12*24*time.Hour+time.Minute)
	for _, name := range names {
		for _, who := range []demo.Persona{demo.Opener1, demo.Opener2, demo.Commissioner, demo.Evaluator1, demo.Evaluator2, demo.Moderator, demo.Approver} {
			s.done(who, "declareInterest", fields{"need": s.ids[name], "conflict": false}, "")
		}
	}
	s.open("scoring", demo.Opener1, demo.Opener2)
	s.scored(demo.Evaluator1, "scoring", 3)
	for _, name := range names[1:] {
		s.open(name, demo.Opener1)
		s.scored(demo.Evaluator1, name, 5)
		s.done(demo.Evaluator1, "lockScores", fields{"need": s.ids[name]}, "")
	}
	for _, name := range names[2:] {
		s.propose(name)
	}
	for _, name := range names[3:] {
		s.decide(s.ids[name], demo.Commissioner)
		s.done(demo.Approver, "approveAward", fields{"award": s.ids["award of "+name], "standstill": false}, "")
	}
	s.ids["placement"] = s.done(bids(1), "acceptAward", fields{"award": s.ids["award of placed"]}, "award { placement { id } }").At("award.placement.id").Text()
	s.behind("UPDATE dps.placement SET started_at = dps.now()") // sooner than was agreed
	s.done(demo.Commissioner, "recordIdentity", fields{"need": s.ids["placed"], "name": "Synthetic Child", "dateOfBirth": "2016-01-01"}, "")
	s.feedback("Synthetic: words that wait.")
	s.ids["family"] = s.ids["code"]
	s.ids["words"] = s.see(demo.Safeguarding, `{ feedbackWords(first: 1) { edges { node { id } } } }`).At("feedbackWords.edges.0.node.id").Text()
}

func (s *scene) lot(name, procedure string) {
	lot := s.done(demo.MarketManager, "createLot", s.newLot(procedure), "lot { id criteria { id } }").At("lot")
	s.ids[name], s.ids["criterion of "+name] = lot.At("id").Text(), lot.At("criteria.0.id").Text()
	s.done(demo.MarketManager, "publishLot", fields{"lot": s.ids[name]}, "")
}

func (s *scene) newLot(procedure string) fields {
	return fields{
		"market": opaque("market", demo.MarketID()), "name": "Synthetic lot", "description": "Synthetic.", "kind": "CHILDRENS_HOME", "procedure": procedure,
		"ageLow": 5, "ageHigh": 19, "needs": []string{anyNeed}, "contract": "Synthetic", "contractVersion": "1", "criteria": []fields{
			{"kind": "QUALITY", "name": "Match", "description": "Synthetic.", "weight": "60"}, {"kind": "PRICE", "name": "Price", "description": "Synthetic.", "weight": "40"},
		},
	}
}

func (s *scene) apply(n int, lot string) string {
	return s.done(bids(n), "submitApplication", fields{"lot": s.ids[lot], "statement": "Synthetic.", "noGroundForExclusion": true}, "application { id }").At("application.id").Text()
}

func (s *scene) admit(n int, lot string) {
	s.ids["application"] = s.apply(n, lot)
	s.done(demo.MarketManager, "decideApplication", fields{"application": s.ids["application"], "decision": "ADMITTED", "reasons": "Synthetic."}, "")
}

func (s *scene) now() (now time.Time) {
	must(s.t, s.Admin.QueryRow("SELECT dps.now()").Scan(&now))
	return now
}

func (s *scene) day(days int) string { return s.now().AddDate(0, 0, days).Format(time.DateOnly) }

func (s *scene) draft(name string, who demo.Persona, lot string) {
	s.ids[name] = s.done(who, "createNeed", fields{
		"lot": s.ids[lot], "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed, "legalBasis": "SECTION_20", "homeOutcode": "BN11", "travelMiles": 30,
		"startFrom": s.day(0), "startTo": s.day(120), "profile": "Synthetic: a calm home.", "outcomes": "Synthetic: to feel safe.", "ceilingWeekly": "6000.00",
	}, "need { id }").At("need.id").Text()
}

func (s *scene) publish(name string, who demo.Persona, lot string) {
	s.draft(name, who, lot)
	s.done(who, "publishNeed", fields{"need": s.ids[name], "deadline": s.now().AddDate(0, 0, 12), "uniqueReason": "Synthetic: it is as wide as it can be."}, "")
}

func (s *scene) bid(name string, n int, need string, setting int, weekly string) {
	s.ids[name] = s.done(bids(n), "submitOffer", s.offering(need, setting, weekly), "offer { id }").At("offer.id").Text()
}

func (s *scene) offering(need string, setting int, weekly string) fields {
	return fields{"need": s.ids[need], "setting": opaque("setting", demo.SettingID(setting)), "startsOn": s.day(60), "weeks": 52, "needsMet": "Synthetic.", "outcomesMet": "Synthetic.",
		"fees": []fields{{"kind": "RESIDENTIAL_CARE", "description": "Care", "weekly": weekly}}}
}

func (s *scene) open(need string, officers ...demo.Persona) {
	for _, who := range officers {
		s.done(who, "openOffers", fields{"need": s.ids[need]}, "")
	}
}

// scored finds both offers to a need suitable, and scores them as one evaluator.
func (s *scene) scored(who demo.Persona, need string, points int) {
	for n := 1; n <= 2; n++ {
		var checks []fields
		for _, check := range []string{"MEMBERSHIP", "REGISTRATION", "AGE", "NEEDS_MET", "VACANCY", "INSPECTION", "IMPACT_ON_CHILDREN"} {
			checks = append(checks, fields{"check": check, "passed": true, "reason": "Synthetic: few others, and calm."})
		}
		s.done(demo.Commissioner, "assessSuitability", fields{"offer": s.ids[fmt.Sprintf("offer of %d to %s", n, need)], "checks": checks}, "")
		s.score(who, need, n, points-n+1)
	}
}

func (s *scene) score(who demo.Persona, need string, provider, points int) {
	lot := "matching"
	if need == "scoring" {
		lot = "scored"
	}
	s.done(who, "scoreOffer", fields{"offer": s.ids[fmt.Sprintf("offer of %d to %s", provider, need)],
		"scores": []fields{{"criterion": s.ids["criterion of "+lot], "points": points, "comment": "Synthetic."}}}, "")
}

func (s *scene) propose(need string) {
	s.ids["award of "+need] = s.done(demo.Commissioner, "proposeAward", fields{"offer": s.ids["offer of 1 to "+need], "reason": "Synthetic: the first in rank."},
		"award { id }").At("award.id").Text()
}

// feedback invites the family of the child that has a place, and says something for it.
func (s *scene) feedback(words string) {
	s.ids["code"] = s.done(demo.Commissioner, "inviteFamily", fields{"kind": "FEEDBACK", "respondent": "YOUNG_PERSON", "need": s.ids["placed"], "placement": s.ids["placement"]}, "code").At("code").Text()
	in := fields{"ratings": []fields{{"question": "WELCOME", "value": 5}, {"question": "SAFE", "value": 5}, {"question": "PROGRESS", "value": 4}, {"question": "TOLD", "value": 4}}}
	if words != "" {
		in["words"] = words
	}
	s.say(demo.Credential{Authorization: "Invitation " + s.ids["code"]}, "giveFeedback", in, "received")
}

// done changes something as somebody, and has to succeed.
func (s *scene) done(who demo.Persona, mutation string, in fields, selection string) demo.Value {
	s.t.Helper()
	s.keys++
	in["idempotencyKey"] = fmt.Sprintf("scene key %d", s.keys)
	return s.say(s.Credential(s.t, who), mutation, in, selection)
}

func (s *scene) say(who demo.Credential, mutation string, in fields, selection string) demo.Value {
	s.t.Helper()
	reply, err := s.Client.Do(s.t.Context(), who, mutationDocument(mutation, selection), fields{"input": in})
	must(s.t, err)
	if problem := reply.Data.At(mutation + ".problems.0"); len(reply.Errors) > 0 || problem.Is() {
		s.t.Fatalf("%s: %s", mutation, reply.Raw)
	}
	return reply.Data.At(mutation)
}

func (s *scene) see(who demo.Persona, query string) demo.Value {
	s.t.Helper()
	return s.Ask(s.t, who, query, nil).Data
}

// behind changes something as the superuser: what no operation changes.
func (s *scene) behind(statement string, args ...any) {
	s.t.Helper()
	done, err := s.Admin.Exec(statement, args...)
	must(s.t, err)
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		s.t.Fatalf("%s changed nothing", statement)
	}
}

// plain is the UUID within an id that clients see.
func (s *scene) plain(name string) uuid.UUID {
	_, digits, _ := strings.Cut(s.ids[name], "_")
	id, err := uuid.Parse(digits)
	must(s.t, err)
	return id
}

func mutationDocument(mutation, selection string) string {
	return fmt.Sprintf("mutation($input: %s%sInput!) { %s(input: $input) { %s problems { code field message } } }", strings.ToUpper(mutation[:1]), mutation[1:], mutation, selection)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
