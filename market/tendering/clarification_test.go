package tendering

import (
	"testing"
	"time"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/markettest"
)

func TestAskClarification(t *testing.T) {
	now := time.Date(2026, time.June, 1, 9, 0, 0, 0, time.UTC)
	in := func(d time.Duration) *time.Time { return new(now.Add(d)) }
	names := []string{"Synthetic Provider 07", "Hazel  House"}
	for name, c := range map[string]struct {
		until    *time.Time
		question string
		asked    int
		want     string
	}{
		"in time":                 {in(time.Hour), "Is there a garden?", 0, ""},
		"at the last instant":     {in(0), "Is there a garden?", 19, ""},
		"too late":                {in(-time.Nanosecond), "Is there a garden?", 0, "DEADLINE_PASSED"},
		"a need without":          {nil, "Is there a garden?", 0, "WRONG_STATE"},
		"one too many":            {in(time.Hour), "Is there a garden?", 20, "WRONG_STATE"},
		"no question":             {in(time.Hour), " ", 0, "INVALID question"},
		"names the asker":         {in(time.Hour), "We of synthetic provider 07 ask for the plan.", 0, "INVALID question"},
		"names a setting of its":  {in(time.Hour), "Could HAZEL\u00a0HOUSE be right?", 0, "INVALID question"},
		"names the child":         {in(time.Hour), "Is the child called Zara?", 0, "IDENTIFIES_CHILD question"},
		"names another provider":  {in(time.Hour), "Is Synthetic Provider 08 near?", 0, ""},
		"a name that is a prefix": {in(time.Hour), "Is a hazel there?", 0, ""},
	} {
		n := market.Need{QuestionsUntil: c.until}
		if _, err := AskClarification(n, AskClarificationInput{Question: c.question}, Asker{names, c.asked, markettest.ActiveMember},
			now); markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestAskClarificationAsMember(t *testing.T) {
	now := markettest.SampleTime
	for name, c := range map[string]struct {
		member *market.Membership
		want   string
	}{
		"active":    {markettest.ActiveMember, ""},
		"suspended": {markettest.SuspendedMember, "NOT_ADMITTED"},
		"ended":     {markettest.EndedMember, "NOT_ADMITTED"},
		"none":      {nil, "NOT_ADMITTED"},
	} {
		_, err := AskClarification(market.Need{QuestionsUntil: &now}, AskClarificationInput{Question: "Is there a garden?"},
			Asker{Membership: c.member}, now)
		if markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestAnswerClarification(t *testing.T) {
	now := time.Date(2026, time.June, 1, 9, 0, 0, 0, time.UTC)
	other, named := "Is there a garden?", "Is it Oakwood School?"
	for name, c := range map[string]struct {
		deadline time.Time
		before   *time.Time
		answer   string
		question *string
		want     string
	}{
		"answered":                 {now, nil, "Yes.", nil, ""},
		"in other words":           {now, nil, "Yes.", &other, ""},
		"after the deadline":       {now.Add(-time.Nanosecond), nil, "Yes.", nil, "DEADLINE_PASSED"},
		"twice":                    {now, &now, "Yes.", nil, "WRONG_STATE"},
		"no answer":                {now, nil, "", nil, "INVALID answer"},
		"names the child":          {now, nil, "The child is called Zara.", nil, "IDENTIFIES_CHILD answer"},
		"the question then names":  {now, nil, "Yes.", &named, "IDENTIFIES_CHILD question"},
		"the question is left out": {now, nil, "Yes.", new(" "), "INVALID question"},
	} {
		got, err := AnswerClarification(market.Clarification{Question: "As asked?", AnsweredAt: c.before}, market.Need{Deadline: &c.deadline},
			AnswerClarificationInput{Answer: c.answer, Question: c.question}, now)
		if markettest.RefusalCode(t, err) != c.want {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if c.want == "" && (*got.Answer != c.answer || got.AnsweredAt == nil || c.question != nil && got.Question != *c.question) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestQuestionsUntil(t *testing.T) {
	now := time.Date(2026, time.October, 20, 9, 0, 0, 0, time.UTC)
	in := PublishNeedInput{Deadline: now.AddDate(0, 0, 12)}
	if got, want := QuestionsUntil(in, now), market.AddDays(in.Deadline, -3); !got.Equal(want) {
		t.Errorf("questions close %v, want %v", got, want)
	}
	for name, c := range map[string]struct {
		until time.Time
		want  string
	}{
		"with the deadline":  {in.Deadline, ""},
		"after the deadline": {in.Deadline.Add(1), "INVALID questionsUntil"},
		"at once":            {now, "INVALID questionsUntil"},
		"in a moment":        {now.Add(1), ""},
	} {
		in.QuestionsUntil = &c.until
		if got := markettest.RefusalCode(t, checkQuestionsUntil(in, now)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// The end of questions by default comes after publishing, however short the call, and is checked as one that is given.
func TestQuestionsUntilOfAShortCall(t *testing.T) {
	now := time.Date(2026, time.November, 20, 9, 0, 0, 0, time.UTC) // no change of the clocks comes in between
	for name, c := range map[string]struct{ call, want time.Duration }{
		"a minute":              {time.Minute, 30 * time.Second},
		"two days":              {48 * time.Hour, 24 * time.Hour},
		"three days":            {72 * time.Hour, 36 * time.Hour},
		"just under six days":   {144*time.Hour - 2, 72*time.Hour - 1},
		"six days":              {144 * time.Hour, 72 * time.Hour},
		"seven days, the usual": {168 * time.Hour, 96 * time.Hour},
	} {
		in := PublishNeedInput{Deadline: now.Add(c.call)}
		if got := QuestionsUntil(in, now); !got.Equal(now.Add(c.want)) {
			t.Errorf("%s: questions close after %v, want %v", name, got.Sub(now), c.want)
		}
		if err := checkQuestionsUntil(in, now); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := checkQuestionsUntil(PublishNeedInput{Deadline: now}, now); markettest.RefusalCode(t, err) != "INVALID questionsUntil" {
		t.Errorf("a call that is over: %v", err)
	}
}
