package canary_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/southeasttogether/dps/prove"
)

// secret is one planted thing that not everybody is allowed to know.
type secret struct {
	kind     string
	need     *need  // the authority it is about; nil for none
	provider int    // the provider it belongs to; 0 for none
	writer   string // who wrote it
}

// need is the state of a need: who is allowed to know its secrets depends on that.
type need struct {
	id        string
	authority string
	scored    bool // under the longer procedure
	offers    []string

	published, opened, locked, priced, approved, accepted, released bool
	winner                                                          int
	starts                                                          time.Time // when the place begins
}

// secrets are all that were planted, by their form. Each has a form that nothing else has: a word, an amount, a date.
type secrets struct {
	random        *rand.Rand
	plantedForms  map[string]*secret
	count         int                  // how many there are, each of them once
	formsByPrefix map[string][]string  // forms by their first four letters
	prefixBits    [1 << 16 / 64]uint64 // which beginnings there are
	cleanTexts    map[string]bool      // texts that were found to hold nothing
}

// wordMark begins each planted word. No word of the service has it.
const wordMark = "zqx"

func newSecrets() *secrets {
	return &secrets{
		random: prove.Random("canary"), plantedForms: map[string]*secret{}, formsByPrefix: map[string][]string{},
		cleanTexts: map[string]bool{},
	}
}

func (s *secrets) plantForm(form string, what secret) string {
	s.count++
	s.addForm(form, what)
	return form
}

// addForm adds a form of a secret to the search.
func (s *secrets) addForm(form string, what secret) {
	if s.plantedForms[form] == nil {
		hash := prefixHash([]byte(form))
		s.prefixBits[hash/64] |= 1 << (hash % 64)
		s.formsByPrefix[form[:4]] = append(s.formsByPrefix[form[:4]], form)
	}
	s.plantedForms[form] = &what
	clear(s.cleanTexts)
}

// plantFresh calls make until it gives something that was not planted before.
func (s *secrets) plantFresh(what secret, form func() string) string {
	for {
		if made := form(); s.plantedForms[made] == nil {
			return s.plantForm(made, what)
		}
	}
}

// plantWord is a name, or the word that makes a text known again: letters only, so that no check takes it for a number.
func (s *secrets) plantWord(what secret) string {
	return s.plantFresh(what, func() string {
		letters := []byte(wordMark)
		for range 13 {
			letters = append(letters, byte('a'+s.random.IntN(26)))
		}
		return string(letters)
	})
}

// plantText is a text with a secret in it.
func (s *secrets) plantText(what secret) string {
	return "Synthetic: " + s.plantWord(what) + " and no more."
}

// plantAmount is an amount a week that no sum in these tests comes to.
func (s *secrets) plantAmount(what secret) string {
	return s.plantFresh(what, func() string { return fmt.Sprintf("%d.%02d", 2000+s.random.IntN(17000), 11+s.random.IntN(88)) })
}

// plantBirthDate is a date of birth; no other date here is in the past.
func (s *secrets) plantBirthDate(what secret) string {
	return s.plantFresh(what, func() string {
		return time.Date(2008, 1, 1+s.random.IntN(4400), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	})
}

// plantCode and token are the service's own. A code is the same with hyphens and without.
func (s *secrets) plantCode(code string, what secret) string {
	s.addForm(strings.ToLower(strings.ReplaceAll(code, "-", "")), what)
	s.plantForm(strings.ToLower(code), what)
	return code
}

func (s *secrets) plantToken(token string, what secret) string {
	s.plantForm(strings.ToLower(token[strings.LastIndex(token, ".")+1:]), what) // its signature
	return token
}

// findSecrets finds what was planted, in any encoding, in lower or upper case.
func (s *secrets) findSecrets(text []byte) map[string]*secret {
	key := string(text)
	if s.cleanTexts[key] {
		return nil
	}
	found := map[string]*secret{}
	for _, view := range decodedViews(text) {
		s.scanView(toLowerASCII(view), found)
	}
	if len(found) == 0 && len(text) < 2000 {
		s.cleanTexts[key] = true // the same refusals come again and again
	}
	return found
}

// scanView looks for every planted form at once, by its first four letters.
func (s *secrets) scanView(view []byte, found map[string]*secret) {
	for i := 0; i+4 <= len(view); i++ {
		hash := prefixHash(view[i:])
		if s.prefixBits[hash/64]&(1<<(hash%64)) == 0 {
			continue
		}
		for _, form := range s.formsByPrefix[string(view[i:i+4])] {
			if bytes.HasPrefix(view[i:], []byte(form)) && !isInsideDigits(view, i, i+len(form)) {
				found[form] = s.plantedForms[form]
			}
		}
	}
}

// prefixHash is 16 bits of four letters.
func prefixHash(at []byte) uint32 {
	word := uint32(at[0])<<24 | uint32(at[1])<<16 | uint32(at[2])<<8 | uint32(at[3])
	return word * 2654435761 >> 16
}

// isInsideDigits says that an amount or a date is only a part of a longer number.
func isInsideDigits(view []byte, from, to int) bool {
	digit := func(i int) bool { return i >= 0 && i < len(view) && view[i] >= '0' && view[i] <= '9' }
	return digit(from) && digit(from-1) || digit(to-1) && digit(to)
}

func toLowerASCII(text []byte) []byte {
	lower := make([]byte, len(text))
	for i, c := range text {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	return lower
}

var (
	jsonEscape    = regexp.MustCompile(`\\u00([0-9a-fA-F]{2})`)
	percentEscape = regexp.MustCompile(`%([0-9a-fA-F]{2})`)
)

// decodedViews are a text as it is, and with each encoding undone: JSON's and the web's escapes, UTF-16, base64,
// hexadecimal.
func decodedViews(text []byte) [][]byte {
	all := [][]byte{text}
	if bytes.IndexByte(text, 0) >= 0 {
		all = append(all, bytes.ReplaceAll(text, []byte{0}, nil))
	}
	if bytes.Contains(text, []byte(`\u00`)) {
		all = append(all, undoEscapes(jsonEscape, text))
	}
	if bytes.IndexByte(text, '%') >= 0 {
		all = append(all, undoEscapes(percentEscape, text))
	}
	for start := range 4 {
		all = append(all, decodeRuns(text, isBase64, func(run []byte) []byte { return fromBase64(run, start) }))
	}
	for start := range 2 {
		all = append(all, decodeRuns(text, isHex, func(run []byte) []byte { return fromHex(run, start) }))
	}
	return all
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }

func isBase64(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '+' || c == '/' || c == '-' || c == '_'
}

func undoEscapes(form *regexp.Regexp, text []byte) []byte {
	return form.ReplaceAllFunc(text, func(match []byte) []byte {
		code, err := strconv.ParseUint(string(match[len(match)-2:]), 16, 8)
		if err != nil {
			return match
		}
		return []byte{byte(code)}
	})
}

// decodeRuns are the runs of an alphabet that are long enough to contain a secret, decoded, with a gap between them.
func decodeRuns(text []byte, in func(byte) bool, decode func([]byte) []byte) []byte {
	const least = 10
	var all []byte
	from := 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && in(text[i]) {
			continue
		}
		if i-from >= least {
			all = append(append(all, decode(text[from:i])...), '\n')
		}
		from = i + 1
	}
	return all
}

var plainAlphabet = strings.NewReplacer("-", "+", "_", "/")

func fromBase64(run []byte, start int) []byte {
	if start >= len(run) {
		return nil
	}
	text := plainAlphabet.Replace(string(run[start:]))
	if len(text)%4 == 1 { // a letter too many
		text = text[:len(text)-1]
	}
	raw, _ := base64.RawStdEncoding.DecodeString(text) // what can be decoded
	return bytes.ReplaceAll(raw, []byte{0}, nil)
}

func fromHex(run []byte, start int) []byte {
	run = run[start:]
	raw := make([]byte, len(run)/2)
	n, _ := hex.Decode(raw, run[:len(run)/2*2])
	return bytes.ReplaceAll(raw[:n], []byte{0}, nil)
}
