package admission

import (
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/market/markettest"
)

var (
	decisionAdmitted, decisionRefused = ApplicationAdmitted, ApplicationRefused
	testAdmissionTerms                = AdmissionTerms{DecideAtMostDays: 15, AnswerDays: 5, AppealDays: 10, AppealDecideDays: 10}
)

// pendingApplication was received on a Monday, and must be decided within ten working days.
func pendingApplication(t testing.TB) Application {
	t.Helper()
	return Application{
		ID: markettest.NumberedID(1), SubmittedAt: markettest.LondonTime(t, "2026-11-16 10:00:00"),
		DecideBy: markettest.LondonTime(t, "2026-11-30 23:59:59"),
	}
}

func TestAskApplicantAndAnswer(t *testing.T) {
	now, said := markettest.LondonTime(t, "2026-11-17 10:00:00"), "Synthetic."
	asked := []ApplicationQuestion{{Round: 1}}
	answered := []ApplicationQuestion{{Round: 1, Answer: &said, AnsweredAt: &now}}
	decided := pendingApplication(t)
	decided.Decision = &decisionRefused
	for name, c := range map[string]struct {
		was      Application
		rounds   []ApplicationQuestion
		question string
		want     string
		round    int
	}{
		"first":          {pendingApplication(t), nil, "Synthetic?", "", 1},
		"second":         {pendingApplication(t), answered, "Synthetic?", "", 2},
		"one is open":    {pendingApplication(t), asked, "Synthetic?", "ALREADY_EXISTS", 0},
		"decided":        {decided, nil, "Synthetic?", "WRONG_STATE", 0},
		"nothing to ask": {pendingApplication(t), nil, "", "INVALID question", 0},
	} {
		got, err := AskApplicant(c.was, c.rounds, AskApplicantInput{Question: c.question}, testAdmissionTerms, now)
		if markettest.RefusalCode(t, err) != c.want || got.Round != c.round || err == nil && !got.AnswerBy.Equal(markettest.LondonTime(t,
			"2026-11-24 23:59:59")) {
			t.Errorf("%s: %v, %+v, want %q", name, err, got, c.want)
		}
	}
	for name, c := range map[string]struct {
		was    Application
		rounds []ApplicationQuestion
		answer string
		want   string
	}{
		"open":             {pendingApplication(t), asked, "Synthetic.", ""},
		"answered":         {pendingApplication(t), answered, "Synthetic.", "WRONG_STATE"},
		"never asked":      {pendingApplication(t), nil, "Synthetic.", "WRONG_STATE"},
		"decided":          {decided, asked, "Synthetic.", "WRONG_STATE"},
		"nothing answered": {pendingApplication(t), asked, "", "INVALID answer"},
	} {
		if _, err := AnswerApplicationQuestion(c.was, c.rounds, AnswerApplicationQuestionInput{Answer: c.answer}); markettest.RefusalCode(t,
			err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestDecideApplicationWaitsForAnAnswer: a refusal waits until the last second, an admission does not.
func TestDecideApplicationWaitsForAnAnswer(t *testing.T) {
	asked := []ApplicationQuestion{{Round: 1, AnswerBy: markettest.LondonTime(t, "2026-11-24 23:59:59")}}
	answered := []ApplicationQuestion{{
		Round: 1, AnswerBy: markettest.LondonTime(t, "2026-11-24 23:59:59"),
		AnsweredAt: &markettest.SampleTime,
	}}
	for name, c := range map[string]struct {
		rounds   []ApplicationQuestion
		decision AdmissionDecision
		now      string
		want     string
	}{
		"the last second": {asked, ApplicationRefused, "2026-11-24 23:59:59", "TOO_EARLY"},
		"afterwards":      {asked, ApplicationRefused, "2026-11-25 00:00:00", ""},
		"answered":        {answered, ApplicationRefused, "2026-11-18 09:00:00", ""},
		"admitted":        {asked, ApplicationAdmitted, "2026-11-18 09:00:00", ""},
	} {
		if err := DecideApplication(pendingApplication(t), c.rounds, DecideApplicationInput{Decision: c.decision, Reasons: "Synthetic."},
			markettest.LondonTime(t, c.now)); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestExtendApplication: fifteen working days in all, with a reason, once, and not after the first ten (PCR 2015 reg
// 34(17)).
func TestExtendApplication(t *testing.T) {
	long := strings.Repeat("Synthetic. ", 4)
	extended, decided, regimeGivesAll := pendingApplication(t), pendingApplication(t), pendingApplication(t)
	extended.ExtendedAt, decided.Decision, regimeGivesAll.DecideBy = &markettest.SampleTime, &decisionAdmitted,
		markettest.LondonTime(t, "2026-12-07 23:59:59")
	for name, c := range map[string]struct {
		was    Application
		reason string
		now    string
		want   string
	}{
		"the last second":      {pendingApplication(t), long, "2026-11-30 23:59:59", ""},
		"too late":             {pendingApplication(t), long, "2026-12-01 00:00:00", "DEADLINE_PASSED"},
		"hardly a reason":      {pendingApplication(t), "Synthetic: busy.", "2026-11-20 09:00:00", "INVALID reason"},
		"twice":                {extended, long, "2026-11-20 09:00:00", "WRONG_STATE"},
		"decided":              {decided, long, "2026-11-20 09:00:00", "WRONG_STATE"},
		"no more to be had":    {regimeGivesAll, long, "2026-11-20 09:00:00", "WRONG_STATE"},
		"a reason without end": {pendingApplication(t), strings.Repeat("x", 4001), "2026-11-20 09:00:00", "INVALID reason"},
	} {
		until, err := ExtendApplication(c.was, ExtendApplicationInput{Reason: c.reason}, testAdmissionTerms, markettest.LondonTime(t, c.now))
		if markettest.RefusalCode(t, err) != c.want || err == nil && !until.Equal(markettest.LondonTime(t, "2026-12-07 23:59:59")) {
			t.Errorf("%s: %v until %s, want %q", name, err, until, c.want)
		}
	}
	// Over the bank holidays of Christmas and New Year.
	winter := Application{
		SubmittedAt: markettest.LondonTime(t, "2026-12-17 10:00:00"),
		DecideBy:    markettest.LondonTime(t, "2027-01-05 23:59:59"),
	}
	if until, _ := ExtendApplication(winter, ExtendApplicationInput{Reason: long}, testAdmissionTerms, markettest.LondonTime(t,
		"2026-12-20 10:00:00")); !until.Equal(markettest.LondonTime(t, "2027-01-12 23:59:59")) {
		t.Errorf("over Christmas until %s", until)
	}
}

func TestAppealRefusalAndDecide(t *testing.T) {
	decidedAt, refuser := markettest.LondonTime(t, "2026-11-20 10:00:00"), "synthetic.one"
	was, admitted := pendingApplication(t), pendingApplication(t)
	was.Decision, was.DecidedAt, was.DecidedBy = &decisionRefused, &decidedAt, &refuser
	admitted.Decision, admitted.DecidedAt = &decisionAdmitted, &decidedAt
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
		"undecided":       {pendingApplication(t), nil, "Synthetic.", "2026-11-23 09:00:00", "WRONG_STATE"},
		"without grounds": {was, nil, "", "2026-11-23 09:00:00", "INVALID grounds"},
	} {
		if _, err := AppealRefusal(c.was, c.earlier, AppealRefusalInput{Grounds: c.grounds}, testAdmissionTerms, markettest.LondonTime(t,
			c.now)); markettest.RefusalCode(t, err) != c.want {
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
		if err := DecideAppeal(was, c.appeal, DecideAppealInput{Upheld: true, Reasons: c.reasons}, c.person); markettest.RefusalCode(t,
			err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if got, _ := AppealRefusal(was, nil, AppealRefusalInput{Grounds: "Synthetic."}, testAdmissionTerms,
		decidedAt.Add(time.Hour)); !got.DecideBy.Equal(markettest.LondonTime(t, "2026-12-04 23:59:59")) {
		t.Errorf("to be decided by %s", got.DecideBy)
	}
}
