package resolvers

import (
	"syscall"
	"testing"
	"time"

	"github.com/southeasttogether/dps/demo"
)

// reads are queries of different shapes: what belongs to a page's rows, what comes below them, nested lists, one thing.
var reads = map[string]struct {
	who      demo.Persona
	document string
}{
	"offers of needs": {demo.Commissioner, `{ needs(first: 50) { edges { node { id reference status deadline lot { id name }
		offers { id startsOn provider { id name } setting { id name } } } } } }`},
	"lists of needs": {demo.Commissioner, `{ needs(first: 50) { edges { node { reference invitations { answer provider { name } }
		awards { status provider { name } } clarifications { question } } } } }`},
	"places": {demo.Public, `{ places(first: 50) { edges { node { setting { id name kind district needs
		provider { id name ukprn } } } } } }`},
	"pages below": {demo.Public, `{ providers(first: 50) { edges { node { name
		settings(first: 10) { edges { node { name places } } } } } } }`},
	"one placement": {demo.Commissioner, `{ placements(first: 1) { edges { node { id route status startsOn provider { name }
		setting { name } need { reference } agreement { authoritySignedAt } } } } }`},
	"one node": {demo.Commissioner, `query ($need: ID!) { node(id: $need) { id ... on Need { reference status deadline lot { name }
		offers { id startsOn provider { name } } } } }`},
}

// BenchmarkRead measures what an answer costs this process; the database is another process.
func BenchmarkRead(b *testing.B) {
	w := newWorld(b)
	for range 2 {
		w.liveStory(b)
	}
	told := w.liveStory(b)
	for name, read := range reads {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			before := processorTime(b)
			for b.Loop() {
				if a := w.askAs(b, read.who, read.document, map[string]any{"need": told.Need}); a.Errors != nil {
					b.Fatal(a.text)
				}
			}
			b.ReportMetric(float64((processorTime(b)-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
		})
	}
}

// processorTime is what this process has had of the processor, whatever else the machine does.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
