// Package region says what a region is to be: its organisations, its market with notices and lots, its questions to families, and its
// people's first capacities. Its rules are those of the areas. What only a whole region can break is here.
package region

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/admission"
)

// Wanted is a region as it is to be. Place says where a part of it is written.
type Wanted struct {
	Organisations []Organisation // a consortium before its boroughs
	Markets       []Market
	Questions     []Question
	People        []Person
	IsPart        bool // organisations that are not named stay as they are; otherwise each has to be named until it has left
}

// Organisation is an authority or a consortium as it is to be.
type Organisation struct {
	Place      string
	ID         uuid.UUID // of one that is founded or joins
	Kind       market.OrganisationKind
	Name       string
	DfeCode    *string
	Lead       bool
	Consortium string // its name; "" for none
	JoinsOn    *market.Date
	LeavesOn   *market.Date
	Reason     string // for joining, moving and leaving
}

// Market is a market as it is to be. The lead authority is the organisation that leads.
type Market struct {
	Place string
	market.Market
	Notices []Notice
	Lots    []Lot
}

// Notice is a notice of a market, which its reference identifies.
type Notice struct {
	Place string
	admission.PublishNoticeInput
}

// Lot is a lot, which its name identifies.
type Lot struct {
	Place string
	admission.CreateLotInput
	Evidence  []admission.AskForEvidenceInput
	Published bool
}

// Question is a question to families, in the words that it is to have.
type Question struct {
	Place      string
	Respondent string
	Code       string
	Words      string
}

// Person is a person with first capacities, which the issuer of tokens gives.
type Person struct {
	Place        string
	Subject      string
	Organisation string // its DfE code or its name
	Capacities   []string
}

// Problem is why a region cannot be as it is wanted: where that is written, the field if one is to blame, and one plain sentence.
type Problem struct {
	Place, Field, Message string
}

// Key identifies an organisation: its DfE code, or its name if it is a consortium.
func Key(name string, dfeCode *string) string {
	if dfeCode != nil {
		return *dfeCode
	}
	return name
}

// Check finds everything that is wrong with a region in itself.
func Check(w Wanted) []Problem {
	c := checker{organisations: map[string]Organisation{}}
	for _, o := range w.Organisations {
		c.checkOrganisation(o)
	}
	if len(c.leads) != 1 {
		c.reportProblem("organisations", "lead", "Exactly one authority must lead: %d do.", len(c.leads))
	}
	for _, m := range w.Markets {
		c.checkMarket(m)
	}
	for _, p := range w.People {
		c.checkPerson(p)
	}
	return c.problems
}

type checker struct {
	organisations map[string]Organisation // by key, and by name
	leads         []string
	markets       []string
	people        []string
	problems      []Problem
}

func (c *checker) reportProblem(place, field, format string, args ...any) {
	c.problems = append(c.problems, Problem{place, field, fmt.Sprintf(format, args...)})
}

func (c *checker) checkOrganisation(o Organisation) {
	for _, key := range slices.Compact([]string{o.Name, Key(o.Name, o.DfeCode)}) {
		if other, ok := c.organisations[key]; ok {
			c.reportProblem(o.Place, "", "%s and %s have the same name or code.", o.Name, other.Name)
			continue
		}
		c.organisations[key] = o
	}
	if o.Lead {
		c.leads = append(c.leads, o.Name)
		if o.Kind != market.OrganisationKindPartner {
			c.reportProblem(o.Place, "lead", "A consortium or a borough cannot lead.")
		}
	}
	if (o.JoinsOn != nil && o.LeavesOn != nil) && o.LeavesOn.Before(*o.JoinsOn) {
		c.reportProblem(o.Place, "leaves", "%s cannot leave before it joins.", o.Name)
	}
}

func (c *checker) checkMarket(m Market) {
	if slices.Contains(c.markets, m.Name) {
		c.reportProblem(m.Place, "name", "Two markets are called %s.", m.Name)
	}
	c.markets = append(c.markets, m.Name)
	if err := market.CheckTexts(market.InputText{Field: "name", Value: m.Name, Limit: 200}); err != nil {
		c.reportProblem(m.Place, "name", "Enter the name of the market.")
	}
	if m.FeedbackMinimum < leastFeedback {
		c.reportProblem(m.Place, "feedback_minimum", "At least %d answers must be behind each figure.", leastFeedback)
	}
	if m.EndsOn.Before(market.LondonDate(m.NoticeAt)) {
		c.reportProblem(m.Place, "ends", "The market cannot end before it is established.")
	}
	var lots, notices []string
	for _, l := range m.Lots {
		if slices.Contains(lots, l.Name) {
			c.reportProblem(l.Place, "name", "Two lots of this market are called %s.", l.Name)
		}
		lots = append(lots, l.Name)
	}
	for _, n := range m.Notices {
		if slices.Contains(notices, n.Reference) {
			c.reportProblem(n.Place, "reference", "Two notices of this market have the reference %s.", n.Reference)
		}
		notices = append(notices, n.Reference)
	}
}

// leastFeedback is the lowest number of answers that a market can have behind a figure, as the database holds it.
const leastFeedback = 3

// The capacities that belong to one kind of organisation.
const (
	marketManager     = "market_manager"
	consortiumOfficer = "consortium_officer"
	bidsManager       = "bids_manager"
)

func (c *checker) checkPerson(p Person) {
	o, ok := c.organisations[p.Organisation]
	if !ok {
		c.reportProblem(p.Place, "organisation", "No organisation of this file has the code or the name %q.", p.Organisation)
	}
	if len(p.Capacities) == 0 {
		c.reportProblem(p.Place, "capacities", "Enter the capacities of this person.")
	}
	if slices.Contains(c.people, p.Subject) {
		c.reportProblem(p.Place, "person", "Enter each person once, with all capacities: a token has one organisation.")
	}
	c.people = append(c.people, p.Subject)
	for _, capacity := range p.Capacities {
		switch {
		case capacity == bidsManager:
			c.reportProblem(p.Place, "capacities", "A bids manager belongs to a provider, which registers itself.")
		case ok && capacity == marketManager && !o.Lead:
			c.reportProblem(p.Place, "capacities", "Only people of the lead authority can be market managers.")
		case ok && (capacity == consortiumOfficer) != (o.Kind == market.OrganisationKindConsortium):
			c.reportProblem(p.Place, "capacities", "People of a consortium are consortium officers, and nobody else is.")
		}
	}
}
