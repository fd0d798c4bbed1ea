package resolvers

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/market"
)

// The codes of ErrorCode in the schema.
const (
	codeForbidden   = "FORBIDDEN"
	codeBadInput    = "BAD_INPUT"
	codeUnavailable = "UNAVAILABLE"
	codeInternal    = "INTERNAL"
	codeToken       = "UNAUTHENTICATED"
)

func coded(code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": code}}
}

// refusals are the problems of a payload: those of a rule, and nothing else.
func refusals(err error) []*market.Refusal {
	var refusal *market.Refusal
	if errors.As(err, &refusal) {
		return []*market.Refusal{refusal}
	}
	return nil
}

// present is the one way of an error to a caller. What it does not know it logs under a number and masks.
func present(ctx context.Context, err error) *gqlerror.Error {
	shown := explain(err)
	if shown.Path == nil {
		shown.Path = graphql.GetPath(ctx)
	}
	return shown
}

func explain(err error) *gqlerror.Error {
	var refusal *market.Refusal
	var known *gqlerror.Error
	switch {
	case errors.As(err, &refusal):
		return coded(codeBadInput, refusal.Message)
	case errors.Is(err, db.ErrForbidden):
		return coded(codeForbidden, "Your capacity cannot do this.")
	case errors.Is(err, db.ErrRevoked):
		return coded(codeToken, "The token is not valid: sign in again.")
	case errors.Is(err, db.ErrUnavailable):
		slog.Warn("unavailable", "error", err)
		return coded(codeUnavailable, "The service is busy: try the same request again.")
	case errors.As(err, &known) && known.Extensions["code"] != nil:
		return withoutEcho(known)
	case errors.As(err, &known) && known.Err == nil:
		known = withoutEcho(known)
		errcode.Set(known, codeBadInput)
		return known
	}
	return masked(err)
}

// withoutEcho cuts the caller's own value out of a validation message: it may hold personal data.
func withoutEcho(err *gqlerror.Error) *gqlerror.Error {
	if before, _, found := strings.Cut(err.Message, ", found "); found {
		err.Message = before + "."
	}
	return err
}

func masked(err error) *gqlerror.Error {
	raw := make([]byte, 6)
	_, _ = rand.Read(raw)
	number := hex.EncodeToString(raw)
	slog.Error("internal error", "number", number, "error", err)
	return coded(codeInternal, "Something went wrong here, and nothing was half done. Quote the number "+number+".")
}

// recovered masks a panic like any other error.
func recovered(_ context.Context, cause any) error {
	slog.Error("panic", "cause", cause)
	return errors.New("panic")
}
