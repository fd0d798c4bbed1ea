package market

import (
	"slices"
	"testing"
	"time"
)

// steps are a history of these kinds; the removals in it may be answered until the end of 30 November 2026.
func steps(t testing.TB, kinds ...MembershipStepKind) (all []MembershipStep) {
	t.Helper()
	until := at(t, "2026-11-30 23:59:59")
	for _, kind := range kinds {
		all = append(all, MembershipStep{Kind: kind, Until: &until})
	}
	return all
}

func TestSuspendAndRestore(t *testing.T) {
	now := at(t, "2026-11-16 10:00:00")
	soon := now.Add(time.Second)
	for name, c := range map[string]struct {
		m      Membership
		reason string
		until  *time.Time
		want   string
	}{
		"active":               {*active, "Synthetic.", nil, ""},
		"until":                {*active, "Synthetic.", &soon, ""},
		"until now":            {*active, "Synthetic.", &now, "INVALID until"},
		"without reason":       {*active, " ", nil, "INVALID reason"},
		"suspended already":    {*suspended, "Synthetic: for longer.", &soon, ""},
		"a membership that is": {*ended, "Synthetic.", nil, "WRONG_STATE"},
	} {
		got, err := SuspendMembership(c.m, SuspendMembershipInput{Reason: c.reason, Until: c.until}, now)
		if refused(t, err) != c.want || err == nil && (got.Kind != StepSuspended || got.Until != c.until) {
			t.Errorf("%s: %v, %+v, want %q", name, err, got, c.want)
		}
	}
	for want, m := range map[string]Membership{"": *suspended, "WRONG_STATE": *active} {
		if _, err := RestoreMembership(m, RestoreMembershipInput{Reason: "Synthetic."}); refused(t, err) != want {
			t.Errorf("restored: %v, want %q", err, want)
		}
	}
	if _, err := RestoreMembership(Membership{SuspendedAt: &moment, EndedAt: &moment}, RestoreMembershipInput{Reason: "Synthetic."}); refused(t, err) != "WRONG_STATE" {
		t.Errorf("restored what has ended: %v", err)
	}
}

func TestRemovalIsAnnouncedFirst(t *testing.T) {
	now, terms := at(t, "2026-11-16 10:00:00"), AdmissionTerms{RemovalAnswerDays: 10}
	notice, err := AnnounceRemoval(*active, steps(t, StepAdmitted), AnnounceRemovalInput{Reasons: "Synthetic."}, terms, now)
	if err != nil || !notice.Until.Equal(at(t, "2026-11-30 23:59:59")) {
		t.Errorf("%v: may be answered until %v", err, notice.Until)
	}
	admitted, announced := steps(t, StepAdmitted), steps(t, StepAdmitted, StepRemovalAnnounced, StepRemovalAnswered)
	kept := append(slices.Clone(announced), steps(t, StepKept)...)
	again := append(slices.Clone(kept), steps(t, StepRemovalAnnounced)...)
	for name, c := range map[string]struct {
		history  []MembershipStep
		decision RemovalDecision
		reasons  string
		now      string
		want     string
	}{
		"never announced":     {admitted, Remove, "Synthetic.", "2026-12-01 00:00:00", "WRONG_STATE"},
		"the last second":     {announced, Remove, "Synthetic.", "2026-11-30 23:59:59", "TOO_EARLY"},
		"afterwards":          {announced, Remove, "Synthetic.", "2026-12-01 00:00:00", ""},
		"kept at any time":    {announced, Keep, "Synthetic.", "2026-11-17 09:00:00", ""},
		"without reasons":     {announced, Remove, "", "2026-12-01 00:00:00", "INVALID reasons"},
		"kept before":         {kept, Remove, "Synthetic.", "2026-12-01 00:00:00", "WRONG_STATE"},
		"announced once more": {again, Remove, "Synthetic.", "2026-12-01 00:00:00", ""},
	} {
		if _, err := DecideRemoval(*active, c.history, DecideRemovalInput{Decision: c.decision, Reasons: c.reasons}, at(t, c.now)); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := AnnounceRemoval(*active, announced, AnnounceRemovalInput{Reasons: "Synthetic."}, terms, now); refused(t, err) != "ALREADY_EXISTS" {
		t.Errorf("announced twice: %v", err)
	}
	for want, history := range map[string][]MembershipStep{"": announced, "WRONG_STATE": kept} {
		if _, err := AnswerRemoval(*active, history, AnswerRemovalInput{Answer: "Synthetic."}); refused(t, err) != want {
			t.Errorf("answered: %v, want %q", err, want)
		}
	}
}

func TestWhatHasEndedTakesNoStep(t *testing.T) {
	announced := steps(t, StepRemovalAnnounced)
	for name, do := range map[string]func(Membership) error{
		"announced": func(m Membership) error {
			_, err := AnnounceRemoval(m, nil, AnnounceRemovalInput{Reasons: "Synthetic."}, AdmissionTerms{}, moment)
			return err
		},
		"answered": func(m Membership) error {
			_, err := AnswerRemoval(m, announced, AnswerRemovalInput{Answer: "Synthetic."})
			return err
		},
		"kept": func(m Membership) error {
			_, err := DecideRemoval(m, announced, DecideRemovalInput{Decision: Keep, Reasons: "Synthetic."}, moment)
			return err
		},
		"left": func(m Membership) error {
			_, err := LeaveLot(m, LeaveLotInput{Reason: "Synthetic."})
			return err
		},
	} {
		if err := do(*active); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := do(*ended); refused(t, err) != "WRONG_STATE" {
			t.Errorf("%s after the end: %v", name, err)
		}
	}
}
