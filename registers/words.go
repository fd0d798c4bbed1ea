package registers

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"sync"
	"unicode/utf8"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/directory"
	"github.com/southeasttogether/dps/market/text"
)

//go:embed words.csv
var wordsFile []byte

// wordList is what words of a column mean, by the word as the list writes it and as it is compared.
type wordList map[string]struct{ word, means string }

// knownWords are the lists of words.csv, by name.
var knownWords = sync.OnceValue(func() map[string]wordList {
	rows, err := csv.NewReader(bytes.NewReader(wordsFile)).ReadAll()
	if err != nil {
		panic(err) // a part of the program
	}
	lists := map[string]wordList{}
	for _, row := range rows[1:] {
		if lists[row[0]] == nil {
			lists[row[0]] = wordList{}
		}
		entry := struct{ word, means string }{row[1], row[2]}
		lists[row[0]][text.Fold(row[1])], lists[row[0]][row[1]] = entry, entry
	}
	return lists
})

// WordsVersion names the version of the lists of words that registers use.
func WordsVersion() string { return knownWords()["version"][""].means }

// meansNothing is what a word means that says no more than a blank.
const meansNothing = "none"

// lookUpWord is a word of a column as the list writes it, and what it means; "" for a blank and for a word that says no more. A word that
// the list does not have is reported.
func (r *row) lookUpWord(list, column, setting string) (word, means string, ok bool) {
	value := r.trimmedValue(column)
	if value == "" {
		return "", "", true
	}
	known, ok := knownWords()[list][value]
	if !ok {
		known, ok = knownWords()[list][text.Fold(value)]
	}
	if !ok {
		r.leave(setting, "%s has a word that is not known%s", column, quotedWord(value))
		return value, "", false
	}
	if known.means == meansNothing {
		return "", "", true
	}
	return known.word, known.means, true
}

// quotedWord repeats a word that is not known, unless it could be a part of an address.
func quotedWord(value string) string {
	if utf8.RuneCountInString(value) > 60 || anyDigit.MatchString(value) || !isReadable(value) {
		return ""
	}
	return ": \"" + value + "\""
}

// admittedGender is whom a setting admits; nil where that is not told.
func (r *row) admittedGender(column string) *market.SettingGender {
	if _, means, _ := r.lookUpWord("gender", column, "gender"); means != "" {
		return new(market.SettingGender(means))
	}
	return nil
}

// approval says whether a school is approved under section 41; nil where that is not told.
func (r *row) approval(column string) *bool {
	if _, means, _ := r.lookUpWord("section41", column, "section41"); means != "" {
		return new(means == "yes")
	}
	return nil
}

// readInspection reads a judgement and its day. One that is not known is kept in the words of the register and treated as below the
// standard.
func (r *row) readInspection(e *directory.DirectoryEntry, scale, value, day string) {
	judged, on := r.shortText(value, 100, ""), r.dayValue(day, "")
	if judged == "" {
		return
	}
	word, means, ok := r.lookUpWord("judgement", value, "")
	switch {
	case word == "":
		return
	case on == nil:
		r.leave("", "%s is empty, so the judgement in %s is not taken", day, value)
		return
	case !ok:
		word = judged
		r.leave("", "line %d is treated as below the standard", r.line)
	}
	e.Inspection = &market.Inspection{Body: "Ofsted", Scale: scale, Value: word, InspectedOn: *on}
	e.BelowStandard, e.UnknownJudgement = means != "meets", !ok
}

// needsByWord are the need types by their names, as GIAS writes them and as they are compared.
var needsByWord = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for _, need := range market.NeedTypes {
		all[text.Fold(need)], all[need] = need, need
	}
	return all
})

// sameWord says whether two texts are the same word, whatever their capitals, spaces and apostrophes.
func sameWord(a, b string) bool { return a == b || text.Fold(a) == text.Fold(b) }

// needNamed is the need type that a text names; "" for another text.
func needNamed(value string) string {
	if need, ok := needsByWord()[value]; ok {
		return need
	}
	return needsByWord()[text.Fold(value)]
}
