package hostile_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/southeasttogether/dps/demo"
)

// hostileDocument is one request that asks for more than its length suggests, or has an odd form.
type hostileDocument struct {
	family, name string
	who          demo.Persona
	body         string
	header       http.Header // besides the usual
	code         string      // of its refusal; "" where it may be answered too, as long as that is cheap
}

// The codes of refusals.
const (
	codeLimit   = "LIMIT_EXCEEDED"
	codeInvalid = "GRAPHQL_VALIDATION_FAILED"
	codeParse   = "GRAPHQL_PARSE_FAILED"
	codeInput   = "BAD_INPUT"
	codeAny     = "any" // refused, for whichever of its faults is found first
)

// documentFamily makes documents of one kind, from a size: most are made at several.
type documentFamily struct {
	name        string
	who         demo.Persona
	code        string
	sizes       []int
	documentOf  func(n int) string            // a document
	variablesOf func(n int) map[string]any    // variables, if any
	bodyOf      func(n int) string            // a whole body, in place of a document
	headersOf   func(n int) map[string]string // headers, if any
}

func (f documentFamily) makeDocuments() []hostileDocument {
	var all []hostileDocument
	for _, n := range f.sizes {
		d := hostileDocument{family: f.name, name: fmt.Sprintf("%s, %d", f.name, n), who: f.who, code: f.code, header: http.Header{}}
		switch {
		case f.bodyOf != nil:
			d.body = f.bodyOf(n)
		default:
			d.body = requestBody(f.documentOf(n), f.makeVariables(n))
		}
		if f.headersOf != nil {
			for key, value := range f.headersOf(n) {
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

func (f documentFamily) makeVariables(n int) map[string]any {
	if f.variablesOf == nil {
		return nil
	}
	return f.variablesOf(n)
}

// requestBody is a body.
func requestBody(query string, variables map[string]any) string {
	raw, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// repeatNumbered joins n texts, "#" in them being their number.
func repeatNumbered(n int, text string) string {
	var all strings.Builder
	for i := range n {
		all.WriteString(strings.ReplaceAll(text, "#", fmt.Sprint(i)))
	}
	return all.String()
}

func nestText(n int, open, middle, end string) string {
	return strings.Repeat(open, n) + middle + strings.Repeat(end, n)
}

// Sizes.
var (
	smallSizes = []int{2, 5, 10, 19, 20, 21, 40}
	manySizes  = []int{10, 30, 80, 100, 101, 300, 1000, 3000, 10000}
	fewSizes   = []int{10, 300, 3000}
)

// Ids of the right form that nothing has.
const noNeed, noOffer = "need_00000000000000000000000000000000", "offer_00000000000000000000000000000000"
