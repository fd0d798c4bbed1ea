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
	t        testing.TB
	keyCount int
	ids      map[string]string // what there is, by a short name
}

func officerOf(authority string, capacity policy.Role) demo.Persona {
	return demo.Persona{
		Key:          strings.ToLower(strings.ReplaceAll(authority, " ", "")) + "." + string(capacity),
		Organisation: demo.OrganisationID(authority), Capacity: capacity,
	}
}

func bidsManagerOf(n int) demo.Persona {
	return demo.Persona{Key: fmt.Sprintf("provider%02d.bids", n), Organisation: demo.ProviderID(n), Capacity: policy.BidsManager}
}

func opaqueID(kind string, id uuid.UUID) string {
	return kind + "_" + strings.ReplaceAll(id.String(), "-", "")
}

const anyNeed = "ASD - Autistic Spectrum Disorder"

func newScene(t testing.TB) *scene {
	t.Helper()
	s := &scene{World: demotest.New(t), t: t, ids: map[string]string{}}
	for name, procedure := range map[string]string{"scored": "SCORED", "matching": "MATCHING", "quiet": "SCORED"} {
		s.publishLot(name, procedure)
	}
	for n := range 3 {
		s.admitProvider(n+1, "scored")
		s.admitProvider(n+1, "matching")
	}
	s.admitProvider(5, "quiet")
	for _, act := range []string{"PUBLISH", "EVALUATE", "AWARD", "MANAGE"} {
		s.ids["delegation"] = s.mustChange(demo.Borough, "giveDelegation", fields{"act": act}, "delegation { id }").At("delegation.id").Text()
	}
	s.addPastNeeds()
	for name, who := range map[string]demo.Persona{
		"kent": demo.Commissioner, "offered": demo.Commissioner, "croydon": demo.Borough,
		"surrey": demo.Neighbour,
	} {
		s.publishNeed(name, who, "scored")
	}
	s.execAsAdmin("UPDATE dps.setting SET provider_id = $2 WHERE id = $1", demo.SettingID(10), demo.ProviderID(1)) // a rival's second home
	s.submitOffer("offer", 1, "offered", 2, "4000.00")
	s.ids["question"] = s.askClarification("kent", 1)
	return s
}

// agreeAtPanel lets the panel agree to a placement.
func (s *scene) agreeAtPanel(need string, who demo.Persona) {
	s.mustChange(who, "recordPanelDecision", fields{
		"need": need, "decidedOn": s.dayFromNow(0), "agreed": true, "reasons": "Synthetic.",
		"education": "50.00", "socialCare": "30.00", "icb": "20.00",
	}, "")
}

// askClarification asks about a need as a provider.
func (s *scene) askClarification(need string, provider int) string {
	return s.mustChange(bidsManagerOf(provider), "askClarification", fields{"need": s.ids[need], "question": "Synthetic: is there a garden?"},
		"clarification { id }").At("clarification.id").Text()
}

// addPastNeeds are the needs whose deadline has passed: scored in part, ranked, proposed, approved, and with a child in the place.
func (s *scene) addPastNeeds() {
	names := []string{"scoring", "ranked", "proposed", "approved", "placed"}
	for i, name := range names {
		lot := "matching"
		if name == "scoring" {
			lot = "scored"
		}
		s.publishNeed(name, demo.Commissioner, lot)
		s.submitOffer("offer of 1 to "+name, 1, name, 2, fmt.Sprintf("%d.00", 4000+i))
		s.submitOffer("offer of 2 to "+name, 2, name, 4, "4500.00")
	}
	s.Advance(s.t, 12*24*time.Hour+time.Minute)
	for _, name := range names {
		for _, who := range []demo.Persona{
			demo.Opener1, demo.Opener2, demo.Commissioner, demo.Evaluator1, demo.Evaluator2,
			demo.Moderator, demo.Approver,
		} {
			s.mustChange(who, "declareInterest", fields{"need": s.ids[name], "conflict": false}, "")
		}
	}
	s.openOffers("scoring", demo.Opener1, demo.Opener2)
	s.scoreBothOffers(demo.Evaluator1, "scoring", 3)
	for _, name := range names[1:] {
		s.openOffers(name, demo.Opener1)
		s.scoreBothOffers(demo.Evaluator1, name, 5)
		s.mustChange(demo.Evaluator1, "lockScores", fields{"need": s.ids[name]}, "")
	}
	for _, name := range names[2:] {
		s.proposeAward(name)
	}
	for _, name := range names[3:] {
		s.agreeAtPanel(s.ids[name], demo.Commissioner)
		s.mustChange(demo.Approver, "approveAward", fields{"award": s.ids["award of "+name], "standstill": false}, "")
	}
	s.execAsAdmin("UPDATE dps.setting SET local_authority = '886'") // homes in the authority's own area
	s.ids["placement"] = s.mustChange(bidsManagerOf(1), "acceptAward", fields{"award": s.ids["award of placed"]},
		"award { placement { id } }").At("award.placement.id").Text()
	s.execAsAdmin("UPDATE dps.placement SET started_at = dps.now()") // sooner than was agreed
	s.mustChange(demo.Commissioner, "recordIdentity", fields{"need": s.ids["placed"], "name": "Synthetic Child", "dateOfBirth": "2016-01-01"},
		"")
	s.giveFeedback("YOUNG_PERSON", "Synthetic: words that wait.")
	s.ids["family"] = s.ids["code"]
	s.ids["words"] = s.readData(demo.Safeguarding,
		`{ feedbackWords(first: 1) { edges { node { id } } } }`).At("feedbackWords.edges.0.node.id").Text()
}

func (s *scene) publishLot(name, procedure string) {
	in := s.lotInput(procedure)
	in["name"] = "Synthetic lot, " + name
	lot := s.mustChange(demo.MarketManager, "createLot", in, "lot { id criteria { id } }").At("lot")
	s.ids[name], s.ids["criterion of "+name] = lot.At("id").Text(), lot.At("criteria.0.id").Text()
	s.mustChange(demo.MarketManager, "publishLot", fields{"lot": s.ids[name]}, "")
}

func (s *scene) lotInput(procedure string) fields {
	return fields{
		"market": opaqueID("market", demo.MarketID()), "name": "Synthetic lot", "description": "Synthetic.", "kind": "CHILDRENS_HOME",
		"procedure": procedure,
		"ageLow":    5, "ageHigh": 19, "needs": []string{anyNeed}, "contract": "Synthetic", "contractVersion": "1", "criteria": []fields{
			{"kind": "QUALITY", "name": "Match", "description": "Synthetic.", "weight": "60"}, {
				"kind": "PRICE", "name": "Price",
				"description": "Synthetic.", "weight": "40",
			},
		},
	}
}

func (s *scene) applyToLot(n int, lot string) string {
	return s.mustChange(bidsManagerOf(n), "submitApplication", fields{
		"lot": s.ids[lot], "statement": "Synthetic.",
		"noGroundForExclusion": true,
	}, "application { id }").At("application.id").Text()
}

func (s *scene) admitProvider(n int, lot string) {
	s.ids["application"] = s.applyToLot(n, lot)
	s.mustChange(demo.MarketManager, "decideApplication", fields{
		"application": s.ids["application"], "decision": "ADMITTED",
		"reasons": "Synthetic.",
	}, "")
}

func (s *scene) marketTime() (now time.Time) {
	must(s.t, s.Admin.QueryRow("SELECT dps.now()").Scan(&now))
	return now
}

func (s *scene) dayFromNow(days int) string {
	return s.marketTime().AddDate(0, 0, days).Format(time.DateOnly)
}

func (s *scene) draftNeed(name string, who demo.Persona, lot string) {
	s.ids[name] = s.mustChange(who, "createNeed", fields{
		"lot": s.ids[lot], "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed, "legalBasis": "SECTION_20", "homeOutcode": "BN11",
		"travelMiles": 30,
		"startFrom":   s.dayFromNow(0), "startTo": s.dayFromNow(120), "profile": "Synthetic: a calm home.",
		"outcomes":      "Synthetic: to feel safe.",
		"ceilingWeekly": "6000.00",
	}, "need { id }").At("need.id").Text()
}

func (s *scene) publishNeed(name string, who demo.Persona, lot string) {
	s.draftNeed(name, who, lot)
	s.mustChange(who, "publishNeed", fields{
		"need": s.ids[name], "deadline": s.marketTime().AddDate(0, 0, 12),
		"uniqueReason": "Synthetic: it is as wide as it can be.",
	}, "")
}

func (s *scene) submitOffer(name string, n int, need string, setting int, weekly string) {
	s.ids[name] = s.mustChange(bidsManagerOf(n), "submitOffer", s.offerInput(need, setting, weekly), "offer { id }").At("offer.id").Text()
}

func (s *scene) offerInput(need string, setting int, weekly string) fields {
	return fields{
		"need": s.ids[need], "setting": opaqueID("setting", demo.SettingID(setting)), "startsOn": s.dayFromNow(60), "weeks": 52,
		"needsMet": "Synthetic.", "outcomesMet": "Synthetic.",
		"fees": []fields{{"kind": "RESIDENTIAL_CARE", "description": "Care", "weekly": weekly}},
	}
}

func (s *scene) openOffers(need string, officers ...demo.Persona) {
	for _, who := range officers {
		s.mustChange(who, "openOffers", fields{"need": s.ids[need]}, "")
	}
}

// scoreBothOffers finds both offers to a need suitable, and scores them as one evaluator.
func (s *scene) scoreBothOffers(who demo.Persona, need string, points int) {
	for n := 1; n <= 2; n++ {
		var checks []fields
		for _, check := range []string{"MEMBERSHIP", "REGISTRATION", "AGE", "NEEDS_MET", "VACANCY", "INSPECTION", "IMPACT_ON_CHILDREN"} {
			checks = append(checks, fields{"check": check, "passed": true, "reason": "Synthetic: few others, and calm."})
		}
		s.mustChange(demo.Commissioner, "assessSuitability", fields{"offer": s.ids[fmt.Sprintf("offer of %d to %s", n, need)], "checks": checks},
			"")
		s.scoreOffer(who, need, n, points-n+1)
	}
}

func (s *scene) scoreOffer(who demo.Persona, need string, provider, points int) {
	lot := "matching"
	if need == "scoring" {
		lot = "scored"
	}
	s.mustChange(who, "scoreOffer", fields{
		"offer":  s.ids[fmt.Sprintf("offer of %d to %s", provider, need)],
		"scores": []fields{{"criterion": s.ids["criterion of "+lot], "points": points, "comment": "Synthetic."}},
	}, "")
}

func (s *scene) proposeAward(need string) {
	s.ids["award of "+need] = s.mustChange(demo.Commissioner, "proposeAward", fields{
		"offer":  s.ids["offer of 1 to "+need],
		"reason": "Synthetic: the first in rank.",
	},
		"award { id }").At("award.id").Text()
}

// giveFeedback invites the family of the child that has a place, and says something for it.
func (s *scene) giveFeedback(respondent, words string) {
	s.ids["code"] = s.mustChange(demo.Commissioner, "inviteFamily", fields{
		"kind": "FEEDBACK", "respondent": respondent,
		"need": s.ids["placed"], "placement": s.ids["placement"],
	}, "code").At("code").Text()
	in := fields{"ratings": []fields{{"question": "WELCOME", "value": 5}, {"question": "SAFE", "value": 5}, {
		"question": "PROGRESS",
		"value":    4,
	}, {"question": "TOLD", "value": 4}}}
	if words != "" {
		in["words"] = words
	}
	s.mustChangeAs(demo.Credential{Authorization: "Invitation " + s.ids["code"]}, "giveFeedback", in, "received")
}

// mustChange changes something as somebody, and has to succeed.
func (s *scene) mustChange(who demo.Persona, mutation string, in fields, selection string) demo.Value {
	s.t.Helper()
	s.keyCount++
	in["idempotencyKey"] = fmt.Sprintf("scene key %d", s.keyCount)
	return s.mustChangeAs(s.Credential(s.t, who), mutation, in, selection)
}

func (s *scene) mustChangeAs(who demo.Credential, mutation string, in fields, selection string) demo.Value {
	s.t.Helper()
	reply, err := s.Client.Do(s.t.Context(), who, mutationDocument(mutation, selection), fields{"input": in})
	must(s.t, err)
	if problem := reply.Data.At(mutation + ".problems.0"); len(reply.Errors) > 0 || problem.Exists() {
		s.t.Fatalf("%s: %s", mutation, reply.Raw)
	}
	return reply.Data.At(mutation)
}

func (s *scene) readData(who demo.Persona, query string) demo.Value {
	s.t.Helper()
	return s.Ask(s.t, who, query, nil).Data
}

// execAsAdmin changes something as the superuser: what no operation changes.
func (s *scene) execAsAdmin(statement string, args ...any) {
	s.t.Helper()
	done, err := s.Admin.Exec(statement, args...)
	must(s.t, err)
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		s.t.Fatalf("%s changed nothing", statement)
	}
}

// uuidOf is the UUID within an id that clients see.
func (s *scene) uuidOf(name string) uuid.UUID {
	_, digits, _ := strings.Cut(s.ids[name], "_")
	id, err := uuid.Parse(digits)
	must(s.t, err)
	return id
}

func mutationDocument(mutation, selection string) string {
	return fmt.Sprintf("mutation($input: %s%sInput!) { %s(input: $input) { %s problems { code field message } } }",
		strings.ToUpper(mutation[:1]), mutation[1:], mutation, selection)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
