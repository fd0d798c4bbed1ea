package guard

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// pairCount counts the pairs of fields with one name that validation compares: those that one object answers together, and whatever is
// below them (GraphQL, October 2021, 5.3.2 Field Selection Merging). A thousand times the same field are half a million pairs, and two
// spellings of it half a million errors.
type pairCount struct {
	fragments map[string]*ast.FragmentDefinition
	visits    int // selections that may still be looked at: a document of fragments in circles has no end
}

// within is a selection and the fragments that it is in.
type within struct {
	set ast.SelectionSet
	in  *fragmentTrail
}

// fragmentTrail is a fragment and those that it is in; nil for none.
type fragmentTrail struct {
	name string
	up   *fragmentTrail
}

func (t *fragmentTrail) has(name string) bool {
	return t != nil && (t.name == name || t.up.has(name))
}

// of counts the pairs in selections that are answered together. Where there is no end to them it is Unbounded.
func (c *pairCount) of(together ...within) (pairs int) {
	named, seen := map[string][]within{}, map[string]bool{}
	for _, w := range together {
		c.collect(named, seen, w)
	}
	for _, same := range named {
		pairs = plus(pairs, len(same)*(len(same)-1)/2)
		if slices.ContainsFunc(same, func(w within) bool { return len(w.set) > 0 }) {
			pairs = plus(pairs, c.of(same...))
		}
	}
	if c.visits < 0 {
		return Unbounded
	}
	return pairs
}

// collect adds what is selected below each response name. It follows each fragment once.
func (c *pairCount) collect(named map[string][]within, seen map[string]bool, w within) {
	for _, selected := range w.set {
		if c.visits--; c.visits < 0 {
			return
		}
		switch s := selected.(type) {
		case *ast.Field:
			named[s.Alias] = append(named[s.Alias], within{s.SelectionSet, w.in})
		case *ast.InlineFragment:
			c.collect(named, seen, within{s.SelectionSet, w.in})
		case *ast.FragmentSpread:
			if f := c.fragments[s.Name]; f != nil && !seen[s.Name] && !w.in.has(s.Name) {
				seen[s.Name] = true
				c.collect(named, seen, within{f.SelectionSet, &fragmentTrail{s.Name, w.in}})
			}
		}
	}
}
