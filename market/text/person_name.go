package text

import (
	_ "embed"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// KnownNames are the names that the service holds about a child: its own, and those that its authority wishes to keep out of what others
// read. They are personal data: they are compared, and never shown, logged or repeated.
type KnownNames []string

// Format writes nothing of the names, so that no message or log can.
func (k KnownNames) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "text.KnownNames") }

// minNamePart is how many letters a part of a known name must have to be looked for in any case. "Jo" counts only as it is written, and
// "An" not at all.
const minNamePart = 3

// AreIn says whether a text has a known name, or a part of one as a whole word, in whatever spelling: without accents, in capitals, with
// any apostrophe, with gaps between the letters. A part that is an ordinary word as well ("Will", "Summer") counts only with a capital,
// and not
// where the words around it say that it is not a name: "Summer term", "in May", "Will the child be collected?".
func (k KnownNames) AreIn(text string) bool {
	words := splitWords(text)
	joined := strings.ReplaceAll(Fold(text), " ", "")
	return slices.ContainsFunc(k, func(name string) bool {
		parts := namingParts(name)
		whole := strings.Join(parts, "")
		return len(parts) > 1 && len(whole) >= 8 && strings.Contains(joined, whole) ||
			slices.ContainsFunc(words, func(w textWord) bool { return w.isPartOf(parts) && !w.isOrdinaryHere() })
	})
}

// namingParts are the parts of a known name that name somebody.
func namingParts(name string) []string {
	return slices.DeleteFunc(strings.Fields(Fold(name)), func(part string) bool { return standIns[part] })
}

// standIns are what is recorded where a name is not known yet, or where there is no child at all: "Baby Smith", "Synthetic Child".
// What kind of school it is names none: "Primary" is in every second text.
var standIns = wordSet("baby boy girl child infant unborn unknown unnamed synthetic test example mr mrs ms miss mx dr master " +
	"school academy college primary secondary infants junior juniors nursery preschool high sixth form community centre federation trust " +
	"ce rc st saint saints")

// textWord is a word of a text: as it is compared, and whether it was written with a capital.
type textWord struct {
	folded  string
	capital bool
	follows string // what is between it and the word before
	leads   string // what is between it and the word after
	plain   string // as it was written
	whole   string // folded, with an ending that may be a possessive
	before  string // the word before it, folded
	after   string // the word after it, as it was written
}

func (w textWord) isPartOf(parts []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool {
		switch letters := len([]rune(part)); {
		case letters < minNamePart:
			return letters == minNamePart-1 && w.folded == part && w.capital && !shortWords[part]
		case w.folded != part && w.folded != part+"s" && w.whole != part:
			return false
		}
		return w.capital || !wordNames[part] && !ordinaryWords[part]
	})
}

// shortWords have two letters, and stand with a capital for other reasons than that they name somebody.
var shortWords = wordSet("am an as at be by do ed en go he hi id if in is it la le me my no of oh ok on or so st ta to up us we")

// isOrdinaryHere says whether a word that can be a name is an ordinary one, by the words around it. Where that is not sure, it is a name: a
// sentence can be written in other words, and a name that was published cannot be taken back.
func (w textWord) isOrdinaryHere() bool {
	switch {
	case !w.capital || strings.HasSuffix(w.whole, "s") && !strings.HasSuffix(w.folded, "s"): // "Summer's": somebody's
		return false
	case w.folded == "will":
		return w.beginsSentence() && w.after != "" && !namedVerb.MatchString(w.after)
	case timeWords[w.folded]:
		return timePrepositions[w.before] && strings.Trim(w.follows, " ") == "" || digitPattern.MatchString(strings.Trim(w.follows, " ")) ||
			digitPattern.MatchString(strings.Trim(w.leads, " ")) || afterTimes[strings.ToLower(w.after)] && strings.Trim(w.leads, " ") == ""
	}
	return false
}

func (w textWord) beginsSentence() bool {
	return w.before == "" || strings.ContainsAny(w.follows, ".!?:;\n")
}

// timeWords are months and seasons that are names too. timePrepositions come before a time and hardly ever before a person.
var (
	timeWords        = wordSet("april may june july august summer autumn winter spring")
	timePrepositions = wordSet("in since until till during early late mid last next this every")
	afterTimes       = wordSet("term terms half holiday holidays break school camp club clubs bank")
	digitPattern     = regexp.MustCompile(`^[,.(]*\d|\d(?:st|nd|rd|th)?[,.)]*$`)
	// namedVerb is what follows a person called Will, and not the verb: "Will likes", "Will has", "Will and".
	namedVerb = regexp.MustCompile(`(?:s|[^e]ed)$|^[A-Z]|^(?:and|or|who|with|also|can|could|should|would|must|may|did|had|said|went|felt|` +
		`came|got)$`)
)

// ordinaryWords are parts of names that a text has for other reasons.
var ordinaryWords = wordSet("van der von bin binti the and king young long short brown green black white gray small little wood field " +
	"hill lake " +
	"day night cook baker butler potter price rice bell ball banks bird fox wolf love moon park pool reed rose street waters west north " +
	"south east best " +
	"sharp swift strong good new old hall home house church school care carer play child son low high hand head rush speed")

// wordPattern is a run of letters, with apostrophes and hyphens inside.
var wordPattern = regexp.MustCompile(`\pL[\pL\pM]*(?:'[\pL\pM]+)*`)

func splitWords(text string) []textWord {
	clean := Clean(text)
	var all []textWord
	end, before := 0, ""
	for _, at := range wordPattern.FindAllStringIndex(clean, -1) {
		plain, between := clean[at[0]:at[1]], clean[end:at[0]]
		end = at[1]
		all = append(all, textWord{
			folded: Fold(strings.TrimSuffix(strings.TrimSuffix(plain, "'s"), "'S")), capital: unicode.IsUpper([]rune(plain)[0]), plain: plain,
			follows: between, whole: Fold(plain), before: before,
		})
		before = all[len(all)-1].folded
	}
	for i := range all {
		if i+1 < len(all) {
			all[i].leads, all[i].after = all[i+1].follows, all[i+1].plain
		} else {
			all[i].leads = clean[end:]
		}
	}
	return all
}

//go:embed first_names.txt
var firstNamesText string

//go:embed word_names.txt
var wordNamesText string

// firstNames are first names that are common in England and are hardly ever anything else; wordNames are those that are words, places or
// months as well.
var firstNames, wordNames = wordSet(firstNamesText), wordSet(wordNamesText)

func wordSet(words string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(words) {
		all[w] = true
	}
	return all
}

// NamesPerson says whether a text has what is most likely a person's name: a common first name with a capital, one that is a word as well
// with a surname after it, or a word with a capital after a word for a relation: "Mum (Sarah)".
func NamesPerson(text string) bool {
	words := splitWords(text)
	for i, w := range words {
		switch {
		case !w.capital || isFamousName(words, i):
		case firstNames[w.folded] && !wordNames[w.folded]:
			return true
		case wordNames[w.folded] && i+1 < len(words) && words[i+1].isSurnameAfter():
			return true
		case i > 0 && relations[words[i-1].folded] && w.namesRelation():
			return true
		}
	}
	return false
}

// isSurnameAfter says whether a word can be the surname to the first name before it.
func (w textWord) isSurnameAfter() bool {
	return strings.Trim(w.follows, " ") == "" && w.capital && len(w.plain) > 2 && strings.ToUpper(w.plain) != w.plain && !notSurnames[w.folded]
}

// notSurnames follow a word that could be a name, with a capital, without being one: "May Half Term", "Spring Term", "Will Academy".
var notSurnames = wordSet("half term week road street lane avenue close school academy college primary centre house home council county " +
	"court " +
	"hospital trust service team plan review monday tuesday wednesday thursday friday saturday sunday january february march april may june " +
	"july " +
	"august september october november december and or the in on at park valley hall garden gardens bridge bay island hill")

// relations are words for people around a child after whom a name may come.
var relations = wordSet("mum mums mummy mother mothers dad dads daddy father fathers parent brother sister sibling twin son daughter nan " +
	"nana gran " +
	"granny grandma grandmother grandad granddad grandfather aunt aunty auntie uncle cousin stepmum stepdad stepmother stepfather " +
	"stepbrother stepsister partner carer carers guardian friend teacher headteacher tutor keyworker worker ta sendco senco " +
	"neighbour boyfriend girlfriend baby")

// namesRelation says whether a word after one for a relation is a name: not a language or nation, an abbreviation, another relation.
func (w textWord) namesRelation() bool {
	return strings.Trim(w.follows, " ,(:\"'-–—“”[") == "" && len(w.plain) > 2 && strings.ToUpper(w.plain) != w.plain &&
		!relations[w.folded] &&
		!notSurnames[w.folded] && !nationEnding.MatchString(w.folded) && !afterRelations[w.folded] && !ordinaryWords[w.folded]
}

var nationEnding = regexp.MustCompile(`(?:ish|ese|ian|ean|ican|ani|akh|eek|ench|erman|tch|wiss|alay|somali|afghan|hindi|urdu|arabic|` +
	`gujarati|punjabi|tamil|bengali|sylheti)$`)

// afterRelations are words that follow a relation with a capital in a heading or a list, and are no name.
var afterRelations = wordSet("lives has is was will reports says and with the both who from not no a an christian muslim jewish hindu " +
	"sikh catholic british english makaton bsl sign family support contact first second")

// famousNames have a first name and are no child's: what children like, and approaches that schools use.
var famousNames = []string{
	"harry potter", "thomas the tank", "taylor swift", "peter rabbit", "peter pan", "bob the builder", "charlie brown", "postman pat",
	"fireman sam",
	"peppa pig", "mickey mouse", "minnie mouse", "winnie the pooh", "alex rider", "st john ambulance", "duke of edinburgh", "prince s trust",
	"king s trust",
	"carol gray", "isaac newton", "isaac asimov", "george pig", "ben ten", "ben 10", "tom and jerry", "thomas tank", "thomas and friends",
	"ruby bridges",
	"anna freud", "elsa and anna", "anna and elsa", "max and ruby", "jack russell", "lewis hamilton", "harry kane", "leah williamson",
	"marcus rashford", "james bond",
	"horrid henry", "tracy beaker", "luigi and mario", "mario and luigi", "super mario", "mario kart", "roald dahl", "jacqueline wilson",
	"david walliams",
	"julia donaldson", "ellie goulding", "billie eilish", "ed sheeran",
}

// isFamousName says whether the words at i begin, or are in, a name that everybody knows.
func isFamousName(words []textWord, i int) bool {
	from, to := max(0, i-2), min(len(words), i+3)
	var near []string
	for _, w := range words[from:to] {
		near = append(near, w.folded)
	}
	text := " " + strings.Join(near, " ") + " "
	return slices.ContainsFunc(famousNames, func(name string) bool {
		return strings.Contains(name, words[i].folded) && strings.Contains(text, " "+name+" ")
	})
}
