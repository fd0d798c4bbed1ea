package transport

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/resolvers/internal/coded"
)

// Present is the only way for an error to reach a caller. It logs an unknown error under a number and masks it.
func Present(ctx context.Context, err error) *gqlerror.Error {
	shown := explain(ctx, err)
	var known *gqlerror.Error
	if errors.As(err, &known) && shown != known {
		shown.Path, shown.Locations = known.Path, known.Locations
	}
	if shown.Path == nil {
		shown.Path = graphql.GetPath(ctx)
	}
	return shown
}

func explain(ctx context.Context, err error) *gqlerror.Error {
	var refusal *market.Refusal
	var known *gqlerror.Error
	var rows db.TooManyRowsError
	switch {
	case errors.As(err, &refusal):
		return coded.New(coded.BadInput, refusal.Message)
	case errors.As(err, &rows):
		return coded.Limit("The operation reads more than %d things: ask for fewer with `first`, or for fewer lists.", int(rows))
	case errors.Is(err, db.ErrForbidden):
		return coded.New(coded.Forbidden, "You cannot do this in your capacity.")
	case errors.Is(err, db.ErrRevoked):
		return coded.New(coded.Unauthenticated, "The token is not valid: sign in again.")
	case errors.Is(err, db.ErrOutgrown): // the request is answered again, and nobody sees this
		return coded.New(coded.Unavailable, "Try the same request again.")
	case errors.Is(err, db.ErrUnavailable):
		unavailable.note(loggable(err))
		return coded.New(coded.Unavailable, "The service is busy: try the same request again.")
	case errors.As(err, &known) && known.Extensions["code"] != nil:
		return withoutEcho(known)
	case known != nil && ofArgument(ctx, known):
		return coded.New(coded.BadInput, argumentFault(known))
	}
	return masked(err)
}

// ofArgument separates a value that could not be read from an error of a resolver: its path continues into the
// arguments.
func ofArgument(ctx context.Context, err *gqlerror.Error) bool {
	field := graphql.GetFieldContext(ctx)
	return field != nil && len(err.Path) > len(field.Path())
}

// argumentFault is what the market's own scalars say about a value. gqlgen's own messages could repeat it.
func argumentFault(err *gqlerror.Error) string {
	for _, own := range []string{"an id is ", "a decimal is ", "a date is ", "a time is "} {
		if strings.HasPrefix(err.Message, own) {
			return "This value is not valid: " + err.Message + "."
		}
	}
	return "This value is not valid for its type."
}

// withoutEcho removes the caller's own values from gqlparser's messages, because they could be personal data. Names of
// the document's fields, arguments, types and variables stay.
func withoutEcho(err *gqlerror.Error) *gqlerror.Error {
	switch err.Extensions["code"] {
	case errcode.ParseFailed:
		err.Message = "This is not valid GraphQL: there is a mistake at or before this place."
	case errcode.ValidationFailed:
		err.Message = withoutValue(err.Message)
		if err.Message == "unknown field" { // the last step of the path is the unknown name
			err.Path = err.Path[:len(err.Path)-1]
			err.Message = "the input has no field of this name"
		}
	}
	return err
}

// withoutValue knows the forms in which gqlparser repeats a value.
func withoutValue(message string) string {
	for _, before := range []string{", found ", "cannot represent "} {
		if kept, _, cut := strings.Cut(message, before); cut {
			return kept + ": the value here is not one."
		}
	}
	switch {
	case strings.HasPrefix(message, `Value "`), strings.Contains(message, " is not a valid "):
		return "The value here is not one of the enum's values."
	case strings.Contains(message, "cannot use "):
		return "The value here does not have the right type."
	case strings.HasPrefix(message, "operation "):
		return "The document has no operation with this name."
	}
	return message
}

func masked(err error) *gqlerror.Error {
	raw := make([]byte, 6)
	_, _ = rand.Read(raw)
	number := hex.EncodeToString(raw)
	slog.Error("internal error", "number", number, "error", loggable(err))
	return coded.New(coded.Internal, "Something went wrong. A change is made in full or not at all. "+
		"If you report this, give the number "+number+".")
}

// loggable is an error's text without possible personal data: PostgreSQL repeats values in its errors about data (class
// 22) and in those that a trigger raises (class P0).
func loggable(err error) string {
	var database interface{ SQLState() string }
	if errors.As(err, &database) {
		if state := database.SQLState(); strings.HasPrefix(state, "22") || strings.HasPrefix(state, "P0") {
			return "PostgreSQL's error " + state
		}
	}
	return err.Error()
}

// Recovered turns a panic into an error, with its place. It keeps only the runtime's own words.
func Recovered(_ context.Context, cause any) error {
	text := fmt.Sprintf("%T", cause)
	var fault runtime.Error
	if err, ok := cause.(error); ok && errors.As(err, &fault) {
		text = fault.Error()
	}
	return fmt.Errorf("panic: %s\n%s", text, debug.Stack())
}
