// Package coded makes errors with a code of the schema's enum ErrorCode, for callers to read.
package coded

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// The codes of ErrorCode in the schema. The code for a missing capacity comes from the policy.
const (
	Forbidden       = "FORBIDDEN"
	BadInput        = "BAD_INPUT"
	LimitExceeded   = "LIMIT_EXCEEDED"
	Unavailable     = "UNAVAILABLE"
	Internal        = "INTERNAL"
	Unauthenticated = "UNAUTHENTICATED"
)

// New is an error with a code. The message is shown to the caller.
func New(code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": code}}
}

// Limit says which limit was reached and how to stay within it. It repeats nothing of the request.
func Limit(format string, args ...any) *gqlerror.Error {
	return New(LimitExceeded, fmt.Sprintf(format, args...))
}
