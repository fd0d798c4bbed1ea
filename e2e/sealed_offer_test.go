package e2e_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/policy"
)

// sealedWorld is a world with a need of Kent and one of Croydon, whose evaluation is the consortium's, before their
// deadline. Whether there are offers is the only thing in which two such worlds differ.
type sealedWorld struct {
	*scene
	needs map[string]string // by authority
	offer string            // an offer to Kent's need; in a world without, an id that nothing has
}

func newSealedWorld(t testing.TB, procedure string, offers bool) sealedWorld {
	t.Helper()
	s := newScene(t, procedure, bidsManagerOf(1), bidsManagerOf(2), bidsManagerOf(3))
	w := sealedWorld{s, map[string]string{}, opaqueID("offer", uuid.New())}
	for _, act := range []string{"PUBLISH", "EVALUATE", "AWARD", "MANAGE"} {
		s.mustChange(demo.Borough, "giveDelegation", fields{"act": act}, "")
	}
	for _, authority := range []string{"Kent", "Croydon"} {
		need := s.publishNeed(staffOf(authority).commissioner)
		s.mustChange(bidsManagerOf(3), "answerInvitation", fields{"need": need, "answer": "DECLINED", "reason": "FULL"}, "")
		s.mustChange(bidsManagerOf(2), "answerInvitation", fields{"need": need, "answer": "INTENDS"}, "")
		w.needs[authority] = need
		if !offers {
			continue
		}
		if offer := w.submitOffers(need); authority == "Kent" {
			w.offer = offer
		}
	}
	return w
}

// submitOffers sends two offers to a need: one of them in two versions, and a third that is withdrawn.
func (w sealedWorld) submitOffers(need string) string {
	w.t.Helper()
	first := w.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	w.submitOffer(bidsManagerOf(1), need, 2, "3900.00")
	w.mustChange(bidsManagerOf(2), "withdrawOffer", fields{"offer": w.submitOffer(bidsManagerOf(2), need, 4, "3000.00")}, "")
	w.submitOffer(bidsManagerOf(2), need, 4, "4100.00")
	return first
}

// onlookers are all who must not learn of an offer: the auditor first, because the others' looks go into its log, once a
// minute.
var onlookers = []demo.Persona{
	demo.Auditor, demo.MarketManager, demo.Commissioner, demo.Opener1, demo.Evaluator1, demo.Moderator, demo.Approver, demo.Safeguarding,
	demo.Neighbour, demo.Borough, demo.Officer, bidsManagerOf(3), demo.Public,
}

// answersToAll is what one persona is answered to all that it could ask, by the question.
func (w sealedWorld) answersToAll(c contract, who demo.Persona) map[string]string {
	w.t.Helper()
	may, told := w.actsOf(w.t, who), map[string]string{}
	ask := func(name, query string, variables fields) {
		reply := w.sendQuery(w.t, who, query, variables)
		told[name] = fmt.Sprint(reply.Status, " ", reply.Raw)
	}
	for name, query := range c.pagedLists(may, 2) {
		ask(name, query, nil)
	}
	for _, kind := range c.nodeTypes(may) {
		for name, id := range map[string]string{
			"Kent's need": w.needs["Kent"], "Croydon's need": w.needs["Croydon"],
			"the lot": w.lot, "the offer": w.offer,
			"the bidder": opaqueID("provider", demo.ProviderID(1)), "the setting": settingOf(2), "Kent": opaqueID("org",
				demo.OrganisationID("Kent")),
		} {
			ask(name+" as "+kind, fmt.Sprintf("query($id: ID!) { node(id: $id) { id ... on %s { %s } } }", kind, c.fullSelection(kind, may, 2)),
				fields{"id": id})
		}
	}
	ask("entities", `query($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Offer { id } ... on Need { id offers { id } } }
		}`,
		fields{"r": []fields{{"__typename": "Offer", "id": w.offer}, {"__typename": "Need", "id": w.needs["Kent"]}}})
	for mutation, in := range w.refusableChanges() {
		in["idempotencyKey"] = "early " + mutation
		ask(mutation, mutationDocument(mutation, ""), fields{"input": in})
	}
	return told
}

// refusableChanges are all that somebody could try upon a need or an offer before the deadline, to learn from the refusal.
func (w sealedWorld) refusableChanges() map[string]fields {
	need, offer := w.needs["Kent"], w.offer
	score := func(points, words string) []fields {
		return []fields{{"criterion": w.criterionID(), points: 3, words: "Synthetic."}}
	}
	return map[string]fields{
		"openOffers":        {"need": need},
		"assessSuitability": {"offer": offer, "checks": []fields{{"check": "AGE", "passed": true}}},
		"scoreOffer":        {"offer": offer, "scores": score("points", "comment")},
		"lockScores":        {"need": need},
		"moderateOffer":     {"offer": offer, "scores": score("points", "reason")},
		"lockQuality":       {"need": need},
		"proposeAward":      {"offer": offer, "reason": "Synthetic."},
		"withdrawOffer":     {"offer": offer},
		"publishNeed":       {"need": need, "deadline": "2030-01-01T00:00:00Z"},
	}
}

// What differs between two worlds whatever happens in them: ids, references, cursors, instants and days.
var variableParts = regexp.MustCompile(`[a-z_]+_[0-9a-f]{32}|N-[0-9A-Z]+|"(cursor|startCursor|endCursor)":"[^"]*"` +
	`|\d{4}-\d\d-\d\d(T[0-9:.]+(Z|[+-]\d\d:\d\d))?|\d+ [A-Z][a-z]+ \d{4} \d\d:\d\d:\d\d`)

var tallyField = regexp.MustCompile(`"offersReceived":(\d+|null)`)

// TestSealedOfferIsHiddenFromEverybody asks everything in two worlds, with offers and without. The answers must be the same byte
// for byte, but for the count where the lot shows one.
func TestSealedOfferIsHiddenFromEverybody(t *testing.T) {
	for _, procedure := range []string{"SCORED", "MATCHING"} {
		t.Run(procedure, func(t *testing.T) {
			with, without := newSealedWorld(t, procedure, true), newSealedWorld(t, procedure, false)
			c := with.readContract(t)
			for _, who := range onlookers {
				got, want := with.answersToAll(c, who), without.answersToAll(c, who)
				if len(got) < 15 || len(got) != len(want) {
					t.Errorf("%s asked %d and %d questions", who, len(got), len(want))
				}
				for question := range want {
					if a, b := withoutVariableParts(got[question]), withoutVariableParts(want[question]); a != b {
						t.Errorf("%s, %s: %s", who, question, firstDifference(a, b))
					}
					checkTally(t, procedure, who, question, got[question], want[question])
				}
			}
		})
	}
}

// withoutVariableParts is an answer without what differs by chance, and without the count, which is checked by itself.
func withoutVariableParts(answer string) string {
	return tallyField.ReplaceAllString(variableParts.ReplaceAllString(answer, "*"), "*")
}

func firstDifference(a, b string) string {
	at := 0
	for at < min(len(a), len(b)) && a[at] == b[at] {
		at++
	}
	around := func(s string) string { return s[max(at-200, 0):min(at+100, len(s))] }
	return fmt.Sprintf("with offers\n...%s...\nwithout\n...%s...", around(a), around(b))
}

// checkTally: the count is null unless the lot shows it, and counts what is there and not withdrawn.
func checkTally(t *testing.T, procedure string, who demo.Persona, question, with, without string) {
	t.Helper()
	expect := map[string][2]string{"SCORED": {"null", "null"}, "MATCHING": {"2", "0"}}[procedure]
	for i, reply := range []string{with, without} {
		for _, found := range tallyField.FindAllStringSubmatch(reply, -1) {
			if found[1] != expect[i] {
				t.Errorf("%s, %s: the count is %s and not %s", who, question, found[1], expect[i])
			}
		}
	}
}

// TestOpenedOfferIsSeen is the other side of the test above: what it looks for is there once it may be.
func TestOpenedOfferIsSeen(t *testing.T) {
	w := newSealedWorld(t, "MATCHING", true)
	c := w.readContract(t)
	before := w.answersToAll(c, demo.Commissioner)["Kent's need as Need"]
	w.passTime(pastDeadline)
	w.mustChange(demo.Opener1, "openOffers", fields{"need": w.needs["Kent"]}, "")
	after := w.answersToAll(c, demo.Commissioner)["Kent's need as Need"]
	if id := fmt.Sprintf(`"id":%q`, w.offer); strings.Contains(before, id) || !strings.Contains(after, id) ||
		!strings.Contains(after, `"weekly":"3900.00"`) {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

// TestInvitationAnswersAreHiddenFromRivals: at once to the authority, never to a rival.
func TestInvitationAnswersAreHiddenFromRivals(t *testing.T) {
	w := newSealedWorld(t, "SCORED", false)
	said := map[string]string{}
	for _, i := range w.readNode(demo.Commissioner, "Need", w.needs["Kent"],
		"invitations { answer reason answeredAt provider { name } }").At("invitations").All() {
		said[i.At("provider.name").Text()] = strings.TrimSpace(i.At("answer").Text() + " " + i.At("reason").Text())
	}
	if want := fmt.Sprint(map[string]string{
		demo.ProviderName(1): "", demo.ProviderName(2): "INTENDS",
		demo.ProviderName(3): "DECLINED FULL",
	}); fmt.Sprint(said) != want {
		t.Errorf("the commissioner sees %v and not %s", said, want)
	}
	for n := 1; n <= 3; n++ {
		seen := w.readNode(bidsManagerOf(n), "Need", w.needs["Kent"], "invitations { provider { name } }").At("invitations").All()
		if len(seen) != 1 || seen[0].At("provider.name").Text() != demo.ProviderName(n) {
			t.Errorf("%s sees %d invitations", bidsManagerOf(n), len(seen))
		}
	}
	reply := w.sendQuery(t, demo.Opener1, `query($id: ID!) { node(id: $id) { ... on Need { invitations { answer } } } }`,
		fields{"id": w.needs["Kent"]})
	if len(reply.Errors) == 0 || reply.Errors[0].Extensions.Code != "FORBIDDEN" {
		t.Errorf("an opening officer reads invitations: %s", reply.Raw)
	}
}

// TestReceiptOfEachOfferVersion: each version has its own, which the provider reads again at any time, and the authority once it is opened.
func TestReceiptOfEachOfferVersion(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	need := s.publishNeed(demo.Commissioner)
	receipts := map[string]bool{}
	var last string
	for _, weekly := range []string{"4000.00", "3900.00", "3900.00"} {
		offer := s.mustChange(bidsManagerOf(1), "submitOffer", s.offerInput(need, 2, weekly), "offer { receipt receivedAt }").At("offer")
		last = offer.At("receipt").Text()
		receipts[last] = true
		if received := offer.At("receivedAt").Text(); !regexp.MustCompile(`\.\d+Z$`).MatchString(received) {
			t.Errorf("received at %s: not exact", received)
		}
	}
	if len(receipts) != 3 || !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(last) {
		t.Errorf("receipts: %v", receipts)
	}
	s.passTime(pastDeadline)
	s.mustChange(demo.Opener1, "openOffers", fields{"need": need}, "")
	mine := s.readData(bidsManagerOf(1), `{ myOffers { edges { node { receipt version } } } }`, nil).At("myOffers.edges.0.node")
	opened := s.readNode(demo.Commissioner, "Need", need, "offers { receipt version }").At("offers.0")
	for _, seen := range []demo.Value{mine, opened} {
		if seen.At("receipt").Text() != last || seen.At("version").Text() != "3" {
			t.Errorf("receipt %s of version %s", seen.At("receipt").Text(), seen.At("version").Text())
		}
	}
}

// TestSealedOfferSizesAreEqual: what lies sealed has the same size whatever it says, up to the step in which it grows.
func TestSealedOfferSizesAreEqual(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2))
	need := s.publishNeed(demo.Commissioner)
	short, long := s.offerInput(need, 2, "1.00"), s.offerInput(need, 4, "99999.99")
	short["needsMet"], short["outcomesMet"] = "S", "S"
	long["needsMet"], long["outcomesMet"], long["assumptions"] = strings.Repeat("Synthetic ", 120), strings.Repeat("Synthetic ", 120),
		strings.Repeat("Synthetic ", 60)
	long["fees"] = append(long["fees"].([]fields), fields{"kind": "THERAPY", "description": strings.Repeat("Synthetic ",
		15), "weekly": "12345.67"})
	s.mustChange(bidsManagerOf(1), "submitOffer", short, "")
	s.mustChange(bidsManagerOf(2), "submitOffer", long, "")
	if n := s.countRows("sealed_part"); n != 4 {
		t.Fatalf("%d parts", n)
	}
	for _, column := range []string{"ciphertext", "keeper_key", "provider_key"} {
		var sizes int
		must(t, s.Admin.QueryRow("SELECT count(DISTINCT length("+column+")) FROM dps.sealed_part").Scan(&sizes))
		if sizes != 1 {
			t.Errorf("%s comes in %d sizes", column, sizes)
		}
	}
}

// TestPrematureLookIsRecorded: once for each actor, need and minute, whether or not there is an offer; and the auditor sees it.
func TestPrematureLookIsRecorded(t *testing.T) {
	for name, offers := range map[string]bool{"with offers": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			w := newSealedWorld(t, "SCORED", offers)
			second := anotherPerson(demo.Commissioner, 2)
			begin := w.marketTime()
			for range 3 {
				for _, who := range []demo.Persona{demo.Commissioner, second, demo.Evaluator1, demo.Moderator, demo.Approver} {
					w.readData(who, `{ needs { edges { node { offers { id } } } } }`, nil)
					w.readNode(who, "Need", w.needs["Kent"], "offers { id }")
				}
				w.requireRefused("TOO_EARLY", demo.Opener1, "openOffers", fields{"need": w.needs["Kent"]})
				w.readNode(demo.Officer, "Need", w.needs["Croydon"], "offers { id }")
			}
			minutes := int(w.marketTime().Unix()/60-begin.Unix()/60) + 1
			logged := map[string]int{}
			for _, e := range w.readData(demo.Auditor, `{ events(first: 100) { edges { node { act person capacity } } } }`,
				nil).At("events.edges").All() {
				if e.At("node.act").Text() == "offer.read" {
					logged[e.At("node.person").Text()+" as "+e.At("node.capacity").Text()]++
				}
			}
			for _, who := range []demo.Persona{demo.Commissioner, second, demo.Evaluator1, demo.Moderator, demo.Approver, demo.Opener1} {
				if n := logged[who.Key+" as "+string(who.Capacity)]; n < 1 || n > minutes {
					t.Errorf("%d records of %s in %d minutes", n, who, minutes)
				}
			}
			if len(logged) != 6 {
				t.Errorf("Kent's auditor sees the looks of %v", logged)
			}
			croydon := w.countRows("event WHERE act = 'offer.read' AND object_id = $1 AND capacity = $2", uuidOf(t, w.needs["Croydon"]),
				policy.ConsortiumOfficer)
			if croydon < 1 || croydon > minutes {
				t.Errorf("%d records of the consortium's officer", croydon)
			}
		})
	}
}

// TestPrematureLookWithoutARecordIsRefused: where an early look cannot be recorded, nothing is answered.
func TestPrematureLookWithoutARecordIsRefused(t *testing.T) {
	w := newSealedWorld(t, "SCORED", false)
	w.execAsAdmin("REVOKE INSERT ON dps.event FROM dps_commissioner")
	reply := w.sendQuery(t, demo.Commissioner, `query($id: ID!) { node(id: $id) { ... on Need { reference offers { id } } } }`,
		fields{"id": w.needs["Kent"]})
	if len(reply.Errors) == 0 || reply.Data.At("node").Exists() {
		t.Errorf("answered: %s", reply.Raw)
	}
}
