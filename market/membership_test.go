package market

import (
	"slices"
	"testing"
	"time"
)

// membershipHistory are a history of these kinds; the removals in it may be answered until the end of 30 November 2026.
func membershipHistory(t testing.TB, kinds ...MembershipStepKind) (all []MembershipStep) {
	t.Helper()
	until := londonTime(t, "2026-11-30 23:59:59")
	for _, kind := range kinds {
		all = append(all, MembershipStep{Kind: kind, Until: &until})
	}
	return all
}

func TestSuspendAndRestoreMembership(t *testing.T) {
	now := londonTime(t, "2026-11-16 10:00:00")
	soon := now.Add(time.Second)
	for name, c := range map[string]struct {
		m      Membership
		reason string
		until  *time.Time
		want   string
	}{
		"active":               {*activeMember, "Synthetic.", nil, ""},
		"until":                {*activeMember, "Synthetic.", &soon, ""},
		"until now":            {*activeMember, "Synthetic.", &now, "INVALID until"},
		"without reason":       {*activeMember, " ", nil, "INVALID reason"},
		"suspended already":    {*suspendedMember, "Synthetic: for longer.", &soon, ""},
		"a membership that is": {*endedMember, "Synthetic.", nil, "WRONG_STATE"},
	} {
		got, err := SuspendMembership(c.m, SuspendMembershipInput{Reason: c.reason, Until: c.until}, now)
		if refusalCode(t, err) != c.want || err == nil && (got.Kind != StepSuspended || got.Until != c.until) {
			t.Errorf("%s: %v, %+v, want %q", name, err, got, c.want)
		}
	}
	for want, m := range map[string]Membership{"": *suspendedMember, "WRONG_STATE": *activeMember} {
		if _, err := RestoreMembership(m, RestoreMembershipInput{Reason: "Synthetic."}); refusalCode(t, err) != want {
			t.Errorf("restored: %v, want %q", err, want)
		}
	}
	if _, err := RestoreMembership(Membership{SuspendedAt: &testTime, EndedAt: &testTime}, RestoreMembershipInput{Reason: "Synthetic."}); refusalCode(t, err) != "WRONG_STATE" {
		t.Errorf("restored what has ended: %v", err)
	}
}

func TestDecideRemovalAfterItsAnnouncement(t *testing.T) {
	now, terms := londonTime(t, "2026-11-16 10:00:00"), AdmissionTerms{RemovalAnswerDays: 10}
	notice, err := AnnounceRemoval(*activeMember, membershipHistory(t, StepAdmitted), AnnounceRemovalInput{Reasons: "Synthetic."}, terms, now)
	if err != nil || !notice.Until.Equal(londonTime(t, "2026-11-30 23:59:59")) {
		t.Errorf("%v: may be answered until %v", err, notice.Until)
	}
	admitted, announced := membershipHistory(t, StepAdmitted), membershipHistory(t, StepAdmitted, StepRemovalAnnounced, StepRemovalAnswered)
	kept := append(slices.Clone(announced), membershipHistory(t, StepKept)...)
	again := append(slices.Clone(kept), membershipHistory(t, StepRemovalAnnounced)...)
	for name, c := range map[string]struct {
		history  []MembershipStep
		decision RemovalDecision
		reasons  string
		now      string
		want     string
	}{
		"never announced":     {admitted, RemovalRemove, "Synthetic.", "2026-12-01 00:00:00", "WRONG_STATE"},
		"the last second":     {announced, RemovalRemove, "Synthetic.", "2026-11-30 23:59:59", "TOO_EARLY"},
		"afterwards":          {announced, RemovalRemove, "Synthetic.", "2026-12-01 00:00:00", ""},
		"kept at any time":    {announced, RemovalKeep, "Synthetic.", "2026-11-17 09:00:00", ""},
		"without reasons":     {announced, RemovalRemove, "", "2026-12-01 00:00:00", "INVALID reasons"},
		"kept before":         {kept, RemovalRemove, "Synthetic.", "2026-12-01 00:00:00", "WRONG_STATE"},
		"announced once more": {again, RemovalRemove, "Synthetic.", "2026-12-01 00:00:00", ""},
	} {
		if _, err := DecideRemoval(*activeMember, c.history, DecideRemovalInput{Decision: c.decision, Reasons: c.reasons}, londonTime(t, c.now)); refusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := AnnounceRemoval(*activeMember, announced, AnnounceRemovalInput{Reasons: "Synthetic."}, terms, now); refusalCode(t, err) != "ALREADY_EXISTS" {
		t.Errorf("announced twice: %v", err)
	}
	for want, history := range map[string][]MembershipStep{"": announced, "WRONG_STATE": kept} {
		if _, err := AnswerRemoval(*activeMember, history, AnswerRemovalInput{Answer: "Synthetic."}); refusalCode(t, err) != want {
			t.Errorf("answered: %v, want %q", err, want)
		}
	}
}

func TestMembershipThatEndedTakesNoStep(t *testing.T) {
	announced := membershipHistory(t, StepRemovalAnnounced)
	for name, do := range map[string]func(Membership) error{
		"announced": func(m Membership) error {
			_, err := AnnounceRemoval(m, nil, AnnounceRemovalInput{Reasons: "Synthetic."}, AdmissionTerms{}, testTime)
			return err
		},
		"answered": func(m Membership) error {
			_, err := AnswerRemoval(m, announced, AnswerRemovalInput{Answer: "Synthetic."})
			return err
		},
		"kept": func(m Membership) error {
			_, err := DecideRemoval(m, announced, DecideRemovalInput{Decision: RemovalKeep, Reasons: "Synthetic."}, testTime)
			return err
		},
		"left": func(m Membership) error {
			_, err := LeaveLot(m, LeaveLotInput{Reason: "Synthetic."})
			return err
		},
	} {
		if err := do(*activeMember); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := do(*endedMember); refusalCode(t, err) != "WRONG_STATE" {
			t.Errorf("%s after the end: %v", name, err)
		}
	}
}
