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
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/resolvers"
)

// scene is the synthetic region with a published lot in it, and short ways to bring a need of that lot to a stage.
type scene struct {
	*world
	t        testing.TB
	lot      string
	keyCount *atomic.Int64

	declarations *sync.Map // people who have declared that they have no interest, by person and need
}

// fields are an input's.
type fields map[string]any

// authorityStaff are the people of one authority. All are invented.
type authorityStaff struct{ commissioner, opener, evaluator, approver, auditor, safeguarding demo.Persona }

func staffOf(authority string) authorityStaff {
	as := func(capacity policy.Role) demo.Persona {
		return demo.Persona{
			Key: strings.ToLower(authority) + "." + string(capacity), Organisation: demo.OrganisationID(authority),
			Capacity: capacity,
		}
	}
	return authorityStaff{
		as(policy.Commissioner), as(policy.OpeningOfficer), as(policy.Evaluator), as(policy.Approver), as(policy.Auditor),
		as(policy.SafeguardingLead),
	}
}

// bidsManagerOf is the bids manager of a synthetic provider, counted from 1.
func bidsManagerOf(n int) demo.Persona {
	return demo.Persona{Key: fmt.Sprintf("provider%02d.bids", n), Organisation: demo.ProviderID(n), Capacity: policy.BidsManager}
}

// anotherPerson is a second person of the same capacity and organisation.
func anotherPerson(p demo.Persona, n int) demo.Persona {
	p.Key = fmt.Sprintf("%s.%d", p.Key, n)
	return p
}

func settingOf(n int) string { return opaqueID("setting", demo.SettingID(n)) }

func opaqueID(kind string, id uuid.UUID) string {
	return kind + "_" + strings.ReplaceAll(id.String(), "-", "")
}

// uuidOf is the UUID within an id that clients see.
func uuidOf(t testing.TB, id string) uuid.UUID {
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
		serve(t, d, resolvers.Limits{}).addScene(t, procedure, providers...)
	})
	s := serve(t, d, resolvers.Limits{}).bare(t)
	s.keyCount.Store(copiedKeys)
	var lot uuid.UUID
	must(t, s.Admin.QueryRow("SELECT id FROM dps.lot").Scan(&lot))
	s.lot = opaqueID("lot", lot)
	return s
}

// copiedKeys is more than the keys that making a scene takes, which its copies remember.
const copiedKeys = 1000

// addScene publishes a lot of homes under a procedure in a world that is there, and admits providers to it.
func (w *world) addScene(t testing.TB, procedure string, providers ...demo.Persona) *scene {
	t.Helper()
	s := w.bare(t)
	s.lot = s.mustChange(demo.MarketManager, "createLot", fields{
		"market": opaqueID("market", demo.MarketID()), "name": "Children's homes", "description": "Places in children's homes.",
		"kind": "CHILDRENS_HOME", "procedure": procedure, "ageLow": 5, "ageHigh": 19, "needs": []string{anyNeed},
		"criteria": []fields{
			{"kind": "QUALITY", "name": "Match", "description": "How well the child and the home fit.", "weight": "60"},
			{"kind": "PRICE", "name": "Price", "description": "For a year.", "weight": "40"},
		},
		"contract": "Children's Homes National Contract", "contractVersion": "2026",
	}, "lot { id }").At("lot.id").Text()
	s.mustChange(demo.MarketManager, "publishLot", fields{"lot": s.lot}, "")
	for _, p := range providers {
		s.admitProvider(p)
	}
	return s
}

// bare is a scene without its lot.
func (w *world) bare(t testing.TB) *scene {
	return &scene{world: w, t: t, keyCount: &atomic.Int64{}, declarations: &sync.Map{}}
}

// forSubtest is the same scene for a sub-test.
func (s *scene) forSubtest(t testing.TB) *scene {
	inner := *s
	inner.t = t
	return &inner
}

// changeResult is the answer to one mutation.
type changeResult struct {
	demo.Value
	code  string // of the problem, or of the error; "" where it was done
	words string
}

// declaringMutations are the mutations before which somebody has to declare to have no interest in a need's outcome.
const declaringMutations = "proposeUrgentPlace proposeNamedPlace proposeOrderedPlace proposeChosenPlace proposeSpotPlace approvePlace " +
	"endWithoutAward decideNaming queryPrice decidePriceQuery openOffers assessSuitability scoreOffer lockScores moderateOffer lockQuality " +
	"proposeAward approveAward rejectAward"

// tryChange is tried by somebody who has declared to have no interest, where that is asked for.
func (s *scene) tryChange(who demo.Persona, mutation string, in fields, selection string) changeResult {
	s.t.Helper()
	if slices.Contains(strings.Fields(declaringMutations), mutation) {
		s.declareNoInterest(who, s.needOfInput(in))
	}
	return s.sendChange(who, mutation, in, selection)
}

// declareNoInterest declares that somebody has no interest in a need's outcome, where they have not yet.
func (s *scene) declareNoInterest(who demo.Persona, need string) {
	s.t.Helper()
	if _, ok := s.declarations.Load(who.Key + need); ok || need == "" {
		return
	}
	if s.sendChange(who, "declareInterest", fields{"need": need, "conflict": false}, "").code == "" {
		s.declarations.Store(who.Key+need, true)
	}
}

// needOfInput is the need that an input is about, by the need's own id or by an offer or an award; "" where there is none.
func (s *scene) needOfInput(in fields) string {
	s.t.Helper()
	if need, ok := in["need"].(string); ok {
		return need
	}
	for field, table := range map[string]string{
		"offer": "sealed_offer", "award": "award", "query": "price_query", "preference": "preference",
		"telephoneOffer": "telephone_offer",
	} {
		if id, ok := in[field].(string); ok {
			var need uuid.UUID
			if s.Admin.QueryRow("SELECT need_id FROM dps."+table+" WHERE id = $1", uuidOf(s.t, id)).Scan(&need) == nil {
				return opaqueID("need", need)
			}
		}
	}
	return ""
}

// sendChange changes something as somebody, under a key of its own unless the input has one.
func (s *scene) sendChange(who demo.Persona, mutation string, in fields, selection string) changeResult {
	s.t.Helper()
	if in["idempotencyKey"] == nil {
		in["idempotencyKey"] = s.newKey()
	}
	reply := s.sendQuery(s.t, who, mutationDocument(mutation, selection), fields{"input": in})
	if len(reply.Errors) > 0 {
		return changeResult{code: reply.Errors[0].Extensions.Code, words: reply.Errors[0].Message}
	}
	payload := reply.Data.At(mutation)
	return changeResult{payload, payload.At("problems.0.code").Text(), payload.At("problems.0.message").Text()}
}

// newKey is an idempotency key that nothing else of the scene has.
func (s *scene) newKey() string { return fmt.Sprintf("scene key %d", s.keyCount.Add(1)) }

func mutationDocument(mutation, selection string) string {
	return fmt.Sprintf("mutation($input: %s%sInput!) { %s(input: $input) { %s problems { code field message } } }",
		strings.ToUpper(mutation[:1]), mutation[1:], mutation, selection)
}

// mustChange is try that has to succeed.
func (s *scene) mustChange(who demo.Persona, mutation string, in fields, selection string) changeResult {
	s.t.Helper()
	answer := s.tryChange(who, mutation, in, selection)
	if answer.code != "" {
		s.t.Fatalf("%s, %s: %s: %s", who, mutation, answer.code, answer.words)
	}
	return answer
}

// requireRefused is a change that must be refused with a code.
func (s *scene) requireRefused(code string, who demo.Persona, mutation string, in fields) {
	s.t.Helper()
	if answer := s.tryChange(who, mutation, in, ""); answer.code != code {
		s.t.Errorf("%s, %s: %q (%s), want %s", who, mutation, answer.code, answer.words, code)
	}
}

// readData reads as somebody; an error ends the test.
func (s *scene) readData(who demo.Persona, query string, variables fields) demo.Value {
	s.t.Helper()
	reply := s.sendQuery(s.t, who, query, variables)
	if len(reply.Errors) > 0 {
		s.t.Fatalf("%s: %s: %s (%s)", who, query, reply.Errors[0].Message, reply.Errors[0].Extensions.Code)
	}
	return reply.Data
}

// readNode reads fields of one thing, of the type named, by its id.
func (s *scene) readNode(who demo.Persona, kind, id, selection string) demo.Value {
	s.t.Helper()
	return s.readData(who, fmt.Sprintf("query($id: ID!) { node(id: $id) { ... on %s { %s } } }", kind, selection), fields{"id": id}).At("node")
}

func (s *scene) admitProvider(p demo.Persona) {
	s.t.Helper()
	application := s.mustChange(p, "submitApplication", fields{
		"lot": s.lot, "statement": "Synthetic: we meet every criterion.",
		"noGroundForExclusion": true,
	},
		"application { id }").At("application.id").Text()
	s.mustChange(demo.MarketManager, "decideApplication", fields{
		"application": application, "decision": "ADMITTED",
		"reasons": "Synthetic: all are met.",
	}, "")
}

// membershipID is the id of a provider's membership of the lot.
func (s *scene) membershipID(p demo.Persona) string {
	s.t.Helper()
	var id uuid.UUID
	must(s.t, s.Admin.QueryRow("SELECT id FROM dps.membership WHERE provider_id = $1 AND lot_id = $2", p.Organisation,
		uuidOf(s.t, s.lot)).Scan(&id))
	return opaqueID("membership", id)
}

// marketTime is the market's clock.
func (s *scene) marketTime() (now time.Time) {
	s.t.Helper()
	must(s.t, s.Admin.QueryRow("SELECT dps.now()").Scan(&now))
	return now
}

func (s *scene) dayFromNow(days int) string {
	return market.LondonDate(s.marketTime()).AddDays(days).String()
}

// needInput is a need's input.
func (s *scene) needInput(more fields) fields {
	in := fields{
		"lot": s.lot, "ageLow": 10, "ageHigh": 12, "primaryNeed": anyNeed, "legalBasis": "SECTION_20", "homeOutcode": "BN11", "travelMiles": 30,
		"startFrom": s.dayFromNow(0), "startTo": s.dayFromNow(120), "profile": "Synthetic: a calm home with few others.",
		"outcomes": "Synthetic: to feel safe.",
	}
	for name, value := range more {
		in[name] = value
	}
	return in
}

// draftNeed is a need of the lot, not published.
func (s *scene) draftNeed(who demo.Persona, more fields) string {
	s.t.Helper()
	need := s.mustChange(who, "createNeed", s.needInput(more), "need { id }").At("need.id").Text()
	if who.Capacity == policy.Commissioner {
		s.mustChange(who, "recordPanelDecision", s.panelInput(need, true, "50.00"), "")
	}
	return need
}

// publishNeed is a need of the lot whose offers are due in twelve days.
func (s *scene) publishNeed(who demo.Persona) string {
	s.t.Helper()
	need := s.draftNeed(who, nil)
	s.mustChange(who, "publishNeed", fields{
		"need": need, "deadline": s.marketTime().AddDate(0, 0, 12),
		"uniqueReason": "Synthetic: it is as wide as it can be.",
	}, "")
	return need
}

// offerInput is an offer's input: a place in a setting at a price a week.
func (s *scene) offerInput(need string, setting int, weekly string) fields {
	return fields{
		"need": need, "setting": settingOf(setting), "startsOn": s.dayFromNow(60), "weeks": 52, "needsMet": "Synthetic: two adults at all times.",
		"outcomesMet": "Synthetic: a plan for each.", "fees": []fields{{"kind": "RESIDENTIAL_CARE", "description": "Care", "weekly": weekly}},
	}
}

func (s *scene) submitOffer(who demo.Persona, need string, setting int, weekly string) string {
	s.t.Helper()
	return s.mustChange(who, "submitOffer", s.offerInput(need, setting, weekly), "offer { id }").At("offer.id").Text()
}

// passTime lets the market's time pass.
func (s *scene) passTime(by time.Duration) {
	s.t.Helper()
	s.Advance(s.t, by)
}

const pastDeadline = 12*24*time.Hour + time.Second

// assessAsSuitable finds an offer suitable in every respect.
func (s *scene) assessAsSuitable(who demo.Persona, offer string) {
	s.t.Helper()
	s.mustChange(who, "assessSuitability", fields{"offer": offer, "checks": s.passedChecks()}, "")
}

// passedChecks are all checks of suitability, each passed.
func (s *scene) passedChecks() (all []fields) {
	for _, check := range []string{"MEMBERSHIP", "REGISTRATION", "AGE", "NEEDS_MET", "VACANCY", "INSPECTION", "IMPACT_ON_CHILDREN"} {
		all = append(all, fields{"check": check, "passed": true, "reason": "Synthetic: few others, and calm."})
	}
	return all
}

// scoreInput is an evaluator's input for an offer: points for the one criterion of quality.
func (s *scene) scoreInput(offer string, points int) fields {
	return fields{"offer": offer, "scores": []fields{{
		"criterion": s.criterionID(), "points": points,
		"comment": "Synthetic: well evidenced.",
	}}}
}

func (s *scene) criterionID() string {
	s.t.Helper()
	return s.readNode(demo.Public, "Lot", s.lot, "criteria { id }").At("criteria.0.id").Text()
}

// rankOffers opens and evaluates the offers of a need of a matching lot; the first is found best.
func (s *scene) rankOffers(by authorityStaff, need string, offers ...string) {
	s.t.Helper()
	s.mustChange(by.opener, "openOffers", fields{"need": need}, "")
	for i, offer := range offers {
		s.assessAsSuitable(by.commissioner, offer)
		s.mustChange(by.evaluator, "scoreOffer", s.scoreInput(offer, max(5-i, 0)), "")
	}
	s.mustChange(by.evaluator, "lockScores", fields{"need": need}, "")
}

// approveAward awards an offer, without a standstill, and approves its setting where it is outside the area.
func (s *scene) approveAward(by authorityStaff, offer string) string {
	s.t.Helper()
	award := s.proposeAndApprove(by, offer)
	s.approveArea(by.approver, award)
	return award
}

// execAsAdmin runs a statement as the superuser, behind the walls.
func (s *scene) execAsAdmin(statement string, args ...any) {
	s.t.Helper()
	_, err := s.Admin.Exec(statement, args...)
	must(s.t, err)
}

// countRows counts rows behind the walls.
func (s *scene) countRows(from string, args ...any) (n int) {
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

// holdUpByLock runs something while the superuser holds a lock, releases the lock once the given number of others wait
// for locks in this database, and returns when all is over. Between the two it does what the test wants to happen in
// the meantime.
func (s *scene) holdUpByLock(lock string, waiting int, run, meanwhile func()) {
	s.t.Helper()
	tx, err := s.Admin.Begin()
	must(s.t, err)
	defer tx.Rollback() //nolint:errcheck // it holds nothing but the lock
	_, err = tx.Exec(lock)
	must(s.t, err)
	over := make(chan struct{})
	go func() { defer close(over); run() }()
	if !s.waitForLocks(waiting, over) {
		s.t.Fatalf("it was over before %d waited for %q", waiting, lock)
	}
	if meanwhile != nil {
		meanwhile()
	}
	must(s.t, tx.Rollback())
	<-over
}

// waitForLocks says whether the given number of sessions wait for a lock; false if all is over first.
func (s *scene) waitForLocks(sessions int, over <-chan struct{}) bool {
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
