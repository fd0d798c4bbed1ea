package tamper_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/demo"
)

// countEvents counts those of an act that a person did about an object.
func (b *brokenLog) countEvents(person, act, object string) (n int) {
	b.t.Helper()
	_, digits, _ := strings.Cut(object, "_")
	must(b.t, b.Admin.QueryRow("SELECT count(*) FROM dps.event WHERE person = $1 AND act = $2 AND object_id = $3", person, act,
		uuid.MustParse(digits)).Scan(&n))
	return n
}

// TestPrematureLookIsRecorded: everybody who reads the offers of an unopened need, in whatever way, is recorded, once a
// minute, and gets no answer if that cannot be written.
func TestPrematureLookIsRecorded(t *testing.T) {
	for name, query := range map[string]string{
		"node":     `query($id: ID!) { node(id: $id) { ... on Need { offers { id } } } }`,
		"entities": `query($id: ID!) { _entities(representations: [{__typename: "Need", id: $id}]) { ... on Need { offers { id } } } }`,
		"list":     `{ needs(first: 5) { edges { node { offers { id } } } } }`,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBrokenLog(t)
			need := b.publishWithOffer()
			ask := func(who demo.Persona) demo.Reply {
				variables := fields{}
				if strings.Contains(query, "$id") {
					variables["id"] = need
				}
				return b.Ask(t, who, query, variables)
			}
			for _, who := range earlyReaders {
				for _, way := range []string{"refused", "no grant", "not as it is"} {
					b.execScript(eventFailures[way].broken)
					if reply := ask(who); reply.Status != 500 || reply.Data.Exists() || reply.Errors[0].Extensions.Code != "INTERNAL" {
						t.Errorf("%s, %s: %d %s", who, way, reply.Status, reply.Raw)
					}
					b.execScript(eventFailures[way].mend)
				}
				if n := b.countEvents(who.Key, "offer.read", need); n != 0 {
					t.Fatalf("%s: %d events while the log cannot be written", who, n)
				}
				if reply := ask(who); len(reply.Errors) > 0 {
					t.Fatalf("%s: %s", who, reply.Raw)
				}
				if n := b.countEvents(who.Key, "offer.read", need); n != 1 {
					t.Errorf("%s: %d events of an early look", who, n)
				}
			}
		})
	}
}

// publishWithOffer is a published need of Kent's with a sealed offer.
func (b *brokenLog) publishWithOffer() string {
	b.t.Helper()
	need, _ := b.needWithOffer(b.publishLot())
	return need
}

// TestViewIdentityIsRecorded: each view of a child's identity is in the log, with the person who looked, and the
// auditor can read it.
func TestViewIdentityIsRecorded(t *testing.T) {
	b := newBrokenLog(t)
	need := b.publishWithOffer()
	b.mustChange(demo.Commissioner, "recordIdentity", fields{"need": need, "name": "Synthetic Child", "dateOfBirth": "2016-02-29"}, "")
	view := func(who demo.Persona) demo.Value {
		return b.Ask(t, who, `mutation($input: ViewIdentityInput!) { viewIdentity(input: $input) { identity { name } problems { code } } }`,
			fields{"input": fields{"need": need, "purpose": "PLACEMENT"}}).Data.At("viewIdentity")
	}
	for seen := range 3 {
		if name := view(demo.Commissioner).At("identity.name").Text(); name != "Synthetic Child" || b.countEvents("kent.commissioner",
			"identity.read", need) != seen+1 {
			t.Errorf("after view %d: %q, %d events", seen+1, name, b.countEvents("kent.commissioner", "identity.read", need))
		}
	}
	for _, who := range []demo.Persona{demo.Rival, demo.Winner, demo.Neighbour, demo.Opener1, demo.Auditor} {
		if shown := view(who); shown.At("identity").Exists() {
			t.Errorf("%s sees who the child is", who)
		}
	}
	audited := b.Ask(t, demo.Auditor, `{ events(first: 5) { edges { node { person act } } } }`, nil).Data.At("events.edges")
	for _, seen := range audited.All()[:3] {
		if seen.At("node.act").Text() != "identity.read" || seen.At("node.person").Text() != "kent.commissioner" {
			t.Errorf("the auditor reads %v", audited)
		}
	}
}
