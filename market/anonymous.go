package market

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/southeasttogether/dps/market/text"
)

// identifier is a way in which free text can lead to a child, how to find it, and what to do about it. The patterns are
// RE2: their time is linear in the text.
type identifier struct {
	found   func(plain string) bool
	message string
}

const (
	// postcodeAreas are the postcode areas of the United Kingdom and the Crown dependencies (Royal Mail, Postcode Address File).
	// Without them "x2 1hr" or "KS3 2nd" would be read as postcodes.
	postcodeAreas = `(?:A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|L[ADELNSU]?|` +
		`M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE)`
	monthPattern = `(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov` +
		`(?:ember)?|dec(?:ember)?)`
	dayPattern  = `[0-3]?[0-9](?:st|nd|rd|th)?`
	yearPattern = `(?:19|20)[0-9]{2}`

	dateMessage = "Remove the date, which could be a date of birth: the age band and the start have their own fields."
	nameMessage = "Remove the name: write \"the child\" or \"the young person\"."
	// A published text is not amended for a name, because that could make offers void.
	knownNameMessage = nameMessage + " Take it out of a published need with redactNeed, which keeps all offers."
	schoolMessage    = "Remove the name of the school: write \"the present school\"."
)

// identifiers are the direct identifiers that can be found by their form. A name or a school without such a form is the
// writer's responsibility: the code looks for the words that usually come before or after one, and the schema says what
// must not be in the text.
var identifiers = []identifier{
	{
		matchPattern(`(?i)\b` + postcodeAreas + `[0-9][A-Z0-9]?[ -]?\s*[0-9][ABD-HJLNP-UW-Z]{2}\b`),
		"Remove the full postcode: the first part of the home's postcode has its own field.",
	},
	{
		matchPattern(`(?:^|[^0-9])[0-9]{3}[ .-]?[0-9]{3}[ .-]?[0-9]{4}(?:[^0-9]|$)`),
		"Remove the number with 10 digits, which could be an NHS or telephone number.",
	},
	{
		matchPattern(`(?:^|[^0-9])(?:\(?0[1-35789]|(?:\+|00)44[ ().-]{0,3})(?:[ ().-]{0,3}[0-9]){8,11}(?:[^0-9]|$)`),
		"Remove the telephone number.",
	},
	{
		matchPattern(`(?i)\b[A-HJ-NP-RT-Z][ -]?(?:[0-9][ -]?){11}[0-9A-Z]\b`),
		"Remove the unique pupil number.",
	},
	// Lower case is matched only without gaps, because "of 100000 a year" is money.
	{
		matchPattern(`\b[A-CEGHJ-PR-TW-Z]{2}[ -]?(?:[0-9]{2}[ -]?){3}[A-D]\b|(?i:\b[A-CEGHJ-PR-TW-Z]{2}[0-9]{6}[A-D]\b)`),
		"Remove the National Insurance number.",
	},
	{matchPattern(`\b[0-3]?[0-9] ?[./-] ?[01]?[0-9] ?[./-] ?(?:19|20)?[0-9]{2}\b|\b` + yearPattern + `[./-][01]?[0-9][./-][0-3]?[0-9]\b|` +
		`\b[0-3][0-9] [01][0-9] ` + yearPattern + `\b|(?:^|[^0-9])(?:[0-3][0-9][01][0-9]` + yearPattern + `|` + yearPattern +
		`[01][0-9][0-3][0-9])(?:[^0-9]|$)`), dateMessage},
	{matchPattern(`(?i)\b` + dayPattern + `\s*(?:of\s+)?` + monthPattern + `\.?,?\s*(?:` + yearPattern + `|['’][0-9]{2})\b|\b` + dayPattern +
		`[./-]` + monthPattern + `[./-](?:19|20)?[0-9]{2}\b|` +
		`\b` + monthPattern + `\.?\s+` + dayPattern + `,?\s+` + yearPattern + `\b`), dateMessage},
	{
		matchPattern(`(?i)\bd\.?o\.?b\b|\b(?:date of birth|birth ?date|birthday (?:is|on))\b|\bborn (?:on|in)\s+(?:the\s+)?(?:[0-9]|` +
			monthPattern + `\b)`),
		"Remove the date of birth: the age band has its own field.",
	},
	{
		matchPattern(`[^\s@,;:<>()]+@[^\s@,;:<>()]+\.\pL{2,}`),
		"Remove the email address.",
	},
	{matchPattern(`\b(?i:name is|full name|first name|surname|name:)[\s:"'“‘]*\p{Lu}\pL+`), nameMessage},
	{matchPattern(`\b(?i:called|named|known as)[\s:"'“‘]+\p{Lu}[\pL'’-]*\p{Ll}`), nameMessage},
	{matchPattern(`\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Lady|Rev|Revd)\b\.?[ \t]+(?:\p{Lu}\.?[ \t]*)*` +
		`(?:\p{Lu}'?\p{Lu}?[\pL'-]*\p{Ll}|\p{Lu}\b)`), nameMessage},
	{text.NamesPerson, nameMessage},
	{namesStage, schoolMessage},
	{namesSchool, schoolMessage},
}

func matchPattern(pattern string) func(string) bool { return regexp.MustCompile(pattern).MatchString }

// CheckAnonymous refuses texts that contain a direct identifier of a child. The message never repeats it.
func CheckAnonymous(texts ...InputText) error {
	var all error
	for _, t := range texts {
		all = All(all, checkAnonymousText(t))
	}
	return all
}

func checkAnonymousText(t InputText) error {
	plain := text.Clean(strings.Map(FoldRune, t.Value))
	for _, i := range identifiers {
		if i.found(plain) {
			return RefuseField(IdentifiesChild, t.Field, "%s", i.message)
		}
	}
	return nil
}

// FoldRune makes plain what word processors put in place of spaces, hyphens, letters and digits, so that they cannot
// hide a number.
func FoldRune(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case unicode.IsSpace(r):
		return ' '
	case unicode.Is(unicode.Pd, r):
		return '-'
	case unicode.Is(unicode.Cf, r): // soft hyphens and joiners, which nobody sees
		return -1
	case r >= '！' && r <= '～': // full width
		return r - '！' + '!'
	}
	return r
}

// schoolLike is a run of words with capitals that ends in the word for a school, with the letter before it: "attends
// Oakwood school".
var schoolLike = regexp.MustCompile(`(?:(\pL,?) +)?\b((?:(?:St\.|\p{Lu}[\pL\pN'’-]*)[ \t]+(?:(?:of|the|and|&)[ ` +
	`\t]+)*)+)((?i:school|academy|college|nursery))\b`)

// namesSchool finds the name of a school: a word with a capital, which is not a kind of school, before the word for it.
// If "school" is in lower case, the first word of a sentence does not count, because every sentence starts with a
// capital ("Mornings school is hard").
func namesSchool(plain string) bool {
	for _, m := range schoolLike.FindAllStringSubmatch(plain, -1) {
		inside, words, noun := m[1] != "", strings.Fields(m[2]), m[3]
		if unicode.IsLower([]rune(noun)[0]) && !inside {
			words = words[1:]
		}
		if slices.ContainsFunc(words, isSchoolName) {
			return true
		}
	}
	return false
}

// saintsSchool is a saint's, which is a school, a church or a street.
var saintsSchool = regexp.MustCompile(`\bSt\.? \p{Lu}[\pL-]*'s?\b`)

// stageLike is a run of words with capitals between a word for being there and one for a stage of school: "at Oakwood Juniors".
var stageLike = regexp.MustCompile(`\b(?i:at|attends|attended|attending|from|left|leaving|of|to)[ \t]+` +
	`((?:(?:St\.?|\p{Lu}[\pL'-]+)[ \t]+)+)(?i:primary|infants?|juniors?|secondary|high|grammar|prep|pru)\b`)

// namesStage finds the name of a school whose last word is its stage, or a saint's.
func namesStage(plain string) bool {
	if saintsSchool.MatchString(plain) {
		return true
	}
	return slices.ContainsFunc(stageLike.FindAllStringSubmatch(plain, -1), func(m []string) bool {
		return slices.ContainsFunc(strings.Fields(m[1]), isSchoolName)
	})
}

// isSchoolName says whether a word before "School" names one: not a small word, an abbreviation ("SEMH") or a kind of school.
func isSchoolName(word string) bool {
	first := []rune(word)[0]
	short := len(word) <= 4 && strings.ToUpper(word) == word
	return unicode.IsUpper(first) && !short && !kindsOfSchool[strings.ToLower(word)]
}

// kindsOfSchool are words that can have a capital before "School" without naming a school.
var kindsOfSchool = func() map[string]bool {
	words := `a an the this that these his her their its our my your each every any some no one another other both such and or in at of
		to from for with without near after before during since outside if when while where not
		special specialist independent non-maintained maintained non-association state private residential day boarding weekly
		mainstream primary infant junior first middle secondary upper lower high grammar prep preparatory through all-through
		all-age nursery pre sixth form post-16 further higher education community free foundation voluntary alternative online virtual
		hospital forest sunday saturday summer home local nearby suitable small smaller large larger new old present current
		previous former last next good whole whole-school inmss section key stage year age
		catholic christian jewish muslim hindu sikh steiner montessori church england english british welsh european international
		monday tuesday wednesday thursday friday`
	all := map[string]bool{}
	for _, w := range strings.Fields(words) {
		all[w] = true
	}
	return all
}()
