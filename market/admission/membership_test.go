package admission

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

// TestRestoreMembershipLeavesLapsedEvidence: a suspension by the lead authority and one for lapsed evidence are
// separate.
func TestRestoreMembershipLeavesLapsedEvidence(t *testing.T) {
	lapsed, both := market.Membership{LapsedAt: &markettest.SampleTime}, market.Membership{
		LapsedAt:    &markettest.SampleTime,
		SuspendedAt: &markettest.SampleTime,
	}
	for want, m := range map[string]market.Membership{"WRONG_STATE": lapsed, "": both} {
		if _, err := RestoreMembership(m, RestoreMembershipInput{Reason: "Synthetic."}); markettest.RefusalCode(t, err) != want {
			t.Errorf("%+v: %v, want %q", m, err, want)
		}
		if m.Status() != market.MembershipSuspended {
			t.Errorf("%+v: %s", m, m.Status())
		}
	}
}

// membershipHistory is a history of these kinds. Removals in it can be answered until the end of 30 November 2026.
func membershipHistory(t testing.TB, kinds ...MembershipStepKind) (all []MembershipStep) {
	t.Helper()
	until := markettest.LondonTime(t, "2026-11-30 23:59:59")
	for _, kind := range kinds {
		all = append(all, MembershipStep{Kind: kind, Until: &until})
	}
	return all
}

func TestSuspendAndRestoreMembership(t *testing.T) {
	now := markettest.LondonTime(t, "2026-11-16 10:00:00")
	soon := now.Add(time.Second)
	for name, c := range map[string]struct {
		m      market.Membership
		reason string
		until  *time.Time
		want   string
	}{
		"active":               {*markettest.ActiveMember, "Synthetic.", nil, ""},
		"until":                {*markettest.ActiveMember, "Synthetic.", &soon, ""},
		"until now":            {*markettest.ActiveMember, "Synthetic.", &now, "INVALID until"},
		"without reason":       {*markettest.ActiveMember, " ", nil, "INVALID reason"},
		"suspended already":    {*markettest.SuspendedMember, "Synthetic: for longer.", &soon, ""},
		"a membership that is": {*markettest.EndedMember, "Synthetic.", nil, "WRONG_STATE"},
	} {
		got, err := SuspendMembership(c.m, SuspendMembershipInput{Reason: c.reason, Until: c.until}, now)
		if markettest.RefusalCode(t, err) != c.want || err == nil && (got.Kind != StepSuspended || got.Until != c.until) {
			t.Errorf("%s: %v, %+v, want %q", name, err, got, c.want)
		}
	}
	for want, m := range map[string]market.Membership{"": *markettest.SuspendedMember, "WRONG_STATE": *markettest.ActiveMember} {
		if _, err := RestoreMembership(m, RestoreMembershipInput{Reason: "Synthetic."}); markettest.RefusalCode(t, err) != want {
			t.Errorf("restored: %v, want %q", err, want)
		}
	}
	if _, err := RestoreMembership(market.Membership{SuspendedAt: &markettest.SampleTime, EndedAt: &markettest.SampleTime},
		RestoreMembershipInput{Reason: "Synthetic."}); markettest.RefusalCode(t, err) != "WRONG_STATE" {
		t.Errorf("restored what has ended: %v", err)
	}
}

func TestDecideRemovalAfterItsAnnouncement(t *testing.T) {
	now, terms := markettest.LondonTime(t, "2026-11-16 10:00:00"), AdmissionTerms{RemovalAnswerDays: 10}
	notice, err := AnnounceRemoval(*markettest.ActiveMember, membershipHistory(t, StepAdmitted),
		AnnounceRemovalInput{Reasons: "Synthetic."}, terms, now)
	if err != nil || !notice.Until.Equal(markettest.LondonTime(t, "2026-11-30 23:59:59")) {
		t.Errorf("%v: may be answered until %v", err, notice.Until)
	}
	admitted, announced := membershipHistory(t, StepAdmitted), membershipHistory(t, StepAdmitted, StepRemovalAnnounced,
		StepRemovalAnswered)
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
		if _, err := DecideRemoval(*markettest.ActiveMember, c.history, DecideRemovalInput{Decision: c.decision, Reasons: c.reasons},
			markettest.LondonTime(t, c.now)); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := AnnounceRemoval(*markettest.ActiveMember, announced, AnnounceRemovalInput{Reasons: "Synthetic."}, terms,
		now); markettest.RefusalCode(t, err) != "ALREADY_EXISTS" {
		t.Errorf("announced twice: %v", err)
	}
	for want, history := range map[string][]MembershipStep{"": announced, "WRONG_STATE": kept} {
		if _, err := AnswerRemoval(*markettest.ActiveMember, history, AnswerRemovalInput{Answer: "Synthetic."}); markettest.RefusalCode(t,
			err) != want {
			t.Errorf("answered: %v, want %q", err, want)
		}
	}
}

func TestMembershipThatEndedTakesNoStep(t *testing.T) {
	announced := membershipHistory(t, StepRemovalAnnounced)
	for name, do := range map[string]func(market.Membership) error{
		"announced": func(m market.Membership) error {
			_, err := AnnounceRemoval(m, nil, AnnounceRemovalInput{Reasons: "Synthetic."}, AdmissionTerms{}, markettest.SampleTime)
			return err
		},
		"answered": func(m market.Membership) error {
			_, err := AnswerRemoval(m, announced, AnswerRemovalInput{Answer: "Synthetic."})
			return err
		},
		"kept": func(m market.Membership) error {
			_, err := DecideRemoval(m, announced, DecideRemovalInput{Decision: RemovalKeep, Reasons: "Synthetic."}, markettest.SampleTime)
			return err
		},
		"left": func(m market.Membership) error {
			_, err := LeaveLot(m, LeaveLotInput{Reason: "Synthetic."})
			return err
		},
	} {
		if err := do(*markettest.ActiveMember); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := do(*markettest.EndedMember); markettest.RefusalCode(t, err) != "WRONG_STATE" {
			t.Errorf("%s after the end: %v", name, err)
		}
	}
}

// A lot has at most the number of members that its market states, and no limit if the market states none.
func TestRequireRoomInLot(t *testing.T) {
	for name, c := range map[string]struct {
		stated  market.StatedRules
		members int
		want    string
	}{
		"no cap":   {nil, 1_000_000, ""},
		"one left": {market.StatedRules{{Code: market.RuleMostMembers, Value: 12, Source: "SYN-6"}}, 11, ""},
		"full":     {market.StatedRules{{Code: market.RuleMostMembers, Value: 12, Source: "SYN-6"}}, 12, "WRONG_STATE"},
		"over":     {market.StatedRules{{Code: market.RuleMostMembers, Value: 12, Source: "SYN-6"}}, 13, "WRONG_STATE"},
	} {
		if err := RequireRoomInLot(market.Market{Stated: c.stated}, c.members); markettest.RefusalCode(t, err) != c.want || err != nil &&
			!strings.Contains(err.Error(), "SYN-6") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
