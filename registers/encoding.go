package registers

import (
	"strings"
	"unicode/utf8"
)

// windows1252 are the characters of the bytes 0x80 to 0x9F, where Windows-1252 differs from Latin-1; 0 where it has none.
// Source: the index of windows-1252 in the WHATWG Encoding Standard, without its five control characters.
var windows1252 = [32]rune{
	'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
	0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ',
}

// decodeText reads a value that is UTF-8, or else Windows-1252: an extract comes as either, and nothing in it says which. Commas
// and quotes are the same bytes in both. A byte that neither has becomes the replacement character.
func decodeText(value string) string {
	if utf8.ValidString(value) {
		return value
	}
	var b strings.Builder
	for i := range len(value) {
		switch c := value[i]; {
		case c < 0x80 || c > 0x9F:
			b.WriteRune(rune(c))
		case windows1252[c-0x80] == 0:
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(windows1252[c-0x80])
		}
	}
	return b.String()
}

// isReadable says whether a text holds nothing but characters that people write: PostgreSQL takes no zero byte, and a
// control character in a name is damage.
func isReadable(text string) bool {
	for _, r := range text {
		if r < ' ' || r >= 0x7F && r < 0xA0 || r == utf8.RuneError {
			return false
		}
	}
	return true
}
