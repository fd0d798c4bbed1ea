package tendering

import (
	"testing"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestUnlinkNeeds(t *testing.T) {
	now := markettest.SampleTime
	later, over := now.AddDate(0, 0, 3), now.AddDate(0, 0, -3)
	draft, published := market.Need{}, market.Need{PublishedAt: &over, Deadline: &later}
	closed := market.Need{PublishedAt: &over, Deadline: &over}
	why, nothing, where := "Synthetic: not of one family.", " ", "Synthetic: they live at BN11 1AA."
	for name, c := range map[string]struct {
		one, other market.Need
		reason     *string
		want       string
	}{
		"drafts":                   {draft, draft, nil, ""},
		"drafts, with a reason":    {draft, draft, &why, ""},
		"published, no reason":     {published, draft, nil, "INVALID reason"},
		"published, from the back": {draft, published, nil, "INVALID reason"},
		"published, spaces":        {published, draft, &nothing, "INVALID reason"},
		"published, says where":    {published, draft, &where, "IDENTIFIES_CHILD reason"},
		"published, with a reason": {published, published, &why, ""},
		"after the deadline":       {draft, closed, &why, "DEADLINE_PASSED sibling"},
		"the first is closed":      {closed, closed, &why, "DEADLINE_PASSED need"},
	} {
		if err := UnlinkNeeds(c.one, c.other, UnlinkNeedsInput{Reason: c.reason}, now); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestDiscardNeedAndSetCeiling(t *testing.T) {
	now := markettest.SampleTime
	for name, c := range map[string]struct {
		n                market.Need
		discard, ceiling string
	}{
		"a draft":   {market.Need{}, "", ""},
		"published": {market.Need{PublishedAt: &now, Deadline: &now}, "WRONG_STATE", ""},
		"opened":    {market.Need{PublishedAt: &now, Deadline: &now, OpenedAt: &now}, "WRONG_STATE", "WRONG_STATE"},
		"withdrawn": {market.Need{WithdrawnAt: &now}, "WRONG_STATE", "WRONG_STATE"},
	} {
		if err := DiscardNeed(c.n); markettest.RefusalCode(t, err) != c.discard {
			t.Errorf("%s: discarded with %v, want %q", name, err, c.discard)
		}
		if err := SetCeiling(c.n, SetCeilingInput{}); markettest.RefusalCode(t, err) != c.ceiling {
			t.Errorf("%s: ceiling cleared with %v, want %q", name, err, c.ceiling)
		}
	}
	nought := market.Pounds("0")
	if err := SetCeiling(market.Need{}, SetCeilingInput{Weekly: &nought}); markettest.RefusalCode(t, err) != "INVALID weekly" {
		t.Errorf("no pounds at all: %v", err)
	}
}

func TestCorrectAnswer(t *testing.T) {
	now, said := markettest.SampleTime, "Synthetic: yes."
	later, over := now.AddDate(0, 0, 3), now.AddDate(0, 0, -3)
	open, answered := market.Need{Deadline: &later}, market.Clarification{Answer: &said}
	for name, c := range map[string]struct {
		c              market.Clarification
		n              market.Need
		answer, reason string
		want           string
	}{
		"corrected":     {answered, open, "Synthetic: no.", "Synthetic: sold.", ""},
		"not answered":  {market.Clarification{}, open, "Synthetic: no.", "Synthetic: sold.", "WRONG_STATE"},
		"the same":      {answered, open, said, "Synthetic: sold.", "INVALID answer"},
		"no reason":     {answered, open, "Synthetic: no.", "", "INVALID reason"},
		"says where":    {answered, open, "Synthetic: at BN11 1AA.", "Synthetic: sold.", "IDENTIFIES_CHILD answer"},
		"too late":      {answered, market.Need{Deadline: &over}, "Synthetic: no.", "Synthetic: sold.", "DEADLINE_PASSED"},
		"need is gone":  {answered, market.Need{WithdrawnAt: &now, Deadline: &later}, "Synthetic: no.", "Synthetic: sold.", "WRONG_STATE"},
		"no need to be": {answered, market.Need{}, "Synthetic: no.", "Synthetic: sold.", "DEADLINE_PASSED"},
	} {
		if err := CorrectAnswer(c.c, c.n, CorrectAnswerInput{Answer: c.answer, Reason: c.reason}, now); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestRequireAreaApproval(t *testing.T) {
	kent, other, yes, no := "886", "850", true, false
	near, far := market.AreaNeighbouring, market.AreaDistant
	home := func(area *string, neighbouring *bool, approved *market.AreaDistance) AreaFacts {
		return AreaFacts{
			LegalBasis: "SECTION_31", LotKind: market.LotChildrensHome, SettingKind: market.SettingHome, OwnCode: &kent, AreaCode: area,
			Neighbouring: neighbouring, ApprovedDistance: approved,
		}
	}
	plan, day, residential := home(&other, &no, nil), home(&other, &no, nil), home(&other, &no, nil)
	plan.LegalBasis = market.LegalBasisEhcPlan
	day.SettingKind, day.LotKind = market.SettingSchool, market.LotInmssDay
	residential.SettingKind, residential.LotKind = market.SettingSchool, market.LotInmssResidential
	for name, c := range map[string]struct {
		f    AreaFacts
		want string
	}{
		"in its own area":                 {home(&kent, &no, nil), ""},
		"neighbouring":                    {home(&other, &yes, nil), "TOO_EARLY"},
		"neighbouring, approved":          {home(&other, &yes, &near), ""},
		"neighbouring, by the director":   {home(&other, &yes, &far), ""},
		"distant":                         {home(&other, &no, nil), "TOO_EARLY"},
		"distant, approved as near":       {home(&other, &no, &near), "TOO_EARLY"},
		"distant, by the director":        {home(&other, &no, &far), ""},
		"nobody knows where":              {home(nil, nil, nil), "TOO_EARLY"},
		"nobody knows where, approved":    {home(nil, nil, &near), ""},
		"nobody knows what adjoins":       {home(&other, nil, nil), "TOO_EARLY"},
		"named in a plan":                 {plan, ""},
		"a day school":                    {day, ""},
		"a school with residential care ": {residential, "TOO_EARLY"},
	} {
		if err := RequireAreaApproval(c.f); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	for name, c := range map[string]struct {
		f        AreaFacts
		distance market.AreaDistance
		want     string
	}{
		"near":              {home(&other, &yes, nil), near, ""},
		"near as far":       {home(&other, &yes, nil), far, "INVALID distance"},
		"far":               {home(&other, &no, nil), far, ""},
		"far as near":       {home(&other, &no, nil), near, "INVALID distance"},
		"unknown as near":   {home(nil, nil, nil), near, ""},
		"its own area":      {home(&kent, &no, nil), far, "WRONG_STATE setting"},
		"for a school":      {day, far, "WRONG_STATE setting"},
		"nothing is needed": {plan, far, "WRONG_STATE setting"},
	} {
		if err := CheckApprovedArea(c.f, ApproveOutOfAreaInput{Distance: c.distance}); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
