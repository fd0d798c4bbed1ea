package market

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// Code is a kind of refusal: ProblemCode in the schema.
type Code string

// The kinds of refusal, as the schema explains them.
const (
	NotFound           Code = "NOT_FOUND"
	Invalid            Code = "INVALID"
	WrongState         Code = "WRONG_STATE"
	DeadlinePassed     Code = "DEADLINE_PASSED"
	TooEarly           Code = "TOO_EARLY"
	IdentifiesChild    Code = "IDENTIFIES_CHILD"
	UniqueProfile      Code = "UNIQUE_PROFILE"
	NotAdmitted        Code = "NOT_ADMITTED"
	AlreadyExists      Code = "ALREADY_EXISTS"
	NoCapacity         Code = "NO_CAPACITY"
	SamePerson         Code = "SAME_PERSON"
	ConflictOfInterest Code = "CONFLICT_OF_INTEREST"
	KeyReused          Code = "KEY_REUSED"
	MaterialChange     Code = "MATERIAL_CHANGE"
)

// Refusal is why a rule refuses something: its code, the field of the input ("" for all of it), and one plain sentence
// that says what is wrong and what to do. It never contains what its reader must not know.
type Refusal struct {
	Code    Code    `json:"code"`
	Field   *string `json:"field,omitempty"`
	Message string  `json:"message"`

	Absent AbsentThing `json:"-"` // of NotFound: what was not found, so that the field can be named
}

// AbsentThing is what was not found: in words, and its id where that is known.
type AbsentThing struct {
	What string
	ID   uuid.UUID
}

func (r *Refusal) Error() string { return string(r.Code) + ": " + r.Message }

// Refuse makes a refusal of the whole input.
func Refuse(code Code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Message: fmt.Sprintf(format, args...)}
}

// RefuseField makes a refusal of one field of the input, named by its path.
func RefuseField(code Code, field, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Field: &field, Message: fmt.Sprintf(format, args...)}
}

// RefuseIf refuses a field of the input if something is wrong with it.
func RefuseIf(wrong bool, field, format string, args ...any) error {
	if !wrong {
		return nil
	}
	return RefuseField(Invalid, field, format, args...)
}

// ProblemErrors are several refusals of one input, in the order of its fields.
type ProblemErrors []*Refusal

func (p ProblemErrors) Error() string {
	all := make([]string, len(p))
	for i, refusal := range p {
		all[i] = refusal.Error()
	}
	return strings.Join(all, "; ")
}

// Unwrap gives the first problem to whoever asks for one refusal.
func (p ProblemErrors) Unwrap() error { return p[0] }

// All is what several checks of one input refuse together, so that a person can put all of it right at once; nil if they refuse
// nothing. What is no refusal comes first.
func All(checks ...error) error {
	var all ProblemErrors
	for _, err := range checks {
		if err == nil {
			continue
		}
		found := ProblemsOf(err)
		if found == nil {
			return err
		}
		all = append(all, found...)
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return all
}

// ProblemsOf are the refusals that an error stands for; nil for any other error.
func ProblemsOf(err error) ProblemErrors {
	if several := ProblemErrors(nil); errors.As(err, &several) {
		return several
	}
	if one := (*Refusal)(nil); errors.As(err, &one) {
		return ProblemErrors{one}
	}
	return nil
}

// Absent is the answer for a thing that does not exist and for one that the caller cannot see. They must look the same.
func Absent(what string) *Refusal {
	refusal := Refuse(NotFound, "This %s was not found, or you do not have access to it.", what)
	refusal.Absent.What = what
	return refusal
}

// AbsentID is Absent for a thing whose id is known.
func AbsentID(what string, id uuid.UUID) *Refusal {
	refusal := Absent(what)
	refusal.Absent.ID = id
	return refusal
}

// ForAnotherPlace says what to do where an award rules out another one, and its place is over.
const ForAnotherPlace = "If its placement has ended and another place is needed, copy the need with copyNeed and publish the copy."

// Refusals that a rule makes when it looks, and the database, as the last word, for who came between.
var (
	ErrDeadlinePassed     = Refuse(DeadlinePassed, "The deadline has passed.")
	ErrApplicationDecided = Refuse(WrongState, "This application has already been decided.")
	ErrCodeTaken          = RefuseField(AlreadyExists, "dfeCode", "Another organisation of the region already has this code.")
	ErrDeclaredAlready    = Refuse(AlreadyExists, "You have already declared this.")
	ErrPriceQueryWaits    = Refuse(AlreadyExists, "A query about this price is already waiting for an answer.")
	ErrAwardedBeforeQuery = Refuse(WrongState, "This need has a live award: prices can only be queried before one is proposed.")
	ErrRequestDecided     = Refuse(AlreadyExists, "This request has already been decided.")
	ErrNotRunByProvider   = Refuse(WrongState, "This provider does not run the setting any more, so that no place there can be awarded to it.")
	ErrLiveAward          = Refuse(AlreadyExists, "This need already has a live award. "+ForAnotherPlace)
)
