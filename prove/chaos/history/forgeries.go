package history

import (
	"time"

	"github.com/google/uuid"
)

// forgery changes a true history or the facts so that a promise is broken, and says which finding must come of it.
type forgery struct {
	name  string
	forge func(deeds []Deed, f facts) ([]Deed, facts)
	found func(Verdict) []string
}

// LostOf are the findings of a verdict that what was acknowledged is gone.
func LostOf(v Verdict) []string { return v.Lost }

// DoubledOf are those that something was done twice.
func DoubledOf(v Verdict) []string { return v.Doubled }

// HalfDoneOf are those of changes of which a part is missing.
func HalfDoneOf(v Verdict) []string { return v.HalfDone }

// BrokenOf are those of invariants.
func BrokenOf(v Verdict) []string { return v.Broken }

func wrongOf(v Verdict) []string { return v.WrongSuccess }
func hungOf(v Verdict) []string  { return v.Hung }

// trueStory is a small history in which nothing is wrong: two deeds, one of them tried twice.
func trueStory() ([]Deed, facts) {
	f := facts{Needs: map[uuid.UUID]string{}, ceilings: map[uuid.UUID]int{}, created: map[uuid.UUID]int{}, results: map[string][]uuid.UUID{}}
	deeds := make([]Deed, 2)
	for i := range deeds {
		id, key, at := uuid.New(), uuid.NewString(), time.Unix(0, 0)
		f.Needs[id], f.ceilings[id], f.created[id], f.results[key] = MarkOf(key), 1, 1, []uuid.UUID{id}
		deeds[i] = Deed{Key: key, Attempts: []Attempt{
			{Told: ToldNothing, Began: at, Ended: at.Add(time.Second)}, {Told: ToldDone, ID: id, Status: 200, Began: at, Ended: at.Add(time.Second)},
		}}
	}
	return deeds, f
}

var forgeries = []forgery{
	{"a need that was acknowledged is gone with all its parts", func(deeds []Deed, f facts) ([]Deed, facts) {
		id := deeds[0].Attempts[1].ID
		delete(f.Needs, id)
		delete(f.ceilings, id)
		delete(f.created, id)
		delete(f.results, deeds[0].Key)
		return deeds, f
	}, LostOf},
	{"a need was made twice", func(deeds []Deed, f facts) ([]Deed, facts) {
		id := uuid.New()
		f.Needs[id], f.ceilings[id], f.created[id] = MarkOf(deeds[0].Key), 1, 1
		return deeds, f
	}, DoubledOf},
	{"a need has no ceiling", func(deeds []Deed, f facts) ([]Deed, facts) {
		delete(f.ceilings, deeds[0].Attempts[1].ID)
		return deeds, f
	}, HalfDoneOf},
	{"a need has no event", func(deeds []Deed, f facts) ([]Deed, facts) {
		delete(f.created, deeds[0].Attempts[1].ID)
		return deeds, f
	}, HalfDoneOf},
	{"a need has two events", func(deeds []Deed, f facts) ([]Deed, facts) {
		f.created[deeds[0].Attempts[1].ID]++
		return deeds, f
	}, HalfDoneOf},
	{"a key is not remembered", func(deeds []Deed, f facts) ([]Deed, facts) {
		delete(f.results, deeds[0].Key)
		return deeds, f
	}, HalfDoneOf},
	{"an event without its need", func(deeds []Deed, f facts) ([]Deed, facts) {
		f.created[uuid.New()] = 1
		return deeds, f
	}, HalfDoneOf},
	{"a caller was given another's need", func(deeds []Deed, f facts) ([]Deed, facts) {
		deeds[0].Attempts[1].ID = deeds[1].Attempts[1].ID
		return deeds, f
	}, wrongOf},
	{"a retry was answered with another id", func(deeds []Deed, f facts) ([]Deed, facts) {
		deeds[0].Attempts[0] = deeds[0].Attempts[1]
		deeds[0].Attempts[0].ID = uuid.New()
		f.Needs[deeds[0].Attempts[0].ID] = MarkOf(deeds[0].Key)
		return deeds, f
	}, wrongOf},
	{"a caller was refused what was done", func(deeds []Deed, f facts) ([]Deed, facts) {
		deeds[0].Attempts[1] = Attempt{Told: ToldRefused, Words: "INVALID", Status: 200}
		return deeds, f
	}, wrongOf},
	{"a caller was given an empty success", func(deeds []Deed, f facts) ([]Deed, facts) {
		var a Attempt
		a.Told, a.ID, a.Words = ReadAnswer([]byte(`{"data":{"createNeed":{"need":null,"problems":[]}}}`), 200, nil)
		deeds[0].Attempts[1] = a
		return deeds, f
	}, wrongOf},
	{"a need that nobody asked for", func(deeds []Deed, f facts) ([]Deed, facts) { return deeds[1:], f }, BrokenOf},
	{"a request took more than 30 s", func(deeds []Deed, f facts) ([]Deed, facts) {
		deeds[0].Attempts[1].Ended = deeds[0].Attempts[1].Began.Add(31 * time.Second)
		return deeds, f
	}, hungOf},
}

// MissedForgeries are those that the comparison does not find.
func MissedForgeries() (missed []string) {
	for _, forged := range forgeries {
		if v := Compare(forged.forge(trueStory())); len(forged.found(v)) == 0 {
			missed = append(missed, forged.name)
		}
	}
	return missed
}
