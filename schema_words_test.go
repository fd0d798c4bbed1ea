package dps_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

const (
	leastDescription = 12 // characters, so that "When." and "The need." do not pass
	mostRepeated     = 6  // places on which one description can stand
)

// repeatable are the members of many types that mean the same on each of them.
var repeatable = map[string]string{
	"idempotencyKey":    "one rule for every mutation",
	"declareNoInterest": "one rule for every act on a need",
	"problems":          "a payload says alike whether a change was made",
	"(first)":           "one rule for every list",
	"(after)":           "one rule for every list",
	"edges":             "a page has the same shape in every list",
	"pageInfo":          "a page has the same shape in every list",
	"cursor":            "a page has the same shape in every list",
	"node":              "the type of the item says what it is",
}

// unwelcome are words that plain English does without: how they are found, a sentence with them, and what to write instead.
var unwelcome = []struct{ pattern, example, instead string }{
	{`\bthe own\b`, "The evaluator locks the own sheet.", "their, its, your own"},
	{`\bstands? in\b`, "The date stands in the plan.", "is in, holds"},
	{`\breckon`, "When the order was reckoned.", "work out, calculate"},
	{`\banew\b`, "The authority proposes anew.", "again"},
	{`\bis none\b`, "Null where it is none.", "there is no ..."},
	{`\bbeside\b`, "The calendar runs beside the need.", "next to, as well as"},
	{`\bso many\b`, "As so many officers as the lot asks for.", "a number of, as many as"},
	{`\bhangs? on\b`, "Everything that hangs on the need.", "depends on, belongs to"},
	{`\bat the most\b`, "Two at the most.", "at most"},
	{`\bmay not\b`, "The proposer may not approve it.", "cannot, must not"},
	{`(?:^|[.;:,] )who may\b`, "Who may publish none of them sees nothing.", "a person who can"},
}

// empty are descriptions that are long enough and still say nothing.
var empty = []string{
	"An object.", "The identifier.", "The description.", "See the name.", "To be described.", "Likewise, the same.", "In plain words.",
	"As its name says.",
}

// described is a description and the place where it stands, for example Need.deadline or Query.needs(first).
type described struct{ where, text string }

// member is the last part of the place: what repeatable calls it.
func (d described) member() string {
	if at := strings.IndexByte(d.where, '('); at >= 0 {
		return d.where[at:]
	}
	return d.where[strings.LastIndexByte(d.where, '.')+1:]
}

func TestDescriptionsInform(t *testing.T) {
	doc, all := parseSchema(t)
	places := descriptions(doc, all)
	if len(places) < 1000 {
		t.Fatalf("only %d descriptions were found", len(places))
	}
	for _, fault := range slices.Concat(emptyDescriptions(places), repeatedDescriptions(places), unwelcomeWords(places),
		pricesOfUnknownVAT(places)) {
		t.Error(fault)
	}
}

// descriptions are those of everything that the contract defines.
func descriptions(doc *ast.SchemaDocument, all ast.DefinitionList) []described {
	var found []described
	for _, d := range doc.Definitions {
		found = append(found, described{d.Name, d.Description})
	}
	for _, d := range doc.Directives {
		found = append(found, described{"@" + d.Name, d.Description})
		found = append(found, argumentDescriptions("@"+d.Name, d.Arguments)...)
	}
	for _, d := range all {
		for _, f := range d.Fields {
			found = append(found, described{d.Name + "." + f.Name, f.Description})
			found = append(found, argumentDescriptions(d.Name+"."+f.Name, f.Arguments)...)
		}
		for _, v := range d.EnumValues {
			found = append(found, described{d.Name + "." + v.Name, v.Description})
		}
	}
	return found
}

// pricesOfUnknownVAT are amounts of which nothing says whether VAT is in them: 4,000 with it is less than 4,000 without.
func pricesOfUnknownVAT(places []described) (faults []string) {
	for _, d := range places {
		if d.where != "Decimal" && strings.Contains(d.text, "pounds") && !strings.Contains(d.text, "VAT") {
			faults = append(faults, d.where+" does not say whether VAT is in the amount")
		}
	}
	return faults
}

func argumentDescriptions(where string, arguments ast.ArgumentDefinitionList) []described {
	var found []described
	for _, a := range arguments {
		found = append(found, described{where + "(" + a.Name + ")", a.Description})
	}
	return found
}

// emptyDescriptions are missing, no sentence, too short, or say no more than the name does.
func emptyDescriptions(places []described) (faults []string) {
	for _, d := range places {
		text := strings.TrimSpace(d.text)
		switch {
		case text == "":
			faults = append(faults, d.where+" has no description")
		case !strings.HasSuffix(text, "."):
			faults = append(faults, fmt.Sprintf("%s: %q does not end with a full stop", d.where, text))
		case len(text) < leastDescription, slices.Contains(empty, text), letters(text) == letters(d.member()):
			faults = append(faults, fmt.Sprintf("%s: %q says nothing that its name does not say", d.where, text))
		}
	}
	return faults
}

// letters are a text's letters alone, in small ones, without the article: "The receivedAt." and receivedAt are alike.
func letters(text string) string {
	text = strings.TrimPrefix(strings.ToLower(text), "the ")
	return strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return -1
		}
		return r
	}, text)
}

// repeatedDescriptions stand on more places than can each have a sentence of its own, unless a page or a payload has them.
func repeatedDescriptions(places []described) (faults []string) {
	same := map[string][]string{}
	for _, d := range places {
		if _, ok := repeatable[d.member()]; !ok {
			same[d.text] = append(same[d.text], d.where)
		}
	}
	for text, where := range same {
		if len(where) > mostRepeated {
			faults = append(faults, fmt.Sprintf("%q stands on %d places, at most %d: %s", text, len(where), mostRepeated, strings.Join(where, ", ")))
		}
	}
	return faults
}

func unwelcomeWords(places []described) (faults []string) {
	for _, words := range unwelcome {
		pattern := regexp.MustCompile("(?im)" + words.pattern)
		for _, d := range places {
			if found := pattern.FindString(d.text); found != "" {
				faults = append(faults, fmt.Sprintf("%s: %q: write %q", d.where, found, words.instead))
			}
		}
	}
	return faults
}

// descriptionCase is a check with descriptions that it has to find fault with.
type descriptionCase struct {
	check  func([]described) []string
	places []described
}

func TestDescriptionChecksFail(t *testing.T) {
	good := described{"Need.deadline", "When the time to offer ends, by the database's clock."}
	cases := map[string]descriptionCase{
		"missing":             {emptyDescriptions, []described{{"Need.deadline", " "}}},
		"without a full stop": {emptyDescriptions, []described{{"Need.deadline", "When the time to offer ends"}}},
		"too short":           {emptyDescriptions, []described{{"Need.deadline", "Until when."}}},
		"empty":               {emptyDescriptions, []described{{"Need.deadline", "As its name says."}}},
		"only the name":       {emptyDescriptions, []described{{"FeeKind.RESIDENTIAL_CARE", "Residential care."}}},
		"a price":             {pricesOfUnknownVAT, []described{{"Offer.weekly", "The fee, in pounds a week."}}},
		"repeated":            {repeatedDescriptions, slices.Repeat([]described{good}, mostRepeated+1)},
		"repeated in argument": {repeatedDescriptions, slices.Repeat([]described{{"Mutation.x(input)", "The input of the change."}}, mostRepeated+
			1)},
	}
	for _, words := range unwelcome {
		cases["unwelcome: "+words.pattern] = descriptionCase{unwelcomeWords, []described{{"Need.deadline", words.example}}}
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if faults := c.check(c.places); len(faults) == 0 {
				t.Error("passes, want a fault")
			}
			if faults := c.check([]described{good}); len(faults) > 0 {
				t.Errorf("a good description has faults: %v", faults)
			}
		})
	}
	for member := range repeatable {
		where := "Type." + member
		if strings.HasPrefix(member, "(") {
			where = "Query.needs" + member
		}
		if faults := repeatedDescriptions(slices.Repeat([]described{{where, "The same on every type."}}, mostRepeated+1)); len(faults) > 0 {
			t.Errorf("%s can be repeated, and has faults: %v", member, faults)
		}
	}
}
