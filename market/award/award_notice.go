package award

import "github.com/southeasttogether/dps/market"

// RecordAwardNoticeInput is where an award notice was published.
type RecordAwardNoticeInput struct {
	IdempotencyKey string
	Award          market.ID
	Kind           market.AwardNoticeKind
	Reference      string
	PublishedOn    market.Date
}

// RecordAwardNotice checks where and when a notice that the award asks for was published (Public Contracts Regulations
// 2015 regs 50 and 75; Procurement Act 2023 ss 50 and 53). asked is nil if the award does not ask for one.
func RecordAwardNotice(asked *market.AwardNotice, in RecordAwardNoticeInput) error {
	switch {
	case asked == nil && in.Kind == market.NoticeOfDetails:
		return market.RefuseField(market.WrongState, "kind",
			"This award does not need a notice of this kind. Either its regime or route does not ask for one, or the agreement "+
				"is not signed by both sides.")
	case asked == nil:
		return market.RefuseField(market.WrongState, "kind",
			"This award does not need a notice of this kind. Either its regime or route does not ask for one, or the award is "+
				"not approved or has ended.")
	case in.PublishedOn.Before(asked.Since.Time) || in.PublishedOn.After(market.LondonDate(asked.AsOf).Time):
		return market.RefuseField(market.Invalid, "publishedOn", "The date of publication must be between %s and today.", asked.Since)
	}
	return market.CheckTexts(market.InputText{Field: "reference", Value: in.Reference, Limit: 100})
}
