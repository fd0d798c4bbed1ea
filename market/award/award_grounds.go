package award

import (
	"time"

	"github.com/southeasttogether/dps/market"
)

// AwardGroundsInput is what an award can need a ground for.
type AwardGroundsInput struct {
	OverCeiling  *string
	SinceRefusal *string
}

// leastGround is how many characters a ground has at least.
const leastGround = 40

// Bounds are what bounds an award: the need's price ceiling, if there is one, and whether the authority has refused to name
// the setting for the same child.
type Bounds struct {
	Ceiling *market.Decimal `db:"ceiling"`
	Refused bool            `db:"refused"`
}

// isOver says whether a price is over the ceiling. Where the law leaves no choice of the place, no ceiling bounds it.
func (b Bounds) isOver(route market.Route, weekly market.Decimal) bool {
	return !requiredByLaw(route) && b.Ceiling != nil && weekly.GreaterThan(b.Ceiling.Decimal)
}

// isRefused says whether the award is at a school that the authority refused to name: unsuitable, or incompatible with the
// efficient education of others or the efficient use of resources (Children and Families Act 2014, s 39(4)).
func (b Bounds) isRefused(route market.Route) bool {
	return b.Refused && !requiredByLaw(route)
}

// CheckGrounds gives the grounds of a proposal; nil where none is needed. A ground that is needed is given in full, and one
// that is not needed is left out. path is the path of their field.
func CheckGrounds(path string, route market.Route, weekly market.Decimal, b Bounds, in *AwardGroundsInput) (*market.AwardGrounds, error) {
	if in == nil {
		in = &AwardGroundsInput{}
	}
	for _, ground := range []struct {
		field   string
		words   *string
		needed  bool
		missing string
	}{
		{
			"overCeiling", in.OverCeiling, b.isOver(route, weekly),
			"This price is over the need's ceiling: enter why it can be, in at least 40 characters.",
		},
		{
			"sinceRefusal", in.SinceRefusal, b.isRefused(route),
			"The authority refused to name this school for this child (Children and Families Act 2014, s 39(4)): enter what has changed since, " +
				"in at least 40 characters.",
		},
	} {
		if err := checkGround(path+"grounds."+ground.field, ground.words, ground.needed, ground.missing); err != nil {
			return nil, err
		}
	}
	if in.OverCeiling == nil && in.SinceRefusal == nil {
		return nil, nil
	}
	return &market.AwardGrounds{OverCeiling: in.OverCeiling, SinceRefusal: in.SinceRefusal}, nil
}

func checkGround(field string, words *string, needed bool, missing string) error {
	switch {
	case !needed && words == nil:
		return nil
	case !needed:
		return market.RefuseField(market.Invalid, field, "Leave out this ground: this award does not need it.")
	case words == nil || len([]rune(*words)) < leastGround:
		return market.RefuseField(market.Invalid, field, "%s", missing)
	}
	text := market.InputText{Field: field, Value: *words, Limit: 4000}
	if err := market.CheckTexts(text); err != nil {
		return err
	}
	return market.CheckAnonymous(text)
}

// RequireGrounds refuses to approve an award that needs a ground which its proposal does not give: the ceiling or the refusal
// may be later than the proposal. The panel decides money: over the ceiling it has to agree once the price is known, which is
// after the proposal.
func RequireGrounds(a market.Award, weekly market.Decimal, b Bounds, given *market.AwardGrounds, panelRecorded time.Time) error {
	if given == nil {
		given = &market.AwardGrounds{}
	}
	over := b.isOver(a.Route, weekly)
	switch {
	case over && given.OverCeiling == nil:
		return market.Refuse(market.WrongState,
			"This price is over the need's ceiling, and the proposal gives no ground for it: reject it, so that it is proposed again with one.")
	case b.isRefused(a.Route) && given.SinceRefusal == nil:
		return market.Refuse(market.WrongState,
			"The authority refused to name this school for this child, and the proposal does not say what has changed since: reject it, so that "+
				"it is proposed again.")
	case over && panelRecorded.Before(a.ProposedAt):
		return market.Refuse(market.TooEarly,
			"This price is over the need's ceiling: the panel has to agree to it, and its decision has to be recorded after the proposal.")
	}
	return nil
}
