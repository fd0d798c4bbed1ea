package e2e_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// followed is a need that is brought on by nothing but what its next acts name.
type followed struct {
	*scene
	by              authorityStaff
	need            string
	bidder          demo.Persona
	offer, award    string
	placement       string
	weekly, ceiling string
}

// nextAct is the first act that is named to the commissioner and can be done now, with whose it is. Time passes until one can.
func (f *followed) nextAct() (act, capacity string) {
	f.t.Helper()
	for range 3 {
		node := f.readData(f.by.commissioner, `query($id: ID!) { node(id: $id) { ... on Need {
			stage nextActs { act capacity from } awards { id placement { id } } } } }`, map[string]any{"id": f.need}).At("node")
		f.award, f.placement = node.At("awards.0.id").Text(), node.At("awards.0.placement.id").Text()
		acts := node.At("nextActs").All()
		if len(acts) == 0 {
			f.t.Fatalf("at %s nothing is named that leads on", node.At("stage").Text())
		}
		from := acts[0].At("from").Text()
		if from == "" {
			return acts[0].At("act").Text(), acts[0].At("capacity").Text()
		}
		at, err := time.Parse(time.RFC3339Nano, from)
		must(f.t, err)
		if wait := at.Sub(f.marketTime()); wait > 0 {
			f.passTime(wait + time.Second)
			continue
		}
		return acts[0].At("act").Text(), acts[0].At("capacity").Text()
	}
	f.t.Fatal("the time to act never comes")
	return "", ""
}

// inCapacity is who does what is named for a capacity.
func (f *followed) inCapacity(capacity string) demo.Persona {
	f.t.Helper()
	people := map[string]demo.Persona{
		"commissioner": f.by.commissioner, "opening_officer": f.by.opener, "evaluator": f.by.evaluator, "approver": f.by.approver,
		"moderator": demo.Moderator, "bids_manager": f.bidder,
	}
	who, ok := people[capacity]
	if !ok {
		f.t.Fatalf("%q does something, and nobody has it", capacity)
	}
	return who
}

// do does what is named.
func (f *followed) do(act string, who demo.Persona) {
	f.t.Helper()
	need, award, placement := fields{"need": f.need}, f.award, f.placement
	switch act {
	case "DECLARE_INTEREST":
		f.mustSend(who, "declareInterest", fields{"need": f.need, "conflict": false}, "")
	case "PUBLISH_NEED":
		f.mustSend(who, "publishNeed", fields{
			"need": f.need, "deadline": f.marketTime().AddDate(0, 0, 12), "uniqueReason": "Synthetic: it is as wide as it can be.",
		}, "")
	case "SUBMIT_OFFER":
		f.offer = f.submitOffer(who, f.need, 2, f.weekly)
		f.passTime(pastDeadline)
	case "OPEN_OFFERS", "OPEN_PRICES":
		f.mustChange(who, "openOffers", need, "")
		if again := f.tryChange(anotherPerson(f.by.opener, 2), "openOffers", fields{"need": f.need}, ""); again.code != "" &&
			again.code != "WRONG_STATE" && again.code != "TOO_EARLY" {
			f.t.Fatalf("a second officer: %s", again.words)
		}
	case "ASSESS_SUITABILITY":
		f.assessAsSuitable(who, f.offer)
	case "SCORE_OFFERS":
		for _, evaluator := range []demo.Persona{who, anotherPerson(f.by.evaluator, 2)} {
			if f.tryChange(evaluator, "scoreOffer", f.scoreInput(f.offer, 5), "").code == "" {
				f.mustChange(evaluator, "lockScores", fields{"need": f.need}, "")
			}
		}
	case "AGREE_SCORES":
		in := f.scoreInput(f.offer, 5)
		in["scores"].([]fields)[0]["reason"] = "Synthetic: agreed."
		delete(in["scores"].([]fields)[0], "comment")
		in["scores"].([]fields)[0]["points"] = "5"
		f.mustChange(who, "moderateOffer", in, "")
		f.mustChange(who, "lockQuality", fields{"need": f.need}, "")
	case "PROPOSE_AWARD":
		in := fields{"offer": f.offer, "reason": "Synthetic: the best offer."}
		if f.ceiling != "" {
			in["grounds"] = fields{"overCeiling": "Synthetic: no place at a lower price keeps this child safe."}
		}
		f.mustChange(who, "proposeAward", in, "")
	case "RECORD_PANEL_DECISION":
		f.mustChange(who, "recordPanelDecision", f.panelInput(f.need, true, "50.00"), "")
	case "APPROVE_AREA":
		f.approveArea(who, award)
	case "APPROVE_AWARD":
		f.mustChange(who, "approveAward", fields{"award": award, "standstill": true}, "")
	case "RECORD_AWARD_NOTICE":
		kind := f.readNode(f.by.commissioner, "Award", award, "notices { kind publishedOn }").At("notices").All()
		for _, notice := range kind {
			if !notice.At("publishedOn").Exists() {
				f.mustChange(who, "recordAwardNotice", fields{
					"award": award, "kind": notice.At("kind").Text(), "reference": "Synthetic: 1", "publishedOn": f.dayFromNow(0),
				}, "")
			}
		}
	case "ACCEPT_AWARD":
		f.mustChange(who, "acceptAward", fields{"award": award}, "")
	case "SIGN_AGREEMENT":
		f.mustChange(who, "signAgreement", fields{"placement": placement}, "")
	case "RECORD_FIRST_DAY":
		f.mustChange(who, "startPlacement", fields{"placement": placement}, "")
	case "RECORD_END":
		f.mustChange(who, "endPlacement", fields{
			"placement": placement, "lastDay": f.dayFromNow(0), "reason": "MOVED_AWAY", "planned": true,
		}, "")
		f.passTime(48 * time.Hour)
	default:
		f.t.Fatalf("nobody knows how to %s", act)
	}
}

// TestNextActsLeadFromTheDraftToTheEnd: in each procedure, for a child in care and one with a plan, under and over the ceiling, whoever
// does what is named next, and nothing else, brings a child from the draft to the last day.
func TestNextActsLeadFromTheDraftToTheEnd(t *testing.T) {
	for _, c := range []struct {
		procedure, basis, ceiling string
	}{
		{"MATCHING", "SECTION_20", ""},
		{"MATCHING", "EHC_PLAN", ""},
		{"MATCHING", "SECTION_31", "3000.00"},
		{"SCORED", "SECTION_20", ""},
		{"SCORED", "EHC_PLAN", "3000.00"},
	} {
		t.Run(fmt.Sprint(c.procedure, " ", c.basis, " ", c.ceiling), func(t *testing.T) {
			s := newScene(t, c.procedure, bidsManagerOf(1))
			f := &followed{scene: s, by: staffOf("Kent"), bidder: bidsManagerOf(1), weekly: "4000.00", ceiling: c.ceiling}
			more := fields{"legalBasis": c.basis}
			if c.ceiling != "" {
				more["ceilingWeekly"] = c.ceiling
			}
			f.need = s.mustSend(f.by.commissioner, "createNeed", s.needInput(more), "need { id }").At("need.id").Text()
			var done []string
			for range 40 {
				if stage := s.readNode(f.by.commissioner, "Need", f.need, "stage").At("stage").Text(); stage == "ENDED" {
					return
				}
				act, capacity := f.nextAct()
				done = append(done, act)
				f.do(act, f.inCapacity(capacity))
			}
			t.Errorf("forty acts do not lead to the end: %v", done)
		})
	}
}
