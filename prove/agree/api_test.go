package agree_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
	"github.com/southeasttogether/dps/demo/demotest"
	"github.com/southeasttogether/dps/policy"
	"github.com/southeasttogether/dps/prove"
	"github.com/southeasttogether/dps/prove/rights"
)

// objectKind is a kind of object that the API gives by its id, where its rows are, and which act reads it.
type objectKind struct {
	kind, table, id string
	read            policy.Act
}

var entityKinds = []objectKind{
	{"Organisation", "organisation", "org", "organisation.read"},
	{"Lot", "lot", "lot", "lot.read"},
	{"Need", "need", "need", "need.read"},
	{"Offer", "sealed_offer", "offer", "offer.read"},
	{"Placement", "placement", "placement", "placement.read"},
	{"Provider", "provider", "provider", "provider.read"},
	{"Setting", "setting", "setting", "setting.read"},
}

var nodeKinds = append([]objectKind{
	{"Application", "application", "application", "application.read"},
	{"Membership", "membership", "membership", "membership.read"},
	{"Market", "market", "market", "market.read"},
	{"Award", "award", "award", "award.read"},
	{
		"FeedbackWords", "feedback_words", "words",
		"words.read",
	},
}, entityKinds...)

// askedObject is one object that somebody asks for.
type askedObject struct {
	objectKind
	key string
}

func (a askedObject) opaqueID() string { return a.id + "_" + strings.ReplaceAll(a.key, "-", "") }

// shouldBeSeen says whether somebody should see it. An offer is the sealed one to its provider, and the opened one to
// others.
func (a askedObject) shouldBeSeen(region *rights.Region, who rights.Principal) bool {
	table := a.table
	if a.kind == "Offer" && who.Role != policy.BidsManager {
		table = "offer"
	}
	row, ok := region.Tables[table][a.key]
	return ok && region.May(who, policy.Select, table, row)
}

// canBeNamed says whether the asker can name the kind of thing in a document at all.
func (a objectKind) canBeNamed(who rights.Principal) bool {
	return rights.HasAct(who.Role, a.read) || a.kind == "Offer" && rights.HasAct(who.Role, "sealed.read")
}

// TestAPIAgreesWithTheRights asks over HTTP, for entities and for nodes, with each person's token. An object without
// access is null.
func TestAPIAgreesWithTheRights(t *testing.T) {
	random := prove.Random("agree API")
	w, region := newRegion(t, prove.Scaled(36, 72, 120), random)
	var c rights.Check
	pairs := prove.Scaled(2000, 6000, 20000)
	for c.Pairs < pairs {
		for _, who := range choosePrincipals(region.Principals, len(region.Principals), random) {
			if hasNoToken(who) || c.Pairs >= pairs {
				continue
			}
			askEntities(t, w, region, &c, who, chooseObjects(region, who, entityKinds, 50, random))
			askNodes(t, w, region, &c, who, chooseObjects(region, who, nodeKinds, 15, random))
		}
	}
	recordCheck(t, c)
}

// hasNoToken: no token makes one of these.
func hasNoToken(who rights.Principal) bool {
	return !slices.Contains(policy.Capacities, who.Role) && who.Role != policy.Family && who.Role != policy.Public
}

// chooseObjects is a choice of objects for somebody, each kind equally likely. If possible, half of them are theirs to
// see.
func chooseObjects(region *rights.Region, who rights.Principal, kinds []objectKind, n int, random *rand.Rand) []askedObject {
	all, theirs := map[string][]askedObject{}, map[string][]askedObject{}
	for _, of := range kinds {
		for _, key := range slices.Sorted(maps.Keys(region.Tables[of.table])) {
			a := askedObject{of, key}
			all[of.kind] = append(all[of.kind], a)
			if a.shouldBeSeen(region, who) {
				theirs[of.kind] = append(theirs[of.kind], a)
			}
		}
	}
	chosen := make([]askedObject, n)
	for i := range chosen {
		kind := kinds[random.IntN(len(kinds))].kind
		among := all[kind]
		if i%2 == 0 && len(theirs[kind]) > 0 {
			among = theirs[kind]
		}
		chosen[i] = among[random.IntN(len(among))]
	}
	return chosen
}

func credentialOf(t *testing.T, w *demotest.World, who rights.Principal) demo.Credential {
	t.Helper()
	switch who.Role {
	case policy.Public:
		return demo.Credential{}
	case policy.Family:
		return demo.Credential{Authorization: "Invitation " + who.Code}
	}
	token, err := policy.IssueDevelopment(w.Key, policy.Claims{
		Issuer: demotest.Issuer, Audience: demotest.Audience, Person: who.Person,
		Organisation: who.Organisation, Capacities: []policy.Role{who.Role}, Expires: time.Now().Add(24 * time.Hour),
	})
	must(t, err)
	return demo.Credential{Authorization: "Bearer " + token}
}

// askEntities gives representations, as a gateway would. What the asker cannot name is asked for without naming it.
func askEntities(t *testing.T, w *demotest.World, region *rights.Region, c *rights.Check, who rights.Principal, of []askedObject) {
	t.Helper()
	selection := "__typename"
	for _, kind := range entityKinds {
		if kind.canBeNamed(who) {
			selection += fmt.Sprintf(" ... on %s { id }", kind.kind)
		}
	}
	var representations []map[string]string
	for _, a := range of {
		representations = append(representations, map[string]string{"__typename": a.kind, "id": a.opaqueID()})
	}
	data := askAs(t, w, c, who, "query($r: [_Any!]!) { _entities(representations: $r) { "+selection+" } }",
		map[string]any{"r": representations})
	for i, a := range of {
		compareAnswer(region, c, who, a, data.At(fmt.Sprint("_entities.", i)))
	}
}

func askNodes(t *testing.T, w *demotest.World, region *rights.Region, c *rights.Check, who rights.Principal, of []askedObject) {
	t.Helper()
	var query strings.Builder
	for i, a := range of {
		fmt.Fprintf(&query, "n%d: node(id: %q) { id } ", i, a.opaqueID())
	}
	data := askAs(t, w, c, who, "{ "+query.String()+"}", nil)
	for i, a := range of {
		compareAnswer(region, c, who, a, data.At(fmt.Sprint("n", i)))
	}
}

func askAs(t *testing.T, w *demotest.World, c *rights.Check, who rights.Principal, query string, variables map[string]any) demo.Value {
	t.Helper()
	reply, err := w.Client.Do(t.Context(), credentialOf(t, w, who), query, variables)
	must(t, err)
	if len(reply.Errors) > 0 {
		c.Differences = append(c.Differences, fmt.Sprintf("%s: %s", who, reply.Errors[0].Message))
	}
	return reply.Data
}

func compareAnswer(region *rights.Region, c *rights.Check, who rights.Principal, a askedObject, given demo.Value) {
	c.Pairs++
	if should := a.shouldBeSeen(region, who); should != given.Exists() {
		c.Differences = append(c.Differences, fmt.Sprintf("%s: %s %s: should be given: %t, is: %t", who, a.kind, a.key, should, given.Exists()))
	}
}

// TestGateRefusesWhatTheRoleNeverReads: a document that names it is refused as a whole.
func TestGateRefusesWhatTheRoleNeverReads(t *testing.T) {
	random := prove.Random("agree gate")
	w, region := newRegion(t, 12, random)
	asked := map[policy.Role]bool{}
	var c rights.Check
	for _, who := range region.Principals {
		if asked[who.Role] || hasNoToken(who) {
			continue
		}
		asked[who.Role] = true
		for _, of := range nodeKinds {
			reply, err := w.Client.Do(t.Context(), credentialOf(t, w, who),
				fmt.Sprintf("{ node(id: \"org_00000000000000000000000000000000\") { ... on %s { id } } }", of.kind), nil)
			must(t, err)
			c.Pairs++
			refused := len(reply.Errors) > 0 && reply.Errors[0].Extensions.Code == "FORBIDDEN"
			if refused == of.canBeNamed(who) {
				c.Differences = append(c.Differences, fmt.Sprintf("%s names %s: refused: %t", who.Role, of.kind, refused))
			}
		}
	}
	recordCheck(t, c)
}
