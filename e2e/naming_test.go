package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// asked is a need for a plan whose family asks for a school; section 41 approval is the school's own, behind the walls.
func (s *scene) asked(who demo.Persona, setting int, section41 bool) (need, preference string) {
	s.t.Helper()
	s.behind("UPDATE dps.setting SET section41 = $2 WHERE id = $1", demo.SettingID(setting), section41)
	need = s.draft(who, fields{"legalBasis": "EHC_PLAN"})
	s.done(who, "publishNeed", fields{"need": need, "deadline": s.now().AddDate(0, 0, 12), "uniqueReason": "Synthetic: it is as wide as it can be."}, "")
	preference = s.done(who, "enterPreference", fields{"need": need, "respondent": "PARENT", "setting": settingOf(setting), "words": "Synthetic: this school, please."},
		"preference { id }").At("preference.id").Text()
	return need, preference
}

func (s *scene) naming(preference string, named bool, ground any) fields {
	return fields{"preference": preference, "named": named, "ground": ground, "reasons": "Synthetic: all was weighed, as the notes say.", "consultedOn": s.day(0),
		"effect": "Synthetic: this is what we did with what you would like."}
}

// nameOne names a school that a family asks for.
func (w *world) nameOne(s *scene) string {
	need, preference := s.asked(staffOf("Croydon").commissioner, 5, true)
	s.done(staffOf("Croydon").commissioner, "decideNaming", s.naming(preference, true, nil), "preference { effect naming { named } }")
	return need
}

// TestTheSchoolThatAFamilyAsksForIsNamed: whether or not it offered; then no place is awarded to who did.
func TestTheSchoolThatAFamilyAsksForIsNamed(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	kent := staffOf("Kent")
	need, preference := s.asked(kent.commissioner, 5, true) // of provider 3, which is in no lot
	offer := s.bid(bidsOf(1), need, 2, "4000.00")
	s.pass(pastDeadline)
	s.ranked(kent, need, offer)
	award := func() fields { return fields{"offer": offer, "reason": "Synthetic: the best."} }
	s.refused("TOO_EARLY", kent.commissioner, "proposeAward", award()) // the wish comes first
	undeclared := s.tried(another(kent.commissioner, 3), "decideNaming", s.naming(preference, true, nil), "")
	if undeclared.code != "CONFLICT_OF_INTEREST" {
		t.Errorf("undeclared: %q", undeclared.code)
	}
	s.refused("FORBIDDEN", kent.approver, "decideNaming", s.naming(preference, true, nil))
	s.refused("NOT_FOUND", staffOf("Surrey").commissioner, "decideNaming", s.naming(preference, true, nil))
	s.refused("INVALID", kent.commissioner, "decideNaming", s.naming(preference, true, "UNSUITABLE"))
	s.refused("INVALID", kent.commissioner, "decideNaming", s.naming(preference, false, nil))
	s.done(kent.commissioner, "decideNaming", s.naming(preference, true, nil), "")
	s.refused("ALREADY_EXISTS", kent.commissioner, "decideNaming", s.naming(preference, false, "UNSUITABLE"))
	s.refused("WRONG_STATE", kent.commissioner, "proposeAward", award())
	read := s.node(kent.approver, "Need", need, "preferences { effect naming { named ground reasons setting { name } } }").At("preferences.0")
	if read.At("naming.named").Text() != "true" || read.At("naming.ground").Is() || read.At("effect").Text() == "" || read.At("naming.setting.name").Text() == "" {
		t.Errorf("the approver reads %v", read)
	}
	if s.count("naming WHERE encode(reasons, 'escape') LIKE '%weighed%'") != 0 {
		t.Error("the reasons stand in plain in the database")
	}
}

// TestOneOfThreeGroundsRefusesIt: and then the best offer is awarded.
func TestOneOfThreeGroundsRefusesIt(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	kent := staffOf("Kent")
	need, preference := s.asked(kent.commissioner, 5, true)
	offer := s.bid(bidsOf(1), need, 2, "4000.00")
	s.pass(pastDeadline)
	s.ranked(kent, need, offer)
	s.done(kent.commissioner, "decideNaming", s.naming(preference, false, "EFFICIENT_USE_OF_RESOURCES"), "")
	award := s.done(kent.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best."}, "award { id }").At("award.id").Text()
	// A request that comes between proposal and approval is decided first too.
	late := s.done(kent.commissioner, "enterPreference", fields{"need": need, "respondent": "YOUNG_PERSON", "setting": settingOf(5), "words": "Synthetic: I would like it too."},
		"preference { id }").At("preference.id").Text()
	s.refused("TOO_EARLY", kent.approver, "approveAward", fields{"award": award, "standstill": false})
	s.refused("WRONG_STATE", kent.commissioner, "decideNaming", s.naming(late, true, nil)) // an award is live
	s.done(kent.commissioner, "decideNaming", s.naming(late, false, "EFFICIENT_EDUCATION_OF_OTHERS"), "")
	s.done(kent.approver, "approveAward", fields{"award": award, "standstill": false}, "")
}

// TestAnyOtherSchoolIsRepresentations: it obliges to nothing, and stands in no award's way.
func TestAnyOtherSchoolIsRepresentations(t *testing.T) {
	s := newScene(t, "MATCHING", bidsOf(1))
	kent := staffOf("Kent")
	s.behind("UPDATE dps.setting SET establishment_type = '10' WHERE id = $1", demo.SettingID(5))
	need, preference := s.asked(kent.commissioner, 5, false)
	offer := s.bid(bidsOf(1), need, 2, "4000.00")
	s.pass(pastDeadline)
	s.ranked(kent, need, offer)
	s.refused("WRONG_STATE", kent.commissioner, "decideNaming", s.naming(preference, true, nil))
	s.done(kent.commissioner, "answerPreference", fields{"preference": preference, "effect": "Synthetic: we thought about it, and it is too far."}, "")
	s.approved(kent, offer)
}
