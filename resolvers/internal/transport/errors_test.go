package transport

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/lib/pq"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/southeasttogether/dps/db"
	"github.com/southeasttogether/dps/graph"
	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/resolvers/internal/coded"
)

// canary represents personal data in a request: no error may repeat it.
const canary = "Zebediah-Synthetic"

// logged is what was logged while do ran.
func logged(t *testing.T, do func()) string {
	t.Helper()
	var log bytes.Buffer
	was := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(was)
	do()
	return log.String()
}

func TestEachErrorHasItsCode(t *testing.T) {
	for _, c := range []struct {
		err  error
		code string
	}{
		{market.Refuse(market.Invalid, "Ask for less."), coded.BadInput},
		{db.ErrForbidden, coded.Forbidden},
		{db.ErrRevoked, coded.Unauthenticated},
		{errors.Join(db.ErrUnavailable, context.Canceled), coded.Unavailable},
		{coded.New(coded.LimitExceeded, "Too much."), coded.LimitExceeded},
		{errors.New(canary), coded.Internal},
		{gqlerror.WrapPath(nil, errors.New(canary)), coded.Internal},
		{&gqlerror.Error{Message: canary}, coded.Internal},
		{&pq.Error{Code: "42P01", Message: "relation is missing"}, coded.Internal},
	} {
		logged(t, func() {
			shown := Present(t.Context(), c.err)
			if shown.Extensions["code"] != c.code || strings.Contains(shown.Message, canary) {
				t.Errorf("%v: got %v", c.err, shown)
			}
		})
	}
}

// TestTheLogHasNoValuesOfTheDatabase: PostgreSQL repeats values in some of its errors. They may be personal data, and
// must not be in logs.
func TestTheLogHasNoValuesOfTheDatabase(t *testing.T) {
	for _, c := range []struct {
		err  *pq.Error
		kept bool
	}{
		{&pq.Error{Code: "22P02", Message: canary}, false},
		{&pq.Error{Code: "22001", Message: canary}, false},
		{&pq.Error{Code: "P0001", Message: canary}, false},
		{&pq.Error{Code: "42P01", Message: canary}, true},
	} {
		log := logged(t, func() { _ = masked(c.err) })
		if strings.Contains(log, canary) != c.kept || !c.kept && !strings.Contains(log, c.err.SQLState()) {
			t.Errorf("%s: %s", c.err.SQLState(), log)
		}
	}
}

// The codes that callers get are in the schema.
func TestEachCodeStandsInTheSchema(t *testing.T) {
	codes := graph.NewExecutableSchema(graph.Config{}).Schema().Types["ErrorCode"].EnumValues
	for _, code := range []string{
		coded.Forbidden, coded.BadInput, coded.LimitExceeded, coded.Unavailable, coded.Internal,
		coded.Unauthenticated,
	} {
		if codes.ForName(code) == nil {
			t.Errorf("%s is missing", code)
		}
	}
}
