// Package region founds and changes a region: its organisations, its market with notices and lots, and its questions to families. It
// takes each step by the rules and with the events of the areas, all in one transaction.
package region

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/market"
	rules "github.com/southeasttogether/dps/market/region"
)

// Operator is who runs the service and applies a region.
type Operator = engine.Operator

// Step is a step that was taken: what it is about, and what changed there.
type Step struct {
	Place, Words string
}

// Report is what became of a region.
type Report struct {
	Steps    []Step          // none where everything was already as it is wanted
	Problems []rules.Problem // where there are any, nothing was changed
	Claims   []Claim         // what the issuer of tokens needs
}

// Claim is what a token of a person says.
type Claim struct {
	Subject          string
	Organisation     uuid.UUID
	OrganisationName string
	Capacities       []string
	Epoch            int
}

// errProblems ends a transaction that met problems.
var errProblems = errors.New("the region cannot be as it is wanted")

// Apply makes the region as it is wanted, in one transaction. Problems leave everything as it was.
func Apply(ctx context.Context, o Operator, w rules.Wanted) (Report, error) {
	r := Report{Problems: rules.Check(w)}
	err := engine.Operate(ctx, o, func(t *engine.Tx) error {
		a := &application{ctx: ctx, tx: t, report: &r}
		return a.apply(w)
	})
	if errors.Is(err, errProblems) {
		r.Steps, err = nil, nil
	}
	return r, err
}

// application is the region while it is applied.
type application struct {
	ctx           context.Context
	tx            *engine.Tx
	report        *Report
	organisations map[string]market.Organisation // by code, or by name if it has no code
	founded       bool                           // whether the region was there before
	lead          uuid.UUID
	now           time.Time
}

func (a *application) apply(w rules.Wanted) error {
	if err := a.tx.Lock(a.ctx, engine.LockRegion()); err != nil {
		return err
	}
	var err error
	if a.now, err = engine.MarketNow(a.ctx, a.tx); err != nil {
		return err
	}
	for _, part := range []func(rules.Wanted) error{a.applyOrganisations, a.applyMarkets, a.applyQuestions, a.claim} {
		if err := part(w); err != nil {
			return err
		}
	}
	if len(a.report.Problems) > 0 {
		return errProblems
	}
	return nil
}

// takeStep takes a step. A refusal becomes a problem of its place, and the next steps are tried, so that all problems are told at once;
// after a
// failure of the database nothing more can be tried.
func (a *application) takeStep(place, words string, step func() error) (taken bool, err error) {
	err = step()
	if refusal := (*market.Refusal)(nil); errors.As(err, &refusal) {
		field := ""
		if refusal.Field != nil {
			field = *refusal.Field
		}
		a.addProblem(place, field, "%s", refusal.Message)
		if a.tx.Failed() != nil {
			return false, errProblems
		}
		return false, nil
	}
	if err == nil && words != "" {
		a.report.Steps = append(a.report.Steps, Step{place, words})
	}
	return err == nil, err
}

func (a *application) addProblem(place, field, format string, args ...any) {
	a.report.Problems = append(a.report.Problems, rules.Problem{Place: place, Field: field, Message: fmt.Sprintf(format, args...)})
}

// id is an id of the region's own, which is the same each time it is applied: so a dry run tells the issuer of tokens the ids that will be.
func id(kind, key string) uuid.UUID { return uuid.NewSHA1(namespace, []byte(kind+" "+key)) }

var namespace = uuid.MustParse("0f6c2b0e-52f5-4d3c-9d0b-3a4b0c7f9a11")
