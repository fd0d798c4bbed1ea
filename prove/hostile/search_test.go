package hostile_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/southeasttogether/dps/prove"
)

// What the search tries: documents of at most 16 kB, made of the known ones by cutting, repeating, nesting and grafting. What cost most is
// changed again.
const (
	longestSearched = 16 << 10
	keptDearest     = 24
)

// searchedDocument is a document and what it cost, per millisecond and megabyte.
type searchedDocument struct {
	hostileDocument
	query     string
	variables map[string]any
	cost      float64
}

// TestSearchFindsNoDearDocument looks for small documents that cost much, of kinds that nobody has thought of.
func TestSearchFindsNoDearDocument(t *testing.T) {
	g := newTarget(t, nil)
	g.fillLists(t)
	g.warmUp(t)
	random := prove.Random(t.Name())
	pool := seedDocuments(random)
	seeds := slices.Clone(pool)
	var f attackFigures
	for tried, end := 0, time.Now().Add(time.Duration(prove.Scaled(3, 20, 300))*time.Second); time.Now().Before(end); tried++ {
		from := pool[random.IntN(len(pool))]
		d := from
		d.query = changedText(random, from.query, seeds[random.IntN(len(seeds))].query)
		if len(d.query) > longestSearched || d.query == from.query {
			continue
		}
		d.name, d.code, d.body = fmt.Sprintf("found after %d: %.300s", tried, d.query), "", requestBody(d.query, from.variables)
		known := len(f.costs)
		g.judgeDocument(t, d.hostileDocument, &f)
		c := f.costs[known]
		d.cost = float64(c.cpu)/float64(time.Millisecond) + float64(c.memory)/(1<<20)
		pool = keepDearest(append(pool, d))
	}
	f.logDearest(t)
	prove.RecordFigure(t, "hostile.searched", len(f.costs))
	prove.RecordFigure(t, "hostile.over_cpu", f.overCPU)
	prove.RecordFigure(t, "hostile.over_memory", f.overMemory)
}

// seedDocuments are known documents that are small enough, and can be read.
func seedDocuments(random *rand.Rand) (all []searchedDocument) {
	documents := everyDocument()
	random.Shuffle(len(documents), func(i, j int) { documents[i], documents[j] = documents[j], documents[i] })
	for _, d := range documents {
		var body struct {
			Query     string
			Variables map[string]any
		}
		if len(d.body) <= longestSearched && json.Unmarshal([]byte(d.body), &body) == nil && body.Query != "" {
			d.header = http.Header{}
			all = append(all, searchedDocument{hostileDocument: d, query: body.Query, variables: body.Variables})
		}
	}
	return all
}

// keepDearest keeps those that cost most, and all that have not been tried.
func keepDearest(pool []searchedDocument) []searchedDocument {
	slices.SortStableFunc(pool, func(a, b searchedDocument) int { return int(1000 * (b.cost - a.cost)) })
	tried := slices.IndexFunc(pool, func(d searchedDocument) bool { return d.cost == 0 })
	if tried <= keptDearest {
		return pool
	}
	return slices.Delete(pool, keptDearest, tried)
}

// piece is a part of a document that can stand alone: a word, with its arguments and its block.
var piece = regexp.MustCompile(`(?s)[\w.]+[\w: .@]*(\([^()]*\))?\s*(\{[^{}]*(\{[^{}]*(\{[^{}]*\}[^{}]*)*\}[^{}]*)*\})?`)

// changedText changes a document in one way.
func changedText(random *rand.Rand, text, other string) string {
	own, others := piece.FindAllStringIndex(text, -1), piece.FindAllString(other, -1)
	if len(own) == 0 || len(others) == 0 {
		return text
	}
	at := own[random.IntN(len(own))]
	before, here, after := text[:at[0]], text[at[0]:at[1]], text[at[1]:]
	switch random.IntN(6) {
	case 0: // again and again
		return before + strings.Repeat(here+" ", 2+random.IntN(40)) + after
	case 1: // as often as there is room
		return before + strings.Repeat(here+" ", max(2, (longestSearched-len(text))/(len(here)+1))) + after
	case 2: // with names and numbers of its own
		return before + repeatNumbered(2+random.IntN(90), "a#: "+strings.TrimPrefix(here, "a: ")+" ") + after
	case 3: // with something of another
		return before + here + " " + others[random.IntN(len(others))] + " " + after
	case 4: // deeper
		return before + nestText(1+random.IntN(18), "... { ", here, " }") + after
	default: // other numbers
		return before + regexp.MustCompile(`\d+`).ReplaceAllStringFunc(here, func(string) string { return fmt.Sprint(random.IntN(120)) }) + after
	}
}
