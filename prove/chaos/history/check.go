// Package history compares what callers were told with what the database holds.
package history

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// hungAfter is how long a request can take.
const hungAfter = 30 * time.Second

// Verdict is what a comparison of a history with the facts found, each with words for whoever looks into it.
type Verdict struct {
	Lost         []string // callers were told that it was done, and it is not there
	Doubled      []string // one key did two things
	HalfDone     []string // a part of a change without the others
	WrongSuccess []string // an answer that is not so: another thing's id, or a refusal of what was done
	Broken       []string // invariants
	Hung         []string
}

// Compare holds what callers were told against what the database has.
func Compare(deeds []Deed, f facts) Verdict {
	var v Verdict
	byMark := map[string][]uuid.UUID{}
	for id, mark := range f.Needs {
		byMark[mark] = append(byMark[mark], id)
	}
	known := map[string]bool{}
	for _, d := range deeds {
		known[MarkOf(d.Key)] = true
		v.compareDeed(d, byMark[MarkOf(d.Key)], f)
	}
	v.compareParts(f)
	for mark, ids := range byMark {
		if !known[mark] {
			v.Broken = append(v.Broken, fmt.Sprintf("nobody asked for %v", ids))
		}
	}
	v.Broken = append(v.Broken, f.Broken...)
	return v
}

// compareDeed compares what a caller was told of one deed with the needs that bear its mark.
func (v *Verdict) compareDeed(d Deed, made []uuid.UUID, f facts) {
	if len(made) > 1 {
		v.Doubled = append(v.Doubled, fmt.Sprintf("key %s made %v", d.Key, made))
	}
	var ids []uuid.UUID
	for _, a := range d.Attempts {
		if took := a.Ended.Sub(a.Began); took > hungAfter {
			v.Hung = append(v.Hung, fmt.Sprintf("key %s waited %s", d.Key, took))
		}
		switch a.Told {
		case ToldDone:
			if !slices.Contains(ids, a.ID) {
				ids = append(ids, a.ID)
			}
		case ToldRefused, ToldInvalid:
			// No deed of the suite gives a reason for a refusal.
			v.WrongSuccess = append(v.WrongSuccess, fmt.Sprintf("key %s was answered with status %d, %s, and made %v", d.Key, a.Status,
				a.Words, made))
		case ToldNothing:
		}
	}
	if len(ids) > 1 {
		v.WrongSuccess = append(v.WrongSuccess, fmt.Sprintf("key %s was answered with %v", d.Key, ids))
	}
	for _, id := range ids {
		mark, ok := f.Needs[id]
		switch {
		case !ok:
			v.Lost = append(v.Lost, fmt.Sprintf("key %s: need %s", d.Key, id))
		case mark != MarkOf(d.Key):
			v.WrongSuccess = append(v.WrongSuccess, fmt.Sprintf("key %s was answered with another's need %s", d.Key, id))
		}
	}
}

// compareParts looks for changes of which a part is missing: the need, its ceiling, its event, the memory of its key.
func (v *Verdict) compareParts(f facts) {
	remembered := map[uuid.UUID]int{}
	for key, ids := range f.results {
		for _, id := range ids {
			remembered[id]++
			if _, ok := f.Needs[id]; !ok {
				v.HalfDone = append(v.HalfDone, fmt.Sprintf("key %s is remembered to have made %s, which is not there", key, id))
			}
		}
	}
	for id := range f.Needs {
		if f.ceilings[id] != 1 || f.created[id] != 1 || remembered[id] != 1 {
			v.HalfDone = append(v.HalfDone, fmt.Sprintf("need %s has %d ceilings, %d events, %d keys", id, f.ceilings[id], f.created[id],
				remembered[id]))
		}
	}
	for id := range f.created {
		if _, ok := f.Needs[id]; !ok {
			v.HalfDone = append(v.HalfDone, fmt.Sprintf("an event says that %s was made, which is not there", id))
		}
	}
}
