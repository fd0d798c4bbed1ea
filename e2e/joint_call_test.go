package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// jointCall is a joint call for Croydon, Bexley and Bromley, at the consortium's officer.
type jointCall struct {
	*scene
	needs     map[string]string // by borough
	delegated map[string]string // what each delegates of evaluating
}

var boroughsOfCall = []string{"Croydon", "Bexley", "Bromley"}

func newJointCall(t *testing.T) *jointCall {
	c := &jointCall{
		scene: newScene(t, "MATCHING", bidsManagerOf(1), bidsManagerOf(2)), needs: map[string]string{},
		delegated: map[string]string{},
	}
	for _, borough := range boroughsOfCall {
		commissioner := staffOf(borough).commissioner
		c.mustChange(commissioner, "giveDelegation", fields{"act": "PUBLISH"}, "")
		c.delegated[borough] = c.mustChange(commissioner, "giveDelegation", fields{"act": "EVALUATE"},
			"delegation { id }").At("delegation.id").Text()
		c.needs[borough] = c.draftNeed(demo.Officer, fields{"authority": opaqueID("org", demo.OrganisationID(borough)), "homeOutcode": "BR1"})
		c.mustChange(commissioner, "recordPanelDecision", c.panelInput(c.needs[borough], true, "50.00"), "")
	}
	return c
}

func (c *jointCall) jointCallInput(boroughs ...string) fields {
	var needs []string
	for _, borough := range boroughs {
		needs = append(needs, c.needs[borough])
	}
	return fields{"needs": needs, "deadline": c.marketTime().AddDate(0, 0, 12), "uniqueReason": "Synthetic: each is alone in its borough."}
}

// offersByBorough are the offers of a provider, by borough.
func (c *jointCall) offersByBorough(who demo.Persona) map[string]string {
	c.t.Helper()
	all := map[string]string{}
	for _, edge := range c.readData(who, `{ myOffers { edges { node { id withdrawnAt need { authority { name } } } } } }`,
		nil).At("myOffers.edges").All() {
		if !edge.At("node.withdrawnAt").Exists() {
			all[edge.At("node.need.authority.name").Text()] = edge.At("node.id").Text()
		}
	}
	return all
}

// TestJointCallForSeveralBoroughs: providers answer once, and the officer opens and evaluates once. Each borough sees
// only its own need, approves its own award, and has its own place.
func TestJointCallForSeveralBoroughs(t *testing.T) {
	c := newJointCall(t)
	croydon, bexley, bromley := staffOf("Croydon"), staffOf("Bexley"), staffOf("Bromley")
	c.requireRefused("FORBIDDEN", croydon.commissioner, "publishJointly", c.jointCallInput(boroughsOfCall...))
	c.requireRefused("INVALID", demo.Officer, "publishJointly", c.jointCallInput("Croydon"))
	c.needs["Greenwich"] = c.draftNeed(staffOf("Greenwich").commissioner, nil)
	c.requireRefused("NOT_FOUND", demo.Officer, "publishJointly", c.jointCallInput("Croydon", "Greenwich")) // it delegates nothing
	if c.countRows("need WHERE published_at IS NOT NULL") != 0 || c.countRows("joint_share") != 0 {
		t.Fatal("a part of it was published")
	}
	c.mustChange(demo.Officer, "publishJointly", c.jointCallInput(boroughsOfCall...), "need { joint { reference } }")
	c.requireRefused("WRONG_STATE", demo.Officer, "publishJointly", c.jointCallInput(boroughsOfCall...))

	for who, want := range map[demo.Persona]int{
		demo.Officer: 3, bidsManagerOf(1): 3, croydon.commissioner: 1,
		bexley.evaluator: 1, bromley.approver: 1,
	} {
		need := c.needs["Croydon"]
		switch who {
		case bexley.evaluator:
			need = c.needs["Bexley"]
		case bromley.approver:
			need = c.needs["Bromley"]
		}
		if read := c.readNode(who, "Need", need,
			"joint { reference needs { id authority { name } } }"); len(read.At("joint.needs").All()) != want ||
			!read.At("joint.reference").Exists() {
			t.Errorf("%s sees of the call %v, and not %d needs", who, read, want)
		}
	}
	if c.canSee(bexley.commissioner, c.needs["Croydon"]) || c.canSee(staffOf("Kent").commissioner, c.needs["Croydon"]) {
		t.Error("a borough sees another's need")
	}

	c.submitOffer(bidsManagerOf(1), c.needs["Croydon"], 2, "4000.00")
	c.submitOffer(bidsManagerOf(2), c.needs["Bexley"], 4, "4500.00")
	first, second := c.offersByBorough(bidsManagerOf(1)), c.offersByBorough(bidsManagerOf(2))
	if len(first) != 3 || len(second) != 3 {
		t.Fatalf("an offer to each need: %v, %v", first, second)
	}
	c.mustChange(bidsManagerOf(2), "withdrawOffer", fields{"offer": second["Bromley"]}, "")
	if len(c.offersByBorough(bidsManagerOf(2))) != 0 {
		t.Error("an offer that is withdrawn is withdrawn from all")
	}
	c.requireRefused("WRONG_STATE", croydon.commissioner, "amendNeed", c.amendmentInput(c.needs["Croydon"]))
	c.passTime(pastDeadline)

	c.rankOffers(authorityStaff{opener: demo.Officer, commissioner: demo.Officer, evaluator: demo.Officer},
		c.needs["Bromley"], first["Bromley"])
	for _, borough := range boroughsOfCall {
		of := staffOf(borough)
		if got := c.readNode(of.commissioner, "Need", c.needs[borough],
			"status offers { provider { name } ranking { rank } }"); got.At("status").Text() != "RANKED" ||
			got.At("offers.0.ranking.rank").Text() != "1" {
			t.Errorf("%s reads %v", borough, got)
		}
		if n := c.countRows("event WHERE chain_id = $1 AND act IN ('joint.publish', 'offer.open', 'suitability.assess', 'score.give', "+
			"'score.lock')", of.auditor.Organisation); n != 5 {
			t.Errorf("%s's log has %d events of what was done for all", borough, n)
		}
		if borough != "Croydon" && c.canSee(croydon.commissioner, first[borough]) {
			t.Errorf("Croydon sees the offer to %s", borough)
		}
	}
	for _, of := range []authorityStaff{croydon, bexley} {
		name := map[authorityStaff]string{croydon: "Croydon", bexley: "Bexley"}[of]
		award := c.approveAward(of, first[name])
		placement := c.mustChange(bidsManagerOf(1), "acceptAward", fields{"award": award},
			"award { placement { id authority { name } } }").At("award.placement")
		if placement.At("authority.name").Text() != name || !c.canSee(of.commissioner, placement.At("id").Text()) ||
			c.canSee(bromley.commissioner, placement.At("id").Text()) {
			t.Errorf("%s's placement: %v", name, placement)
		}
	}
	c.requireRefused("NOT_FOUND", bexley.approver, "approveAward", fields{
		"award":      opaqueID("award", demo.OrganisationID("nobody")),
		"standstill": false,
	})
}

// TestBoroughTakesItsNeedOutOfAJointCall: its own people continue with its need, and the officer with the others.
func TestBoroughTakesItsNeedOutOfAJointCall(t *testing.T) {
	c := newJointCall(t)
	bexley := staffOf("Bexley")
	c.mustChange(demo.Officer, "publishJointly", c.jointCallInput(boroughsOfCall...), "")
	c.submitOffer(bidsManagerOf(1), c.needs["Croydon"], 2, "4000.00")
	offers := c.offersByBorough(bidsManagerOf(1))
	c.mustChange(bexley.commissioner, "withdrawDelegation", fields{"delegation": c.delegated["Bexley"]}, "")
	c.mustChange(staffOf("Bromley").commissioner, "withdrawNeed", fields{"need": c.needs["Bromley"], "reason": "Synthetic: the family moves."},
		"")
	c.passTime(pastDeadline)
	officer := authorityStaff{opener: demo.Officer, commissioner: demo.Officer, evaluator: demo.Officer}
	c.rankOffers(officer, c.needs["Croydon"], offers["Croydon"])
	if c.countRows("need WHERE ranked_at IS NOT NULL") != 1 || c.canSee(demo.Officer, offers["Bexley"]) {
		t.Error("the officer acted for a borough that took its delegation back, or that has withdrawn its need")
	}
	c.requireRefused("NOT_FOUND", demo.Officer, "scoreOffer", c.scoreInput(offers["Bexley"], 5))
	c.rankOffers(bexley, c.needs["Bexley"], offers["Bexley"])
	c.approveAward(bexley, offers["Bexley"])
	if c.readNode(bexley.commissioner, "Need", c.needs["Bexley"], "status").At("status").Text() != "RANKED" {
		t.Error("Bexley's people went on")
	}
}
