package engine

import (
	"context"
	"errors"

	"github.com/southeasttogether/dps/market"
	"github.com/southeasttogether/dps/policy"
)

// SystemActor is who acts when the clock does. No token can carry the name.
var SystemActor = policy.Actor{Person: "system", Role: policy.Worker}

// WorkBatchSize is how many needs, awards and so on are done in one round; the rest is for the next. Those that fail are tried again in
// each round: as long as they are fewer, they keep nothing else from being done.
const WorkBatchSize = 10_000

// ErrAlreadyDone says that another instance did it first, or that it is due no more.
var ErrAlreadyDone = errors.New("done already")

// LogOnce logs an error unless it is the one of the round before: a database that is away is not news each time.
func LogOnce(err error, last string) string {
	switch {
	case err == nil && last != "":
		DbLogger().Info("the clock worker goes on")
		return ""
	case err == nil:
		return ""
	case err.Error() != last:
		DbLogger().Error("the clock worker could not do everything", "error", err)
	}
	return err.Error()
}

// DoEach does all that is due of one kind and counts what was done here.
func DoEach[T any](ctx context.Context, d *DB, due []T, do func(context.Context, *DB, T) error) (int, error) {
	done, errs := 0, []error(nil)
	for _, one := range due {
		switch err := do(ctx, d, one); {
		case err == nil:
			done++
		case !errors.Is(err, ErrAlreadyDone):
			errs = append(errs, err)
		}
	}
	return done, errors.Join(errs...)
}

// ExecOnce is exec for what only one may do: ErrAlreadyDone where somebody did.
func ExecOnce(ctx context.Context, t *Tx, query string, args ...any) error {
	n, err := t.Exec(ctx, query, args...)
	if err == nil && n == 0 {
		return ErrAlreadyDone
	}
	return err
}

// TodaySQL is the day in London.
const TodaySQL = "(SELECT (dps.now() AT TIME ZONE 'Europe/London')::date)"

// DayOrNull is a date for a statement; nil for none.
func DayOrNull(d *market.Date) any {
	if d == nil {
		return nil
	}
	return d.Time
}
