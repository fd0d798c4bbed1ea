package market

import (
	"time"

	"github.com/google/uuid"
)

// NamingGround is a ground on which an authority need not name the school that a family asks for.
type NamingGround string

// The grounds of the Children and Families Act 2014, s 39(4): (a), (b)(i) and (b)(ii).
const (
	GroundUnsuitable          NamingGround = "UNSUITABLE"
	GroundEducationOfOthers   NamingGround = "EFFICIENT_EDUCATION_OF_OTHERS"
	GroundUseOfResources NamingGround = "EFFICIENT_USE_OF_RESOURCES"
)

// LegalBasisEhcPlan is the legal basis of a place that is named in an education, health and care plan.
const LegalBasisEhcPlan LegalBasis = "EHC_PLAN"

// NonMaintainedType is the type of non-maintained special schools, as coded by Get Information About Schools.
const NonMaintainedType = "08"

// Naming is a decision on a school that a family asks to have named.
type Naming struct {
	ID           uuid.UUID     `db:"id"`
	PreferenceID uuid.UUID     `db:"preference_id"`
	SettingID    uuid.UUID     `db:"setting_id"`
	Named        bool          `db:"named"`
	Ground       *NamingGround `db:"ground"`
	Reasons      string        `db:"-"`
	ConsultedOn  Date          `db:"consulted_on"`
	DecidedAt    time.Time     `db:"decided_at"`
}

// DecideNamingInput is a decision on a school that a family asks for.
type DecideNamingInput struct {
	IdempotencyKey string
	Preference     ID
	Named          bool
	Ground         *NamingGround
	Reasons        string
	ConsultedOn    Date
	Effect         string
}

// MustConsiderNaming says whether a family's wish for a school obliges the authority: for a plan, a request for a
// non-maintained special school or one approved under s 41 (Children and Families Act 2014, s 38(3)(e) and (f)); whether it
// offered, or is in the market at all, does not matter. For any other independent school the family makes representations.
func MustConsiderNaming(n Need, s Setting) bool {
	return n.LegalBasis == LegalBasisEhcPlan && (s.EstablishmentType != nil && *s.EstablishmentType == NonMaintainedType || s.Section41)
}

// DecideNaming checks a decision: the school is named, unless one of the three grounds stands against it (s 39(3) and (4)),
// after its proprietor was consulted (s 39(2)).
func DecideNaming(n Need, s *Setting, earlier *Naming, awards []Award, in DecideNamingInput, now time.Time) error {
	switch {
	case s == nil:
		return Refuse(WrongState, "This family names no school: say what was done with its wish by answerPreference.")
	case !MustConsiderNaming(n, *s):
		return Refuse(WrongState, "This is no request that obliges to name a school: weigh it as the family's representations, and answer it by answerPreference.")
	case earlier != nil:
		return Refuse(AlreadyExists, "This request is decided.")
	}
	for _, a := range awards {
		if in.Named && a.isLive() {
			return Refuse(WrongState, "This need has a live award.")
		}
	}
	switch {
	case in.Named && in.Ground != nil:
		return RefuseField(Invalid, "ground", "Leave this out where the school is named.")
	case !in.Named && in.Ground == nil:
		return RefuseField(Invalid, "ground", "The school is named unless one of the three grounds of the law stands against it: say which.")
	case in.ConsultedOn.After(EndOfDay(now)):
		return RefuseField(Invalid, "consultedOn", "The school's proprietor is consulted before the decision.")
	}
	return checkTexts(InputText{"reasons", in.Reasons, 4000}, InputText{"effect", in.Effect, 4000})
}
