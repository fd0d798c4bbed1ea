package e2e_test

import (
	"testing"

	"github.com/southeasttogether/dps/demo"
)

// needWithSchoolAsked is a need for a plan whose family asks for school 5. The superuser gives the school its section 41
// approval.
func (s *scene) needWithSchoolAsked(who demo.Persona, section41 bool) (need, preference string) {
	s.t.Helper()
	s.execAsAdmin("UPDATE dps.setting SET section41 = $2 WHERE id = $1", demo.SettingID(5), section41)
	need = s.draftNeed(who, fields{"legalBasis": "EHC_PLAN"})
	s.mustChange(who, "publishNeed", fields{
		"need": need, "deadline": s.marketTime().AddDate(0, 0, 12),
		"uniqueReason": "Synthetic: it is as wide as it can be.",
	}, "")
	preference = s.mustChange(who, "enterPreference", fields{
		"need": need, "respondent": "PARENT", "setting": settingOf(5),
		"words": "Synthetic: this school, please.",
	},
		"preference { id }").At("preference.id").Text()
	return need, preference
}

func (s *scene) namingInput(preference string, named bool, ground any) fields {
	return fields{
		"preference": preference, "named": named, "ground": ground, "reasons": "Synthetic: all was weighed, as the notes say.",
		"consultedOn": s.dayFromNow(0),
		"effect":      "Synthetic: this is what we did with what you would like.",
	}
}

// nameSchool names a school that a family asks for.
func (w *world) nameSchool(s *scene) string {
	need, preference := s.needWithSchoolAsked(staffOf("Croydon").commissioner, true)
	s.mustChange(staffOf("Croydon").commissioner, "decideNaming", s.namingInput(preference, true, nil),
		"preference { effect naming { named } }")
	return need
}

// TestDecideNamingNamesTheSchool: whether or not it offered. No bidder is then awarded the place.
func TestDecideNamingNamesTheSchool(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need, preference := s.needWithSchoolAsked(kent.commissioner, true) // of provider 3, which is in no lot
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, offer)
	award := func() fields { return fields{"offer": offer, "reason": "Synthetic: the best."} }
	s.requireRefused("TOO_EARLY", kent.commissioner, "proposeAward", award()) // the wish comes first
	undeclared := s.sendChange(anotherPerson(kent.commissioner, 3), "decideNaming", s.namingInput(preference, true, nil), "")
	if undeclared.code != "CONFLICT_OF_INTEREST" {
		t.Errorf("undeclared: %q", undeclared.code)
	}
	s.requireRefused("FORBIDDEN", kent.approver, "decideNaming", s.namingInput(preference, true, nil))
	s.requireRefused("NOT_FOUND", staffOf("Surrey").commissioner, "decideNaming", s.namingInput(preference, true, nil))
	s.requireRefused("INVALID", kent.commissioner, "decideNaming", s.namingInput(preference, true, "UNSUITABLE"))
	s.requireRefused("INVALID", kent.commissioner, "decideNaming", s.namingInput(preference, false, nil))
	s.mustChange(kent.commissioner, "decideNaming", s.namingInput(preference, true, nil), "")
	s.requireRefused("ALREADY_EXISTS", kent.commissioner, "decideNaming", s.namingInput(preference, false, "UNSUITABLE"))
	s.requireRefused("WRONG_STATE", kent.commissioner, "proposeAward", award())
	read := s.readNode(kent.approver, "Need", need,
		"preferences { effect naming { named ground reasons setting { name } } }").At("preferences.0")
	if read.At("naming.named").Text() != "true" || read.At("naming.ground").Exists() || read.At("effect").Text() == "" ||
		read.At("naming.setting.name").Text() == "" {
		t.Errorf("the approver reads %v", read)
	}
	if s.countRows("naming WHERE encode(reasons, 'escape') LIKE '%weighed%'") != 0 {
		t.Error("the reasons are in plain text in the database")
	}
}

// TestDecideNamingRefusesOnAGround: the best offer is then awarded.
func TestDecideNamingRefusesOnAGround(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	need, preference := s.needWithSchoolAsked(kent.commissioner, true)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, offer)
	s.mustChange(kent.commissioner, "decideNaming", s.namingInput(preference, false, "EFFICIENT_USE_OF_RESOURCES"), "")
	award := s.mustChange(kent.commissioner, "proposeAward", fields{"offer": offer, "reason": "Synthetic: the best."},
		"award { id }").At("award.id").Text()
	// A request that comes between proposal and approval must also be decided first.
	late := s.mustChange(kent.commissioner, "enterPreference", fields{
		"need": need, "respondent": "YOUNG_PERSON", "setting": settingOf(5),
		"words": "Synthetic: I would like it too.",
	},
		"preference { id }").At("preference.id").Text()
	s.requireRefused("TOO_EARLY", kent.approver, "approveAward", fields{"award": award, "standstill": false})
	s.requireRefused("WRONG_STATE", kent.commissioner, "decideNaming", s.namingInput(late, true, nil)) // an award is live
	s.mustChange(kent.commissioner, "decideNaming", s.namingInput(late, false, "EFFICIENT_EDUCATION_OF_OTHERS"), "")
	s.mustChange(kent.approver, "approveAward", fields{"award": award, "standstill": false}, "")
}

// TestDecideNamingOfAnotherKindOfSchool: the request binds nobody, and does not block an award.
func TestDecideNamingOfAnotherKindOfSchool(t *testing.T) {
	s := newScene(t, "MATCHING", bidsManagerOf(1))
	kent := staffOf("Kent")
	s.execAsAdmin("UPDATE dps.setting SET establishment_type = '10' WHERE id = $1", demo.SettingID(5))
	need, preference := s.needWithSchoolAsked(kent.commissioner, false)
	offer := s.submitOffer(bidsManagerOf(1), need, 2, "4000.00")
	s.passTime(pastDeadline)
	s.rankOffers(kent, need, offer)
	s.requireRefused("WRONG_STATE", kent.commissioner, "decideNaming", s.namingInput(preference, true, nil))
	s.mustChange(kent.commissioner, "answerPreference", fields{
		"preference": preference,
		"effect":     "Synthetic: we thought about it, and it is too far.",
	}, "")
	s.approveAward(kent, offer)
}
