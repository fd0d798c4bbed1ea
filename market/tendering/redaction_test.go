package tendering

import (
	"testing"

	"github.com/southeasttogether/dps/market/markettest"
)

// The children of these tests do not exist.

func TestRedactNeed(t *testing.T) {
	good := RedactNeedInput{Words: "Zelda", Replacement: "the child", Reason: "A name was published."}
	for name, c := range map[string]struct {
		change func(*RedactNeedInput)
		want   string
	}{
		"a name":                      {func(*RedactNeedInput) {}, ""},
		"with an apostrophe":          {func(in *RedactNeedInput) { in.Words = "O'Zorbington" }, ""},
		"no words":                    {func(in *RedactNeedInput) { in.Words = " " }, "INVALID words"},
		"one letter":                  {func(in *RedactNeedInput) { in.Words = "Z" }, "INVALID words"},
		"no letter at the end":        {func(in *RedactNeedInput) { in.Words = "Zelda (" }, "INVALID words"},
		"all of it":                   {func(in *RedactNeedInput) { in.Words = ".*" }, "INVALID words"},
		"nothing in their place":      {func(in *RedactNeedInput) { in.Replacement = "" }, "INVALID replacement"},
		"no reason":                   {func(in *RedactNeedInput) { in.Reason = "" }, "INVALID reason"},
		"the reason repeats the name": {func(in *RedactNeedInput) { in.Reason = "I wrote ZELDA." }, "IDENTIFIES_CHILD reason"},
		"the reason repeats words": {
			func(in *RedactNeedInput) { in.Words, in.Reason = "green  door", "Their Green Door." },
			"IDENTIFIES_CHILD reason",
		},
		"both repeat the name": {
			func(in *RedactNeedInput) { in.Replacement, in.Reason = "zelda", "I wrote ZELDA." },
			"IDENTIFIES_CHILD replacement",
		},
		"a name for a name": {func(in *RedactNeedInput) { in.Replacement = "Mr Smith" }, "IDENTIFIES_CHILD replacement"},
	} {
		in := good
		c.change(&in)
		if got := markettest.RefusalCode(t, RedactNeed(in)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestRedactionPattern(t *testing.T) {
	for words, want := range map[string]string{
		"Zelda":           `\mZelda\M`,
		" Zelda  Zorb ":   `\mZelda\s+Zorb\M`,
		"Zorb.ton (Zelda": `\mZorb\.ton\s+\(Zelda\M`,
		"O'Zorb":          "\\mO['\u2019\u2018\u02bc`]Zorb\\M",
	} {
		if got := RedactionPattern(words); got != want {
			t.Errorf("%q: %s, want %s", words, got, want)
		}
	}
	if got := RedactionReplacement(`a \1 b`); got != `a \\1 b` {
		t.Error(got)
	}
}
