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

// thing is a kind of thing that the API gives by its id, where its rows stand, and by which act it is read.
type thing struct {
	kind, table, id string
	read            policy.Act
}

var entities = []thing{
	{"Organisation", "organisation", "org", "organisation.read"}, {"Lot", "lot", "lot", "lot.read"}, {"Need", "need", "need", "need.read"},
	{"Offer", "sealed_offer", "offer", "offer.read"}, {"Placement", "placement", "placement", "placement.read"},
	{"Provider", "provider", "provider", "provider.read"}, {"Setting", "setting", "setting", "setting.read"},
}

var nodes = append([]thing{
	{"Application", "application", "application", "application.read"}, {"Membership", "membership", "membership", "membership.read"},
	{"Market", "market", "market", "market.read"}, {"Award", "award", "award", "award.read"}, {"FeedbackWords", "feedback_words", "words", "words.read"},
}, entities...)

// asked is one thing of which somebody asks.
type asked struct {
	thing
	key string
}

func (a asked) opaque() string { return a.id + "_" + strings.ReplaceAll(a.key, "-", "") }

// seen says whether somebody should see it. An offer is the sealed one to its provider, and the opened one to others.
func (a asked) seen(region *rights.Region, who rights.Principal) bool {
	table := a.table
	if a.kind == "Offer" && who.Role != policy.BidsManager {
		table = "offer"
	}
	row, there := region.Tables[table][a.key]
	return there && region.May(who, policy.Select, table, row)
}

// named says whether who asks may name the kind of thing in a document at all.
func (a thing) named(who rights.Principal) bool {
	return rights.Has(who.Role, a.read) || a.kind == "Offer" && rights.Has(who.Role, "sealed.read")
}

// TestAPI asks over HTTP, for entities and for nodes, with the token of each: null is what is not theirs.
func TestAPI(t *testing.T) {
	random := prove.Random("agree API")
	w, region := newRegion(t, prove.Size(36, 72, 120), random)
	var c rights.Check
	pairs := prove.Size(2000, 6000, 20000)
	for c.Pairs < pairs {
		for _, who := range chosen(region.Principals, len(region.Principals), random) {
			if who.Role == policy.Keeper || who.Role == policy.Worker || who.Role == policy.Importer || c.Pairs >= pairs { // no token makes one of these
				continue
			}
			asksEntities(t, w, region, &c, who, choose(region, who, entities, 50, random))
			asksNodes(t, w, region, &c, who, choose(region, who, nodes, 15, random))
		}
	}
	report(t, c)
}

// choose is a choice of things for somebody, each kind as likely as another, half of them theirs to see where any is.
func choose(region *rights.Region, who rights.Principal, kinds []thing, n int, random *rand.Rand) []asked {
	all, theirs := map[string][]asked{}, map[string][]asked{}
	for _, of := range kinds {
		for _, key := range slices.Sorted(maps.Keys(region.Tables[of.table])) {
			a := asked{of, key}
			all[of.kind] = append(all[of.kind], a)
			if a.seen(region, who) {
				theirs[of.kind] = append(theirs[of.kind], a)
			}
		}
	}
	chosen := make([]asked, n)
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

func credential(t *testing.T, w *demotest.World, who rights.Principal) demo.Credential {
	t.Helper()
	switch who.Role {
	case policy.Public:
		return demo.Credential{}
	case policy.Family:
		return demo.Credential{Authorization: "Invitation " + who.Code}
	}
	token, err := policy.IssueDevelopment(w.Key, policy.Claims{Issuer: demotest.Issuer, Audience: demotest.Audience, Person: who.Person,
		Organisation: who.Organisation, Capacities: []policy.Role{who.Role}, Expires: time.Now().Add(24 * time.Hour)})
	must(t, err)
	return demo.Credential{Authorization: "Bearer " + token}
}

// asksEntities gives representations, as a gateway would. What who asks may not name is asked for without naming it.
func asksEntities(t *testing.T, w *demotest.World, region *rights.Region, c *rights.Check, who rights.Principal, of []asked) {
	t.Helper()
	selection := "__typename"
	for _, kind := range entities {
		if kind.named(who) {
			selection += fmt.Sprintf(" ... on %s { id }", kind.kind)
		}
	}
	var representations []map[string]string
	for _, a := range of {
		representations = append(representations, map[string]string{"__typename": a.kind, "id": a.opaque()})
	}
	data := ask(t, w, c, who, "query($r: [_Any!]!) { _entities(representations: $r) { "+selection+" } }", map[string]any{"r": representations})
	for i, a := range of {
		compare(region, c, who, a, data.At(fmt.Sprint("_entities.", i)))
	}
}

func asksNodes(t *testing.T, w *demotest.World, region *rights.Region, c *rights.Check, who rights.Principal, of []asked) {
	t.Helper()
	var query strings.Builder
	for i, a := range of {
		fmt.Fprintf(&query, "n%d: node(id: %q) { id } ", i, a.opaque())
	}
	data := ask(t, w, c, who, "{ "+query.String()+"}", nil)
	for i, a := range of {
		compare(region, c, who, a, data.At(fmt.Sprint("n", i)))
	}
}

func ask(t *testing.T, w *demotest.World, c *rights.Check, who rights.Principal, query string, variables map[string]any) demo.Value {
	t.Helper()
	reply, err := w.Client.Do(t.Context(), credential(t, w, who), query, variables)
	must(t, err)
	if len(reply.Errors) > 0 {
		c.Differences = append(c.Differences, fmt.Sprintf("%s: %s", who, reply.Errors[0].Message))
	}
	return reply.Data
}

func compare(region *rights.Region, c *rights.Check, who rights.Principal, a asked, given demo.Value) {
	c.Pairs++
	if should := a.seen(region, who); should != given.Is() {
		c.Differences = append(c.Differences, fmt.Sprintf("%s: %s %s: should be given: %t, is: %t", who, a.kind, a.key, should, given.Is()))
	}
}

// TestTheGateRefusesWhatNobodyOfTheRoleReads: a document that names it is refused as a whole.
func TestTheGateRefusesWhatNobodyOfTheRoleReads(t *testing.T) {
	random := prove.Random("agree gate")
	w, region := newRegion(t, 12, random)
	asked := map[policy.Role]bool{}
	var c rights.Check
	for _, who := range region.Principals {
		if asked[who.Role] || who.Role == policy.Keeper || who.Role == policy.Worker || who.Role == policy.Importer {
			continue
		}
		asked[who.Role] = true
		for _, of := range nodes {
			reply, err := w.Client.Do(t.Context(), credential(t, w, who), fmt.Sprintf("{ node(id: \"org_00000000000000000000000000000000\") { ... on %s { id } } }", of.kind), nil)
			must(t, err)
			c.Pairs++
			refused := len(reply.Errors) > 0 && reply.Errors[0].Extensions.Code == "FORBIDDEN"
			if refused == of.named(who) {
				c.Differences = append(c.Differences, fmt.Sprintf("%s names %s: refused: %t", who.Role, of.kind, refused))
			}
		}
	}
	report(t, c)
}
