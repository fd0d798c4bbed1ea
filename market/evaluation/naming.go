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
}

// MustConsiderNaming says whether a family's wish for a school obliges the authority: for a plan, a request for a
// non-maintained special school or one approved under s 41 (Children and Families Act 2014, s 38(3)(e) and (f)); whether it
// offered, or is in the market at all, does not matter. For any other independent school the family makes representations.
func MustConsiderNaming(n market.Need, s market.Setting) bool {
	return n.LegalBasis == market.LegalBasisEhcPlan && (s.EstablishmentType != nil && *s.EstablishmentType == market.NonMaintainedType ||
		s.Section41)
}

// DecideNaming checks a decision: the school is named, unless one of the three grounds stands against it (s 39(3) and (4)),
// after its proprietor was consulted (s 39(2)).
func DecideNaming(n market.Need, s *market.Setting, earlier *market.Naming, awards []market.Award,
	in DecideNamingInput, now time.Time,
) error {
	switch {
	case s == nil:
		return market.Refuse(market.WrongState, "This family names no school: say what was done with its wish by answerPreference.")
	case !MustConsiderNaming(n, *s):
		return market.Refuse(market.WrongState,
			"This is no request that obliges to name a school: weigh it as the family's representations, and answer it by answerPreference.")
	case earlier != nil:
		return market.Refuse(market.AlreadyExists, "This request is decided.")
	}
	for _, a := range awards {
		if in.Named && market.IsLive(a) {
			return market.Refuse(market.WrongState, "This need has a live award.")
		}
	}
	switch {
	case in.Named && in.Ground != nil:
		return market.RefuseField(market.Invalid, "ground", "Leave this out where the school is named.")
	case !in.Named && in.Ground == nil:
		return market.RefuseField(market.Invalid, "ground",
			"The school is named unless one of the three grounds of the law stands against it: say which.")
	case in.ConsultedOn.After(market.EndOfDay(now)):
		return market.RefuseField(market.Invalid, "consultedOn", "The school's proprietor is consulted before the decision.")
	}
	return market.CheckTexts(market.InputText{Field: "reasons", Value: in.Reasons, Limit: 4000}, market.InputText{
		Field: "effect",
		Value: in.Effect, Limit: 4000,
	})
}
