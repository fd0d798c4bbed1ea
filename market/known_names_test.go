package market

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// The children of these tests do not exist.

func TestKnownNamesStandIns(t *testing.T) {
	for name, c := range map[string]struct {
		known KnownNames
		text  string
		want  bool
	}{
		"nobody's name":             {KnownNames{"Synthetic Child"}, "Synthetic: the Child likes to build.", false},
		"a baby without a name yet": {KnownNames{"Baby Zorbington"}, "Baby clothes will be needed.", false},
		"the baby's family":         {KnownNames{"Baby Zorbington"}, "The Zorbington family is close.", true},
		"a child under a letter":    {KnownNames{"Child A"}, "A child in a calm class.", false},
		"with a title":              {KnownNames{"Mrs Zorbington"}, "Mrs is written before many names.", false},
		"no name":                   {KnownNames{""}, "Anything.", false},
	} {
		if got := c.known.AreIn(c.text); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

type someKind string

type deepInput struct {
	IdempotencyKey string
	Need           ID
	Kind           someKind
	Until          *time.Time
	On             Date
	Price          Decimal
	Words          string
	Reason         *string
	Checks         []struct{ Reason string }
	Papers         []string
}

func TestTextsOfInput(t *testing.T) {
	reason, now := "b", time.Now()
	in := deepInput{
		IdempotencyKey: "a key of some length", Kind: "KIND", Until: &now, Words: "a", Reason: &reason,
		Checks: []struct{ Reason string }{{"c"}, {"d"}}, Papers: []string{"e"},
	}
	want := "[{words a 0} {reason b 0} {checks.reason c 0} {checks.reason d 0} {papers e 0}]"
	if got := fmt.Sprint(TextsOfInput(in)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := fmt.Sprint(TextsOfInput(&in, "words", "papers")); got != "[{reason b 0} {checks.reason c 0} {checks.reason d 0}]" {
		t.Errorf("without two fields: %s", got)
	}
	if got := TextsOfInput(nil); got != nil {
		t.Errorf("of nothing: %v", got)
	}
}

func TestKnownNamesAreNeverRepeated(t *testing.T) {
	k := KnownNames{"Zelda Zorbington"}
	var refusal *Refusal
	if err := CheckNameless(k, InputText{Field: "reason", Value: "He is calm."}, InputText{
		Field: "words",
		Value: "ZELDA is calm.",
	}); !errors.As(err, &refusal) ||
		refusal.Code != IdentifiesChild || *refusal.Field != "words" || k.AreIn(refusal.Message) {
		t.Errorf("refused with %v", err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if got := fmt.Sprintf(verb, struct{ Known KnownNames }{k}); k.AreIn(got) {
			t.Errorf("%s shows the name", verb)
		}
	}
}
