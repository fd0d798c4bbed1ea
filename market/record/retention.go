package record

import (
	"github.com/southeasttogether/dps/market"
)

// RetentionKind is a kind of thing that is removed when it has been kept for long enough.
type RetentionKind string

// The kinds. Everything else of the market is kept.
const (
	RetentionRetry      RetentionKind = "RETRY"      // what a request with an idempotency key was answered, from then on
	RetentionInvitation RetentionKind = "INVITATION" // a family's invitation that nobody used, from the day on which it ended
	RetentionHead       RetentionKind = "HEAD"       // a signed head of the log, but for one a month and chain
	RetentionDocument   RetentionKind = "DOCUMENT"   // the content of a document of evidence, from the day on which it became invalid
)

// Retention is how long things of a kind are kept.
type Retention struct {
	Kind      RetentionKind `db:"kind"`
	Days      int           `db:"days"`
	LeastDays int           `db:"least_days"` // no operator can set fewer
	Reason    string        `db:"reason"`
}

// mostRetentionDays is a hundred years.
const mostRetentionDays = 36500

// Set changes how long, for a reason. Nothing is kept for less than its kind needs, or for ever (UK GDPR, Article 5(1)(e)).
func (r *Retention) Set(days int, reason string) error {
	if days < r.LeastDays || days > mostRetentionDays {
		return market.RefuseField(market.Invalid, "days", "Enter between %d and %d days.", r.LeastDays, mostRetentionDays)
	}
	if err := market.CheckTexts(market.InputText{Field: "reason", Value: reason, Limit: 4000}); err != nil {
		return err
	}
	r.Days, r.Reason = days, reason
	return nil
}
