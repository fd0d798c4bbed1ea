package tendering

import "github.com/southeasttogether/dps/market"

// DeclareInterestInput is a declaration.
type DeclareInterestInput struct {
	IdempotencyKey string
	Need           market.ID
	Conflict       bool
	Nature         *string
}

// DeclareInterest checks a declaration against the person's earlier ones. An interest must say what it is. A declared
// interest stays: the person who has it cannot judge that it has gone.
func DeclareInterest(earlier []market.Interest, in DeclareInterestInput) error {
	for _, e := range earlier {
		if e.Conflict || !in.Conflict {
			return market.ErrDeclaredAlready
		}
	}
	switch {
	case in.Conflict && in.Nature == nil:
		return market.RefuseField(market.Invalid, "nature", "Say what your interest is.")
	case in.Conflict:
		return market.CheckTexts(market.InputText{Field: "nature", Value: *in.Nature, Limit: 4000})
	case in.Nature != nil:
		return market.RefuseField(market.Invalid, "nature", "Leave this out if you have no interest, or declare that you have one.")
	}
	return nil
}

// RequireNoConflict refuses a person who has not declared yet or who has an interest. Authorities must prevent,
// identify and remedy conflicts of interest of people who take part in a procedure or can influence its outcome (PCR
// 2015 reg 24; Procurement Act 2023 ss 81 to 83 (check): an assessment of conflicts is kept, and a person with a
// conflict takes no part).
func RequireNoConflict(declared, conflict bool) error {
	switch {
	case conflict:
		return market.Refuse(market.ConflictOfInterest,
			"You have declared an interest in this need, so you cannot act on it: ask a colleague.")
	case !declared:
		return market.Refuse(market.ConflictOfInterest,
			"Declare whether you have an interest in the outcome of this need first: with declareInterest or, if you have none, "+
				"with declareNoInterest in this request.")
	}
	return nil
}
