package registers

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// DefaultStopAbove is the percentage of lines or settings above which an import stops before it writes.
const DefaultStopAbove = 10

// TooManyError says that a file or a map is most likely not what it should be: too many lines would be lost.
type TooManyError struct {
	What         string // what would happen to them
	Count, Of    int
	StopAbove    int      // percent
	UnknownWords []string // words that no filter of the map has, each with its column and its lines
}

func (t *TooManyError) Error() string {
	said := fmt.Sprintf("%d of %d %s, which is more than %d %%", t.Count, t.Of, t.What, t.StopAbove)
	if t.Of == 0 {
		said = t.What
	}
	if len(t.UnknownWords) > 0 {
		said += "; words that did not match: " + strings.Join(t.UnknownWords, ", ")
	}
	return said
}

// requireMost refuses a file of which more than a percentage of the lines would be rejected or not taken as open or closed, or which has no
// setting at all. Lines of other types do not count: most of a national list are of them.
func (f *File) requireMost() error {
	skipped, stopAbove := 0, f.StopAbove
	for reason, n := range f.Skipped {
		if reason != reasonOtherType {
			skipped += n
		}
	}
	taken := f.Open + f.Closed
	lines := taken + f.Rejected + skipped
	switch {
	case f.Open == 0:
		return &TooManyError{
			What: "no line is of an open setting that the market buys from", StopAbove: stopAbove, UnknownWords: f.unknownWords(),
		}
	case 100*f.Rejected > stopAbove*lines:
		return &TooManyError{What: "lines are rejected", Count: f.Rejected, Of: lines, StopAbove: stopAbove}
	case 100*skipped > stopAbove*lines:
		return &TooManyError{
			What: "lines are skipped", Count: skipped, Of: lines, StopAbove: stopAbove, UnknownWords: f.unknownWords(),
		}
	}
	return nil
}

// mostUnknownWords is how many words of a column are named.
const mostUnknownWords = 8

// countWords counts the words of a line that the filters of the map do not have.
func (f *File) countWords() {
	for _, filter := range f.filters {
		if filter.matchesRow(&f.row) {
			continue
		}
		if f.words[filter.Column] == nil {
			f.words[filter.Column] = map[string]int{}
		}
		if word := f.row.trimmedValue(filter.Column); len(f.words[filter.Column]) <= mostUnknownWords {
			f.words[filter.Column][strings.Clone(word)]++
		}
		return // a line of another type says nothing of the next filter
	}
}

// unknownWords are the words that no filter has, the commonest first. Many different ones are no words of a list, and are not repeated.
func (f *File) unknownWords() (named []string) {
	for _, column := range slices.Sorted(maps.Keys(f.words)) {
		counts := f.words[column]
		if len(counts) > mostUnknownWords {
			named = append(named, column+": many different words")
			continue
		}
		words := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
			if d := counts[b] - counts[a]; d != 0 {
				return d
			}
			return strings.Compare(a, b)
		})
		for _, word := range words {
			named = append(named, fmt.Sprintf("%s%s on %d lines", column, quotedWord(word), counts[word]))
		}
	}
	return named
}
