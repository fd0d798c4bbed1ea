package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/dbtest"
	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/resolvers"
)

// scene is the synthetic region with a published lot in it, and short ways to bring a need of that lot to some moment.
type scene struct {
	*world
	t    testing.TB
	lot  string
	keys *atomic.Int64

	declared *sync.Map // who has declared to have no interest, by person and need
}

// fields are an input's.
type fields map[string]any

// staff are the people of one authority. All are invented.
type staff struct{ commissioner, opener, evaluator, approver, auditor, safeguarding demo.Persona }

func staffOf(authority string) staff {
	as := func(capacity policy.Role) demo.Persona {
		return demo.Persona{Key: strings.ToLower(authority) + "." + string(capacity), Organisation: demo.OrganisationID(authority), Capacity: capacity}
	}
	return staff{as(policy.Commissioner), as(policy.OpeningOfficer), as(policy.Evaluator), as(policy.Approver), as(policy.Auditor), as(policy.SafeguardingLead)}
}

// bidsOf is the bids manager of a synthetic provider, counted from 1.
func bidsOf(n int) demo.Persona {
	return demo.Persona{Key: fmt.Sprintf("provider%02d.bids", n), Organisation: demo.ProviderID(n), Capacity: policy.BidsManager}
}

// another is a second person of the same capacity and organisation.
func another(p demo.Persona, n int) demo.Persona {
	p.Key = fmt.Sprintf("%s.%d", p.Key, n)
	return p
}

func settingOf(n int) string { return opaque("setting", demo.SettingID(n)) }

func opaque(kind string, id uuid.UUID) string {
	return kind + "_" + strings.ReplaceAll(id.String(), "-", "")
}

// plain is the UUID within an id that clients see.
func plain(t testing.TB, id string) uuid.UUID {
	t.Helper()
	_, digits, _ := strings.Cut(id, "_")
	parsed, err := uuid.Parse(digits)
	must(t, err)
	return parsed
}

const anyNeed = "ASD - Autistic Spectrum Disorder"

// newScene is a world with a published lot of homes under a procedure and providers admitted to it: a copy of one that is
// made once for each procedure and providers.
func newScene(t testing.TB, procedure string, providers ...demo.Persona) *scene {
	t.Helper()
	name := "scene " + procedure
	for _, p := range providers {
		name += " " + p.Key
	}
	d := dbtest.Prepared(t, name, func(d *dbtest.Database) {
		d.Load(t, demo.Region(time.Now()))
		serve(t, d, resolvers.Limits{}).scene(t, procedure, providers...)
	})
	s := serve(t, d, resolvers.Limits{}).bare(t)
	s.keys.Store(copiedKeys)
	var lot uuid.UUID
	must(t, s.Admin.QueryRow("SELECT id FROM dps.lot").Scan(&lot))
	s.lot = opaque("lot", lot)
	return s
}

// copiedKeys is more than the keys that making a scene takes, which its copies remember.
const copiedKeys = 1000

// scene publishes a lot of homes under a procedure in a world that is there, and admits providers to it.
func (w *world) scene(t testing.TB, procedure string, providers ...demo.Persona) *scene {
	t.Helper()
	s := w.bare(t)
	s.lot = s.done(demo.MarketManager, "createLot", fields{
		"market": opaque("market", demo.MarketID()), "name": "Children's homes", "description": "Places in children's homes.",
		"kind": "CHILDRENS_HOME", "procedure": procedure, "ageLow": 5, "ageHigh": 19, "needs": []string{anyNeed},
		"criteria": []fields{
			{"kind": "QUALITY", "name": "Match", "description": "How well the child and the home fit.", "weight": "60"},
			{"kind": "PRICE", "name": "Price", "description": "For a year.", "weight": "40"},
		},
		"contract": "Children's Homes National Contract", "contractVersion": "2026",
	}, "lot { id }").At("lot.id").Text()
	s.done(demo.MarketManager, "publishLot", fields{"lot": s.lot}, "")
	for _, p := range providers {
		s.admit(p)
	}
	return s
}

// bare is a scene without its lot.
func (w *world) bare(t testing.TB) *scene {
	return &scene{world: w, t: t, keys: &atomic.Int64{}, declared: &sync.Map{}}
}

// within is the same scene for a sub-test.
func (s *scene) within(t testing.TB) *scene {
	inner := *s
	inner.t = t
	return &inner
}

// said is the answer to one mutation.
type said struct {
	demo.Value
	code  string // of the problem, or of the error; "" where it was done
	words string
}

// acting are the mutations before which somebody has to declare to have no interest in a need's outcome.
const acting = "proposeUrgentPlace proposeNamedPlace proposeOrderedPlace proposeChosenPlace proposeSpotPlace approvePlace endWithoutAward decideNaming queryPrice decidePriceQuery openOffers assessSuitability scoreOffer lockScores moderateOffer lockQuality proposeAward approveAward rejectAward"

// try is tried by somebody who has declared to have no interest, where that is asked for.
func (s *scene) try(who demo.Persona, mutation string, in fields, selection string) said {
	s.t.Helper()
	if slices.Contains(strings.Fields(acting), mutation) {
		s.disinterested(who, s.needIn(in))
	}
	return s.tried(who, mutation, in, selection)
}

// disinterested declares that somebody has no interest in a need's outcome, where they have not yet.
func (s *scene) disinterested(who demo.Persona, need string) {
	s.t.Helper()
	if _, done := s.declared.Load(who.Key + need); done || need == "" {
		return
	}
	if s.tried(who, "declareInterest", fields{"need": need, "conflict": false}, "").code == "" {
		s.declared.Store(who.Key+need, true)
	}
}

// needIn is the need that an input is about, by the need's own id or by an offer or an award; "" where there is none.
func (s *scene) needIn(in fields) string {
	s.t.Helper()
	if need, ok := in["need"].(string); ok {
		return need
	}
	for field, table := range map[string]string{"offer": "sealed_offer", "award": "award", "query": "price_query", "preference": "preference", "telephoneOffer": "telephone_offer"} {
		if id, ok := in[field].(string); ok {
			var need uuid.UUID
			if s.Admin.QueryRow("SELECT need_id FROM dps."+table+" WHERE id = $1", plain(s.t, id)).Scan(&need) == nil {
				return opaque("need", need)
			}
		}
	}
	return ""
}

// tried changes something as somebody, under a key of its own unless the input has one.
func (s *scene) tried(who demo.Persona, mutation string, in fields, selection string) said {
	s.t.Helper()
	if in["idempotencyKey"] == nil {
		in["idempotencyKey"] = s.key()
	}
	reply := s.ask(s.t, who, mutationDocument(mutation, selection), fields{"input": in})
	if len(reply.Errors) > 0 {
		return said{code: reply.Errors[0].Extensions.Code, words: reply.Errors[0].Message}
	}
	payload := reply.Data.At(mutation)
	return said{payload, payload.At("problems.0.code").Text(), payload.At("problems.0.message").Text()}
}

// key is an idempotency key that nothing else of the scene has.
func (s *scene) key() string { return fmt.Sprintf("scene key %d", s.keys.Add(1)) }

func mutationDocument(mutation, selection string) string {
	return fmt.Sprintf("mutation($input: %s%sInput!) { %s(input: $input) { %s problems { code field message } } }",
		strings.ToUpper(mutation[:1]), mutation[1:], mutation, selection)
}

// done is try that has to succeed.
func (s *scene) done(who demo.Persona, mutation string, in fields, selection string) said {
	s.t.Helper()
	answer := s.try(who, mutation, in, selection)
	if answer.code != "" {
		s.t.Fatalf("%s, %s: %s: %s", who, mutation, answer.code, answer.words)
	}
	return answer
}

// refused is try that has to be refused with a code.
func (s *scene) refused(code string, who demo.Persona, mutation string, in fields) {
	s.t.Helper()
	if answer := s.try(who, mutation, in, ""); answer.code != code {
		s.t.Errorf("%s, %s: %q (%s), want %s", who, mutation, answer.code, answer.words, code)
	}
}

// see reads as somebody; an error ends the test.
func (s *scene) see(who demo.Persona, query string, variables fields) demo.Value {
	s.t.Helper()
	reply := s.ask(s.t, who, query, variables)
	if len(reply.Errors) > 0 {
		s.t.Fatalf("%s: %s: %s (%s)", who, query, reply.Errors[0].Message, reply.Errors[0].Extensions.Code)
	}
	return reply.Data
}

// node reads fields of one thing, of the type named, by its id.
func (s *scene) node(who demo.Persona, kind, id, selection string) demo.Value {
	s.t.Helper()
	return s.see(who, fmt.Sprintf("query($id: ID!) { node(id: $id) { ... on %s { %s } } }", kind, selection), fields{"id": id}).At("node")
}

func (s *scene) admit(p demo.Persona) {
	s.t.Helper()
	application := s.done(p, "submitApplication", fields{"lot": s.lot, "statement": "Synthetic: we meet every criterion.", "noGroundForExclusion": true},
		"application { id }").At("application.id").Text()
	s.done(demo.MarketManager, "decideApplication", fields{"application": application, "decision": "ADMITTED", "reasons": "Synthetic: all are met."}, "")
}

// membership is the id of a provider's membership of the lot.
func (s *scene) membership(p demo.Persona) string {
	s.t.Helper()
	var id uuid.UUID
	must(s.t, s.Admin.QueryRow("SELECT id FROM dps.membership WHERE provider_id = $1 AND lot_id = $2", p.Organisation, plain(s.t, s.lot)).Scan(&id))
	return opaque("membership", id)
}

// now is the market's clock.
func (s *scene) now() (now time.Time) {
	s.t.Helper()
	must(s.t, s.Admin.QueryRow("SELECT dps.now()").Scan(&now))
	return now
}

func (s *scene) day(days int) string { return s.now().AddDate(0, 0, days).Format(time.DateOnly) }

// drafting is a need's input.
func (s *scene) drafting(more fields) fields {
	in := fields{
		"lot": s.lot, "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed, "legalBasis": "SECTION_20", "homeOutcode": "BN11", "travelMiles": 30,
		"startFrom": s.day(0), "startTo": s.day(120), "profile": "Synthetic: a calm home with few others.", "outcomes": "Synthetic: to feel safe.",
	}
	for name, value := range more {
		in[name] = value
	}
	return in
}

// draft is a need of the lot, not published.
func (s *scene) draft(who demo.Persona, more fields) string {
	s.t.Helper()
	need := s.done(who, "createNeed", s.drafting(more), "need { id }").At("need.id").Text()
	if who.Capacity == policy.Commissioner {
		s.done(who, "recordPanelDecision", s.deciding(need, true, "50.00"), "")
	}
	return need
}

// published is a need of the lot whose offers are due in twelve days.
func (s *scene) published(who demo.Persona) string {
	s.t.Helper()
	need := s.draft(who, nil)
	s.done(who, "publishNeed", fields{"need": need, "deadline": s.now().AddDate(0, 0, 12), "uniqueReason": "Synthetic: it is as wide as it can be."}, "")
	return need
}

// offering is an offer's input: a place in a setting at a price a week.
func (s *scene) offering(need string, setting int, weekly string) fields {
	return fields{
		"need": need, "setting": settingOf(setting), "startsOn": s.day(60), "weeks": 52, "needsMet": "Synthetic: two adults at all times.",
		"outcomesMet": "Synthetic: a plan for each.", "fees": []fields{{"kind": "RESIDENTIAL_CARE", "description": "Care", "weekly": weekly}},
	}
}

func (s *scene) bid(who demo.Persona, need string, setting int, weekly string) string {
	s.t.Helper()
	return s.done(who, "submitOffer", s.offering(need, setting, weekly), "offer { id }").At("offer.id").Text()
}

// pass lets the market's time pass.
func (s *scene) pass(by time.Duration) {
	s.t.Helper()
	s.Advance(s.t, by)
}

const pastDeadline = 12*24*time.Hour + time.Second

// suitable finds an offer suitable in every respect.
func (s *scene) suitable(who demo.Persona, offer string) {
	s.t.Helper()
	s.done(who, "assessSuitability", fields{"offer": offer, "checks": s.checks(nil)}, "")
}

// checks are all checks of suitability; those that fail, with a reason.
func (s *scene) checks(failed fields) (all []fields) {
	for _, check := range []string{"MEMBERSHIP", "REGISTRATION", "AGE", "NEEDS_MET", "VACANCY", "INSPECTION", "IMPACT_ON_CHILDREN"} {
		one := fields{"check": check, "passed": failed[check] == nil, "reason": "Synthetic: few others, and calm."}
		if failed[check] != nil {
			one["reason"] = failed[check]
		}
		all = append(all, one)
	}
	return all
}

// scoring is an evaluator's input for an offer: points for the one criterion of quality.
func (s *scene) scoring(offer string, points int) fields {
	return fields{"offer": offer, "scores": []fields{{"criterion": s.criterion(), "points": points, "comment": "Synthetic: well evidenced."}}}
}

func (s *scene) criterion() string {
	s.t.Helper()
	return s.node(demo.Public, "Lot", s.lot, "criteria { id }").At("criteria.0.id").Text()
}

// ranked opens and evaluates the offers of a need of a matching lot; the first is found best.
func (s *scene) ranked(by staff, need string, offers ...string) {
	s.t.Helper()
	s.done(by.opener, "openOffers", fields{"need": need}, "")
	for i, offer := range offers {
		s.suitable(by.commissioner, offer)
		s.done(by.evaluator, "scoreOffer", s.scoring(offer, max(5-i, 0)), "")
	}
	s.done(by.evaluator, "lockScores", fields{"need": need}, "")
}

// approved awards an offer, without a standstill.
func (s *scene) approved(by staff, offer string) string {
	s.t.Helper()
	award := s.done(by.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best offer that is left."}, "award { id }").At("award.id").Text()
	s.done(by.approver, "approveAward", fields{"award": award, "standstill": false}, "")
	return award
}

// behind runs a statement as the superuser, behind the walls.
func (s *scene) behind(statement string, args ...any) {
	s.t.Helper()
	_, err := s.Admin.Exec(statement, args...)
	must(s.t, err)
}

// count counts rows behind the walls.
func (s *scene) count(from string, args ...any) (n int) {
	s.t.Helper()
	must(s.t, s.Admin.QueryRow("SELECT count(*) FROM dps."+from, args...).Scan(&n))
	return n
}

// atOnce does n of the same at the same moment, and counts how often each answer was given.
func atOnce(n int, do func(i int) string) map[string]int {
	answers, start := make([]string, n), make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			answers[i] = do(i)
		})
	}
	close(start)
	all.Wait()
	counted := map[string]int{}
	for _, answer := range answers {
		counted[answer]++
	}
	return counted
}

// holdUp runs something while the superuser holds a lock, lets go once so many others wait for locks in this database,
// and returns when all is over. Between the two it does what the test wants to happen in the meantime.
func (s *scene) holdUp(lock string, waiting int, run, meanwhile func()) {
	s.t.Helper()
	tx, err := s.Admin.Begin()
	must(s.t, err)
	defer tx.Rollback() //nolint:errcheck // it holds nothing but the lock
	_, err = tx.Exec(lock)
	must(s.t, err)
	over := make(chan struct{})
	go func() { defer close(over); run() }()
	if !s.waited(waiting, over) {
		s.t.Fatalf("it was over before %d waited for %q", waiting, lock)
	}
	if meanwhile != nil {
		meanwhile()
	}
	must(s.t, tx.Rollback())
	<-over
}

// waited says that so many sessions wait for a lock; not so when all is over first.
func (s *scene) waited(sessions int, over <-chan struct{}) bool {
	s.t.Helper()
	for {
		var n int
		must(s.t, s.Admin.QueryRow(`SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
			WHERE a.datname = current_database() AND NOT l.granted`).Scan(&n))
		if n >= sessions {
			return true
		}
		select {
		case <-over:
			return false
		default:
		}
	}
}
