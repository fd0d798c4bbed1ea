package evaluation

import (
	"time"

	"github.com/southeasttogether/dps/market"
)

// DecideNamingInput is a decision on a school that a family asks for.
type DecideNamingInput struct {
	IdempotencyKey string
	Preference     market.ID
	Named          bool
	Ground         *market.NamingGround
	Reasons        string
	ConsultedOn    market.Date
	Effect         string

	DeclareNoInterest bool `json:",omitempty"`
}

// MustConsiderNaming says whether a family's wish for a school binds the authority. It does for a plan, if the school
// is a non-maintained special school or one approved under s 41 (Children and Families Act 2014, s 38(3)(e) and (f)),
// whether or not the school has offered or is in the market. For any other independent school the family makes
// representations.
func MustConsiderNaming(n market.Need, s market.Setting) bool {
	return n.LegalBasis == market.LegalBasisEhcPlan && (s.EstablishmentType != nil && *s.EstablishmentType == market.NonMaintainedType ||
		s.Section41 != nil && *s.Section41)
}

// DecideNaming checks a decision. The school must be named unless one of the three grounds applies (s 39(3) and (4)),
// and only after its proprietor was consulted (s 39(2)).
func DecideNaming(n market.Need, s *market.Setting, earlier *market.Naming, awards []market.Award,
	in DecideNamingInput, now time.Time,
) error {
	switch {
	case s == nil:
		return market.Refuse(market.WrongState,
			"This family did not ask for a school: use answerPreference to say what was done with their wish.")
	case !MustConsiderNaming(n, *s):
		return market.Refuse(market.WrongState,
			"The law does not require a decision on this request: consider it as the family's views, and use answerPreference to "+
				"answer it.")
	case earlier != nil:
		return market.ErrRequestDecided
	}
	for _, a := range awards {
		if in.Named && market.IsLive(a) {
			return market.Refuse(market.WrongState, "This need has a live award, so no school can be named for it. "+market.ForAnotherPlace)
		}
	}
	switch {
	case in.Named && in.Ground != nil:
		return market.RefuseField(market.Invalid, "ground", "Leave out the ground when the school is named.")
	case !in.Named && in.Ground == nil:
		return market.RefuseField(market.Invalid, "ground",
			"Choose which of the 3 legal grounds applies: without one, the school must be named.")
	case in.ConsultedOn.After(market.LondonDate(now)):
		return market.RefuseField(market.Invalid, "consultedOn",
			"The date that you consulted the school's proprietor must be today or in the past.")
	}
	return market.CheckTexts(market.InputText{Field: "reasons", Value: in.Reasons, Limit: 4000}, market.InputText{
		Field: "effect",
		Value: in.Effect, Limit: 4000,
	})
}
