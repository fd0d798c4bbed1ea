package market

import "fmt"

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
)

// Refusal is a rule's no: which kind, at which field of the input ("" for the whole), in one plain sentence that says
// what to do. It never holds what its reader may not know.
type Refusal struct {
	Code    Code    `json:"code"`
	Field   *string `json:"field,omitempty"`
	Message string  `json:"message"`
}

func (r *Refusal) Error() string { return string(r.Code) + ": " + r.Message }

// Refuse makes a refusal of the whole.
func Refuse(code Code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Message: fmt.Sprintf(format, args...)}
}

// RefuseField makes a refusal of one field of the input, named by its path.
func RefuseField(code Code, field, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Field: &field, Message: fmt.Sprintf(format, args...)}
}

// Absent is the one answer for a thing that does not exist and for one that is hidden.
func Absent(what string) *Refusal {
	return Refuse(NotFound, "This %s was not found, or you do not have access to it.", what)
}
