package hostile_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/southeasttogether/dps/prove"
)

// What a document may cost, including the work of PostgreSQL for it, and everything that was allocated, whether or not
// it was freed. The dearest honest request, the whole of introspection, is answered from what was answered before.
const (
	maxCPU     = slower * 50 * time.Millisecond
	maxMemory  = slower * 16 << 20
	maxReply   = 16 << 10 // of a refusal
	maxRepeats = 15       // of which the cheapest counts, so that a busy machine makes nothing dear
)

func everyDocument() []hostileDocument {
	var all []hostileDocument
	for _, f := range slices.Concat(hostileShapes, hostileValues, hostileForms) {
		all = append(all, f.makeDocuments()...)
	}
	return all
}

// attackFigures are what the attack shows.
type attackFigures struct {
	overCPU, overMemory int
	costs               []documentCost
}

// documentCost is what one document took, when it was cheapest.
type documentCost struct {
	name   string
	cpu    time.Duration
	memory uint64
	code   string
}

// logDearest tells the documents that cost most.
func (f attackFigures) logDearest(t *testing.T) {
	t.Helper()
	slices.SortFunc(f.costs, func(a, b documentCost) int { return int(b.cpu - a.cpu) })
	for _, c := range f.costs[:10] {
		t.Logf("among the dearest: %s: %v, %d kB %s", c.name, c.cpu, c.memory>>10, c.code)
	}
	slices.SortFunc(f.costs, func(a, b documentCost) int { return int(b.memory>>10) - int(a.memory>>10) })
	for _, c := range f.costs[:10] {
		t.Logf("among the largest: %s: %v, %d kB %s", c.name, c.cpu, c.memory>>10, c.code)
	}
}

func TestHostileDocumentsAreCheap(t *testing.T) {
	g := newTarget(t, nil)
	g.fillLists(t)
	documents := sampleDocuments(prove.Random(t.Name()), everyDocument(), prove.Scaled(1, 100, 100))
	documents = documents[:min(len(documents), prove.Scaled(80, 10000, 10000))]
	g.warmUp(t)
	before := g.readUse(t, "?rest")
	honest := g.newHonestCaller(t)
	var f attackFigures
	during := honest.measureDuring(t, func() {
		for range prove.Scaled(1, 1, 3) {
			for _, d := range documents {
				g.judgeDocument(t, d, &f)
			}
		}
	})
	after := g.readUse(t, "?rest")
	f.logDearest(t)
	t.Logf("honest requests: p95 %v before, %v during", during.before, during.during)
	t.Logf("held: %d kB before, %d kB after; %d and %d goroutines", before.Held>>10, after.Held>>10, before.Goroutines, after.Goroutines)
	if after.Held > before.Held+4<<20 || after.Goroutines > before.Goroutines+20 {
		t.Error("what the attack took does not come back")
	}
	prove.RecordFigure(t, "hostile.documents", len(documents))
	prove.RecordFigure(t, "hostile.over_cpu", f.overCPU)
	prove.RecordFigure(t, "hostile.over_memory", f.overMemory)
}

// sampleDocuments takes at most the given number of documents of each family.
func sampleDocuments(random *rand.Rand, all []hostileDocument, limit int) []hostileDocument {
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	var chosen []hostileDocument
	taken := map[string]int{}
	for _, d := range all {
		if taken[d.family]++; taken[d.family] <= limit {
			chosen = append(chosen, d)
		}
	}
	return chosen
}

// There are as many documents and families as the goal says, and none is repeated.
func TestDocumentsAreManyAndDistinct(t *testing.T) {
	families, seen := map[string]bool{}, map[string]string{}
	for _, d := range everyDocument() {
		families[d.family] = true
		key := fmt.Sprint(d.body, d.header, d.who)
		if seen[key] != "" {
			t.Errorf("%s is the same as %s", d.name, seen[key])
		}
		seen[key] = d.name
	}
	t.Logf("%d documents in %d families", len(seen), len(families))
	if len(seen) < 500 || len(families) < 30 {
		t.Error("too few")
	}
}

func (g *attackTarget) headerFor(t testing.TB, d hostileDocument) http.Header {
	t.Helper()
	header := d.header.Clone()
	if _, ok := header["Content-Type"]; !ok {
		header.Set("Content-Type", "application/json")
	}
	if a := g.authorizationOf(t, d.who); a != "" {
		header.Set("Authorization", a)
	}
	return header
}

// judgeDocument sends a document until it was cheap once, or often enough to say that it is not.
func (g *attackTarget) judgeDocument(t *testing.T, d hostileDocument, f *attackFigures) {
	t.Helper()
	var r reply
	cpu, memory := time.Hour, uint64(1<<62)
	for range maxRepeats {
		before := g.readUse(t, "")
		r = g.postBody(t, []byte(d.body), g.headerFor(t, d))
		after := g.readUse(t, "")
		cpu, memory = min(cpu, after.CPU-before.CPU), min(memory, after.Allocated-before.Allocated)
		if cpu <= maxCPU && memory <= maxMemory {
			break
		}
	}
	if cpu > maxCPU {
		cpu = time.Duration(float64(cpu) / machineSlowness())
	}
	f.costs = append(f.costs, documentCost{d.name, cpu, memory, r.errorCode()})
	if cpu > maxCPU {
		f.overCPU++
		t.Errorf("%s: %v of CPU; %s, %d bytes of answer", d.name, cpu, r.errorCode(), len(r.body))
	}
	if memory > maxMemory {
		f.overMemory++
		t.Errorf("%s: %d kB of memory; %s, %d bytes of answer", d.name, memory>>10, r.errorCode(), len(r.body))
	}
	if fault := d.findFault(r); fault != "" {
		t.Errorf("%s: %s: %d %.300s", d.name, fault, r.status, r.body)
	}
}

// usualWork is how long the work that measures slowness takes on a machine of two cores with nothing else to do.
const usualWork = 6 * time.Millisecond

// machineSlowness is how much slower this machine is now than that one, at least 1.
func machineSlowness() float64 {
	work, least := make([]byte, 4<<20), time.Hour
	for range 3 {
		began := time.Now()
		_, _ = fnv.New64a().Write(work)
		least = min(least, time.Since(began))
	}
	return max(1, float64(least)/float64(usualWork*slower))
}

// limitExplanation is the form of a limit's message: a number, and after a colon what to do.
var limitExplanation = regexp.MustCompile(`\d.*: |^Send one operation in each request`)

// findFault is what is wrong with an answer; "" for nothing.
func (d hostileDocument) findFault(r reply) string {
	switch {
	case r.status >= 500 || r.errorCode() == "INTERNAL" || r.errorCode() == "UNAVAILABLE":
		return "it breaks something"
	case len(r.errors) == 0 && d.code != "":
		return "it is answered"
	case d.code != "" && d.code != codeAny && r.errorCode() != d.code:
		return "it is refused for another cause than " + d.code
	case len(r.errors) > 0 && !r.data && len(r.body) > maxReply:
		return "its refusal is long"
	case r.errorCode() == codeLimit && (r.data || len(r.errors) != 1):
		return "it meets a limit and is answered in part"
	case r.errorCode() == codeLimit && !limitExplanation.MatchString(r.errors[0].Message):
		return "its limit is not explained"
	}
	return ""
}
