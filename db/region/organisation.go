package region

import (
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/southeasttogether/dps/db/directory"
	"github.com/southeasttogether/dps/db/internal/engine"
	"github.com/southeasttogether/dps/db/partnership"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/market/idkind"
	partnershiprules "github.com/southeasttogether/dps/market/partnership"
	rules "github.com/southeasttogether/dps/market/region"
)

func (a *application) applyOrganisations(w rules.Wanted) error {
	var all []market.Organisation
	if err := a.tx.SelectRows(a.ctx, &all, directory.OrganisationRows+" ORDER BY o.name"); err != nil {
		return err
	}
	a.founded, a.organisations = len(all) > 0, map[string]market.Organisation{}
	for _, o := range all {
		a.organisations[rules.Key(o.Name, o.DfeCode)] = o
		if o.Lead {
			a.lead = o.ID
		}
	}
	for _, o := range w.Organisations {
		if err := a.applyOrganisation(o); err != nil {
			return err
		}
	}
	if !w.IsPart {
		a.requireNamed(w)
	}
	return nil
}

func (a *application) applyOrganisation(w rules.Organisation) error {
	is, ok := a.organisations[rules.Key(w.Name, w.DfeCode)]
	if ok {
		return a.changeOrganisation(w, is)
	}
	if a.founded && w.Lead {
		a.addProblem(w.Place, "lead", "Another authority already leads this region.")
		return nil
	}
	consortium, ok := a.consortiumOf(w)
	if !ok {
		return nil
	}
	o := market.Organisation{
		ID: w.ID, Kind: w.Kind, Name: w.Name, DfeCode: w.DfeCode, Lead: w.Lead, ConsortiumID: consortium, JoinedOn: w.JoinsOn, AsOf: a.now,
	}
	if o.ID == uuid.Nil {
		o.ID = id("organisation", rules.Key(w.Name, w.DfeCode))
	}
	var taken bool
	var err error
	if a.founded {
		taken, err = a.takeStep(w.Place, "admit "+o.Name, func() error { return a.admitOrganisation(w, &o) })
	} else {
		taken, err = a.takeStep(w.Place, "found "+o.Name, func() error {
			return a.tx.Record(a.ctx, "region.found", func() (engine.Event, error) {
				return partnership.FoundOrganisationIn(a.ctx, a.tx, o)
			})
		})
	}
	if !taken {
		return err
	}
	a.organisations[rules.Key(w.Name, w.DfeCode)] = o
	if o.Lead {
		a.lead = o.ID
	}
	return a.endOrganisation(w, o)
}

// consortiumOf is the id of the consortium that an organisation is to belong to. It is not ok where that one could not be founded.
func (a *application) consortiumOf(w rules.Organisation) (*uuid.UUID, bool) {
	if w.Consortium == "" {
		return nil, true
	}
	consortium, ok := a.organisations[w.Consortium]
	return &consortium.ID, ok
}

func (a *application) admitOrganisation(w rules.Organisation, o *market.Organisation) error {
	from := market.LondonDate(a.now)
	if w.JoinsOn != nil {
		from = *w.JoinsOn
	}
	o.JoinedOn = &from
	return a.tx.Record(a.ctx, "partnership.admit", func() (engine.Event, error) {
		return partnership.AdmitPartnerIn(a.ctx, a.tx, o.ID, partnershiprules.AdmitPartnerInput{
			Kind: w.Kind, Name: w.Name, DfeCode: w.DfeCode, Consortium: named(o.ConsortiumID), From: from, Words: reasonOrStandard(w),
		})
	})
}

// changeOrganisation moves an organisation or records its last day. What else is another than in the region cannot change.
func (a *application) changeOrganisation(w rules.Organisation, is market.Organisation) error {
	switch {
	case w.Name != is.Name:
		a.addProblem(w.Place, "name", "%s is called %s in the region. A name cannot be changed here.", *w.DfeCode, is.Name)
	case w.Lead != is.Lead:
		a.addProblem(w.Place, "lead", "The authority that leads the region cannot be changed here.")
	case (w.Kind == market.OrganisationKindConsortium) != (is.Kind == market.OrganisationKindConsortium):
		a.addProblem(w.Place, "consortium", "%s cannot become or cease to be a consortium.", is.Name)
	case w.JoinsOn != nil && !isSameDay(w.JoinsOn, is.JoinedOn):
		a.addProblem(w.Place, "joins", "The first day of %s cannot be changed: it is %s.", is.Name, dayOr(is.JoinedOn, "that of the region"))
	case is.LeftOn != nil && !isSameDay(w.LeavesOn, is.LeftOn):
		a.addProblem(w.Place, "leaves", "The last day of %s is already recorded: %s.", is.Name, is.LeftOn)
	default:
		if err := a.moveOrganisation(w, is); err != nil {
			return err
		}
		return a.endOrganisation(w, is)
	}
	return nil
}

func (a *application) moveOrganisation(w rules.Organisation, is market.Organisation) error {
	to, ok := a.consortiumOf(w)
	if !ok || isSameID(to, is.ConsortiumID) {
		return nil
	}
	move := func(to *uuid.UUID) error {
		return a.tx.Record(a.ctx, "partnership.move", func() (engine.Event, error) {
			return partnership.MoveBoroughIn(a.ctx, a.tx, partnershiprules.MoveBoroughInput{
				Organisation: market.ID{UUID: is.ID}, Consortium: named(to), Words: reasonOrStandard(w),
			})
		})
	}
	if is.ConsortiumID != nil {
		taken, err := a.takeStep(w.Place, "move "+is.Name+" out of its consortium", func() error { return move(nil) })
		if !taken {
			return err
		}
	}
	if to == nil {
		return nil
	}
	_, err := a.takeStep(w.Place, "move "+is.Name+" into "+w.Consortium, func() error { return move(to) })
	return err
}

func (a *application) endOrganisation(w rules.Organisation, is market.Organisation) error {
	if w.LeavesOn == nil || is.LeftOn != nil {
		return nil
	}
	_, err := a.takeStep(w.Place, "record that "+is.Name+" leaves on "+w.LeavesOn.String(), func() error {
		return a.tx.Record(a.ctx, "partnership.end", func() (engine.Event, error) {
			return partnership.EndPartnershipIn(a.ctx, a.tx, partnershiprules.EndPartnershipInput{
				Organisation: market.ID{UUID: is.ID}, LastDay: *w.LeavesOn, Words: reasonOrStandard(w),
			})
		})
	})
	return err
}

// requireNamed says which organisations of the region are not in the file.
func (a *application) requireNamed(w rules.Wanted) {
	wanted := map[string]bool{}
	for _, o := range w.Organisations {
		wanted[rules.Key(o.Name, o.DfeCode)] = true
	}
	today := market.LondonDate(a.now)
	for _, key := range slices.Sorted(maps.Keys(a.organisations)) {
		if o := a.organisations[key]; !wanted[key] && (o.LeftOn == nil || !o.LeftOn.Before(today)) {
			a.addProblem("organisations", "", "%s is in the region and not in this file: name it, with its last day if it leaves.", o.Name)
		}
	}
}

func reasonOrStandard(w rules.Organisation) string {
	if w.Reason != "" {
		return w.Reason
	}
	return "As the region's file says."
}

func named(id *uuid.UUID) *market.ID {
	if id == nil {
		return nil
	}
	return &market.ID{Kind: idkind.Organisation, UUID: *id}
}

func isSameID(x, y *uuid.UUID) bool { return x == y || x != nil && y != nil && *x == *y }

func isSameDay(x, y *market.Date) bool { return x == y || x != nil && y != nil && x.Equal(*y) }

func dayOr(d *market.Date, none string) string {
	if d == nil {
		return none
	}
	return d.String()
}
