package text

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold is a text as it is compared with another: small letters without accents, words one space apart, without punctuation. An
// apostrophe leaves no gap, so that "O'Connor", "OConnor" and "O’Connor" are one; any other mark does: "Mary-Jane" is two words.
//
//	Fold("  Élise  O’CONNOR ") == "elise oconnor"
func Fold(text string) string {
	var folded strings.Builder
	for _, r := range norm.NFKD.String(Clean(text)) {
		switch {
		case unicode.IsMark(r) || isApostrophe(r) || r == '\'' || r == '`' || r == '´':
		case lookalikes[r] != 0:
			folded.WriteRune(lookalikes[r])
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			folded.WriteString(foldLetter(unicode.ToLower(r)))
		default:
			folded.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(folded.String()), " ")
}

// foldLetter writes a letter that has no accent to lose as people write it without.
func foldLetter(r rune) string {
	switch r {
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ø':
		return "o"
	case 'ł':
		return "l"
	case 'đ', 'ð':
		return "d"
	case 'þ':
		return "th"
	case 'ı':
		return "i"
	}
	if look := lookalikes[r]; look != 0 {
		return string(look)
	}
	return string(r)
}

// lookalikes are letters of other alphabets that a reader takes for Latin ones.
var lookalikes = map[rune]rune{
	'а': 'a', 'е': 'e', 'о': 'o', 'р': 'p', 'с': 'c', 'у': 'y', 'х': 'x', 'і': 'i', 'ј': 'j', 'ѕ': 's', 'һ': 'h', 'ԁ': 'd', 'ӏ': 'l',
	'А': 'a', 'В': 'b', 'Е': 'e', 'К': 'k', 'М': 'm', 'Н': 'h', 'О': 'o', 'Р': 'p', 'С': 'c', 'Т': 't', 'У': 'y', 'Х': 'x', 'І': 'i',
	'Α': 'a', 'Β': 'b', 'Ε': 'e', 'Ζ': 'z', 'Η': 'h', 'Ι': 'i', 'Κ': 'k', 'Μ': 'm', 'Ν': 'n', 'Ο': 'o', 'Ρ': 'p', 'Τ': 't', 'Υ': 'y', 'Χ': 'x',
	'α': 'a', 'ο': 'o', 'ν': 'v', 'ι': 'i', 'κ': 'k', 'ρ': 'p',
}

// companyWords end or begin the name of a company or charity and do not tell one from another.
var companyWords = strings.Fields("the ltd limited plc llp lp cic cio company co inc uk")

// FoldName is the name of a company, charity or setting as it is compared: folded, without "Ltd" and its kind at the end or "the" at the
// beginning. A name of nothing else stays as it is.
func FoldName(name string) string {
	words := strings.Fields(Fold(name))
	kept := words
	for len(kept) > 1 && slices.Contains(companyWords, kept[len(kept)-1]) {
		kept = kept[:len(kept)-1]
	}
	if len(kept) > 1 && kept[0] == "the" {
		kept = kept[1:]
	}
	return strings.Join(kept, " ")
}

// NamesAny says whether one of the names of companies or settings is in a text, whatever its capitals, accents, apostrophes and spaces,
// and with or without "Ltd".
func NamesAny(text string, names []string) bool {
	words := " " + Fold(text) + " "
	return slices.ContainsFunc(names, func(name string) bool {
		name = FoldName(name)
		return name != "" && (strings.Contains(words, " "+name+" ") || strings.Contains(words, " "+name+"s "))
	})
}
