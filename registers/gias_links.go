package registers

import (
	"errors"
	"io"
	"strings"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/identifier"
)

// Columns of GIAS's file of links.
const (
	linkURN  = "LinkURN"
	linkType = "LinkType"
)

// Links are the numbers that establishments had before, by the number that each has now.
type Links map[string]string

// ReadGIASLinks reads GIAS's file of links between establishments. It uses only links of one predecessor with one
// successor, from whichever side they are told: no establishment continues what was merged, amalgamated or split. It
// gives a *BrokenFileError for a file that is not such a file.
func ReadGIASLinks(file io.Reader) (Links, error) {
	t, err := newTable(file)
	if err != nil {
		return nil, err
	}
	if err := t.requireColumns(giasURN, linkURN, linkType); err != nil {
		return nil, err
	}
	l := linkReader{before: Links{}, after: Links{}, ambiguous: map[string]bool{}}
	for {
		err := t.readLine()
		if errors.Is(err, io.EOF) {
			return l.singleLinks(), nil
		}
		if err != nil {
			return nil, err
		}
		l.addLink(t.trimmedValue(giasURN), t.trimmedValue(linkURN), t.trimmedValue(linkType))
	}
}

// linkReader is a file of links while it is read: what was before and after each number, and which numbers have several.
type linkReader struct {
	before, after Links
	ambiguous     map[string]bool
}

func (l linkReader) addLink(urn, other, kind string) {
	urn, isSchool := identifier.URN(market.SettingSchool, urn)
	other, isOtherSchool := identifier.URN(market.SettingSchool, other)
	if !isSchool || !isOtherSchool || urn == other {
		return // of a trust or a federation
	}
	urn, other = strings.Clone(urn), strings.Clone(other) // parts of the line would keep all of it in memory
	switch strings.ToLower(kind) {
	case "predecessor":
		l.addPair(other, urn)
	case "successor":
		l.addPair(urn, other)
	}
}

func (l linkReader) addPair(previous, current string) {
	if b := l.before[current]; b != "" && b != previous {
		l.ambiguous[current] = true
	}
	if a := l.after[previous]; a != "" && a != current {
		l.ambiguous[previous] = true
	}
	l.before[current], l.after[previous] = previous, current
}

// singleLinks are the links of one with one.
func (l linkReader) singleLinks() Links {
	for current, previous := range l.before {
		if l.ambiguous[current] || l.ambiguous[previous] {
			delete(l.before, current)
		}
	}
	return l.before
}

// UseLinks takes the numbers that establishments had before from links.
func (f *File) UseLinks(links Links) { f.links = links }
