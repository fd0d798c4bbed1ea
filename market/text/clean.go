// Package text cleans what people type, and compares it: the names of people and companies in it above all.
package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Clean is a text as the service keeps and judges it, whatever program it was typed in: in Unicode's normal form C, with plain
// spaces, line ends and apostrophes, without what nobody sees, and without space at either end. A text of nothing but invisible
// characters is empty. What a reader sees stays as it was written: é is one letter, ’ is '.
//
// Every text of a request comes through here (resolvers/scalar), before anything else reads it.
func Clean(typed string) string {
	for range mostPasses {
		clean := strings.TrimSpace(norm.NFC.String(removeUnseen(norm.NFC.String(lineEnds.Replace(typed)))))
		if clean == typed {
			break
		}
		typed = clean
	}
	return typed
}

// mostPasses bounds how often a text is cleaned: what is removed can bring marks together that are then put into another order, and what
// people type is clean after the first.
const mostPasses = 4

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n", "\v", "\n", "\f", "\n")

func removeUnseen(text string) string {
	var clean strings.Builder
	var last rune // that was kept
	for _, r := range text {
		switch {
		case r == '\n' || r == '\t':
		case unicode.IsSpace(r) || r == brailleBlank:
			r = ' '
		case isApostrophe(r):
			r = '\''
		case isJoiner(r) && !canBeJoined(last), isUnseen(r):
			continue
		}
		clean.WriteRune(r)
		last = r
	}
	return clean.String()
}

const (
	brailleBlank       = '\u2800' // a pattern of no dots
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
	emojiVariation     = '\ufe0f'
	lastLatinAccent    = '\u036f'
)

// isApostrophe says whether a character is one of those that programs put for an apostrophe.
func isApostrophe(r rune) bool {
	return strings.ContainsRune("\u2018\u2019\u201b\u02bc\u02b9\u2032\uff07\u055a\ua78c", r)
}

func isJoiner(r rune) bool {
	return r == zeroWidthNonJoiner || r == zeroWidthJoiner || r == emojiVariation
}

// canBeJoined says whether a joiner after this character changes what is seen: after a letter of a script that joins letters, or in an
// emoji. After a Latin letter, with or without an accent, a digit or a space it does nothing.
func canBeJoined(before rune) bool {
	return before == emojiVariation ||
		before > lastLatinAccent && (unicode.IsLetter(before) || unicode.IsMark(before) || unicode.IsSymbol(before))
}

// isUnseen says whether nobody sees a character: control and format characters, and those that Unicode lists as ignorable or as
// fillers of a letter's place.
func isUnseen(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && !isJoiner(r) || unicode.Is(unseenCharacters, r) ||
		r == unicode.ReplacementChar ||
		unicode.Is(unicode.Cs, r) || unicode.Is(unicode.Noncharacter_Code_Point, r)
}

// unseenCharacters are of DerivedCoreProperties.txt, Default_Ignorable_Code_Point, those that are not Cf: the combining grapheme joiner,
// Hangul's fillers, vowels of Khmer that are not written, variation selectors, and what is reserved for more of the kind.
var unseenCharacters = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x034f, Hi: 0x034f, Stride: 1},
		{Lo: 0x115f, Hi: 0x1160, Stride: 1},
		{Lo: 0x17b4, Hi: 0x17b5, Stride: 1},
		{Lo: 0x180b, Hi: 0x180f, Stride: 1},
		{Lo: 0x2065, Hi: 0x2065, Stride: 1},
		{Lo: 0x3164, Hi: 0x3164, Stride: 1},
		{Lo: 0xfe00, Hi: 0xfe0e, Stride: 1},
		{Lo: 0xffa0, Hi: 0xffa0, Stride: 1},
		{Lo: 0xfff0, Hi: 0xfff8, Stride: 1},
	},
	R32: []unicode.Range32{{Lo: 0xe0000, Hi: 0xe0fff, Stride: 1}},
}
