package market

import (
	"strings"
	"testing"
	"time"
)

var (
	yes, no    = Admitted, Refused
	admissions = AdmissionTerms{DecideAtMostDays: 15, AnswerDays: 5, AppealDays: 10, AppealDecideDays: 10}
)

// anApplication was received on a Monday, and is to be decided in ten working days.
func anApplication(t testing.TB) Application {
	t.Helper()
	return Application{ID: numbered(1), SubmittedAt: at(t, "2026-11-16 10:00:00"), DecideBy: at(t, "2026-11-30 23:59:59")}
}

func TestClarification(t *testing.T) {
	now, said := at(t, "2026-11-17 10:00:00"), "Synthetic."
	asked := []ApplicationQuestion{{Round: 1}}
	answered := []ApplicationQuestion{{Round: 1, Answer: &said, AnsweredAt: &now}}
	decided := anApplication(t)
	decided.Decision = &no
	for name, c := range map[string]struct {
		was      Application
		rounds   []ApplicationQuestion
		question string
		want     string
		round    int
	}{
		"first":          {anApplication(t), nil, "Synthetic?", "", 1},
		"second":         {anApplication(t), answered, "Synthetic?", "", 2},
		"one is open":    {anApplication(t), asked, "Synthetic?", "ALREADY_EXISTS", 0},
		"decided":        {decided, nil, "Synthetic?", "WRONG_STATE", 0},
		"nothing to ask": {anApplication(t), nil, "", "INVALID question", 0},
	} {
		got, err := AskApplicant(c.was, c.rounds, AskApplicantInput{Question: c.question}, admissions, now)
		if refused(t, err) != c.want || got.Round != c.round || err == nil && !got.AnswerBy.Equal(at(t, "2026-11-24 23:59:59")) {
			t.Errorf("%s: %v, %+v, want %q", name, err, got, c.want)
		}
	}
	for name, c := range map[string]struct {
		was    Application
		rounds []ApplicationQuestion
		answer string
		want   string
	}{
		"open":             {anApplication(t), asked, "Synthetic.", ""},
		"answered":         {anApplication(t), answered, "Synthetic.", "WRONG_STATE"},
		"never asked":      {anApplication(t), nil, "Synthetic.", "WRONG_STATE"},
		"decided":          {decided, asked, "Synthetic.", "WRONG_STATE"},
		"nothing answered": {anApplication(t), asked, "", "INVALID answer"},
	} {
		if _, err := AnswerApplicationQuestion(c.was, c.rounds, AnswerApplicationQuestionInput{Answer: c.answer}); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestNobodyIsRefusedWhileAnAnswerIsWaitedFor: to the last second; admitted may be at any time.
func TestNobodyIsRefusedWhileAnAnswerIsWaitedFor(t *testing.T) {
	asked := []ApplicationQuestion{{Round: 1, AnswerBy: at(t, "2026-11-24 23:59:59")}}
	answered := []ApplicationQuestion{{Round: 1, AnswerBy: at(t, "2026-11-24 23:59:59"), AnsweredAt: &moment}}
	for name, c := range map[string]struct {
		rounds   []ApplicationQuestion
		decision AdmissionDecision
		now      string
		want     string
	}{
		"the last second": {asked, Refused, "2026-11-24 23:59:59", "TOO_EARLY"},
		"afterwards":      {asked, Refused, "2026-11-25 00:00:00", ""},
		"answered":        {answered, Refused, "2026-11-18 09:00:00", ""},
		"admitted":        {asked, Admitted, "2026-11-18 09:00:00", ""},
	} {
		if err := DecideApplication(anApplication(t), c.rounds, DecideApplicationInput{Decision: c.decision, Reasons: "Synthetic."}, at(t, c.now)); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestExtension: fifteen working days in all, with the reason, once, and not when the ten are over: PCR 2015 reg 34(17).
func TestExtension(t *testing.T) {
	long := strings.Repeat("Synthetic. ", 4)
	extended, decided, regimeGivesAll := anApplication(t), anApplication(t), anApplication(t)
	extended.ExtendedAt, decided.Decision, regimeGivesAll.DecideBy = &moment, &yes, at(t, "2026-12-07 23:59:59")
	for name, c := range map[string]struct {
		was    Application
		reason string
		now    string
		want   string
	}{
		"the last second":      {anApplication(t), long, "2026-11-30 23:59:59", ""},
		"too late":             {anApplication(t), long, "2026-12-01 00:00:00", "DEADLINE_PASSED"},
		"hardly a reason":      {anApplication(t), "Synthetic: busy.", "2026-11-20 09:00:00", "INVALID reason"},
		"twice":                {extended, long, "2026-11-20 09:00:00", "WRONG_STATE"},
		"decided":              {decided, long, "2026-11-20 09:00:00", "WRONG_STATE"},
		"no more to be had":    {regimeGivesAll, long, "2026-11-20 09:00:00", "WRONG_STATE"},
		"a reason without end": {anApplication(t), strings.Repeat("x", 4001), "2026-11-20 09:00:00", "INVALID reason"},
	} {
		until, err := ExtendApplication(c.was, ExtendApplicationInput{Reason: c.reason}, admissions, at(t, c.now))
		if refused(t, err) != c.want || err == nil && !until.Equal(at(t, "2026-12-07 23:59:59")) {
			t.Errorf("%s: %v until %s, want %q", name, err, until, c.want)
		}
	}
	// Over the bank holidays of Christmas and New Year.
	winter := Application{SubmittedAt: at(t, "2026-12-17 10:00:00"), DecideBy: at(t, "2027-01-05 23:59:59")}
	if until, _ := ExtendApplication(winter, ExtendApplicationInput{Reason: long}, admissions, at(t, "2026-12-20 10:00:00")); !until.Equal(at(t, "2027-01-12 23:59:59")) {
		t.Errorf("over Christmas until %s", until)
	}
}

func TestAppeal(t *testing.T) {
	decidedAt, refuser := at(t, "2026-11-20 10:00:00"), "synthetic.one"
	was, admitted := anApplication(t), anApplication(t)
	was.Decision, was.DecidedAt, was.DecidedBy = &no, &decidedAt, &refuser
	admitted.Decision, admitted.DecidedAt = &yes, &decidedAt
	for name, c := range map[string]struct {
		was     Application
		earlier *Appeal
		grounds string
		now     string
		want    string
	}{
		"the last second": {was, nil, "Synthetic.", "2026-12-04 23:59:59", ""},
		"too late":        {was, nil, "Synthetic.", "2026-12-05 00:00:00", "DEADLINE_PASSED"},
		"twice":           {was, &Appeal{}, "Synthetic.", "2026-11-23 09:00:00", "ALREADY_EXISTS"},
		"admitted":        {admitted, nil, "Synthetic.", "2026-11-23 09:00:00", "WRONG_STATE"},
		"undecided":       {anApplication(t), nil, "Synthetic.", "2026-11-23 09:00:00", "WRONG_STATE"},
		"without grounds": {was, nil, "", "2026-11-23 09:00:00", "INVALID grounds"},
	} {
		if _, err := AppealRefusal(c.was, c.earlier, AppealRefusalInput{Grounds: c.grounds}, admissions, at(t, c.now)); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	for name, c := range map[string]struct {
		appeal  *Appeal
		reasons string
		person  string
		want    string
	}{
		"another":         {&Appeal{}, "Synthetic.", "synthetic.two", ""},
		"who refused":     {&Appeal{}, "Synthetic.", refuser, "SAME_PERSON"},
		"decided":         {&Appeal{DecidedAt: &decidedAt}, "Synthetic.", "synthetic.two", "WRONG_STATE"},
		"no appeal":       {nil, "Synthetic.", "synthetic.two", "WRONG_STATE"},
		"without reasons": {&Appeal{}, " ", "synthetic.two", "INVALID reasons"},
	} {
		if err := DecideAppeal(was, c.appeal, DecideAppealInput{Upheld: true, Reasons: c.reasons}, c.person); refused(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if got, _ := AppealRefusal(was, nil, AppealRefusalInput{Grounds: "Synthetic."}, admissions, decidedAt.Add(time.Hour)); !got.DecideBy.Equal(at(t, "2026-12-04 23:59:59")) {
		t.Errorf("to be decided by %s", got.DecideBy)
	}
}
