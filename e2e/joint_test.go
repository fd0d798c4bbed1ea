package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// call is a joint call for Croydon, Bexley and Bromley, at the consortium's officer.
type call struct {
	*scene
	needs map[string]string // by borough
	given map[string]string // what each delegates of evaluating
}

var boroughsOfCall = []string{"Croydon", "Bexley", "Bromley"}

func newCall(t *testing.T) *call {
	c := &call{scene: newScene(t, "MATCHING", bidsOf(1), bidsOf(2)), needs: map[string]string{}, given: map[string]string{}}
	for _, borough := range boroughsOfCall {
		commissioner := staffOf(borough).commissioner
		c.done(commissioner, "giveDelegation", fields{"act": "PUBLISH"}, "")
		c.given[borough] = c.done(commissioner, "giveDelegation", fields{"act": "EVALUATE"}, "delegation { id }").At("delegation.id").Text()
		c.needs[borough] = c.draft(demo.Officer, fields{"authority": opaque("org", demo.OrganisationID(borough)), "homeOutcode": "BR1"})
		c.done(commissioner, "recordPanelDecision", c.deciding(c.needs[borough], true, "50.00"), "")
	}
	return c
}

func (c *call) publishing(boroughs ...string) fields {
	var needs []string
	for _, borough := range boroughs {
		needs = append(needs, c.needs[borough])
	}
	return fields{"needs": needs, "deadline": c.now().AddDate(0, 0, 12), "uniqueReason": "Synthetic: each is alone in its borough."}
}

// copies are the offers of a provider, by borough.
func (c *call) copies(who demo.Persona) map[string]string {
	c.t.Helper()
	all := map[string]string{}
	for _, edge := range c.see(who, `{ myOffers { edges { node { id withdrawnAt need { authority { name } } } } } }`, nil).At("myOffers.edges").All() {
		if !edge.At("node.withdrawnAt").Is() {
			all[edge.At("node.need.authority.name").Text()] = edge.At("node.id").Text()
		}
	}
	return all
}

// TestOneCallForSeveralBoroughs: providers answer once, the officer opens and evaluates once; each borough sees its own alone,
// approves its own, and has its own place.
func TestOneCallForSeveralBoroughs(t *testing.T) {
	c := newCall(t)
	croydon, bexley, bromley := staffOf("Croydon"), staffOf("Bexley"), staffOf("Bromley")
	c.refused("FORBIDDEN", croydon.commissioner, "publishJointly", c.publishing(boroughsOfCall...))
	c.refused("INVALID", demo.Officer, "publishJointly", c.publishing("Croydon"))
	c.needs["Greenwich"] = c.draft(staffOf("Greenwich").commissioner, nil)
	c.refused("NOT_FOUND", demo.Officer, "publishJointly", c.publishing("Croydon", "Greenwich")) // it delegates nothing
	if c.count("need WHERE published_at IS NOT NULL") != 0 || c.count("joint_share") != 0 {
		t.Fatal("a part of it was published")
	}
	c.done(demo.Officer, "publishJointly", c.publishing(boroughsOfCall...), "need { joint { reference } }")
	c.refused("WRONG_STATE", demo.Officer, "publishJointly", c.publishing(boroughsOfCall...))

	for who, want := range map[demo.Persona]int{demo.Officer: 3, bidsOf(1): 3, croydon.commissioner: 1, bexley.evaluator: 1, bromley.approver: 1} {
		need := c.needs["Croydon"]
		switch who {
		case bexley.evaluator:
			need = c.needs["Bexley"]
		case bromley.approver:
			need = c.needs["Bromley"]
		}
		if read := c.node(who, "Need", need, "joint { reference needs { id authority { name } } }"); len(read.At("joint.needs").All()) != want || !read.At("joint.reference").Is() {
			t.Errorf("%s sees of the call %v, and not %d needs", who, read, want)
		}
	}
	if c.sees(bexley.commissioner, c.needs["Croydon"]) || c.sees(staffOf("Kent").commissioner, c.needs["Croydon"]) {
		t.Error("a borough sees another's need")
	}

	c.bid(bidsOf(1), c.needs["Croydon"], 2, "4000.00")
	c.bid(bidsOf(2), c.needs["Bexley"], 4, "4500.00")
	first, second := c.copies(bidsOf(1)), c.copies(bidsOf(2))
	if len(first) != 3 || len(second) != 3 {
		t.Fatalf("an offer to each need: %v, %v", first, second)
	}
	c.done(bidsOf(2), "withdrawOffer", fields{"offer": second["Bromley"]}, "")
	if len(c.copies(bidsOf(2))) != 0 {
		t.Error("an offer that is withdrawn is withdrawn from all")
	}
	c.refused("WRONG_STATE", croydon.commissioner, "amendNeed", c.amending(c.needs["Croydon"]))
	c.pass(pastDeadline)

	c.ranked(staff{opener: demo.Officer, commissioner: demo.Officer, evaluator: demo.Officer}, c.needs["Bromley"], first["Bromley"])
	for _, borough := range boroughsOfCall {
		of := staffOf(borough)
		if got := c.node(of.commissioner, "Need", c.needs[borough], "status offers { provider { name } ranking { rank } }"); got.At("status").Text() != "RANKED" || got.At("offers.0.ranking.rank").Text() != "1" {
			t.Errorf("%s reads %v", borough, got)
		}
		if n := c.count("event WHERE chain_id = $1 AND act IN ('joint.publish', 'offer.open', 'suitability.assess', 'score.give', 'score.lock')", of.auditor.Organisation); n != 5 {
			t.Errorf("%s's log has %d events of what was done for all", borough, n)
		}
		if borough != "Croydon" && c.sees(croydon.commissioner, first[borough]) {
			t.Errorf("Croydon sees the offer to %s", borough)
		}
	}
	for _, of := range []staff{croydon, bexley} {
		name := map[staff]string{croydon: "Croydon", bexley: "Bexley"}[of]
		award := c.approved(of, first[name])
		placement := c.done(bidsOf(1), "acceptAward", fields{"award": award}, "award { placement { id authority { name } } }").At("award.placement")
		if placement.At("authority.name").Text() != name || !c.sees(of.commissioner, placement.At("id").Text()) || c.sees(bromley.commissioner, placement.At("id").Text()) {
			t.Errorf("%s's placement: %v", name, placement)
		}
	}
	c.refused("NOT_FOUND", bexley.approver, "approveAward", fields{"award": opaque("award", demo.OrganisationID("nobody")), "standstill": false})
}

// TestABoroughTakesItsPartOfACallBack: its own people go on with its need, and the officer with the others.
func TestABoroughTakesItsPartOfACallBack(t *testing.T) {
	c := newCall(t)
	bexley := staffOf("Bexley")
	c.done(demo.Officer, "publishJointly", c.publishing(boroughsOfCall...), "")
	c.bid(bidsOf(1), c.needs["Croydon"], 2, "4000.00")
	offers := c.copies(bidsOf(1))
	c.done(bexley.commissioner, "withdrawDelegation", fields{"delegation": c.given["Bexley"]}, "")
	c.done(staffOf("Bromley").commissioner, "withdrawNeed", fields{"need": c.needs["Bromley"], "reason": "Synthetic: the family moves."}, "")
	c.pass(pastDeadline)
	officer := staff{opener: demo.Officer, commissioner: demo.Officer, evaluator: demo.Officer}
	c.ranked(officer, c.needs["Croydon"], offers["Croydon"])
	if c.count("need WHERE ranked_at IS NOT NULL") != 1 || c.sees(demo.Officer, offers["Bexley"]) {
		t.Error("the officer acted for a borough that took its delegation back, or that has withdrawn its need")
	}
	c.refused("NOT_FOUND", demo.Officer, "scoreOffer", c.scoring(offers["Bexley"], 5))
	c.ranked(bexley, c.needs["Bexley"], offers["Bexley"])
	c.approved(bexley, offers["Bexley"])
	if c.node(bexley.commissioner, "Need", c.needs["Bexley"], "status").At("status").Text() != "RANKED" {
		t.Error("Bexley's people went on")
	}
}
