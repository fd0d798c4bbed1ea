package registers

import (
	"errors"
	"io"
	"strings"
)

// Columns of GIAS's file of links.
const (
	linkURN  = "LinkURN"
	linkType = "LinkType"
)

// Links are the numbers that establishments had before, by the number that each has now.
type Links map[string]string

// GIASLinks reads GIAS's file of links between establishments. Of all kinds of link only that of one predecessor with one
// successor is taken, from whichever side it is told: what was merged, amalgamated or split goes on as nobody. An error is a
// *Broken for a file that is none.
func GIASLinks(file io.Reader) (Links, error) {
	t, err := newTable(file)
	if err != nil {
		return nil, err
	}
	if err := t.need(giasURN, linkURN, linkType); err != nil {
		return nil, err
	}
	l := linking{before: Links{}, after: Links{}, torn: map[string]bool{}}
	for {
		err := t.next()
		if errors.Is(err, io.EOF) {
			return l.one(), nil
		}
		if err != nil {
			return nil, err
		}
		l.add(t.value(giasURN), t.value(linkURN), t.value(linkType))
	}
}

// linking is a file of links while it is read: what was before and after each number, and which numbers have several.
type linking struct {
	before, after Links
	torn          map[string]bool
}

func (l linking) add(urn, other, kind string) {
	if !giasURNForm.MatchString(urn) || !giasURNForm.MatchString(other) || urn == other {
		return // of a trust or a federation
	}
	urn, other = strings.Clone(urn), strings.Clone(other) // parts of the line would keep all of it in memory
	switch strings.ToLower(kind) {
	case "predecessor":
		l.pair(other, urn)
	case "successor":
		l.pair(urn, other)
	}
}

func (l linking) pair(was, is string) {
	if b := l.before[is]; b != "" && b != was {
		l.torn[is] = true
	}
	if a := l.after[was]; a != "" && a != is {
		l.torn[was] = true
	}
	l.before[is], l.after[was] = was, is
}

// one are the links of one with one.
func (l linking) one() Links {
	for is, was := range l.before {
		if l.torn[is] || l.torn[was] {
			delete(l.before, is)
		}
	}
	return l.before
}

// Follow takes the numbers that establishments had before from links.
func (f *File) Follow(links Links) { f.links = links }
