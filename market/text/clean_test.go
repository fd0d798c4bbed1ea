package text

import (
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, typed, want string }{
		{"as it is", "St Osyth's School", "St Osyth's School"},
		{"space at the ends", " \t a\u00a0b \n", "a b"},
		{"typographic apostrophes", "St Osyth’s, O‘Neil, ʼtis", "St Osyth's, O'Neil, 'tis"},
		{"decomposed", "E\u0301lise", "Élise"},
		{"zero width", "\u200b\u200c\u200d\ufeff\u2060", ""},
		{"soft hyphen", "Ai\u00adsha", "Aisha"},
		{"blank letters", "\u3164\u2800\u115f\u034f\uffa0", ""},
		{"tag characters", "\U000e0041\U000e0042", ""},
		{"direction marks", "\u202eabc\u202c", "abc"},
		{"control characters", "a\x00b\x07c", "abc"},
		{"line ends", "a\r\nb\rc\u2028d", "a\nb\nc\nd"},
		{"paragraphs stay", "a\n\n\tb", "a\n\n\tb"},
		{"an emoji of a family stays", "👩\u200d👧", "👩\u200d👧"},
		{"a Persian word stays", "می\u200cخواهم", "می\u200cخواهم"},
		{"a joiner between Latin letters goes", "Ai\u200dsha", "Aisha"},
		{"other writing stays", "یک متن, 文字, Ἑλλάς", "یک متن, 文字, Ἑλλάς"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Clean(c.typed); got != c.want {
				t.Errorf("Clean(%q) = %q, not %q", c.typed, got, c.want)
			}
		})
	}
}

// A clean text is clean: cleaning it again changes nothing, and what comes out is valid.
func TestCleanIsClean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.String().Draw(t, "typed") + rapid.SampledFrom([]string{"", "\u200d", "\ufe0f", "\u200b", "\u0301", "\xff"}).Draw(t, "end")
		once := Clean(typed)
		if twice := Clean(once); twice != once {
			t.Fatalf("%q becomes %q, and that %q", typed, once, twice)
		}
		if !utf8.ValidString(once) || !norm.NFC.IsNormalString(once) {
			t.Fatalf("%q becomes %q, which is not normal", typed, once)
		}
	})
}

func TestFold(t *testing.T) {
	for typed, want := range map[string]string{
		"  Élise  O’CONNOR ": "elise oconnor",
		"E\u0301lise":        "elise",
		"Mary-Jane":          "mary jane",
		"St. Osyth's":        "st osyths",
		"Ｔｏｍ":                "tom",
		"Тоm":                "tom",
		"Łukasz Bjørn":       "lukasz bjorn",
		"\u200b":             "",
	} {
		if got := Fold(typed); got != want {
			t.Errorf("Fold(%q) = %q, not %q", typed, got, want)
		}
	}
}

func TestNamesAny(t *testing.T) {
	names := []string{"St Osyth's Care Ltd", "The Synthetic Trust", "Ltd"}
	for text, want := range map[string]bool{
		"Does St Osyth’s Care Ltd qualify?":    true,
		"does ST OSYTHS CARE qualify":          true,
		"St Osyth's Care Limited asks":         true,
		"St.  Osyth's\u00a0Care's minibus":     true,
		"synthetic trust":                      true,
		"Is a synthetic trustee needed?":       false,
		"May a company that is Limited apply?": false,
		"Care at St Osyth":                     false,
	} {
		if got := NamesAny(text, names); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}
