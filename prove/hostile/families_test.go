package hostile_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/southeasttogether/dps/demo"
)

// document is one request that asks for more than it is long, or is odd in its form.
type document struct {
	family, name string
	who          demo.Persona
	body         string
	header       http.Header // besides the usual
	code         string      // of its refusal; "" where it may be answered too, as long as that is cheap
}

// The codes of refusals.
const (
	limit   = "LIMIT_EXCEEDED"
	invalid = "GRAPHQL_VALIDATION_FAILED"
	parse   = "GRAPHQL_PARSE_FAILED"
	input   = "BAD_INPUT"
	anyCode = "any" // refused, for whichever of its faults is found first
)

// family makes documents of one kind, from a size: most are made at several.
type family struct {
	name  string
	who   demo.Persona
	code  string
	sizes []int
	make  func(n int) string            // a document
	with  func(n int) map[string]any    // variables, if any
	body  func(n int) string            // a whole body, in place of a document
	head  func(n int) map[string]string // headers, if any
}

func (f family) documents() []document {
	var all []document
	for _, n := range f.sizes {
		d := document{family: f.name, name: fmt.Sprintf("%s, %d", f.name, n), who: f.who, code: f.code, header: http.Header{}}
		switch {
		case f.body != nil:
			d.body = f.body(n)
		default:
			d.body = request(f.make(n), f.variables(n))
		}
		if f.head != nil {
			for key, value := range f.head(n) {
				d.header.Set(key, value)
			}
		}
		if d.who.Key == "" {
			d.who = demo.Public
		}
		all = append(all, d)
	}
	return all
}

func (f family) variables(n int) map[string]any {
	if f.with == nil {
		return nil
	}
	return f.with(n)
}

// request is a body.
func request(query string, variables map[string]any) string {
	raw, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// each joins n texts, "#" in them being their number.
func each(n int, text string) string {
	var all strings.Builder
	for i := range n {
		all.WriteString(strings.ReplaceAll(text, "#", fmt.Sprint(i)))
	}
	return all.String()
}

func nested(n int, open, middle, end string) string {
	return strings.Repeat(open, n) + middle + strings.Repeat(end, n)
}

// Sizes.
var (
	small = []int{2, 5, 10, 19, 20, 21, 40}
	sizes = []int{10, 30, 80, 100, 101, 300, 1000, 3000, 10000}
	few   = []int{10, 300, 3000}
)

// Ids of the right form that nothing has.
const noNeed, noOffer = "need_00000000000000000000000000000000", "offer_00000000000000000000000000000000"
