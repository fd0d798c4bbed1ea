package chaos

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// hungAfter is how long a request can take.
const hungAfter = 30 * time.Second

// verdict is what a comparison of a history with the facts found, each with words for whoever looks into it.
type verdict struct {
	lost         []string // callers were told that it was done, and it is not there
	doubled      []string // one key did two things
	halfDone     []string // a part of a change without the others
	wrongSuccess []string // an answer that is not so: another thing's id, or a refusal of what was done
	broken       []string // invariants
	hung         []string
}

// compare holds what callers were told against what the database has.
func compare(deeds []deed, f facts) verdict {
	var v verdict
	byMark := map[string][]uuid.UUID{}
	for id, mark := range f.needs {
		byMark[mark] = append(byMark[mark], id)
	}
	known := map[string]bool{}
	for _, d := range deeds {
		known[markOf(d.key)] = true
		v.compareDeed(d, byMark[markOf(d.key)], f)
	}
	v.compareParts(f)
	for mark, ids := range byMark {
		if !known[mark] {
			v.broken = append(v.broken, fmt.Sprintf("nobody asked for %v", ids))
		}
	}
	v.broken = append(v.broken, f.broken...)
	return v
}

// compareDeed compares what a caller was told of one deed with the needs that bear its mark.
func (v *verdict) compareDeed(d deed, made []uuid.UUID, f facts) {
	if len(made) > 1 {
		v.doubled = append(v.doubled, fmt.Sprintf("key %s made %v", d.key, made))
	}
	var ids []uuid.UUID
	for _, a := range d.attempts {
		if took := a.ended.Sub(a.began); took > hungAfter {
			v.hung = append(v.hung, fmt.Sprintf("key %s waited %s", d.key, took))
		}
		switch a.told {
		case toldDone:
			if !slices.Contains(ids, a.id) {
				ids = append(ids, a.id)
			}
		case toldRefused, toldInvalid:
			// No deed of the suite gives a reason for a refusal.
			v.wrongSuccess = append(v.wrongSuccess, fmt.Sprintf("key %s was answered with status %d, %s, and made %v", d.key, a.status,
				a.words, made))
		case toldNothing:
		}
	}
	if len(ids) > 1 {
		v.wrongSuccess = append(v.wrongSuccess, fmt.Sprintf("key %s was answered with %v", d.key, ids))
	}
	for _, id := range ids {
		mark, ok := f.needs[id]
		switch {
		case !ok:
			v.lost = append(v.lost, fmt.Sprintf("key %s: need %s", d.key, id))
		case mark != markOf(d.key):
			v.wrongSuccess = append(v.wrongSuccess, fmt.Sprintf("key %s was answered with another's need %s", d.key, id))
		}
	}
}

// compareParts looks for changes of which a part is missing: the need, its ceiling, its event, the memory of its key.
func (v *verdict) compareParts(f facts) {
	remembered := map[uuid.UUID]int{}
	for key, ids := range f.results {
		for _, id := range ids {
			remembered[id]++
			if _, ok := f.needs[id]; !ok {
				v.halfDone = append(v.halfDone, fmt.Sprintf("key %s is remembered to have made %s, which is not there", key, id))
			}
		}
	}
	for id := range f.needs {
		if f.ceilings[id] != 1 || f.created[id] != 1 || remembered[id] != 1 {
			v.halfDone = append(v.halfDone, fmt.Sprintf("need %s has %d ceilings, %d events, %d keys", id, f.ceilings[id], f.created[id],
				remembered[id]))
		}
	}
	for id := range f.created {
		if _, ok := f.needs[id]; !ok {
			v.halfDone = append(v.halfDone, fmt.Sprintf("an event says that %s was made, which is not there", id))
		}
	}
}
