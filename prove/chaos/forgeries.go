package chaos

import (
	"time"

	"github.com/google/uuid"
)

// forgery changes a true history or the facts so that a promise is broken, and says which finding must come of it.
type forgery struct {
	name  string
	forge func(deeds []deed, f facts) ([]deed, facts)
	found func(verdict) []string
}

// The findings that a forgery can lead to.
func lostOf(v verdict) []string     { return v.lost }
func doubledOf(v verdict) []string  { return v.doubled }
func halfDoneOf(v verdict) []string { return v.halfDone }
func wrongOf(v verdict) []string    { return v.wrongSuccess }
func brokenOf(v verdict) []string   { return v.broken }
func hungOf(v verdict) []string     { return v.hung }

// trueStory is a small history in which nothing is wrong: two deeds, one of them tried twice.
func trueStory() ([]deed, facts) {
	f := facts{needs: map[uuid.UUID]string{}, ceilings: map[uuid.UUID]int{}, created: map[uuid.UUID]int{}, results: map[string][]uuid.UUID{}}
	deeds := make([]deed, 2)
	for i := range deeds {
		id, key, at := uuid.New(), uuid.NewString(), time.Unix(0, 0)
		f.needs[id], f.ceilings[id], f.created[id], f.results[key] = markOf(key), 1, 1, []uuid.UUID{id}
		deeds[i] = deed{key: key, attempts: []attempt{
			{told: toldNothing, began: at, ended: at.Add(time.Second)}, {told: toldDone, id: id, status: 200, began: at, ended: at.Add(time.Second)},
		}}
	}
	return deeds, f
}

var forgeries = []forgery{
	{"a need that was acknowledged is gone with all its parts", func(deeds []deed, f facts) ([]deed, facts) {
		id := deeds[0].attempts[1].id
		delete(f.needs, id)
		delete(f.ceilings, id)
		delete(f.created, id)
		delete(f.results, deeds[0].key)
		return deeds, f
	}, lostOf},
	{"a need was made twice", func(deeds []deed, f facts) ([]deed, facts) {
		id := uuid.New()
		f.needs[id], f.ceilings[id], f.created[id] = markOf(deeds[0].key), 1, 1
		return deeds, f
	}, doubledOf},
	{"a need has no ceiling", func(deeds []deed, f facts) ([]deed, facts) {
		delete(f.ceilings, deeds[0].attempts[1].id)
		return deeds, f
	}, halfDoneOf},
	{"a need has no event", func(deeds []deed, f facts) ([]deed, facts) {
		delete(f.created, deeds[0].attempts[1].id)
		return deeds, f
	}, halfDoneOf},
	{"a need has two events", func(deeds []deed, f facts) ([]deed, facts) {
		f.created[deeds[0].attempts[1].id]++
		return deeds, f
	}, halfDoneOf},
	{"a key is not remembered", func(deeds []deed, f facts) ([]deed, facts) {
		delete(f.results, deeds[0].key)
		return deeds, f
	}, halfDoneOf},
	{"an event without its need", func(deeds []deed, f facts) ([]deed, facts) {
		f.created[uuid.New()] = 1
		return deeds, f
	}, halfDoneOf},
	{"a caller was given another's need", func(deeds []deed, f facts) ([]deed, facts) {
		deeds[0].attempts[1].id = deeds[1].attempts[1].id
		return deeds, f
	}, wrongOf},
	{"a retry was answered with another id", func(deeds []deed, f facts) ([]deed, facts) {
		deeds[0].attempts[0] = deeds[0].attempts[1]
		deeds[0].attempts[0].id = deeds[1].attempts[1].id
		return deeds, f
	}, wrongOf},
	{"a caller was refused what was done", func(deeds []deed, f facts) ([]deed, facts) {
		deeds[0].attempts[1] = attempt{told: toldRefused, words: "INVALID", status: 200}
		return deeds, f
	}, wrongOf},
	{"a caller was given an empty success", func(deeds []deed, f facts) ([]deed, facts) {
		var a attempt
		a.told, a.id, a.words = readAnswer([]byte(`{"data":{"createNeed":{"need":null,"problems":[]}}}`), 200, nil)
		deeds[0].attempts[1] = a
		return deeds, f
	}, wrongOf},
	{"a need that nobody asked for", func(deeds []deed, f facts) ([]deed, facts) { return deeds[1:], f }, brokenOf},
	{"a request took more than 30 s", func(deeds []deed, f facts) ([]deed, facts) {
		deeds[0].attempts[1].ended = deeds[0].attempts[1].began.Add(31 * time.Second)
		return deeds, f
	}, hungOf},
}

// missedForgeries are those that the comparison does not find.
func missedForgeries() (missed []string) {
	for _, forged := range forgeries {
		if v := compare(forged.forge(trueStory())); len(forged.found(v)) == 0 {
			missed = append(missed, forged.name)
		}
	}
	return missed
}
